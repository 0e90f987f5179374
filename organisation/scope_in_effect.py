"""What a member sees: what was ticked for the person and, with take-over, for the group (U-12, U-15)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, Subquery, and_, or_, select, union

from accounts.actor import Scope
from database.session import Session
from organisation.models import Department, Employee, GroupScope, Membership, MembershipScope, UserGroup


def sees_whole() -> ColumnElement[bool]:
    """Whether a member sees the whole organisation; the query joins `Membership` and, outer, its `UserGroup`."""
    by_group = and_(Membership.takes_over, UserGroup.whole_scope)
    return or_(Membership.whole_scope, by_group)


def units_in_effect() -> Subquery:
    """Every member with every unit in scope as it was ticked: ``person_id`` and ``unit_id``; a pair comes once."""
    own = select(MembershipScope.person_id, MembershipScope.unit_id)
    of_group = (
        select(Membership.person_id, GroupScope.unit_id)
        .join(GroupScope, GroupScope.group_id == Membership.group_id)
        .where(Membership.takes_over)
    )
    return union(own, of_group).subquery("unit_in_effect")


def member_scope(session: Session, person_id: uuid.UUID) -> Scope:
    """What a member sees, in at most three queries."""
    statement = (
        select(sees_whole())
        .select_from(Membership)
        .outerjoin(UserGroup, UserGroup.id == Membership.group_id)
        .where(Membership.person_id == person_id)
    )
    return Scope(whole=True) if session.scalar(statement) else read_scope(session, person_id)


def read_scope(session: Session, person_id: uuid.UUID) -> Scope:
    """What a member sees who does not see the whole organisation, in two queries."""
    units = units_in_effect()
    statement = (
        select(units.c.unit_id, Employee.id)
        .outerjoin(Employee, Employee.id == units.c.unit_id)
        .where(units.c.person_id == person_id)
    )
    ticked = list(session.execute(statement))
    employees = frozenset(unit for unit, employee_id in ticked if employee_id is not None)
    others = frozenset(unit for unit, _ in ticked) - employees
    below = session.scalars(departments_below(others)) if others else ()
    return Scope(whole=False, units=others.union(below), employees=employees)


def departments_below(units: Iterable[uuid.UUID]) -> Select[uuid.UUID]:
    """The departments among those units, with all departments below them."""
    ticked = select(Department.id, Department.organisation_id).where(Department.id.in_(set(units)))
    found = ticked.cte("departments_below", recursive=True)
    # The organisation is part of it for the index that finds the departments of one.
    below = select(Department.id, Department.organisation_id).join(
        found, and_(Department.organisation_id == found.c.organisation_id, Department.parent_id == found.c.id)
    )
    return select(found.union(below).c.id)

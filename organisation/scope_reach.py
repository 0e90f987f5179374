"""How far an actor sees, when it is about what somebody else is to see: nobody shows more than that (U-12, U-18)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select, true

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from database.session import Session
from organisation.calendar import today
from organisation.employer_models import EmployerFolder
from organisation.models import Department, Employee, GroupScope, Organisation, UserGroup
from organisation.scope import departments_in_view, folders_below, is_in_view, organisations_in_view
from organisation.scope_in_effect import member_scope


def all_in_view(session: Session, units: Iterable[uuid.UUID], actor: Actor) -> bool:
    """Whether the actor sees each of those units: folders, employers, departments, employees."""
    wanted, day = frozenset(units), today(session)
    seen = set(session.scalars(select(Employee.id).where(Employee.id.in_(wanted), is_in_view(actor, day))))
    departments = select(Department.id).where(
        Department.id.in_(wanted), Department.id.in_(departments_in_view(actor, day))
    )
    employers = select(Organisation.id).where(
        Organisation.id.in_(wanted), Organisation.id.in_(organisations_in_view(actor, day))
    )
    folders = select(EmployerFolder.id).where(
        EmployerFolder.id.in_(wanted),
        EmployerFolder.service_id == actor.organisation_id,
        true() if actor.scope.whole else EmployerFolder.id.in_(folders_below(actor.scope.units)),
    )
    for statement in (departments, employers, folders):
        seen |= set(session.scalars(statement))
    return wanted <= seen


def sees_as_much(session: Session, group: UserGroup, actor: Actor) -> bool:
    """Whether the actor sees what a group sees. Of another organisation's group what was ticked there is not asked."""
    if actor.scope.whole or group.organisation_id != actor.organisation_id:
        return True
    units = select(GroupScope.unit_id).where(GroupScope.group_id == group.id)
    return not group.whole_scope and all_in_view(session, session.scalars(units), actor)


def sees_all_of(session: Session, person_id: uuid.UUID, actor: Actor) -> bool:
    """Whether the actor sees what a member of the own organisation sees."""
    if actor.scope.whole or person_id == actor.person_id:
        return True
    scope = member_scope(session, person_id)
    return not scope.whole and all_in_view(session, scope.units | scope.employees, actor)


def require_sees_as_much(session: Session, group: UserGroup, actor: Actor) -> None:
    """Raises `PermissionDenied` for a group that sees more than the actor: through a member he would see it too."""
    if not sees_as_much(session, group, actor):
        raise PermissionDenied("the actor does not see what the group sees")

"""The departments of an employer as a tree, with who leads each (O-26, O-30), changed by who administers the employer.

What one sees of an employer hangs on its departments, so that each change of them is one in both logs.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select

from accounts.actor import Actor
from accounts.models import AccountState, Person
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from organisation.calendar import today
from organisation.employer_access import find_administered, record_for_both
from organisation.errors import BelowItself, InUse, NameTaken, NotFound
from organisation.memberships import Member, active_members
from organisation.models import (
    Batch,
    Department,
    Employment,
    GroupScope,
    Membership,
    MembershipScope,
    StagedEmployment,
    UserGroup,
)
from organisation.registering import clean_name, folded
from organisation.scope import departments_in_view, organisations_in_view

NONE = "none"
"""What the log says for the top of the tree and for no manager."""


@dataclass(frozen=True)
class DepartmentLine:
    """A department in the order of the tree; `depth` is 0 at the top. The manager is told only while active."""

    id: uuid.UUID
    name: str
    parent_id: uuid.UUID | None
    depth: int
    manager_id: uuid.UUID | None
    manager: str | None


@dataclass(frozen=True)
class RemovalConsequences:
    """What stands in the way of removing a department, and what goes with it.

    `people` have or had an employment there, `below` are the departments under it, `scopes` the users and groups who
    see it as a part of their own.
    """

    people: int
    below: int
    scopes: int
    is_last: bool

    @property
    def is_empty(self) -> bool:
        """Whether it can go."""
        return not (self.people or self.below or self.is_last)


def department_tree(session: Session, employer_id: uuid.UUID, actor: Actor) -> list[DepartmentLine]:
    """All departments of an employer that the actor administers, each followed by those below it.

    Raises `PermissionDenied`, `NotFound`.
    """
    find_administered(session, actor, employer_id)
    return _tree(session, session.scalars(select(Department).where(Department.organisation_id == employer_id)))


def departments_seen(session: Session, employer_id: uuid.UUID, actor: Actor) -> list[DepartmentLine]:
    """The departments of an employer that the actor sees (O-30, O-31); one whose parent is out of view stands on top.

    Raises `PermissionDenied`, `NotFound`.
    """
    actor.require(Permission.EMPLOYER_READ)
    day = today(session)
    if employer_id not in set(session.scalars(organisations_in_view(actor, day))):
        raise NotFound
    seen = select(Department).where(
        Department.organisation_id == employer_id, Department.id.in_(departments_in_view(actor, day))
    )
    return _tree(session, session.scalars(seen))


def possible_managers(session: Session, employer_id: uuid.UUID, actor: Actor) -> list[Member]:
    """Who may be made a manager: the active users of that employer. Raises `PermissionDenied`, `NotFound`."""
    find_administered(session, actor, employer_id)
    return active_members(session, employer_id)


def add_department(
    session: Session, employer_id: uuid.UUID, name: str, parent_id: uuid.UUID | None, actor: Actor
) -> Department:
    """Add a department, at the top or below another.

    Raises `PermissionDenied`, `NotFound`, `NameMissing`, `NameTaken`.
    """
    find_administered(session, actor, employer_id, lock=True)
    clean = clean_name(name)
    _refuse_taken(session, employer_id, clean)
    if parent_id is not None:
        _find(session, employer_id, parent_id)
    department = Department(
        id=session.source.new_id(), organisation_id=employer_id, name=clean, parent_id=parent_id, manager_id=None
    )
    record_for_both(
        session,
        Action.DEPARTMENT_CREATE,
        actor,
        employer_id,
        object_type="department",
        object_id=department.id,
        details={"count": 1},
    )
    session.add(department)
    session.flush()
    return department


def change_department(
    session: Session,
    employer_id: uuid.UUID,
    department_id: uuid.UUID,
    *,
    name: str,
    parent_id: uuid.UUID | None,
    manager_id: uuid.UUID | None,
    actor: Actor,
) -> None:
    """Rename a department, move it, say who leads it; each that differs is an entry of its own, with old and new id.

    Raises `PermissionDenied`, `NotFound`, `NameMissing`, `NameTaken`, `BelowItself`.
    """
    find_administered(session, actor, employer_id, lock=True)
    department = _find(session, employer_id, department_id)
    clean = clean_name(name)
    _refuse_taken(session, employer_id, clean, besides=department_id)
    if parent_id is not None and parent_id != department.parent_id:
        _refuse_cycle(session, employer_id, department_id, parent_id)
    if manager_id not in {None, department.manager_id}:
        _require_member(session, employer_id, manager_id)
    for field, before, after in (
        ("name", department.name, clean),
        ("parent", department.parent_id, parent_id),
        ("manager", department.manager_id, manager_id),
    ):
        if before != after:
            _record_change(session, actor, department, field, before, after)
    department.name, department.parent_id, department.manager_id = clean, parent_id, manager_id
    session.flush()


def find_department_of(session: Session, employer_id: uuid.UUID, department_id: uuid.UUID, actor: Actor) -> Department:
    """A department of an employer that the actor administers. Raises `PermissionDenied`, `NotFound`."""
    find_administered(session, actor, employer_id)
    return _find(session, employer_id, department_id)


def removal_consequences(
    session: Session, employer_id: uuid.UUID, department_id: uuid.UUID, actor: Actor
) -> RemovalConsequences:
    """What removing a department would meet. Raises `PermissionDenied`, `NotFound`."""
    find_department_of(session, employer_id, department_id, actor)
    return _consequences(session, employer_id, department_id)


def remove_department(session: Session, employer_id: uuid.UUID, department_id: uuid.UUID, actor: Actor) -> None:
    """Remove a department in which nobody works or worked, with the scopes that name it; the last one stays (O-26).

    Raises `PermissionDenied`, `NotFound`, `InUse`.
    """
    find_administered(session, actor, employer_id, lock=True)
    department = _find(session, employer_id, department_id)
    met = _consequences(session, employer_id, department_id)
    if not met.is_empty:
        raise InUse
    record_for_both(
        session,
        Action.DEPARTMENT_REMOVE,
        actor,
        employer_id,
        object_type="department",
        object_id=department_id,
        details={"scopes": met.scopes},
    )
    session.execute(delete(MembershipScope).where(*_seen_by_members(employer_id, department_id)))
    session.execute(delete(GroupScope).where(*_seen_by_groups(employer_id, department_id)))
    session.delete(department)
    session.flush()


def _find(session: Session, employer_id: uuid.UUID, department_id: uuid.UUID) -> Department:
    statement = select(Department).where(Department.id == department_id, Department.organisation_id == employer_id)
    department = session.scalars(statement.execution_options(populate_existing=True)).first()
    if department is None:
        raise NotFound
    return department


def _require_member(session: Session, employer_id: uuid.UUID, person_id: uuid.UUID | None) -> None:
    if person_id not in {member.person_id for member in active_members(session, employer_id)}:
        raise NotFound


def _refuse_taken(session: Session, employer_id: uuid.UUID, name: str, *, besides: uuid.UUID | None = None) -> None:
    statement = select(Department.id, Department.name).where(Department.organisation_id == employer_id)
    for department_id, other in session.execute(statement):
        if department_id != besides and folded(other) == folded(name):
            raise NameTaken


def _refuse_cycle(session: Session, employer_id: uuid.UUID, department_id: uuid.UUID, parent_id: uuid.UUID) -> None:
    statement = select(Department.id, Department.parent_id).where(Department.organisation_id == employer_id)
    parents: dict[uuid.UUID, uuid.UUID | None] = dict(session.execute(statement).all())
    if parent_id not in parents:
        raise NotFound
    above: uuid.UUID | None = parent_id
    while above is not None:
        if above == department_id:
            raise BelowItself
        above = parents.get(above)


def _record_change(
    session: Session,
    actor: Actor,
    department: Department,
    field: str,
    before: str | uuid.UUID | None,
    after: str | uuid.UUID | None,
) -> None:
    details: dict[str, str | int] = {"field": field}
    if field != "name":
        details |= {"before": str(before or NONE), "after": str(after or NONE)}
    record_for_both(
        session,
        Action.DEPARTMENT_UPDATE,
        actor,
        department.organisation_id,
        object_type="department",
        object_id=department.id,
        details=details,
    )


def _consequences(session: Session, employer_id: uuid.UUID, department_id: uuid.UUID) -> RemovalConsequences:
    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(*conditions)) or 0

    waiting = select(Batch.id).where(Batch.organisation_id == employer_id, Batch.visible_at.is_(None))
    people = count(Employment.organisation_id == employer_id, Employment.department_id == department_id)
    people += count(StagedEmployment.batch_id.in_(waiting), StagedEmployment.department_id == department_id)
    below = count(Department.organisation_id == employer_id, Department.parent_id == department_id)
    scopes = count(*_seen_by_members(employer_id, department_id)) + count(*_seen_by_groups(employer_id, department_id))
    is_last = count(Department.organisation_id == employer_id) == 1
    return RemovalConsequences(people, below, scopes, is_last)


def _seen_by_members(employer_id: uuid.UUID, department_id: uuid.UUID) -> list[ColumnElement[bool]]:
    members = select(Membership.person_id).where(Membership.organisation_id == employer_id)
    return [MembershipScope.unit_id == department_id, MembershipScope.person_id.in_(members)]


def _seen_by_groups(employer_id: uuid.UUID, department_id: uuid.UUID) -> list[ColumnElement[bool]]:
    groups = select(UserGroup.id).where(UserGroup.organisation_id == employer_id)
    return [GroupScope.unit_id == department_id, GroupScope.group_id.in_(groups)]


def _tree(session: Session, departments: Iterable[Department]) -> list[DepartmentLine]:
    found = {department.id: department for department in departments}
    managers = _active_names(session, (department.manager_id for department in found.values()))
    below: dict[uuid.UUID | None, list[Department]] = {}
    for department in sorted(found.values(), key=lambda each: (each.name.casefold(), str(each.id))):
        below.setdefault(department.parent_id if department.parent_id in found else None, []).append(department)
    return list(_lines(below, None, 0, managers))


def _lines(
    below: dict[uuid.UUID | None, list[Department]],
    parent_id: uuid.UUID | None,
    depth: int,
    managers: dict[uuid.UUID, str],
) -> Iterator[DepartmentLine]:
    for department in below.get(parent_id, ()):
        manager = managers.get(department.manager_id) if department.manager_id else None
        yield DepartmentLine(
            department.id, department.name, department.parent_id, depth, department.manager_id, manager
        )
        yield from _lines(below, department.id, depth + 1, managers)


def _active_names(session: Session, person_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    wanted = {person_id for person_id in person_ids if person_id is not None}
    statement = select(Person.id, Person.display_name).where(
        Person.id.in_(wanted), Person.state == AccountState.ACTIVE.value
    )
    return dict(session.execute(statement).all()) if wanted else {}

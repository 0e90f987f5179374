"""The trees in which one ticks what somebody sees: folders, employers, departments, employees; groups, users.

Of each the actor sees only what he or she sees elsewhere, and employees as numbers (K-02). A level opens at a time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Select, select

from accounts.actor import Actor
from accounts.models import AccountState, Person
from audit.actions import Action, Detail
from audit.recording import record
from database.session import Session
from organisation.employer_models import EmployerFolder, EmployerPlacement
from organisation.models import Department, Membership, OrganisationKind, UserGroup
from organisation.scope_setting import ScopeOwner
from organisation.tree import DepartmentCount, departments_in_scope, employees_in_department, employers_in_scope

MOST_USERS = 500
"""More than these a group should not hold; its page says that it shows no more."""


@dataclass
class Branch:
    """Something to tick, with what lies below it; `count` is how many people work there."""

    id: uuid.UUID
    label: str
    kind: str
    opens: bool = False
    count: int | None = None
    ticks: bool = True
    below: list[Branch] = field(default_factory=list)


def scope_tree(session: Session, owner: ScopeOwner, opened: uuid.UUID | None, page: int, actor: Actor) -> list[Branch]:
    """The organisation as far as the actor sees it, with the employer or department `opened` open.

    A department that is open shows one page (50) of its people by personnel number, which is logged as a list. Raises
    `PermissionDenied`; what cannot be opened stays shut.
    """
    departments = departments_in_scope(session, actor)
    department = next((line for line in departments if line.id == opened), None)
    employer_id = department.employer_id if department else opened
    if owner.organisation.kind == OrganisationKind.EMPLOYER:
        lines = [line for line in departments if line.employer_id == owner.organisation.id]
        return _departments(session, lines, department, page, actor)
    open_lines = [line for line in departments if line.employer_id == employer_id]
    below = _departments(session, open_lines, department, page, actor)
    return _employers(session, actor, employer_id, below)


def people_tree(session: Session, owner: ScopeOwner, opened: uuid.UUID | None) -> list[Branch]:
    """The groups of the owner's organisation with the users of the group `opened`, and those in no group at the top."""
    groups = list(
        session.scalars(
            select(UserGroup).where(UserGroup.organisation_id == owner.organisation.id).order_by(UserGroup.name)
        )
    )
    branches = {group.id: Branch(group.id, group.name, "group", opens=True) for group in groups}
    shown = opened if opened in branches else None
    users = [Branch(person_id, name, "person") for person_id, name in session.execute(_users(owner, shown))]
    if shown is not None:
        branches[shown].below += users
    top = _nested(branches, ((group.id, group.parent_id) for group in groups))
    return top if shown is not None else top + users


def shown_ids(branches: Iterable[Branch]) -> frozenset[uuid.UUID]:
    """The ids of all that can be ticked in a tree."""
    found: set[uuid.UUID] = set()
    for branch in branches:
        found |= ({branch.id} if branch.ticks else set()) | shown_ids(branch.below)
    return frozenset(found)


def _users(owner: ScopeOwner, group_id: uuid.UUID | None) -> Select[uuid.UUID, str]:
    return (
        select(Person.id, Person.display_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == owner.organisation.id,
            Membership.group_id == group_id,
            Person.state != AccountState.INACTIVE.value,
            Person.id != owner.id,
        )
        .order_by(Person.display_name, Person.id)
        .limit(MOST_USERS)
    )


def _departments(
    session: Session,
    lines: list[DepartmentCount],
    opened: DepartmentCount | None,
    page: int,
    actor: Actor,
) -> list[Branch]:
    branches = {line.id: Branch(line.id, line.name, "department", line.count > 0, line.count) for line in lines}
    if opened is not None and opened.id in branches:
        branches[opened.id].below += _employees(session, opened, page, actor)
    parents = select(Department.id, Department.parent_id).where(Department.id.in_(branches))
    by_id = dict(session.execute(parents).all())
    return _nested(branches, ((line.id, by_id.get(line.id)) for line in lines))


def _employees(session: Session, department: DepartmentCount, page: int, actor: Actor) -> list[Branch]:
    people = employees_in_department(session, actor, department.id, page)
    details: dict[str, Detail] = {
        "unit": str(department.id),
        "count": len(people),
        "page": page,
        "purpose": "authorisation",
    }
    record(session, Action.EMPLOYEE_LIST, by=actor.who, details=details)
    return [Branch(line.employee_id, line.personnel_number, "employee") for line in people]


def _employers(session: Session, actor: Actor, opened: uuid.UUID | None, below: list[Branch]) -> list[Branch]:
    folders = list(
        session.scalars(
            select(EmployerFolder)
            .where(EmployerFolder.service_id == actor.organisation_id)
            .order_by(EmployerFolder.name, EmployerFolder.id)
        )
    )
    branches = {folder.id: Branch(folder.id, folder.name, "folder", ticks=_sees(actor, folder)) for folder in folders}
    lies_in = select(EmployerPlacement.employer_id, EmployerPlacement.folder_id).where(
        EmployerPlacement.service_id == actor.organisation_id
    )
    folder_of = dict(session.execute(lies_in).all())
    loose: list[Branch] = []
    for employer in employers_in_scope(session, actor):
        branch = Branch(employer.id, employer.name, "employer", opens=True)
        if employer.id == opened:
            branch.below += below
        folder_id = folder_of.get(employer.id)
        (branches[folder_id].below if folder_id in branches else loose).append(branch)
    top = _nested(branches, ((folder.id, folder.parent_id) for folder in folders))
    return [*top, *loose]


def _nested(branches: dict[uuid.UUID, Branch], parents: Iterable[tuple[uuid.UUID, uuid.UUID | None]]) -> list[Branch]:
    """The branches in their tree: what has no parent among them stands at the top."""
    top: list[Branch] = []
    for child, parent in parents:
        (branches[parent].below if parent in branches and parent != child else top).append(branches[child])
    return top


def _sees(actor: Actor, folder: EmployerFolder) -> bool:
    return actor.scope.whole or folder.id in actor.scope.units

"""The folders of an arbo service's tree of employers: offices and kinds such as *1. Klanten* (O-24).

Which folder an employer lies in decides which office sees it; so who changes the folders sees the whole service.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from organisation.employer_access import require_whole_scope
from organisation.employer_models import EmployerFolder, EmployerPlacement
from organisation.errors import InUse, NameTaken, NotFound
from organisation.models import GroupScope, Membership, MembershipScope, OrganisationKind, UserGroup
from organisation.registering import clean_name, folded
from organisation.scope import folders_below


@dataclass(frozen=True)
class FolderLine:
    """A folder in the order of the tree; `depth` is 0 at the top, `employers` how many lie in it itself."""

    id: uuid.UUID
    name: str
    parent_id: uuid.UUID | None
    depth: int
    employers: int


@dataclass(frozen=True)
class FolderConsequences:
    """What stands in the way of removing a folder, and how many users and groups see it as a part of their own."""

    employers: int
    below: int
    scopes: int

    @property
    def is_empty(self) -> bool:
        """Whether it can go."""
        return not (self.employers or self.below)


def folder_tree(session: Session, actor: Actor) -> list[FolderLine]:
    """The folders of the actor's service in scope, each followed by those below it. Raises `PermissionDenied`."""
    actor.require(Permission.EMPLOYER_ADMINISTER)
    if actor.audience != OrganisationKind.SERVICE:
        return []
    statement = select(EmployerFolder).where(EmployerFolder.service_id == actor.organisation_id)
    if not actor.scope.whole:
        statement = statement.where(EmployerFolder.id.in_(folders_below(actor.scope.units)))
    found = {folder.id: folder for folder in session.scalars(statement)}
    below: dict[uuid.UUID | None, list[EmployerFolder]] = {}
    for folder in sorted(found.values(), key=lambda each: (each.name.casefold(), str(each.id))):
        below.setdefault(folder.parent_id if folder.parent_id in found else None, []).append(folder)
    return list(_lines(below, None, 0, _employers_in(session, actor)))


def find_folder(session: Session, folder_id: uuid.UUID, actor: Actor) -> FolderLine:
    """A folder of the actor's service in scope. Raises `NotFound`, `PermissionDenied`."""
    for line in folder_tree(session, actor):
        if line.id == folder_id:
            return line
    raise NotFound


def add_folder(session: Session, name: str, parent_id: uuid.UUID | None, actor: Actor) -> EmployerFolder:
    """Add a folder, at the top or below another. Raises `PermissionDenied`, `NotFound`, `NameMissing`, `NameTaken`."""
    require_whole_scope(actor)
    clean = clean_name(name)
    if parent_id is not None:
        _find(session, parent_id, actor)
    _refuse_taken(session, clean, parent_id, actor)
    folder = EmployerFolder(
        id=session.source.new_id(), service_id=actor.organisation_id, parent_id=parent_id, name=clean
    )
    record(session, Action.FOLDER_CREATE, by=actor.who, object_type="employer_folder", object_id=folder.id)
    session.add(folder)
    session.flush()
    return folder


def rename_folder(session: Session, folder_id: uuid.UUID, name: str, actor: Actor) -> None:
    """Rename a folder. Raises `PermissionDenied`, `NotFound`, `NameMissing`, `NameTaken`."""
    require_whole_scope(actor)
    folder = _find(session, folder_id, actor)
    clean = clean_name(name)
    if clean == folder.name:
        return
    _refuse_taken(session, clean, folder.parent_id, actor, besides=folder_id)
    record(session, Action.FOLDER_UPDATE, by=actor.who, object_type="employer_folder", object_id=folder_id)
    folder.name = clean
    session.flush()


def folder_consequences(session: Session, folder_id: uuid.UUID, actor: Actor) -> FolderConsequences:
    """What removing a folder would meet. Raises `PermissionDenied`, `NotFound`."""
    require_whole_scope(actor)
    _find(session, folder_id, actor)
    return _consequences(session, folder_id, actor)


def remove_folder(session: Session, folder_id: uuid.UUID, actor: Actor) -> None:
    """Remove an empty folder with the scopes that name it. Raises `PermissionDenied`, `NotFound`, `InUse`."""
    require_whole_scope(actor)
    folder = _find(session, folder_id, actor, lock=True)
    met = _consequences(session, folder_id, actor)
    if not met.is_empty:
        raise InUse
    record(
        session,
        Action.FOLDER_REMOVE,
        by=actor.who,
        object_type="employer_folder",
        object_id=folder_id,
        details={"scopes": met.scopes},
    )
    session.execute(delete(MembershipScope).where(*_seen_by_members(folder_id, actor)))
    session.execute(delete(GroupScope).where(*_seen_by_groups(folder_id, actor)))
    session.delete(folder)
    session.flush()


def _find(session: Session, folder_id: uuid.UUID, actor: Actor, *, lock: bool = False) -> EmployerFolder:
    statement = select(EmployerFolder).where(
        EmployerFolder.id == folder_id, EmployerFolder.service_id == actor.organisation_id
    )
    folder = session.scalars(statement.with_for_update() if lock else statement).first()
    if folder is None:
        raise NotFound
    return folder


def _refuse_taken(
    session: Session, name: str, parent_id: uuid.UUID | None, actor: Actor, *, besides: uuid.UUID | None = None
) -> None:
    beside = select(EmployerFolder).where(EmployerFolder.service_id == actor.organisation_id)
    for folder in session.scalars(beside):
        if folder.id != besides and folder.parent_id == parent_id and folded(folder.name) == folded(name):
            raise NameTaken


def _consequences(session: Session, folder_id: uuid.UUID, actor: Actor) -> FolderConsequences:
    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(*conditions)) or 0

    return FolderConsequences(
        employers=count(EmployerPlacement.folder_id == folder_id),
        below=count(EmployerFolder.service_id == actor.organisation_id, EmployerFolder.parent_id == folder_id),
        scopes=count(*_seen_by_members(folder_id, actor)) + count(*_seen_by_groups(folder_id, actor)),
    )


def _seen_by_members(folder_id: uuid.UUID, actor: Actor) -> list[ColumnElement[bool]]:
    members = select(Membership.person_id).where(Membership.organisation_id == actor.organisation_id)
    return [MembershipScope.unit_id == folder_id, MembershipScope.person_id.in_(members)]


def _seen_by_groups(folder_id: uuid.UUID, actor: Actor) -> list[ColumnElement[bool]]:
    groups = select(UserGroup.id).where(UserGroup.organisation_id == actor.organisation_id)
    return [GroupScope.unit_id == folder_id, GroupScope.group_id.in_(groups)]


def _employers_in(session: Session, actor: Actor) -> dict[uuid.UUID | None, int]:
    statement = (
        select(EmployerPlacement.folder_id, func.count())
        .where(EmployerPlacement.service_id == actor.organisation_id)
        .group_by(EmployerPlacement.folder_id)
    )
    return dict(session.execute(statement).all())


def _lines(
    below: dict[uuid.UUID | None, list[EmployerFolder]],
    parent_id: uuid.UUID | None,
    depth: int,
    employers: dict[uuid.UUID | None, int],
) -> Iterator[FolderLine]:
    for folder in below.get(parent_id, ()):
        yield FolderLine(folder.id, folder.name, folder.parent_id, depth, employers.get(folder.id, 0))
        yield from _lines(below, folder.id, depth + 1, employers)

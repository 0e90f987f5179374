"""Groups of users: adding, renaming, moving and removing them (U-02, U-03, U-05, U-17, U-24)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.both_sides import record_on_both_sides
from database.session import Session
from organisation.administered import AdministeredGroup, find_administered_organisation, find_group
from organisation.errors import GroupMisplaced, GroupNameTaken, GroupNotEmpty, NameMissing, UnknownRole
from organisation.granting import may_grant, permissions_of_roles
from organisation.models import (
    GroupScope,
    Membership,
    Organisation,
    PeopleScope,
    Role,
    SessionSetting,
    UserGroup,
)
from organisation.presets import PRESETS

LONGEST_NAME = 120
MOST_LEVELS = 6
"""How deep groups may lie in each other."""
NO_ROLE = "none"
TOP = "top"


def roles_for_groups(session: Session, organisation: Organisation, actor: Actor) -> list[Role]:
    """The preset roles that a new group of an organisation may get from the actor, by name (U-03, U-24).

    What is given to one person besides, such as the vault roles, is no role of a group.
    """
    keys = [preset.key for preset in PRESETS if not preset.is_add_on]
    statement = select(Role).where(
        Role.organisation_kind == organisation.kind, Role.organisation_id.is_(None), Role.key.in_(keys)
    )
    roles = list(session.scalars(statement.order_by(Role.label, Role.id)))
    allowed = permissions_of_roles(session, [role.id for role in roles])
    return [role for role in roles if may_grant(actor, allowed.get(role.id, ()))]


def add_group(
    session: Session,
    organisation_id: uuid.UUID,
    parent_id: uuid.UUID | None,
    name: str,
    role_id: uuid.UUID,
    actor: Actor,
) -> UserGroup:
    """Add a group to an organisation, at the top or below another of its groups, with a preset role.

    It sees nothing of the organisation until that is ticked. Raises `PermissionDenied`, `NotFound`, `UnknownRole` for
    a role that the actor may not give to a group there, `NameMissing`, `GroupNameTaken`, `GroupMisplaced`.
    """
    actor.require(Permission.USER_ADMINISTER)
    organisation = _lock(session, find_administered_organisation(session, organisation_id, actor))
    clean = _clean(name)
    role = next((role for role in roles_for_groups(session, organisation, actor) if role.id == role_id), None)
    if role is None:
        raise UnknownRole
    _check_place(session, organisation, parent_id, moved=None)
    _check_name(session, organisation, clean, of=None)
    group_id = session.source.new_id()
    details = {"role": role.key, "parent": str(parent_id or TOP)}
    _record(session, Action.USER_GROUP_CREATE, organisation.id, group_id, actor, details)
    group = UserGroup(
        id=group_id,
        organisation_id=organisation.id,
        parent_id=parent_id,
        name=clean,
        role_id=role.id,
        whole_scope=False,
        sees_all_people=True,
        created_at=session.source.now(),
    )
    session.add(group)
    session.flush()
    return group


def rename_group(session: Session, group_id: uuid.UUID, name: str, actor: Actor) -> None:
    """Give a group another name. Raises `PermissionDenied`, `NotFound`, `NameMissing`, `GroupNameTaken`."""
    found = _find(session, group_id, actor)
    clean = _clean(name)
    if clean == found.group.name:
        return
    _check_name(session, found.organisation, clean, of=group_id)
    _record(session, Action.USER_GROUP_RENAME, found.organisation.id, group_id, actor, {})
    found.group.name = clean
    session.flush()


def move_group(session: Session, group_id: uuid.UUID, parent_id: uuid.UUID | None, actor: Actor) -> None:
    """Put a group, with all below it, under another group of its organisation or at the top.

    Nobody's rights change by it. Raises `PermissionDenied`, `NotFound`, `GroupMisplaced`.
    """
    found = _find(session, group_id, actor)
    if parent_id == found.group.parent_id:
        return
    _check_place(session, found.organisation, parent_id, moved=group_id)
    details = {"from": str(found.group.parent_id or TOP), "to": str(parent_id or TOP)}
    _record(session, Action.USER_GROUP_MOVE, found.organisation.id, group_id, actor, details)
    found.group.parent_id = parent_id
    session.flush()


def remove_group(session: Session, group_id: uuid.UUID, actor: Actor) -> None:
    """Remove a group in which there is nothing any more, with what was set for it.

    Raises `PermissionDenied`, `NotFound`, `GroupNotEmpty`.
    """
    found = _find(session, group_id, actor)
    if not is_empty(session, group_id):
        raise GroupNotEmpty
    _record(session, Action.USER_GROUP_REMOVE, found.organisation.id, group_id, actor, {})
    session.execute(delete(GroupScope).where(GroupScope.group_id == group_id))
    session.execute(delete(PeopleScope).where(or_(PeopleScope.owner_id == group_id, PeopleScope.target_id == group_id)))
    session.execute(delete(SessionSetting).where(SessionSetting.owner_id == group_id))
    try:
        with session.begin_nested():
            session.delete(found.group)
    except IntegrityError:
        # Somebody put a group in it in between.
        raise GroupNotEmpty from None


def is_empty(session: Session, group_id: uuid.UUID) -> bool:
    """Whether nobody and no other group is in a group."""
    members = select(Membership.person_id).where(Membership.group_id == group_id).limit(1)
    below = select(UserGroup.id).where(UserGroup.parent_id == group_id).limit(1)
    return session.scalar(members) is None and session.scalar(below) is None


def groups_of(session: Session, organisation_id: uuid.UUID) -> list[UserGroup]:
    """The groups of an organisation that the caller has found to be administered, by name."""
    statement = select(UserGroup).where(UserGroup.organisation_id == organisation_id)
    return list(session.scalars(statement.order_by(UserGroup.name, UserGroup.id)))


def proposed_name(session: Session, organisation: Organisation, actor: Actor) -> str:
    """What a new group of an organisation is called unless somebody says otherwise: as the employer is (U-05)."""
    if organisation.id == actor.organisation_id or _has_group_called(session, organisation.id, organisation.name):
        return ""
    return organisation.name


def _find(session: Session, group_id: uuid.UUID, actor: Actor) -> AdministeredGroup:
    """Find a group and let others who change the groups of its organisation wait; it may be gone by then."""
    actor.require(Permission.USER_ADMINISTER)
    _lock(session, find_group(session, group_id, actor).organisation)
    return find_group(session, group_id, actor)


def _lock(session: Session, organisation: Organisation) -> Organisation:
    return session.get_one(Organisation, organisation.id, with_for_update=True, populate_existing=True)


def _check_place(
    session: Session, organisation: Organisation, parent_id: uuid.UUID | None, moved: uuid.UUID | None
) -> None:
    parents = {group.id: group.parent_id for group in groups_of(session, organisation.id)}
    if parent_id is None:
        return
    if parent_id not in parents:
        raise GroupMisplaced
    above = _way_up(parents, parent_id)
    if moved in above or len(above) + _depth(parents, moved) > MOST_LEVELS:
        raise GroupMisplaced


def _way_up(parents: Mapping[uuid.UUID, uuid.UUID | None], group_id: uuid.UUID) -> list[uuid.UUID]:
    """A group and those above it."""
    way: list[uuid.UUID] = []
    here: uuid.UUID | None = group_id
    while here is not None:
        way.append(here)
        here = parents.get(here)
    return way


def _depth(parents: Mapping[uuid.UUID, uuid.UUID | None], group_id: uuid.UUID | None) -> int:
    """How many levels a group and all below it take; a new one takes one."""
    if group_id is None:
        return 1
    ways = (_way_up(parents, other) for other in parents)
    return max(way.index(group_id) + 1 for way in ways if group_id in way)


def _check_name(session: Session, organisation: Organisation, name: str, of: uuid.UUID | None) -> None:
    other = select(UserGroup.id).where(UserGroup.organisation_id == organisation.id, UserGroup.name == name)
    if session.scalar(other if of is None else other.where(UserGroup.id != of)) is not None:
        raise GroupNameTaken


def _has_group_called(session: Session, organisation_id: uuid.UUID, name: str) -> bool:
    called = select(UserGroup.id).where(UserGroup.organisation_id == organisation_id, UserGroup.name == name)
    return session.scalar(called) is not None


def _clean(name: str) -> str:
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= LONGEST_NAME:
        raise NameMissing
    return clean


def _record(
    session: Session,
    action: Action,
    organisation_id: uuid.UUID,
    group_id: uuid.UUID,
    actor: Actor,
    details: Mapping[str, Detail],
) -> None:
    record_on_both_sides(
        session,
        action,
        by=actor.who,
        organisation_id=organisation_id,
        object_type="user_group",
        object_id=group_id,
        details=details,
    )

"""What a group may do, and what one person may besides (U-14, U-17, U-18, U-26, U-29).

What a group may do is a role. A preset belongs to all; who changes what one group may, gives that group a role of its
own. The three switches of a person (medical, BSN, vault) are add-ons and never part of a group.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.both_sides import record_on_both_sides
from database.session import Session
from keys.grants import recipients
from keys.holders import lock_holder
from organisation.administered import AdministeredUser, find_group, find_user
from organisation.errors import LastWayIn, MayNotGrant, NotFoundedYet, OwnRights
from organisation.granting import may_grant, permissions_of_role, require_may_administer, require_may_grant
from organisation.memberships import give_role, members_with_permission, take_role
from organisation.models import Membership, MembershipRole, OrganisationKind, Role, RolePermission, UserGroup
from organisation.presets import MEDICAL, PRESETS, VAULT_ADMINISTRATOR, VAULT_USER, Preset
from organisation.service_keys import medical_key, service_key

_OF_BOTH = frozenset(
    {
        Permission.DIALOGUE_READ,
        Permission.DIALOGUE_START,
        Permission.AUTHORISATION_ADMINISTER,
        Permission.BSN_GRANT,
        Permission.DOCUMENT_EDIT,
        Permission.DOCUMENT_MAIL,
        Permission.DOCUMENT_READ,
        Permission.DOCUMENT_UPLOAD,
        Permission.EMPLOYEE_EXPORT,
        Permission.EMPLOYER_READ,
        Permission.LOG_READ,
        Permission.SESSION_SETTING_ADMINISTER,
        Permission.SIGNING_REQUEST,
        Permission.STANDARD_TEXT_ADMINISTER,
        Permission.START_SEE,
        Permission.SUBSTITUTION_REGISTER,
        Permission.USER_ADMINISTER,
    }
)
OFFERED: Mapping[str, frozenset[Permission]] = {
    OrganisationKind.EMPLOYER.value: _OF_BOTH
    | {
        Permission.DOCUMENT_READ_ALL,
        Permission.EMPLOYEE_IMPORT,
        Permission.EMPLOYEE_LIST,
        Permission.EMPLOYEE_WRITE,
    },
    OrganisationKind.SERVICE.value: _OF_BOTH
    | {
        Permission.ADMISSION_DECIDE,
        Permission.ANNOUNCEMENT_ADMINISTER,
        Permission.CASE_MANAGER_ASSIGN,
        Permission.DOCUMENT_LABEL_ADMINISTER,
        Permission.DOSSIER_READ,
        Permission.EMPLOYER_ADMINISTER,
        Permission.MEDICAL_DOCUMENT_UPLOAD,
        Permission.MEDICAL_GRANT,
        Permission.SERVICE_AGREEMENT_ADMINISTER,
        Permission.SHARE_REQUEST,
    },
}
"""What a group of each kind of organisation may be allowed."""
OWN_ROLE = "groep-"
"""How the key of a role begins that one group has for itself."""
_ELSEWHERE = frozenset({MEDICAL, VAULT_ADMINISTRATOR, VAULT_USER})


@dataclass(frozen=True)
class GroupPermissions:
    """What a group may do now, what it may be allowed, and which of that the actor may change."""

    present: frozenset[Permission]
    offered: frozenset[Permission]
    changeable: frozenset[Permission]


@dataclass(frozen=True)
class AddOn:
    """Something that one person may besides what the group may, and whether the actor may give or take it."""

    key: str
    label: str
    has: bool
    may_change: bool


def group_permissions(session: Session, group_id: uuid.UUID, actor: Actor) -> GroupPermissions:
    """What a group may do, to show and to change. Raises `PermissionDenied`, `NotFound`."""
    actor.require(Permission.AUTHORISATION_ADMINISTER)
    found = find_group(session, group_id, actor)
    offered = OFFERED[found.organisation.kind]
    changeable = frozenset(permission for permission in offered if may_grant(actor, [permission]))
    is_own = _group_of(session, actor.person_id) == group_id
    present = permissions_of_role(session, found.group.role_id)
    return GroupPermissions(present, offered, frozenset() if is_own else changeable)


def change_group_permissions(
    session: Session, group_id: uuid.UUID, permissions: frozenset[Permission], actor: Actor
) -> None:
    """Let a group do what is in `permissions` of all that is offered to it; it holds at once for its members.

    Raises `PermissionDenied`, `NotFound`, `OwnRights` for the actor's own group, `MayNotGrant` for what is not offered
    or not the actor's to give or take, and `LastWayIn` when nobody could let others into a key any more.
    """
    actor.require(Permission.AUTHORISATION_ADMINISTER)
    found = find_group(session, group_id, actor)
    session.refresh(found.group, with_for_update=True)
    if _group_of(session, actor.person_id) == group_id:
        raise OwnRights
    present, offered = permissions_of_role(session, found.group.role_id), OFFERED[found.organisation.kind]
    for permission in sorted(permissions - offered):
        raise MayNotGrant(permission)
    changed = (present & offered) ^ permissions
    require_may_grant(actor, changed)
    for permission in sorted(changed):
        given = permission in permissions
        details = {"permission": permission.value, "old": _word(not given), "new": _word(given)}
        _record(session, Action.GROUP_PERMISSION_CHANGE, found.organisation.id, group_id, actor, details)
    if changed:
        _give_own_role(session, found.group, found.organisation.kind, (present - offered) | permissions)
        require_way_in(session, actor, present - permissions)


def add_ons_of(session: Session, user: AdministeredUser, actor: Actor) -> list[AddOn]:
    """The add-ons of somebody whom the caller has found to be administered, by name; vault roles and medical rights
    are given elsewhere, with their keys. Raises `PermissionDenied`.
    """
    actor.require(Permission.AUTHORISATION_ADMINISTER)
    held = _own_roles(session, user.person.id)
    is_own = user.person.id == actor.person_id
    return [
        AddOn(preset.key, preset.label, preset.key in held, not is_own and may_grant(actor, preset.permissions))
        for preset in sorted(_add_ons(user.organisation.kind), key=lambda preset: preset.label)
    ]


def change_add_ons(session: Session, person_id: uuid.UUID, keys: frozenset[str], actor: Actor) -> None:
    """Let somebody have these add-ons of all that `add_ons_of` lists, and no others; each change is logged.

    Raises `PermissionDenied`, `NotFound`, `OwnRights`, and `MayNotGrant` for what the actor may not give or take.
    """
    user = require_other(session, person_id, actor)
    offered = {preset.key: preset for preset in _add_ons(user.organisation.kind)}
    held = _own_roles(session, person_id) & offered.keys()
    for key in sorted(held ^ (keys & offered.keys())):
        require_may_grant(actor, offered[key].permissions)
        change = take_role if key in held else give_role
        change(session, person_id, key, actor.who)


def require_other(session: Session, person_id: uuid.UUID, actor: Actor) -> AdministeredUser:
    """Somebody whose rights the actor may change, kept from others until the transaction ends.

    Raises `PermissionDenied`, `NotFound`, `OwnRights`, and `MayNotGrant` for somebody who may administer more.
    """
    actor.require(Permission.AUTHORISATION_ADMINISTER)
    user = find_user(session, person_id, actor, lock=True)
    if person_id == actor.person_id:
        raise OwnRights
    require_may_administer(session, person_id, user.organisation.id, actor)
    return user


def require_other_group(session: Session, group_id: uuid.UUID, actor: Actor) -> UserGroup:
    """A group whose rights the actor may change. Raises as `require_other`."""
    actor.require(Permission.AUTHORISATION_ADMINISTER)
    found = find_group(session, group_id, actor)
    if _group_of(session, actor.person_id) == group_id:
        raise OwnRights
    return found.group


def require_way_in(session: Session, actor: Actor, taken: frozenset[Permission]) -> None:
    """Raises `LastWayIn` when nobody is left who holds a key of the actor's service and may let others in."""
    if actor.audience != OrganisationKind.SERVICE:
        return
    keys = [service_key(session, actor)]
    with suppress(NotFoundedYet):
        keys.append(medical_key(session, actor))
    for key in keys:
        if not taken & {key.needed, key.decides}:
            continue
        lock_holder(session, key.holder_id)
        holding = {grant.recipient_id for grant in recipients(session, key.holder_id)}
        deciding = {member.person_id for member in members_with_permission(session, actor.organisation_id, key.decides)}
        if holding and not holding & deciding:
            raise LastWayIn([key.holder_id])


def _add_ons(organisation_kind: str) -> list[Preset]:
    return [
        preset
        for preset in PRESETS
        if preset.is_add_on and preset.organisation_kind == organisation_kind and preset.key not in _ELSEWHERE
    ]


def _own_roles(session: Session, person_id: uuid.UUID) -> set[str]:
    statement = (
        select(Role.key)
        .join(MembershipRole, MembershipRole.role_id == Role.id)
        .where(MembershipRole.person_id == person_id)
    )
    return set(session.scalars(statement))


def _group_of(session: Session, person_id: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(select(Membership.group_id).where(Membership.person_id == person_id))


def _give_own_role(session: Session, group: UserGroup, kind: str, permissions: frozenset[Permission]) -> None:
    key = f"{OWN_ROLE}{group.id}"
    role = session.scalars(select(Role).where(Role.organisation_kind == kind, Role.key == key)).first()
    if role is None:
        former = session.get(Role, group.role_id) if group.role_id else None
        role = Role(
            id=session.source.new_id(),
            key=key,
            organisation_kind=kind,
            label=former.label if former else group.name,
            organisation_id=group.organisation_id,
        )
        session.add(role)
        session.flush()
    session.execute(delete(RolePermission).where(RolePermission.role_id == role.id))
    session.add_all(RolePermission(role_id=role.id, permission=permission.value) for permission in sorted(permissions))
    group.role_id = role.id
    session.flush()


def _record(
    session: Session,
    action: Action,
    organisation_id: uuid.UUID,
    group_id: uuid.UUID,
    actor: Actor,
    details: Mapping[str, str],
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


def _word(allowed: bool) -> str:
    return "yes" if allowed else "no"

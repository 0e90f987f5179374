"""What somebody may hand out, and whose account somebody may administer (D-rules 18 and 34; U-10, U-29).

Nobody hands out a right to administer that he or she has not, nor administers the account of somebody with more of
those, or with one for more of the own organisation: else whoever resets a login could take over what was never handed
out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from organisation.effective_roles import effective_roles
from organisation.errors import MayNotGrant
from organisation.models import RolePermission
from organisation.scope_reach import sees_all_of

ADMINISTRATIVE = frozenset(
    {
        Permission.ADMISSION_DECIDE,
        Permission.ANNOUNCEMENT_ADMINISTER,
        Permission.AUTHORISATION_ADMINISTER,
        Permission.BSN_GRANT,
        Permission.EMPLOYER_ADMINISTER,
        Permission.LOG_READ,
        Permission.MEDICAL_GRANT,
        Permission.SERVICE_AGREEMENT_ADMINISTER,
        Permission.SESSION_SETTING_ADMINISTER,
        Permission.USER_ADMINISTER,
    }
)
"""Whoever hands out one of these has it."""

OF_VAULT_ADMINISTRATORS = frozenset(
    {Permission.ACCESS_ADMINISTER, Permission.AGREEMENT_REGISTER, Permission.VAULT_OPEN}
)
"""These come with the role of vault administrator and in no other way (D-rule 18; `organisation.vault_roles`)."""

_NEEDED = {
    Permission.BSN_READ: Permission.BSN_GRANT,
    Permission.MEDICAL_DOCUMENT_UPLOAD: Permission.MEDICAL_GRANT,
    Permission.MEDICAL_READ: Permission.MEDICAL_GRANT,
}


def require_may_grant(actor: Actor, permissions: Iterable[Permission]) -> None:
    """Raises `MayNotGrant` unless the actor may give each of those permissions to somebody.

    That whoever gives medical rights holds the medical key is a further check of whoever hands over that key (U-10).
    """
    for permission in sorted(permissions):
        if not _may_grant(actor, permission):
            raise MayNotGrant(permission)


def may_grant(actor: Actor, permissions: Iterable[Permission]) -> bool:
    """Whether the actor may give all of those permissions: to choose what a page offers."""
    return all(_may_grant(actor, permission) for permission in permissions)


def require_may_administer(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID, actor: Actor) -> None:
    """Raises `MayNotGrant` for the account of somebody who may administer what the actor may not, or does not see.

    Whether the account is one of those that the actor administers is what the loader has asked before. An employer's
    vault administrators read the employer's log, which an arbo service that helps them to log in need not.
    """
    for permission in sorted(_beyond(session, person_id, organisation_id, actor)):
        raise MayNotGrant(permission)


def may_administer(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID, actor: Actor) -> bool:
    """Whether `require_may_administer` lets the actor pass: to choose what a page offers."""
    return not _beyond(session, person_id, organisation_id, actor)


def permissions_of(session: Session, person_id: uuid.UUID) -> frozenset[Permission]:
    """What somebody's roles in effect allow now."""
    roles = effective_roles()
    statement = (
        select(RolePermission.permission)
        .join(roles, roles.c.role_id == RolePermission.role_id)
        .where(roles.c.person_id == person_id)
    )
    return _known(session.scalars(statement))


def permissions_of_role(session: Session, role_id: uuid.UUID | None) -> frozenset[Permission]:
    """What a role allows; nothing without one."""
    if role_id is None:
        return frozenset()
    return permissions_of_roles(session, [role_id]).get(role_id, frozenset())


def permissions_of_roles(session: Session, role_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[Permission]]:
    """What each of those roles allows, in one query; a role that allows nothing is left out."""
    statement = select(RolePermission.role_id, RolePermission.permission).where(
        RolePermission.role_id.in_(set(role_ids))
    )
    found: dict[uuid.UUID, set[str]] = {}
    for role_id, permission in session.execute(statement):
        found.setdefault(role_id, set()).add(permission)
    return {role_id: _known(permissions) for role_id, permissions in found.items()}


def _beyond(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID, actor: Actor) -> frozenset[Permission]:
    held = permissions_of(session, person_id) & ADMINISTRATIVE
    if organisation_id != actor.organisation_id:
        return held - actor.permissions - {Permission.LOG_READ}
    return held if held and not sees_all_of(session, person_id, actor) else held - actor.permissions


def _may_grant(actor: Actor, permission: Permission) -> bool:
    if permission in OF_VAULT_ADMINISTRATORS:
        return False
    needed = permission if permission in ADMINISTRATIVE else _NEEDED.get(permission)
    return needed is None or needed in actor.permissions


def _known(values: Iterable[str]) -> frozenset[Permission]:
    known = {permission.value for permission in Permission}
    return frozenset(Permission(value) for value in values if value in known)

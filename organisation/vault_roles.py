"""The two vault roles of an employer's user, as far as user management may give them (D-rules 17 and 18; K-15).

Whoever administers users names vault users, who ask for the key at their first login, and nominates the vault
administrator as long as the vault has no key. After that its administrators decide on their own (K-16), and what
somebody holds a key for is theirs to withdraw.
"""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from keys.models import Grant, Holder, HolderGeneration, HolderKind
from organisation.administered import find_user
from organisation.errors import MayNotGrant, UnknownRole
from organisation.memberships import give_role, take_role
from organisation.models import MembershipRole, Organisation, OrganisationKind, Role
from organisation.presets import VAULT_ADMINISTRATOR, VAULT_USER


class VaultRole(StrEnum):
    """What somebody is to the own employer's vault."""

    NONE = "none"
    USER = VAULT_USER
    ADMINISTRATOR = VAULT_ADMINISTRATOR


def vault_role_of(session: Session, person_id: uuid.UUID) -> VaultRole:
    """What somebody is to the vault now, by the own roles."""
    statement = (
        select(Role.key)
        .join(MembershipRole, MembershipRole.role_id == Role.id)
        .where(MembershipRole.person_id == person_id, Role.key.in_([VAULT_ADMINISTRATOR, VAULT_USER]))
    )
    keys = set(session.scalars(statement))
    if VAULT_ADMINISTRATOR in keys:
        return VaultRole.ADMINISTRATOR
    return VaultRole.USER if VAULT_USER in keys else VaultRole.NONE


def vault_roles_to_give(
    session: Session, organisation: Organisation, person_id: uuid.UUID | None
) -> tuple[VaultRole, ...]:
    """Between which vault roles user management may choose for somebody, or for a new user; nothing where it may not.

    Whoever holds a key of the vault is its administrators' to decide on, and so is a vault administrator once there is
    a key.
    """
    if organisation.kind != OrganisationKind.EMPLOYER:
        return ()
    has_key = vault_has_key(session, organisation.id)
    if person_id is not None and has_key:
        holds = _holds_key(session, organisation.id, person_id)
        if holds or vault_role_of(session, person_id) is VaultRole.ADMINISTRATOR:
            return ()
    return (VaultRole.NONE, VaultRole.USER) if has_key else tuple(VaultRole)


def set_vault_role(session: Session, person_id: uuid.UUID, role: VaultRole, actor: Actor) -> None:
    """Give somebody another vault role, or none; the key is asked for, and handed over, in the vault itself.

    Raises `PermissionDenied`, `NotFound`, `UnknownRole` for somebody of an arbo service, and `MayNotGrant` for what
    only the vault's administrators decide (D-rule 18).
    """
    actor.require(Permission.USER_ADMINISTER)
    user = find_user(session, person_id, actor, lock=True)
    present = vault_role_of(session, person_id)
    if role is present:
        return
    if user.organisation.kind != OrganisationKind.EMPLOYER:
        raise UnknownRole
    if role not in vault_roles_to_give(session, user.organisation, person_id):
        raise MayNotGrant(Permission.ACCESS_ADMINISTER)
    if present is not VaultRole.NONE:
        take_role(session, person_id, present.value, actor.who)
    if role is not VaultRole.NONE:
        give_role(session, person_id, role.value, actor.who)


def vault_has_key(session: Session, organisation_id: uuid.UUID) -> bool:
    """Whether the vault of an employer was opened."""
    statement = (
        select(HolderGeneration.holder_id)
        .join(Holder, Holder.id == HolderGeneration.holder_id)
        .where(Holder.organisation_id == organisation_id, Holder.kind == HolderKind.VAULT.value)
    )
    return session.scalar(statement.limit(1)) is not None


def _holds_key(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    statement = (
        select(Grant.id)
        .join(Holder, Holder.id == Grant.holder_id)
        .where(
            Grant.recipient_id == person_id,
            Holder.organisation_id == organisation_id,
            Holder.kind == HolderKind.VAULT.value,
        )
    )
    return session.scalar(statement.limit(1)) is not None

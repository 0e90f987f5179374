"""Opening an employer's vault, which makes its keys (K-07, K-09, D-rule 19)."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from keys.grants import hand_over
from keys.holders import create_holder, make_first_generation
from keys.models import HolderKind
from organisation.errors import NotFound
from vault.agreements import has_signatory
from vault.errors import SignatoryMissing, VaultAlreadyOpen
from vault.models import Vault
from vault.sides import is_employer


class VaultState(StrEnum):
    """How far an employer's vault is."""

    NO_SIGNATORY = "no_signatory"
    CLOSED = "closed"
    OPEN = "open"


def vault_state(session: Session, actor: Actor) -> VaultState:
    """How far the vault of the actor's employer is. Raises `NotFound` for the arbo side."""
    if not is_employer(actor):
        raise NotFound
    if session.get(Vault, actor.organisation_id) is not None:
        return VaultState.OPEN
    return VaultState.CLOSED if has_signatory(session, actor.organisation_id) else VaultState.NO_SIGNATORY


def open_vault(session: Session, actor: Actor) -> Vault:
    """Make the vault with its first key, and hand that to whoever opens it; of two at once one succeeds.

    Raises `PermissionDenied`, `NotFound` for the arbo side (D-rule 18), `SignatoryMissing` (K-09), `VaultAlreadyOpen`.
    """
    actor.require(Permission.VAULT_OPEN)
    state = vault_state(session, actor)
    if state is VaultState.OPEN:
        raise VaultAlreadyOpen
    if state is VaultState.NO_SIGNATORY:
        raise SignatoryMissing
    vault = _add(session, actor)
    record(
        session,
        Action.VAULT_OPEN,
        by=actor.who,
        object_type="vault",
        object_id=vault.holder_id,
        details={"generation": 1},
    )
    secret = make_first_generation(session, vault.holder_id, by=actor.who)
    hand_over(session, vault.holder_id, to=actor.person_id, secret=secret, generation=1, by=actor.who)
    return vault


def _add(session: Session, actor: Actor) -> Vault:
    holder = create_holder(session, HolderKind.VAULT, actor.organisation_id)
    vault = Vault(
        organisation_id=actor.organisation_id,
        holder_id=holder.id,
        opened_at=session.source.now(),
        opened_by=actor.person_id,
    )
    try:
        with session.begin_nested():
            session.add(vault)
    except IntegrityError:
        raise VaultAlreadyOpen from None
    return vault

"""Making holders and their generations (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from audit.actions import Action
from audit.recording import Who, record
from crypto.hybrid import KeyPair
from crypto.sealing import seal
from crypto.secret import Secret
from database.session import Session
from keys import grants
from keys.errors import AlreadyFounded
from keys.index_secrets import index_secret, seal_index_secret
from keys.models import Holder, HolderGeneration, HolderKind
from keys.opened import OpenedKeys
from keys.places import place_of_previous, public_key_message, wrap_key_of
from keys.public_keys import PublicKey, current_generation, has_key, lock_holder, public_key

__all__ = [
    "PublicKey",
    "create_holder",
    "current_generation",
    "has_key",
    "lock_holder",
    "make_first_generation",
    "make_next_generation",
    "make_renewed_generation",
    "public_key",
]

# The holders whose records are found by blind indexes.
INDEXED = frozenset({HolderKind.VAULT, HolderKind.SERVICE})


def create_holder(session: Session, kind: HolderKind, organisation_id: UUID, holder_id: UUID | None = None) -> Holder:
    """Add a holder without a key. A person's holder has the person's id; others get an id of their own."""
    holder = Holder(
        id=holder_id or session.source.new_id(),
        kind=kind,
        organisation_id=organisation_id,
        created_at=session.source.now(),
    )
    session.add(holder)
    session.flush()
    return holder


def make_first_generation(session: Session, holder_id: UUID, *, by: Who, secret: Secret | None = None) -> Secret:
    """Log a new public key, give the holder its first secret, and return the secret: nothing else has it yet.

    The secret is random, unless it is given: that of an invitation comes from its link. Raises `NotFound`, or
    `AlreadyFounded` when the holder has a key; of several at once, exactly one succeeds (K-07).
    """
    holder = lock_holder(session, holder_id)
    if has_key(session, holder_id):
        raise AlreadyFounded
    _log_new_key(session, holder, 1, by)
    if secret is None:
        secret = Secret.random(session.source)
    index = Secret.random(session.source) if holder.kind in INDEXED else None
    _add_generation(session, holder_id, 1, secret, previous_sealed=None, index=index)
    return secret


def make_next_generation(session: Session, holder_id: UUID, keys: OpenedKeys, *, by: Who) -> Secret:
    """Log a new public key, give the holder a fresh secret, and hand it to all who hold the newest grant (K-16).

    The previous secret is sealed under the new one, so that who has the newest reads everything from before; the index
    secret goes along. Who was removed (`grants.destroy_grants`) gets nothing. Nor does someone whose own key was
    renewed since: a renewed key is never granted by itself (design 2.3). A substitute gets it for the same period.
    Raises `NoKey` when `keys` can't open the present generation.
    """
    holder = lock_holder(session, holder_id)
    number = current_generation(session, holder_id) + 1
    _log_new_key(session, holder, number, by)
    secret = Secret.random(session.source)
    previous = keys.secret(session, holder_id, number - 1)
    sealed = seal(wrap_key_of(secret), previous.reveal(), place_of_previous(holder_id, number))
    index = index_secret(session, holder_id, keys) if holder.kind in INDEXED else None
    _add_generation(session, holder_id, number, secret, previous_sealed=sealed, index=index)
    periods = grants.periods_of(session, holder_id, number - 1)
    for recipient_id in grants.recipients_with_present_key(session, holder_id, number - 1):
        period = periods.get(recipient_id)
        grants.hand_over(session, holder_id, to=recipient_id, secret=secret, generation=number, by=by, period=period)
    return secret


def make_renewed_generation(session: Session, person_id: UUID, *, by: Who) -> tuple[int, Secret]:
    """Log a new public key, and give a person a secret that has nothing to do with the lost one (design 2.3).

    Return its generation and the secret: nothing else has it yet, and it opens nothing. Use `renewal.renew_key`.
    """
    holder = lock_holder(session, person_id)
    number = current_generation(session, person_id) + 1
    _log_new_key(session, holder, number, by, reason="lost")
    secret = Secret.random(session.source)
    _add_generation(session, person_id, number, secret, previous_sealed=None, index=None)
    return number, secret


def _add_generation(
    session: Session,
    holder_id: UUID,
    number: int,
    secret: Secret,
    *,
    previous_sealed: bytes | None,
    index: Secret | None,
) -> None:
    key = KeyPair.from_secret(secret).public_key
    generation = HolderGeneration(
        holder_id=holder_id,
        number=number,
        public_key=key,
        public_key_mac=session.package_key("keys").mac(public_key_message(holder_id, number, key)),
        previous_sealed=previous_sealed,
        index_sealed=seal_index_secret(index, holder_id, number, secret) if index is not None else None,
        created_at=session.source.now(),
    )
    session.add(generation)
    session.flush()


def _log_new_key(session: Session, holder: Holder, generation: int, by: Who, reason: str | None = None) -> None:
    details: dict[str, str | int] = {"generation": generation, "kind": str(holder.kind)}
    if reason is not None:
        details["reason"] = reason
    record(
        session,
        Action.KEY_MAKE,
        by=by,
        organisation_id=holder.organisation_id,
        object_type="holder",
        object_id=holder.id,
        details=details,
    )

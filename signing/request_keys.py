"""The key of a signing request: who can open it, and what becomes of it when a signer is replaced (design 2.1).

By SMS it lies wrapped for every epoch of the request's dialogue, so that whoever is let into the dialogue opens it;
sitting together it lies wrapped for the host alone. What it seals, it seals itself: `crypto.sealing.seal(secret, …)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select

from accounts.actor import Actor
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.insertion import insert_into
from database.session import Session
from dialogs.epochs import epochs_held
from dialogs.rosters import GENERATION
from signing.errors import LockedOut
from signing.models import Signer, SigningRequest, SigningRequestKey
from signing.places import place_in_request, place_in_signer, place_of_request_key

_OF_REQUEST = ("title_sealed", "reason_sealed", "base_key_sealed", "latest_key_sealed")
_OF_SIGNER = ("entry_sealed", "drawing_sealed", "refusal_sealed")


def open_request(session: Session, request: SigningRequest, actor: Actor) -> Secret:
    """The key of a request. Raises `LockedOut` for an actor who opens no holder that has it."""
    holders = _holders(session, request, actor)
    rows = select(SigningRequestKey).where(
        SigningRequestKey.request_id == request.id,
        SigningRequestKey.key_number == request.key_number,
        SigningRequestKey.holder_id.in_(list(holders)),
    )
    for row in session.scalars(rows.execution_options(populate_existing=True)):
        if row.generation == holders[row.holder_id]:
            wrap_key = actor.keys.wrap_key(session, row.holder_id, row.generation)
            return Secret(unseal(wrap_key, row.sealed, place_of_request_key(row)))
    raise LockedOut


def settle_keys(session: Session, request: SigningRequest, secret: Secret, actor: Actor) -> None:
    """Wrap the key of a request for every holder of it that the actor opens and that has none.

    So an epoch that was opened since, for whoever came, has it from the next visit on of anybody who opens both.
    """
    holders = _holders(session, request, actor)
    known = select(SigningRequestKey.holder_id, SigningRequestKey.generation).where(
        SigningRequestKey.request_id == request.id, SigningRequestKey.key_number == request.key_number
    )
    wrapped = set(session.execute(known).all())
    for holder_id, generation in holders.items():
        if (holder_id, generation) not in wrapped:
            _wrap(session, request, secret, holder_id, generation, actor)


def rekey(session: Session, request: SigningRequest, secret: Secret, actor: Actor) -> Secret:
    """Give a request another key and seal all anew that lies under it, so that who had the old one opens nothing.

    The caller has locked the request. Returns the new key, wrapped for the holders that the actor opens now.
    """
    fresh = Secret.random(session.source)
    signers = session.scalars(select(Signer).where(Signer.request_id == request.id)).all()
    plain = {column: _opened(secret, getattr(request, column), request, column) for column in _OF_REQUEST}
    of_signers = [
        {column: _opened(secret, getattr(one, column), one, column) for column in _OF_SIGNER} for one in signers
    ]
    request.key_number += 1
    _seal_all(fresh, request, plain)
    for signer, values in zip(signers, of_signers, strict=True):
        signer.key_number = request.key_number
        _seal_all(fresh, signer, values)
    session.execute(delete(SigningRequestKey).where(SigningRequestKey.request_id == request.id))
    session.flush()
    settle_keys(session, request, fresh, actor)
    return fresh


def _holders(session: Session, request: SigningRequest, actor: Actor) -> Mapping[UUID, int]:
    """The holders of a request's key that the actor opens, each with the generation of its wrap key."""
    if request.dialogue_id is not None:
        return {epoch.holder_id: GENERATION for epoch in epochs_held(session, request.dialogue_id, actor.keys)}
    return {actor.person_id: actor.keys.generation} if actor.person_id == request.requested_by else {}


def _wrap(
    session: Session, request: SigningRequest, secret: Secret, holder_id: UUID, generation: int, actor: Actor
) -> None:
    row = SigningRequestKey(
        request_id=request.id,
        key_number=request.key_number,
        holder_id=holder_id,
        organisation_id=request.organisation_id,
        generation=generation,
    )
    sealed = seal(actor.keys.wrap_key(session, holder_id, generation), secret.reveal(), place_of_request_key(row))
    values = {
        "request_id": row.request_id,
        "key_number": row.key_number,
        "holder_id": row.holder_id,
        "organisation_id": row.organisation_id,
        "generation": row.generation,
        "sealed": sealed,
    }
    # Two who visit at once wrap the same key; either row will do.
    once = insert_into(session, SigningRequestKey).values(**values)
    session.execute(once.on_conflict_do_nothing())


def _opened(secret: Secret, sealed: bytes | None, row: SigningRequest | Signer, column: str) -> bytes | None:
    return None if sealed is None else unseal(secret, sealed, _place(row, column))


def _seal_all(secret: Secret, row: SigningRequest | Signer, values: Mapping[str, bytes | None]) -> None:
    for column, plain in values.items():
        setattr(row, column, None if plain is None else seal(secret, plain, _place(row, column)))


def _place(row: SigningRequest | Signer, column: str) -> Context:
    return place_in_request(row, column) if isinstance(row, SigningRequest) else place_in_signer(row, column)

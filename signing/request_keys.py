"""The key of a signing request: who can open it, and what becomes of it when a signer is replaced (design 2.1).

By SMS it lies wrapped for the present epoch of the request's dialogue, so that whoever is let into the dialogue opens
it; sitting together it lies wrapped for the host alone. Once there is another epoch, the request has another key before
anything more is sealed: who left, was taken out or lost the account opens nothing of what is written afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select

from accounts.actor import Actor
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.session import Session
from dialogs.epochs import epochs_held
from dialogs.errors import ContactChanged, NoLongerAuthorised
from dialogs.errors import LockedOut as DialogueLockedOut
from dialogs.rosters import GENERATION
from dialogs.settling import settle_dialogue, settled_epoch
from signing.errors import LockedOut, NotFound
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


def open_to_write(session: Session, request: SigningRequest, actor: Actor) -> Secret:
    """The key of a request under which the actor may seal what is new, as `settle_keys` leaves it. Raises as that."""
    return settle_keys(session, request, open_request(session, request, actor), actor)


def settle_keys(session: Session, request: SigningRequest, secret: Secret, actor: Actor) -> Secret:
    """The key of a request that those open who may, and nobody else: another one than `secret` where it has to be.

    The caller has locked the request. The next epoch of its dialogue is opened first where somebody is to hear nothing
    more. Whoever came since opens the request from the next visit on of anybody who opens both. Raises `LockedOut` for
    an actor who can't open what is new.
    """
    holder_id = _present_holder(session, request, actor)
    wrapped = _wrapped_for(session, request)
    if wrapped == {holder_id}:
        return secret
    if wrapped:
        return rekey(session, request, secret, actor)
    _wrap(session, request, secret, holder_id, actor)
    return secret


def is_settled(session: Session, request: SigningRequest) -> bool:
    """Tell whether nobody opens the key of a request who is to open nothing new; its dialogue is locked from now on."""
    if request.dialogue_id is None:
        return True
    epoch = settled_epoch(session, request.dialogue_id)
    return epoch is not None and _wrapped_for(session, request) == {epoch.holder_id}


def rekey(session: Session, request: SigningRequest, secret: Secret, actor: Actor) -> Secret:
    """Give a request another key and seal all anew that lies under it, so that who had the old one opens nothing.

    The caller has locked the request. Returns the new key. Raises `LockedOut` as `settle_keys` does.
    """
    holder_id = _present_holder(session, request, actor)
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
    _wrap(session, request, fresh, holder_id, actor)
    return fresh


def _holders(session: Session, request: SigningRequest, actor: Actor) -> Mapping[UUID, int]:
    """The holders of a request's key that the actor opens, each with the generation of its wrap key."""
    if request.dialogue_id is not None:
        return {epoch.holder_id: GENERATION for epoch in epochs_held(session, request.dialogue_id, actor.keys)}
    return {actor.person_id: actor.keys.generation} if actor.person_id == request.requested_by else {}


def _present_holder(session: Session, request: SigningRequest, actor: Actor) -> UUID:
    """The one holder for which the key of a request is to lie wrapped now."""
    if request.dialogue_id is None:
        if actor.person_id != request.requested_by:
            raise LockedOut
        return request.requested_by
    try:
        return settle_dialogue(session, request.dialogue_id, actor).holder_id
    except (ContactChanged, DialogueLockedOut, NoLongerAuthorised, NotFound):
        raise LockedOut from None


def _wrapped_for(session: Session, request: SigningRequest) -> set[UUID]:
    rows = select(SigningRequestKey.holder_id).where(
        SigningRequestKey.request_id == request.id, SigningRequestKey.key_number == request.key_number
    )
    return set(session.scalars(rows))


def _wrap(session: Session, request: SigningRequest, secret: Secret, holder_id: UUID, actor: Actor) -> None:
    generation = GENERATION if request.dialogue_id is not None else actor.keys.generation
    row = SigningRequestKey(
        request_id=request.id,
        key_number=request.key_number,
        holder_id=holder_id,
        organisation_id=request.organisation_id,
        generation=generation,
    )
    wrap_key = actor.keys.wrap_key(session, holder_id, generation)
    row.sealed = seal(wrap_key, secret.reveal(), place_of_request_key(row))
    session.add(row)
    session.flush()


def _opened(secret: Secret, sealed: bytes | None, row: SigningRequest | Signer, column: str) -> bytes | None:
    return None if sealed is None else unseal(secret, sealed, _place(row, column))


def _seal_all(secret: Secret, row: SigningRequest | Signer, values: Mapping[str, bytes | None]) -> None:
    for column, plain in values.items():
        setattr(row, column, None if plain is None else seal(secret, plain, _place(row, column)))


def _place(row: SigningRequest | Signer, column: str) -> Context:
    return place_in_request(row, column) if isinstance(row, SigningRequest) else place_in_signer(row, column)

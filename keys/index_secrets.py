"""The index secret of a vault or a service, from which its blind indexes are made (design 2.1, 2.5).

It is separate from the secrets of the generations and travels from one to the next, so that a withdrawal need not make
every index anew: docs/threat-model.md says what a former user could still test with a stolen database.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.session import Session
from keys.due_work import add_due_work
from keys.errors import NoKey
from keys.models import HolderGeneration
from keys.opened import OpenedKeys
from keys.places import place_of_index_secret, wrap_key_of
from keys.public_keys import current_generation, lock_holder

INDEX = "index"
"""The kind of due work that indexes one record or, where its object is the holder, all that are not indexed yet."""


def index_secret(session: Session, holder_id: UUID, keys: OpenedKeys) -> Secret:
    """Return the index secret of a holder; one that has none yet, because it is older than the indexes, gets it now.

    Raises `NoKey` for whoever can't open the holder, `crypto.errors.UnsealError` when the row was moved or changed.
    """
    number = current_generation(session, holder_id)
    holder_secret = keys.secret(session, holder_id, number)
    row = session.get(HolderGeneration, (holder_id, number))
    if row is None:
        raise NoKey
    if row.index_sealed is None:
        row = _make(session, row, holder_secret)
    return open_index_secret(row, holder_secret)


def open_index_secret(row: HolderGeneration, holder_secret: Secret) -> Secret:
    """Return the index secret in the row of a generation. Raises `NoKey` when there is none in it."""
    if row.index_sealed is None:
        raise NoKey
    place = place_of_index_secret(row.holder_id, row.number)
    return Secret(unseal(wrap_key_of(holder_secret), row.index_sealed, place))


def seal_index_secret(secret: Secret, holder_id: UUID, generation: int, holder_secret: Secret) -> bytes:
    """Return the index secret as the row of a generation keeps it."""
    return seal(wrap_key_of(holder_secret), secret.reveal(), place_of_index_secret(holder_id, generation))


def _make(session: Session, row: HolderGeneration, holder_secret: Secret) -> HolderGeneration:
    holder = lock_holder(session, row.holder_id)
    sealed = seal_index_secret(Secret.random(session.source), row.holder_id, row.number, holder_secret)
    # Of two sessions that come at once one makes it, and both go on with that one.
    without = HolderGeneration.index_sealed.is_(None)
    own = (HolderGeneration.holder_id == row.holder_id) & (HolderGeneration.number == row.number)
    made = update(HolderGeneration).where(own, without).values(index_sealed=sealed).returning(HolderGeneration.number)
    if session.scalar(made, execution_options={"synchronize_session": False}) is not None:
        # What the holder opens is older than the secret, and so has not been indexed.
        place = {"organisation_id": holder.organisation_id, "holder_id": holder.id}
        add_due_work(session, **place, kind=INDEX, object_ids=[holder.id])
    session.refresh(row)
    return row

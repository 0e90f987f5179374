"""Finding the public key to seal to, and knowing that this server made it (design 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select

from crypto.errors import MacError
from database.session import Session
from keys.errors import NoGeneration, NotFound, PublicKeyForged
from keys.models import Holder, HolderGeneration
from keys.places import public_key_message


@dataclass(frozen=True)
class PublicKey:
    """A holder's newest public key, known to be made by this server. `value` is as `crypto.hybrid` writes it."""

    holder_id: UUID
    generation: int
    value: bytes = field(repr=False)


def public_key(session: Session, holder_id: UUID) -> PublicKey:
    """Return the newest public key of a holder, to seal to.

    Raises `NoGeneration` when there is none yet, `PublicKeyForged` when its code of authentication is not that of
    this holder, generation and key: who can write the database can't slip in a key of his own (design 2.1).
    """
    number = current_generation(session, holder_id)
    return PublicKey(holder_id, number, checked_public_key(session, holder_id, number))


def current_generation(session: Session, holder_id: UUID) -> int:
    """Return the number of the newest generation. Raises `NoGeneration` when the holder has no key yet."""
    number = _newest(session, holder_id)
    if number is None:
        raise NoGeneration
    return number


def has_key(session: Session, holder_id: UUID) -> bool:
    """Tell whether a holder has its first key, to choose what a page offers."""
    return _newest(session, holder_id) is not None


def with_key(session: Session, holder_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of some holders have a key."""
    keyed = select(HolderGeneration.holder_id).where(HolderGeneration.holder_id.in_(list(holder_ids))).distinct()
    return set(session.scalars(keyed))


def checked_public_key(session: Session, holder_id: UUID, generation: int) -> bytes:
    """Return the public key of one generation. Raises `NoGeneration` or `PublicKeyForged`."""
    row = session.get(HolderGeneration, (holder_id, generation), populate_existing=True)
    if row is None:
        raise NoGeneration
    return checked_key_in(session, row)


def checked_key_in(session: Session, row: HolderGeneration) -> bytes:
    """Return the public key in a row. Raises `PublicKeyForged`."""
    message = public_key_message(row.holder_id, row.number, row.public_key)
    try:
        session.package_key("keys").check_mac(message, row.public_key_mac)
    except MacError:
        raise PublicKeyForged from None
    return row.public_key


def lock_holder(session: Session, holder_id: UUID) -> Holder:
    """Return a holder, and let other acts on its grants and generations wait until this transaction ends.

    SQLite lets every other writer wait anyway. Raises `NotFound`.
    """
    holder = session.get(Holder, holder_id, with_for_update=True)
    if holder is None:
        raise NotFound
    return holder


def lock_holders(session: Session, holder_ids: Iterable[UUID]) -> None:
    """Lock several holders, in the order in which everybody does, in one query."""
    wanted = select(Holder.id).where(Holder.id.in_(set(holder_ids))).order_by(Holder.id)
    session.execute(wanted.with_for_update())


def _newest(session: Session, holder_id: UUID) -> int | None:
    return session.scalar(select(func.max(HolderGeneration.number)).where(HolderGeneration.holder_id == holder_id))

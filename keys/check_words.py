"""Check words: what people compare by telephone before a renewed key is granted anything (design 2.3).

Four words out of 2,048 say 44 bits of a public key. Nobody can choose a key by its words here, since this server makes
the key at random: a renewed key that is not the one on the other end of the line has the same words once in 2^44 times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from crypto.derivation import hkdf_sha256
from database.session import Session
from keys.errors import CheckWordsNotCompared, PublicKeyForged
from keys.models import HolderGeneration
from keys.places import public_key_message
from keys.public_keys import checked_key_in, current_generation, lock_holder

WORDS = Path(__file__).parent / "data" / "check_words.txt"
COUNT = 4
BITS_A_WORD = 11
FIRST_GENERATION = 1

_INFO = b"datakluis/v1/check words"


@dataclass(frozen=True)
class RenewedKey:
    """The newest key of someone whose key was renewed, and its check words.

    There are no words for a key that this server did not make: nothing may be granted to it.
    """

    person_id: UUID
    generation: int
    words: tuple[str, ...]


def words_of(person_id: UUID, generation: int, public_key: bytes) -> tuple[str, ...]:
    """Return the four check words of a person's public key."""
    message = public_key_message(person_id, generation, public_key)
    bits = int.from_bytes(hkdf_sha256(message, salt=b"", info=_INFO, length=8), "big")
    words = _words()
    return tuple(words[bits >> BITS_A_WORD * place & len(words) - 1] for place in range(COUNT))


def renewed_keys(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, RenewedKey]:
    """Return the newest key of those whose key was renewed, each with its words; of the others nothing."""
    newer = aliased(HolderGeneration)
    has_newer = exists().where(newer.holder_id == HolderGeneration.holder_id, newer.number > HolderGeneration.number)
    renewed = select(HolderGeneration).where(
        HolderGeneration.holder_id.in_(set(person_ids)), HolderGeneration.number > FIRST_GENERATION, ~has_newer
    )
    rows = session.scalars(renewed.execution_options(populate_existing=True))
    return {row.holder_id: _renewed_key(session, row) for row in rows}


def renewed_key(session: Session, person_id: UUID) -> RenewedKey | None:
    """Return the newest key of one person when it was renewed, else None."""
    return renewed_keys(session, [person_id]).get(person_id)


def require_compared(session: Session, person_id: UUID, compared: int | None) -> None:
    """Let nobody grant anything to a renewed key whose check words were not compared (design 2.3).

    `compared` is the generation whose words somebody says to have compared. Who calls this has locked the holder that
    is to be granted; the person's is locked here, so that the key that was compared is the one that is sealed to.
    Raises `CheckWordsNotCompared`.
    """
    lock_holder(session, person_id)
    newest = current_generation(session, person_id)
    if newest > FIRST_GENERATION and compared != newest:
        raise CheckWordsNotCompared


def _renewed_key(session: Session, row: HolderGeneration) -> RenewedKey:
    try:
        words = words_of(row.holder_id, row.number, checked_key_in(session, row))
    except PublicKeyForged:
        words = ()
    return RenewedKey(row.holder_id, row.number, words)


@cache
def _words() -> tuple[str, ...]:
    return tuple(WORDS.read_text("ascii").split())

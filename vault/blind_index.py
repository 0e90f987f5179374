"""What a record is found by without opening it: keyed digests under the index secret of one side (design 2.5).

They must not be a directory in disguise: a digest covers three letters of a name, month and year of a birth, four
digits of a postcode, so that many people share it, and who fits is compared after opening. Only the BSN goes in whole.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from accounts.actor import Actor
from crypto.derivation import derive
from crypto.secret import Secret
from database.session import Session
from keys.index_secrets import index_secret
from vault.fields import Card, Details
from vault.models import RecordIndex
from vault.name_matching import indexed_beginnings, wanted_beginnings

DIGEST_BYTES = 8
AREA_CHARACTERS = 4


@dataclass(frozen=True)
class RecordIndexer:
    """Makes the digests of one side's records, and the conditions that find them."""

    holder_id: uuid.UUID
    _last_name: Secret = field(repr=False)
    _birth_month: Secret = field(repr=False)
    _postcode: Secret = field(repr=False)
    _bsn: Secret = field(repr=False)
    _nothing: Secret = field(repr=False)

    def row(
        self, employee_id: uuid.UUID, organisation_id: uuid.UUID, version: int, card: Card, details: Details
    ) -> dict[str, Any]:
        """The row of one version of a record, by column, ready for a bulk insert into `record_index`."""
        first, second = indexed_beginnings(card.last_name)
        return {
            "employee_id": employee_id,
            "holder_id": self.holder_id,
            "version": version,
            "organisation_id": organisation_id,
            "last_name": _digest(self._last_name, first),
            "second_name": self._or_nothing(self._last_name, second, employee_id, b"second_name"),
            "birth_month": _digest(self._birth_month, _month(card.birth_date)),
            "postcode": self._or_nothing(self._postcode, _area(card.postcode), employee_id, b"postcode"),
            "bsn": self._or_nothing(self._bsn, details.bsn, employee_id, b"bsn"),
        }

    def finds_last_name(self, typed: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """The two conditions on `RecordIndex` of which one is true where a last name may begin with what was typed.

        Each has an index of its own; a query that asks for either at once would use none.
        """
        digests = [_digest(self._last_name, beginning) for beginning in sorted(wanted_beginnings(typed))]
        return RecordIndex.last_name.in_(digests), RecordIndex.second_name.in_(digests)

    def finds_birth_date(self, day: date) -> ColumnElement[bool]:
        """The condition on `RecordIndex` that someone was born in the month of `day`."""
        return RecordIndex.birth_month == _digest(self._birth_month, _month(day))

    def finds_postcode(self, postcode: str) -> ColumnElement[bool]:
        """The condition on `RecordIndex` that someone lives in the area of a checked postcode."""
        return RecordIndex.postcode == _digest(self._postcode, _area(postcode) or "")

    def finds_bsn(self, bsn: str) -> ColumnElement[bool]:
        """The condition on `RecordIndex` that someone may have this BSN, of nine digits."""
        return RecordIndex.bsn == self.bsn_digest(bsn)

    def bsn_digest(self, bsn: str) -> bytes:
        """The digest of a BSN of nine digits, to look for many of them at once."""
        return _digest(self._bsn, bsn)

    def _or_nothing(self, key: Secret, value: str | None, employee_id: uuid.UUID, part: bytes) -> bytes:
        if value:
            return _digest(key, value)
        return hmac.digest(self._nothing.reveal(), part + employee_id.bytes, "sha256")[:DIGEST_BYTES]


def normalise_postcode(postcode: str) -> str:
    """The letters and digits of a postcode, however it was typed: `3511 ab` is `3511ab`."""
    return "".join(character for character in postcode.casefold() if character.isalnum())


def make_indexer(session: Session, actor: Actor, holder_id: uuid.UUID) -> RecordIndexer:
    """The indexer of a side that the actor opens. Raises as `keys.index_secrets.index_secret`."""
    secret = index_secret(session, holder_id, actor.keys)
    labels = ("last-name", "birth-month", "postcode", "bsn", "nothing")
    return RecordIndexer(holder_id, *(derive(secret, f"index/{label}") for label in labels))


def _digest(key: Secret, value: str) -> bytes:
    return hmac.digest(key.reveal(), value.encode(), "sha256")[:DIGEST_BYTES]


def _month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _area(postcode: str | None) -> str | None:
    """The four digits of a Dutch postcode; of a foreign one its first four letters or digits."""
    return normalise_postcode(postcode or "")[:AREA_CHARACTERS] or None

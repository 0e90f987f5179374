"""The personal data of an employee (E-03): the card, which lists show, and the details; as values and as bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

# Plaintexts are padded to a multiple of these, so that the length of what is sealed does not tell names apart.
CARD_BLOCK = 128
DETAILS_BLOCK = 256


class Gender(StrEnum):
    """Geslacht, as it is stored."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"


@dataclass(frozen=True)
class Card:
    """What lists show of an employee. `prefix` is the tussenvoegsel; its repr shows nothing.

    Only `last_name` and `birth_date` are always there. A Dutch postcode is kept as `1234AB`.
    """

    last_name: str
    birth_date: date
    prefix: str | None = None
    first_name: str | None = None
    initials: str | None = None
    postcode: str | None = None

    def __repr__(self) -> str:
        return "Card()"

    @property
    def display_name(self) -> str:
        """The name as one speaks of someone: `A. van Dijk`."""
        return " ".join(part for part in (self._shown_initials, self.prefix, self.last_name) if part)

    @property
    def list_name(self) -> str:
        """The name as lists order it: `Dijk, A. van`."""
        after = " ".join(part for part in (self._shown_initials, self.prefix) if part)
        return f"{self.last_name}, {after}" if after else self.last_name

    @property
    def full_name(self) -> str:
        """The name with the first name where it is known: `Anna van Dijk`."""
        return " ".join(part for part in (self.first_name or self._shown_initials, self.prefix, self.last_name) if part)

    @property
    def _shown_initials(self) -> str:
        if self.initials:
            return self.initials
        return "".join(f"{name[0].upper()}." for name in (self.first_name or "").split()[:1])

    def to_bytes(self) -> bytes:
        """The card as compact JSON, padded to a multiple of 128 bytes."""
        return _pack(self, CARD_BLOCK)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The card that `to_bytes` gave. Raises `ValueError` for anything else."""
        values = _unpack(cls, data)
        return cls(**{**values, "birth_date": date.fromisoformat(values["birth_date"])})


@dataclass(frozen=True)
class Details:
    """The rest of what is known of an employee; its repr shows nothing.

    `bsn` is filled only where a record is made or changed. What a page is given has gone through `without_bsn`; the
    BSN itself is read by a verb of its own (D-rule 37). `country` is an ISO 3166 code; absent means the Netherlands.
    """

    gender: Gender | None = None
    bsn: str | None = field(default=None)
    email: str | None = None
    email_private: str | None = None
    phone_work: str | None = None
    phone_home: str | None = None
    phone_mobile: str | None = None
    street: str | None = None
    house_number: str | None = None
    house_number_addition: str | None = None
    city: str | None = None
    country: str | None = None

    def __repr__(self) -> str:
        return "Details()"

    def without_bsn(self) -> Self:
        """The same details without the BSN."""
        return replace(self, bsn=None)

    def to_bytes(self) -> bytes:
        """The details as compact JSON, padded to a multiple of 256 bytes."""
        return _pack(self, DETAILS_BLOCK)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The details that `to_bytes` gave. Raises `ValueError` for anything else."""
        values = _unpack(cls, data)
        if "gender" in values:
            values["gender"] = Gender(values["gender"])
        return cls(**values)


def mask_bsn(bsn: str) -> str:
    """The BSN with all but its last two digits hidden: `•••• •• •21`. That too is a part of it (D-rule 37)."""
    return f"•••• •• •{bsn[-2:]}"


def _pack(values: Card | Details, block: int) -> bytes:
    present = {item.name: getattr(values, item.name) for item in fields(values)}
    kept = {name: str(value) for name, value in present.items() if value is not None}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return text.ljust(-(-len(text) // block) * block)


def _unpack(kind: type[Card] | type[Details], data: bytes) -> dict[str, Any]:
    values = json.loads(data)
    known = {item.name for item in fields(kind)}
    if not isinstance(values, dict) or not values.keys() <= known:
        raise ValueError("the bytes are not of this kind")
    return values

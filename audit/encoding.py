"""Entries and seals as bytes for their codes: two different ones never give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from audit.models import AuditEntry

_ENTRY_LABEL = b"audit entry 1"
_SEAL_LABEL = b"audit seal 1"
_ENTRY_COLUMNS = tuple(sorted(column.name for column in AuditEntry.__table__.columns if column.name != "mac"))


def encode_entry(values: Mapping[Any, Any], subjects: Iterable[UUID]) -> bytes:
    """An entry as bytes: the name and value of every column that has one, and its subjects in order of their ids.

    Empty columns are left out, so that a column which a later release adds leaves the codes of older entries right.
    """
    parts = [_ENTRY_LABEL]
    for name in _ENTRY_COLUMNS:
        value = values[name]
        if value is not None:
            parts += (name.encode(), _encode_value(value))
    # A part of its own keeps the subjects apart from the columns, and tells no subject from nothing at all.
    parts.append(b"".join(sorted(subject.bytes for subject in subjects)))
    return _join(parts)


def encode_seal(organisation_id: UUID, number: int, entry_id: UUID, entry_mac: bytes, previous_hash: bytes) -> bytes:
    """A seal as bytes: its place in the organisation's chain, the entry, and the hash before (empty for the first)."""
    return _join([_SEAL_LABEL, organisation_id.bytes, str(number).encode(), entry_id.bytes, entry_mac, previous_hash])


def _encode_value(value: object) -> bytes:
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").encode()
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _join(parts: Iterable[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(4) + part for part in parts)

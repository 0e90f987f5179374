"""Entries and seals as bytes for their codes: two different ones never give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from audit.models import AuditEntry


def _framed(part: bytes) -> bytes:
    """Put its length before a part, so that none can run over into the next."""
    return len(part).to_bytes(4) + part


_ENTRY_LABEL = _framed(b"audit entry 1")
_SEAL_LABEL = _framed(b"audit seal 1")
_ENTRY_COLUMNS = tuple(
    (name, _framed(name.encode())) for name in sorted(AuditEntry.__table__.columns.keys()) if name != "mac"
)


def encode_entry(values: Mapping[Any, Any], subjects: Mapping[UUID, str | None]) -> bytes:
    """An entry as bytes: the name and value of every column that has one, its subjects by id, and their grounds.

    Empty columns are left out, so that a column which a later release adds leaves the codes of older entries right;
    so are subjects without a ground of their own from the grounds, and these as a whole where nobody has one.
    """
    parts = [_ENTRY_LABEL]
    for name, framed_name in _ENTRY_COLUMNS:
        value = values[name]
        if value is not None:
            parts += (framed_name, _framed(_encode_value(value)))
    in_order = sorted(subjects)
    parts.append(_framed(b"".join(subject.bytes for subject in in_order)))
    grounds = ((subject.bytes, subjects[subject]) for subject in in_order)
    own = [subject + _framed(ground.encode()) for subject, ground in grounds if ground is not None]
    if own:
        parts.append(_framed(b"".join(own)))
    return b"".join(parts)


def encode_seal(organisation_id: UUID, number: int, entry_id: UUID, entry_mac: bytes, previous_hash: bytes) -> bytes:
    """A seal as bytes: its place in the organisation's chain, the entry, and the hash before (empty for the first)."""
    parts = organisation_id.bytes, str(number).encode(), entry_id.bytes, entry_mac, previous_hash
    return _SEAL_LABEL + b"".join(map(_framed, parts))


def _encode_value(value: object) -> bytes:
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").encode()
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

"""The sealer: gives each committed entry its place in its organisation's chain, off the path of requests (design 3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, delete, func, insert, select, text

from audit.encoding import encode_seal
from audit.models import AuditEntry, AuditPending, AuditSeal
from database.session import Session

# Any fixed number will do that no other lock of the application has.
SEALING_LOCK = 0x7365_616C_6572


def seal_pending(session: Session, limit: int = 1000) -> int:
    """Seal at most `limit` entries that were committed; return how many. Zero when another sealer is at work.

    A seal is a code over organisation, number, entry, the entry's code and the seal before it, under the key of this
    package. Entries of one turn are sealed in order of (moment, id), which depends on nothing of another organisation.
    """
    if not _is_alone(session):
        return 0
    waiting = _waiting(session, limit)
    unsealed = [row for row in waiting if not row.is_sealed]
    heads = _heads(session, {row.organisation_id for row in unsealed})
    seals = [_next_seal(session, heads, row) for row in unsealed]
    if seals:
        session.execute(insert(AuditSeal), seals)
    if waiting:
        session.execute(delete(AuditPending).where(AuditPending.entry_id.in_([row.id for row in waiting])))
    return len(seals)


def _is_alone(session: Session) -> bool:
    # SQLite has one writer at a time, from the moment its transaction begins.
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": SEALING_LOCK}))


def _waiting(session: Session, limit: int) -> list[Row[Any]]:
    # The organisation is that of the entry, which its code covers; that of the queue anyone with the database can edit.
    # An entry that has a seal already only leaves the queue: a second seal would stop the sealer for ever.
    statement = (
        select(
            AuditEntry.id,
            AuditEntry.organisation_id,
            AuditEntry.mac,
            AuditSeal.entry_id.is_not(None).label("is_sealed"),
        )
        .join(AuditPending, AuditPending.entry_id == AuditEntry.id)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .order_by(AuditPending.moment, AuditPending.entry_id)
        .limit(limit)
    )
    return list(session.execute(statement))


def _heads(session: Session, organisations: Iterable[UUID]) -> dict[UUID, tuple[int, bytes]]:
    newest = (
        select(AuditSeal.organisation_id, func.max(AuditSeal.number).label("number"))
        .where(AuditSeal.organisation_id.in_(organisations))
        .group_by(AuditSeal.organisation_id)
        .subquery()
    )
    is_newest = and_(AuditSeal.organisation_id == newest.c.organisation_id, AuditSeal.number == newest.c.number)
    rows = session.execute(select(AuditSeal.organisation_id, AuditSeal.number, AuditSeal.hash).join(newest, is_newest))
    return {row.organisation_id: (row.number, row.hash) for row in rows}


def _next_seal(session: Session, heads: dict[UUID, tuple[int, bytes]], entry: Row[Any]) -> dict[str, Any]:
    number, previous_hash = heads.get(entry.organisation_id, (0, b""))
    message = encode_seal(entry.organisation_id, number + 1, entry.id, entry.mac, previous_hash)
    seal_hash = session.package_key("audit").mac(message)
    heads[entry.organisation_id] = (number + 1, seal_hash)
    place = {"organisation_id": entry.organisation_id, "number": number + 1}
    return {**place, "entry_id": entry.id, "hash": seal_hash}

"""The archive: once a year a timestamp over everything that was signed, and over the archive timestamp before.

A signature stays provable as long as the certificates of its own timestamps do (signing.md 9.2). Who breaks one of
those later could make what looks signed earlier, but not what stood under a timestamp of that time. It takes no key of
a person, for what is stamped are digests (RFC 4998 is the model: each timestamp renews the one before).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography import x509
from sqlalchemy import exists, insert, select

from database.session import Session, SessionFactory
from signing.events import EventKind
from signing.models import ArchivedDocument, ArchiveTimestamp, RequestState, SigningEvent, SigningRequest
from signing.timestamping import Timestamper, is_right

_PURPOSE = b"datakluis archive 1\0"


@dataclass(frozen=True)
class Archived:
    """One archive timestamp as it was found: `is_right` when neither it nor a digest under it was changed."""

    number: int
    made_at: datetime
    documents: int
    is_right: bool


def archive_past_years(factory: SessionFactory, timestamper: Callable[[Session], Timestamper]) -> int:
    """Stamp what was signed in years (UTC) that are over, once in each year; return how many documents that were.

    No transaction is open while the timestamp service is asked. Raises `signing.errors.TimestampUnavailable`, and
    leaves nothing behind then.
    """
    with factory() as session:
        latest = _latest(session)
        now = session.source.now()
        year = datetime(now.year, 1, 1, tzinfo=UTC)
        if latest is not None and latest.made_at >= year:
            return 0
        documents = _not_archived(session, year)
        if latest is None and not documents:
            return 0
        service = timestamper(session)
    token = service.token(_stamped(latest, [sha256 for _request_id, sha256 in documents]))
    number = latest.number + 1 if latest else 1
    with factory() as session, session.begin():
        session.add(ArchiveTimestamp(number=number, made_at=now, token=token))
        session.flush()
        rows = [
            {"archive_number": number, "position": position, "request_id": request_id, "sha256": sha256}
            for position, (request_id, sha256) in enumerate(documents, 1)
        ]
        if rows:
            session.execute(insert(ArchivedDocument), rows)
    return len(documents)


def look_into_archive(session: Session, roots: Sequence[x509.Certificate]) -> list[Archived]:
    """Check every archive timestamp, the first one first, with those who are trusted for timestamps.

    Each counts at the moment of the one after it, which vouches for it from then on; the last one counts now.
    """
    every = list(session.scalars(select(ArchiveTimestamp).order_by(ArchiveTimestamp.number)))
    found = []
    before: ArchiveTimestamp | None = None
    for place, archive in enumerate(every):
        under = _under(session, archive.number)
        moment = every[place + 1].made_at if place + 1 < len(every) else session.source.now()
        is_whole = archive.number == place + 1 and _agrees_with_events(session, archive.number)
        stands = is_whole and is_right(archive.token, _stamped(before, under), roots, moment)
        found.append(Archived(archive.number, archive.made_at, len(under), stands))
        before = archive
    return found


def _stamped(before: ArchiveTimestamp | None, documents: Sequence[bytes]) -> bytes:
    """What a timestamp is about: the digest of the token before it, or none, and those of the documents in order."""
    return _PURPOSE + (hashlib.sha256(before.token).digest() if before else b"") + b"".join(documents)


def _latest(session: Session) -> ArchiveTimestamp | None:
    return session.scalars(select(ArchiveTimestamp).order_by(ArchiveTimestamp.number.desc()).limit(1)).first()


def _not_archived(session: Session, before: datetime) -> list[tuple[UUID, bytes]]:
    """The requests that were done before a moment and are under no archive timestamp, with the digest of each."""
    statement = (
        select(SigningRequest.id, SigningEvent.details)
        .join(SigningEvent, SigningEvent.request_id == SigningRequest.id)
        .where(
            SigningRequest.state == RequestState.DONE.value,
            SigningRequest.ended_at < before,
            SigningEvent.kind == EventKind.SEALED.value,
            ~exists().where(ArchivedDocument.request_id == SigningRequest.id),
        )
        .order_by(SigningRequest.ended_at, SigningRequest.id)
    )
    return [(request_id, _digest_in(details)) for request_id, details in session.execute(statement)]


def _under(session: Session, number: int) -> list[bytes]:
    statement = select(ArchivedDocument.sha256).where(ArchivedDocument.archive_number == number)
    return list(session.scalars(statement.order_by(ArchivedDocument.position)))


def _agrees_with_events(session: Session, number: int) -> bool:
    """Tell whether the events of each request, where they are still there, have the digest that was stamped."""
    statement = (
        select(ArchivedDocument.sha256, SigningEvent.details)
        .join(SigningEvent, SigningEvent.request_id == ArchivedDocument.request_id)
        .where(ArchivedDocument.archive_number == number, SigningEvent.kind == EventKind.SEALED.value)
    )
    try:
        return all(sha256 == _digest_in(details) for sha256, details in session.execute(statement))
    except (KeyError, TypeError, ValueError):
        # Somebody changed the details of an event to what none has.
        return False


def _digest_in(details: str) -> bytes:
    return bytes.fromhex(json.loads(details)["sha256"])

"""What happened to a signing request, as a chain: each event has the digest of the one before (signing.md 9.4).

The digest is that of plain values as `values_of_event` gives them, so that who has only the evidence can check the
chain with a few lines and no key. Nothing in an event tells what anybody is called or wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session
from signing.models import Signer, SigningEvent, SigningRequest
from signing.record_schema import beginning_of, canonical_json, event_digest, moment_text

LONGEST_DETAILS = 1000
"""In characters, as canonical JSON; the width of the column."""


class EventKind(StrEnum):
    """What happened; the evidence tells each by its word, which never changes its meaning."""

    REQUESTED = "requested"
    CERTIFIED = "certified"
    ASKED = "asked"
    """A signer was invited, or told that it is his turn."""
    REMINDED = "reminded"
    READ = "read"
    CODE_SENT = "code_sent"
    CODE_REFUSED = "code_refused"
    AGREED = "agreed"
    """The signer agreed with the statement, and what proves who it was is right."""
    WAITING = "waiting"
    """The timestamp service did not answer as it should; nothing was signed without it."""
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    PRESENCE_STATED = "presence_stated"
    """The host stated that those who sign were present (G-01)."""
    SEALED = "sealed"
    """The document has its last seal, and what proves it later."""


def add_event(
    session: Session,
    request: SigningRequest,
    kind: EventKind,
    *,
    signer: Signer | None = None,
    actor: Actor | None = None,
    details: Mapping[str, str | int] | None = None,
) -> SigningEvent:
    """Add an event to the chain of a request, which is locked until this transaction ends, and return it.

    `details` are counts, ids, digests and words of the program. Raises `ValueError` where they don't fit.
    """
    session.flush()
    session.execute(select(SigningRequest.id).where(SigningRequest.id == request.id).with_for_update())
    newest = newest_event(session, request.id)
    event = SigningEvent(
        request_id=request.id,
        number=newest.number + 1 if newest else 1,
        organisation_id=request.organisation_id,
        kind=kind.value,
        signer_id=signer.id if signer else None,
        person_id=actor.person_id if actor else None,
        happened_at=session.source.now(),
        access_point=actor.access_point if actor else None,
        details=_encode_details(details or {}),
        previous_hash=newest.hash if newest else beginning_of(request.id),
    )
    event.hash = event_digest(values_of_event(event))
    session.add(event)
    session.flush()
    return event


def newest_event(session: Session, request_id: UUID) -> SigningEvent | None:
    """The last event of a request, whose digest is the head of its chain."""
    statement = select(SigningEvent).where(SigningEvent.request_id == request_id)
    return session.scalars(statement.order_by(SigningEvent.number.desc()).limit(1)).first()


def events_of(session: Session, request_id: UUID) -> tuple[SigningEvent, ...]:
    """The events of a request, the first one first."""
    statement = select(SigningEvent).where(SigningEvent.request_id == request_id)
    return tuple(session.scalars(statement.order_by(SigningEvent.number)))


def values_of_event(event: SigningEvent) -> dict[str, object]:
    """An event as it stands in the evidence, without its own digest: texts, numbers, and the details as an object.

    What is missing is an empty text; `previous` is the digest of the event before, hexadecimal.
    """
    return {
        "number": event.number,
        "kind": event.kind,
        "signer": str(event.signer_id or ""),
        "person": str(event.person_id or ""),
        "happened_at": moment_text(event.happened_at),
        "access_point": event.access_point or "",
        "details": json.loads(event.details),
        "previous": event.previous_hash.hex(),
    }


def is_unbroken(events: Iterable[SigningEvent]) -> bool:
    """Tell whether events that were read from the database are the chain that was written, from its first one on."""
    previous = b""
    for number, event in enumerate(events, 1):
        previous = previous or beginning_of(event.request_id)
        if (event.number, event.previous_hash, event.hash) != (number, previous, event_digest(values_of_event(event))):
            return False
        previous = event.hash
    return True


def _encode_details(details: Mapping[str, str | int]) -> str:
    text = canonical_json(details).decode()
    if len(text) > LONGEST_DETAILS:
        raise ValueError("the details of an event are too long")
    return text

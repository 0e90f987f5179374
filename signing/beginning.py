"""The rows with which a request begins, whichever way it is signed: the request with its key, and its signers.

The document that is offered, and how somebody is reached, are the matter of `requesting` and `together`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from accounts.one_time_codes import ALPHABET
from crypto.sealing import seal
from crypto.secret import Secret
from database.session import Session
from documents.models import Document, StoredFile
from signing.entries import SignerEntry, seal_entry
from signing.errors import AlreadyRequested
from signing.models import RequestState, Signer, SignerState, SigningKind, SigningRequest
from signing.places import place_in_request
from signing.request_keys import settle_keys
from signing.statements import CURRENT

_REFERENCE_LENGTH = 8


class SignerRole(StrEnum):
    """On which side somebody signs."""

    EMPLOYER = "employer"
    EMPLOYEE = "employee"
    SERVICE = "service"


@dataclass(frozen=True)
class Offered:
    """The version of a document that is to be signed: what its file is called, and the key that opens it."""

    row: StoredFile
    key: Secret = field(repr=False)
    title: str = field(repr=False)


def new_request(
    session: Session,
    request_id: UUID,
    document: Document,
    kind: SigningKind,
    actor: Actor,
    *,
    in_order: bool,
    lifetime: timedelta,
) -> SigningRequest:
    """A request that the actor makes now; `keep_request` adds it once the log has been told."""
    now = session.source.now()
    return SigningRequest(
        id=request_id,
        organisation_id=actor.organisation_id,
        document_id=document.id,
        version_number=document.version,
        employee_id=document.employee_id,
        employer_id=document.employer_id,
        kind=kind.value,
        in_order=in_order,
        state=RequestState.PREPARING.value,
        key_number=1,
        reference=_reference(session),
        statement_version=CURRENT,
        revision=0,
        requested_by=actor.person_id,
        requested_at=now,
        expires_at=now + lifetime,
    )


def keep_request(session: Session, request: SigningRequest, offered: Offered, actor: Actor) -> Secret:
    """Add a request with a key of its own, which is returned; its dialogue is there, if it has one.

    While it is `preparing`, `base_file_id` is the file of the version itself, which stays in the dossier whatever
    becomes of the request; so any party's visit can go on with it. Raises `AlreadyRequested`.
    """
    secret = Secret.random(session.source)
    request.title_sealed = seal(secret, offered.title.encode(), place_in_request(request, "title_sealed"))
    request.base_file_id = offered.row.id
    request.base_key_sealed = seal(secret, offered.key.reveal(), place_in_request(request, "base_key_sealed"))
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError:
        # Of two that ask at once, one was faster.
        raise AlreadyRequested from None
    settle_keys(session, request, secret, actor)
    return secret


def require_no_running_request(session: Session, document_id: UUID) -> None:
    """Raises `AlreadyRequested` for a document that is being signed."""
    running = select(SigningRequest.id).where(
        SigningRequest.document_id == document_id, SigningRequest.ended_at.is_(None)
    )
    if session.scalar(running) is not None:
        raise AlreadyRequested


def add_signer(
    session: Session,
    request: SigningRequest,
    secret: Secret,
    entry: SignerEntry,
    *,
    position: int,
    role: SignerRole,
    person_id: UUID | None = None,
    participant_id: UUID | None = None,
    field_name: str | None = None,
    replaces_id: UUID | None = None,
) -> Signer:
    """Add somebody who is to sign, whose turn has not come; `position` counts from 1.

    The field in the document is called after the position, never after the person.
    """
    signer = Signer(
        id=session.source.new_id(),
        request_id=request.id,
        organisation_id=request.organisation_id,
        participant_id=participant_id,
        person_id=person_id,
        position=position,
        role=role.value,
        state=SignerState.WAITING.value,
        field_name=field_name or f"Handtekening{position}",
        key_number=request.key_number,
        pages_seen=0,
        seconds_seen=0,
        expires_at=request.expires_at,
        reminders=0,
        replaces_id=replaces_id,
    )
    seal_entry(signer, entry, secret)
    session.add(signer)
    session.flush()
    return signer


def _reference(session: Session) -> str:
    """What an SMS and the pages call a request: random, for a title says what is the matter with somebody."""
    letters = (ALPHABET[byte % len(ALPHABET)] for byte in session.source.token(_REFERENCE_LENGTH))
    return "".join(letters).upper()

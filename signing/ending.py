"""The end of a request that is not signed: written once, by a conditional UPDATE, with its place in the chain."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from accounts.actor import Actor
from audit.actions import Action, Detail
from audit.recording import Who
from database.session import Session
from documents.models import Document
from signing.errors import RequestEnded
from signing.events import EventKind, add_event
from signing.finding import OPEN, state_now
from signing.models import RequestState, Signer, SignerState, SigningRequest
from signing.recording import record_by

_PENDING = (RequestState.PREPARING.value, RequestState.RUNNING.value)


def end_request(session: Session, request: SigningRequest, state: RequestState, ended_by: UUID | None) -> None:
    """Note that a request has ended; of two acts that end it one does. Raises `RequestEnded` for the other."""
    pending = update(SigningRequest).where(SigningRequest.id == request.id, SigningRequest.state.in_(_PENDING))
    values = {"state": state.value, "ended_at": session.source.now(), "ended_by": ended_by}
    ended = pending.values(**values).returning(SigningRequest.id).execution_options(synchronize_session=False)
    session.flush()
    if session.scalar(ended) is None:
        session.refresh(request)
        raise RequestEnded(RequestState(request.state))
    session.refresh(request)


def write_what_ran_out(session: Session, request: SigningRequest, document: Document, by: Who) -> bool:
    """Write down, where it holds, that a request expired or that its document has another version (D-rule 33).

    Returns whether it did. The log is told first. Who agreed in time signs, though the timestamp comes later: for
    that a request waits.
    """
    state = state_now(session, request, document)
    if state == request.state or (state is RequestState.EXPIRED and _waits_for_signature(session, request)):
        return False
    voided = state is RequestState.VOIDED
    action = Action.SIGNING_VOID if voided else Action.SIGNING_EXPIRE
    details: dict[str, Detail] = {"version": document.version} if voided else {"count": 1}
    record_by(session, action, request, by, details)
    end_request(session, request, state, None)
    if voided:
        add_event(session, request, EventKind.VOIDED, details={"version": document.version})
    else:
        expire_signers(session, request)
        add_event(session, request, EventKind.EXPIRED)
    return True


def end_what_ran_out(session: Session, document: Document, actor: Actor) -> None:
    """Do that for the request that stands open on a document, before another one begins."""
    running = select(SigningRequest).where(SigningRequest.document_id == document.id, SigningRequest.ended_at.is_(None))
    request = session.scalars(running.execution_options(populate_existing=True)).first()
    if request is not None:
        write_what_ran_out(session, request, document, actor.who)


def expire_signers(session: Session, request: SigningRequest) -> None:
    """Note of those who have not answered that they no longer can."""
    now = session.source.now()
    waiting = update(Signer).where(Signer.request_id == request.id, Signer.state.in_(OPEN))
    session.execute(
        waiting.values(state=SignerState.EXPIRED.value, ended_at=now).execution_options(synchronize_session="fetch")
    )


def _waits_for_signature(session: Session, request: SigningRequest) -> bool:
    agreed = select(Signer.id).where(Signer.request_id == request.id, Signer.state == SignerState.AGREED.value)
    return session.scalar(agreed.limit(1)) is not None

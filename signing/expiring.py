"""Letting requests run out whose time is up, or whose document got another version (signing.md 7.5, D-rule 33)."""

from __future__ import annotations

from sqlalchemy import and_, exists, or_, select

from audit.recording import Who
from database.session import Session
from documents.models import Document
from signing.ending import write_what_ran_out
from signing.models import RequestState, Signer, SignerState, SigningRequest


def expire_requests(session: Session, limit: int = 50) -> int:
    """End at most `limit` requests that have run out, and return how many; it takes no key (design 2.7).

    That they have is told at every look at them already; this writes it down, so that the document can be signed anew.
    """
    # Who agreed in time is waited for, and so keeps no other request from being looked at.
    somebody_agreed = exists().where(Signer.request_id == SigningRequest.id, Signer.state == SignerState.AGREED.value)
    has_run_out = or_(
        and_(SigningRequest.expires_at <= session.source.now(), ~somebody_agreed),
        Document.version != SigningRequest.version_number,
        Document.removed_at.is_not(None),
    )
    statement = (
        select(SigningRequest, Document)
        .join(Document, Document.id == SigningRequest.document_id)
        .where(
            SigningRequest.state.in_((RequestState.PREPARING.value, RequestState.RUNNING.value)),
            has_run_out,
        )
        .order_by(SigningRequest.expires_at, SigningRequest.id)
        .limit(limit)
        .with_for_update(of=SigningRequest, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).all()
    for request, document in found:
        write_what_ran_out(session, request, document, Who.system("worker"))
    return len(found)

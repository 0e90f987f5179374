"""Whether a document has to stay, since somebody is asked to sign it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from database.session import Session
from signing.models import SigningRequest


def is_being_signed(session: Session, document_id: UUID) -> bool:
    """Tell whether a request to sign the document has not ended."""
    running = select(SigningRequest.id).where(
        SigningRequest.document_id == document_id, SigningRequest.ended_at.is_(None)
    )
    return session.scalar(running) is not None

"""What came of a request: the signed document and the evidence, for whoever took part and may open them (G-13)."""

from __future__ import annotations

from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action
from database.session import Session
from documents.finding import find_document
from documents.keys import open_file_key
from documents.models import Document, DocumentVersion, StoredFile
from documents.opening import open_version
from documents.storing import read_about
from keys.errors import NoKey
from signing.errors import NotFound
from signing.finding import find_request
from signing.looking import ShownFile
from signing.models import SigningRequest
from signing.recording import record_act


def show_signed(session: Session, request_id: UUID, actor: Actor) -> ShownFile:
    """The signed document; the log is told first.

    It is opened with the own key of a signer, else with that of the side to which the dossier belongs. Raises as
    `find_request`, and `NotFound` before there is one, after it was removed, and for whoever may not open it.
    """
    request = find_request(session, request_id, actor).request
    return _show(session, request, request.document_id, request.signed_version, actor, "signed")


def show_evidence(session: Session, request_id: UUID, actor: Actor) -> ShownFile:
    """The evidence, in the same way."""
    request = find_request(session, request_id, actor).request
    return _show(session, request, request.evidence_id, 1, actor, "evidence")


def _show(
    session: Session, request: SigningRequest, document_id: UUID | None, number: int | None, actor: Actor, what: str
) -> ShownFile:
    document = session.get(Document, document_id) if document_id and number else None
    if document is None or document.removed_at is not None:
        raise NotFound
    record_act(session, Action.SIGNING_READ, request, actor, {"format": what})
    version = session.get_one(DocumentVersion, (document.id, number))
    row = session.get_one(StoredFile, version.file_id)
    try:
        key = open_file_key(session, row.id, actor.person_id, actor)
    except NoKey:
        key = open_version(session, find_document(session, document.id, actor), version.number, actor).key
    return ShownFile(row, key, read_about(row, key))

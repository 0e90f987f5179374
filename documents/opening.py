"""Opening a document: through the key of the actor's own side or circle, after the log was told (DOC-13, LOG3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from documents.finding import find_document
from documents.keys import key_of_form, open_file_key
from documents.models import Document, DocumentVersion, StoredFile
from documents.places import place_of_form
from documents.reach import reach_of
from documents.recording import record_document
from documents.storing import About, read_about
from keys.errors import NoKey
from organisation.errors import NotFound


@dataclass(frozen=True)
class OpenVersion:
    """A version of a document that the actor can open: its row, its file's row and key, and what is known of that."""

    version: DocumentVersion
    row: StoredFile
    key: Secret = field(repr=False)
    about: About = field(repr=False)

    @property
    def form(self) -> bytes | None:
        """What was filled in to make it. Raises `UnsealError`."""
        sealed = self.version.form_sealed
        return None if sealed is None else unseal(key_of_form(self.key), sealed, place_of_form(self.version))


def open_version(session: Session, document: Document, number: int, actor: Actor) -> OpenVersion:
    """One version of a document that the caller has found; the caller has told the log as well.

    Raises `organisation.errors.NotFound` for a number that there is not, or that the actor's side was not handed.
    """
    found = session.execute(
        select(DocumentVersion, StoredFile)
        .join(StoredFile, StoredFile.id == DocumentVersion.file_id)
        .where(DocumentVersion.document_id == document.id, DocumentVersion.number == number)
    ).first()
    holder_id = reach_of(session, actor).holder_of(document.audience)
    if found is None or holder_id is None:
        raise NotFound
    version, row = found
    try:
        key = open_file_key(session, row.id, holder_id, actor)
    except NoKey:
        raise NotFound from None
    return OpenVersion(version, row, key, read_about(row, key))


def read_document(
    session: Session, document_id: UUID, actor: Actor, *, number: int | None = None, page: int | None = None
) -> OpenVersion:
    """The newest version of a document, or the one with `number`, or one page of it; the log is told first.

    Raises as `documents.finding.find_document` and `open_version` do.
    """
    document = find_document(session, document_id, actor)
    wanted = document.version if number is None else number
    details = {"version": wanted} if page is None else {"version": wanted, "page": page}
    record_document(session, Action.DOCUMENT_READ, document, actor, details)
    return open_version(session, document, wanted, actor)

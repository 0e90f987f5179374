"""*Naam wijzigen*: what a document is called, which lies sealed in the file of its newest version (DOC-13)."""

from __future__ import annotations

from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from documents.errors import NameMissing
from documents.finding import find_document
from documents.models import Document
from documents.opening import open_version
from documents.recording import record_document
from documents.storing import rename_file


def rename_document(session: Session, document_id: UUID, name: str, actor: Actor) -> Document:
    """Give a document another name, with the extension of what it is; the log is told first.

    Older versions keep theirs. Raises `PermissionDenied`, `organisation.errors.NotFound`, `NameMissing`.
    """
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT, lock=True)
    if not name.strip():
        raise NameMissing
    record_document(session, Action.DOCUMENT_RENAME, document, actor)
    opened = open_version(session, document, document.version, actor)
    rename_file(opened.row, opened.key, name)
    session.flush()
    return document

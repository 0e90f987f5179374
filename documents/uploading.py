"""*Upload document(en)*: files into a dossier, and a new version of a document (DOC-12, DOC-17..DOC-21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from documents.adding import add_document, add_version
from documents.dossiers import DossierPlace, require_dossier
from documents.finding import find_document
from documents.made_files import store_made
from documents.models import Document, DocumentKind, DocumentVersion
from documents.recording import record_document
from documents.storing import Intake, Upload, keep_file


@dataclass(frozen=True)
class NamedUpload:
    """A file that came in, and what it is called."""

    name: str = field(repr=False)
    upload: Upload


@dataclass(frozen=True)
class MergedFile:
    """One PDF of `count` files that came in (`documents.merging`), and what it is called."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)
    count: int


def check_place(session: Session, place: DossierPlace, actor: Actor) -> None:
    """Whether the actor may upload to a dossier, to be asked before the files come in.

    Raises `PermissionDenied`, and as `documents.dossiers.require_dossier` does.
    """
    actor.require(Permission.DOCUMENT_UPLOAD)
    require_dossier(session, place, actor)


def upload_documents(
    session: Session, place: DossierPlace, label_id: UUID, files: Sequence[NamedUpload], actor: Actor
) -> tuple[Document, ...]:
    """Put each of some files in a dossier as a document of its own, under one label (*Submap*).

    Raises as `check_place` and `documents.adding.add_document` do, `documents.errors.FileRefused`, `StoreUnavailable`.
    """
    check_place(session, place, actor)
    added = []
    for file in files:
        found = file.upload.check()
        stored = keep_file(session, file.upload, file.name, found, by=actor.person_id)
        added.append(add_document(session, place, label_id, DocumentKind.IMPORTED, stored, file.upload.key, actor))
    return tuple(added)


def upload_merged(
    session: Session,
    intake: Intake,
    place: DossierPlace,
    label_id: UUID,
    merged: MergedFile,
    actor: Actor,
) -> Document:
    """Put several files that were joined to one PDF in a dossier as one document. Raises as `upload_documents` does."""
    check_place(session, place, actor)
    stored, key = store_made(
        session, intake, merged.data, merged.name, organisation_id=actor.organisation_id, by=actor.person_id
    )
    kind = DocumentKind.IMPORTED
    return add_document(session, place, label_id, kind, stored, key, actor, merged=merged.count)


def upload_version(session: Session, document_id: UUID, file: NamedUpload, actor: Actor) -> DocumentVersion:
    """Give a document a new version; the older ones stay. The log is told first.

    Raises `PermissionDenied`, `organisation.errors.NotFound`, `documents.errors.FileRefused`, `StoreUnavailable`.
    """
    found = file.upload.check()
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT, lock=True)
    details = {"version": document.version + 1, "kind": found.kind.value, "size": file.upload.size}
    record_document(session, Action.DOCUMENT_REPLACE, document, actor, details)
    stored = keep_file(session, file.upload, file.name, found, by=actor.person_id)
    return add_version(session, document, stored, file.upload.key, by=actor.who, keys=actor.keys)

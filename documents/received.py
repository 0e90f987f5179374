"""Documents whose key lies for a person self: what somebody signed, with its evidence (*Mijn documenten*; G-13).

They stay readable when the dialogue in which they were signed is closed, as long as they are in the dossier.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from documents.keys import unwrap_file_key
from documents.models import Document, DocumentKind, DocumentVersion, FileKey, StoredFile
from documents.opening import OpenVersion
from documents.recording import OBJECT
from documents.storing import read_about
from organisation.errors import NotFound
from organisation.models import Organisation

PAGE_SIZE = 50


@dataclass(frozen=True)
class ReceivedDocument:
    """One version of a document: what it is called, at which employer it lies, and since when."""

    id: UUID
    number: int
    name: str = field(repr=False)
    size: int
    is_evidence: bool
    employer: str
    made_at: datetime


@dataclass(frozen=True)
class ReceivedPage:
    """A page of them, and how many there are in all."""

    lines: tuple[ReceivedDocument, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; 1 where there is nothing."""
        return max(1, -(-self.total // PAGE_SIZE))


def list_received(session: Session, actor: Actor, page: int = 1) -> ReceivedPage:
    """A page (50) of the documents that the actor was handed as a person, the newest first; the log is told.

    It takes the same number of queries however many there are. Raises `PermissionDenied`.
    """
    actor.require(Permission.OWN_DATA_READ)
    number, own = max(page, 1), _own(actor)
    total = session.scalar(select(func.count()).select_from(own.subquery())) or 0
    newest = own.order_by(DocumentVersion.made_at.desc(), Document.id).limit(PAGE_SIZE)
    rows = list(session.execute(newest.offset((number - 1) * PAGE_SIZE)))
    details: dict[str, str | int] = {"count": len(rows), "page": number, "total": total, "filter": "signed"}
    subjects = {document.employee_id for document, *_ in rows if document.employee_id}
    record(session, Action.DOCUMENT_LIST, by=actor.who, subjects=subjects, details=details)
    lines = tuple(
        ReceivedDocument(
            id=document.id,
            number=version.number,
            name=read_about(row, unwrap_file_key(session, key, actor)).name,
            size=row.size,
            is_evidence=document.kind == DocumentKind.EVIDENCE,
            employer=employer,
            made_at=version.made_at,
        )
        for document, version, row, key, employer in rows
    )
    return ReceivedPage(lines, number, total)


def read_received(session: Session, document_id: UUID, number: int, actor: Actor) -> OpenVersion:
    """One of them; the own log and that of the organisation whose document it is are told first.

    Raises `PermissionDenied`, `organisation.errors.NotFound`.
    """
    actor.require(Permission.OWN_DATA_READ)
    wanted = _own(actor).where(Document.id == document_id, DocumentVersion.number == number)
    found = session.execute(wanted).first()
    if found is None:
        raise NotFound
    document, version, row, key, _employer = found
    for organisation_id in (actor.organisation_id, document.organisation_id):
        record(
            session,
            Action.DOCUMENT_READ,
            by=actor.who,
            organisation_id=organisation_id,
            subjects=[document.employee_id] if document.employee_id else [],
            object_type=OBJECT,
            object_id=document.id,
            details={"version": version.number, "format": "pdf"},
        )
    opened = unwrap_file_key(session, key, actor)
    return OpenVersion(version, row, opened, read_about(row, opened))


def _own(actor: Actor) -> Select[Document, DocumentVersion, StoredFile, FileKey, str]:
    """What lies for the key that is still the actor's."""
    return (
        select(Document, DocumentVersion, StoredFile, FileKey, Organisation.name)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(StoredFile, StoredFile.id == DocumentVersion.file_id)
        .join(FileKey, FileKey.file_id == StoredFile.id)
        .join(Organisation, Organisation.id == Document.employer_id)
        .where(
            FileKey.holder_id == actor.person_id,
            FileKey.generation == actor.keys.generation,
            Document.removed_at.is_(None),
        )
    )

"""Tables of documents and of the sealed files that they are.

What a file holds lies outside the database, in pieces sealed under the file's own key. Which holders have that key
decides who can open a document; nothing else does (design 2).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base
from keys.models import SealedForm


class StoredFile(Base):
    """A file. Name and kind are in `about_sealed`, under the file's key; `size` is that of the file in the clear."""

    __tablename__ = "stored_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    size: Mapped[int]
    about_sealed: Mapped[bytes]
    created_by: Mapped[uuid.UUID]
    created_at: Mapped[datetime]


class FileKey(Base):
    """The key of a file as one holder can open it: under its wrap key of that generation, or sent to its public key."""

    __tablename__ = "file_key"

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), primary_key=True, index=True)
    organisation_id: Mapped[uuid.UUID]
    generation: Mapped[int]
    sealed: Mapped[bytes]
    form: Mapped[str] = mapped_column(String(8), default=SealedForm.WRAPPED.value, server_default="wrapped")


class Audience(StrEnum):
    """Whose keys open a document; its label decides (DOC-05)."""

    BOTH = "both"
    """The employer, and the arbo service with which the employee is shared."""
    EMPLOYER = "employer"
    SERVICE = "service"
    MEDICAL = "medical"
    """The medical circle of the arbo service: for everybody else there is no such document (DOC-09, D-rule 35)."""


class DocumentKind(StrEnum):
    """How a document came into the dossier (DOC-02)."""

    GENERATED = "generated"
    IMPORTED = "imported"
    CALL_LETTER = "call_letter"
    OVERVIEW = "overview"
    EVIDENCE = "evidence"
    """The evidence of how a document was signed (*Ondertekenbewijs*)."""


class DocumentState(StrEnum):
    """Where a document, or one version of it, stands."""

    FINAL = "final"
    SIGNED = "signed"


class DocumentLabel(Base):
    """A kenmerk, which is also the Submap of an upload: data, not code (DOC-05, DOC-18).

    Those of the platform come along; an arbo service adds its own. `of_employer` is one for the dossier of an
    employer, else of an employee. `is_limited`: on the employer's side only for `document:read_all` (DOC-04).
    """

    __tablename__ = "document_label"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(60))
    of_employer: Mapped[bool]
    audience: Mapped[str] = mapped_column(String(8))
    is_limited: Mapped[bool]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Document(Base):
    """A document in the dossier of an employee or, without one, of an employer; its title is sealed in its files.

    `organisation_id` is that of who put it there, `audience` that of its label. `version` is the number of the newest.
    A removed one has no files any more.
    """

    __tablename__ = "document"
    __table_args__ = (Index(None, "employee_id", "created_at"), Index(None, "employer_id", "employee_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    employer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    employee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("employee.id"))
    label_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document_label.id"), index=True)
    audience: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    template: Mapped[str | None] = mapped_column(String(40))
    created_by: Mapped[uuid.UUID]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    removed_by: Mapped[uuid.UUID | None]
    removed_at: Mapped[datetime | None]


class DocumentVersion(Base):
    """One version of a document, which stays what it is (DOC-12).

    `form_sealed` is what was filled in to make it, under the key of its file; `signing_id` the request by which it was
    signed.
    """

    __tablename__ = "document_version"

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID]
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    state: Mapped[str] = mapped_column(String(8))
    form_sealed: Mapped[bytes | None]
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    signing_id: Mapped[uuid.UUID | None]

"""Tables of the vault. Every column that says something about a person is sealed (design 2.2)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class Vault(Base):
    """An employer's vault; it exists from the moment it is opened, which is after the processing agreement (K-09)."""

    __tablename__ = "vault"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), unique=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class ProcessingAgreement(Base):
    """Who signs the verwerkersovereenkomst for the employer (K-09); name and mail sealed under the vault's sub-key."""

    __tablename__ = "processing_agreement"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    signatory_sealed: Mapped[bytes]
    text_version: Mapped[str] = mapped_column(String(20))
    registered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime]


class Part(StrEnum):
    """The two sealed parts of a record: what lists show, and the rest."""

    CARD = "card"
    DETAILS = "details"


class RecordPart(Base):
    """One version of one part of a record, sealed under the record key `key_number`."""

    __tablename__ = "record_part"

    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(8), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    key_number: Mapped[int]
    sealed: Mapped[bytes]
    written_by: Mapped[uuid.UUID]
    written_at: Mapped[datetime]


class RecordKey(Base):
    """A record key as one side can open it. A share *is* the row whose holder is the arbo service (design 2.2).

    `since_generation` is the holder's generation when this key was first handed over: once the holder has moved on, a
    withdrawn holder may still know the key, so the record gets a new one at its next change.
    """

    __tablename__ = "record_key"
    __table_args__ = (Index(None, "holder_id", "form"),)

    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    key_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    generation: Mapped[int]
    since_generation: Mapped[int]
    form: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]


class StaleRecordKey(Base):
    """A record whose newest key somebody may still know from a share that ended; its next change makes a new key."""

    __tablename__ = "stale_record_key"

    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    key_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class CareQuestionKind(StrEnum):
    """The kinds of zorgvraag on which a dossier may be shared (K-01)."""

    SICK_REPORT = "sick_report"
    CASE_MANAGER = "case_manager"
    CONSULTATION = "consultation"
    PREGNANCY = "pregnancy"
    OTHER = "other"


class Share(Base):
    """An act of sharing and its end (S-06). Kind and Toelichting are health data, sealed for each side by itself.

    `reason_sealed` is the vault's, under its wrap key of `generation`; `service_reason_sealed` was sent to the service
    in its `service_generation`, and is destroyed at the end, so that no service opens the reason of another's share.
    """

    __tablename__ = "share"
    __table_args__ = (
        Index(
            "uq_share_running",
            "employee_id",
            "service_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "organisation_id", "shared_at"),
        Index(None, "service_id", "employee_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    generation: Mapped[int]
    reason_sealed: Mapped[bytes]
    service_generation: Mapped[int]
    service_reason_sealed: Mapped[bytes | None]
    shared_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    shared_at: Mapped[datetime]
    content_began_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]


class ImportState(StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    WRITING = "writing"
    DONE = "done"
    DISCARDED = "discarded"


class EmployeeImport(Base):
    """An uploaded file of employees (X-22), kept at most 24 hours; its id is also that of the batch it writes."""

    __tablename__ = "employee_import"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    generation: Mapped[int]
    file_key_sealed: Mapped[bytes]
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ImportChunk(Base):
    """A piece of an uploaded file, sealed under a key that only the vault opens."""

    __tablename__ = "import_chunk"
    __table_args__ = (ForeignKeyConstraint(["import_id"], ["employee_import.id"]),)

    import_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]

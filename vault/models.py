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
    """One version of one part of a record, sealed under the record key `key_number`.

    A row of a `batch_id` that is not visible yet is one version ahead of its employee's: nobody reads it. The details
    carry along when mail address or mobile number became others for the last time (D-08).
    """

    __tablename__ = "record_part"
    __table_args__ = (
        Index(
            None,
            "batch_id",
            sqlite_where=text("batch_id IS NOT NULL"),
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
    )

    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(8), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    key_number: Mapped[int]
    sealed: Mapped[bytes]
    written_by: Mapped[uuid.UUID]
    written_at: Mapped[datetime]
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("batch.id"))
    contact_changed_at: Mapped[datetime | None]


class RecordIndex(Base):
    """What one version of a record is found by, for one side: keyed digests under its index secret (design 2.5).

    A digest has eight bytes: two different values may share one, since who is found is compared after opening. What a
    record does not have is a digest of nothing, so that a row does not tell who has a BSN, a postcode, a double name.
    """

    __tablename__ = "record_index"
    __table_args__ = (
        Index(None, "holder_id", "last_name"),
        Index(None, "holder_id", "second_name"),
        Index(None, "holder_id", "birth_month"),
        Index(None, "holder_id", "postcode"),
        Index(None, "holder_id", "bsn"),
    )

    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    last_name: Mapped[bytes]
    second_name: Mapped[bytes]
    birth_month: Mapped[bytes]
    postcode: Mapped[bytes]
    bsn: Mapped[bytes]


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


class StagedRecordKey(Base):
    """A record key that replaces an older one once its batch is visible, as one side will hold it.

    Sealed for the place in `record_key` to which it goes; until then nobody seals to it and nobody hands it on.
    """

    __tablename__ = "staged_record_key"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batch.id"), primary_key=True)
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


class OwnDataLink(Base):
    """An employee's own account may open the record (*Mijn gegevens*; design 2.2): the row of `record_key` for it."""

    __tablename__ = "own_data_link"
    __table_args__ = (
        Index(
            "uq_own_data_link_running",
            "employee_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "person_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    linked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[datetime]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]


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


class ShareRequestState(StrEnum):
    """What became of a request to share an employee."""

    WAITING = "waiting"
    SHARED = "shared"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"


class ShareRequest(Base):
    """A deelverzoek: arbo staff ask the employer to share an employee (design 2.6).

    Kind and reason are health data, sealed to each side by itself, as is the reason of a refusal. `share_id` is the
    share that answered it, also when the employer shared by itself in between; `ended` is a request whose service
    stopped serving the employer, at which the service's two copies are destroyed.
    """

    __tablename__ = "share_request"
    __table_args__ = (
        Index(
            "uq_share_request_waiting",
            "employee_id",
            "service_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "employee_id", "service_id"),
        Index(None, "organisation_id", "state"),
        Index(None, "service_id", "requested_at"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(10))
    generation: Mapped[int]
    reason_sealed: Mapped[bytes]
    service_generation: Mapped[int]
    service_reason_sealed: Mapped[bytes | None]
    refusal_generation: Mapped[int | None]
    refusal_sealed: Mapped[bytes | None]
    service_refusal_generation: Mapped[int | None]
    service_refusal_sealed: Mapped[bytes | None]
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    share_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("share.id"))


class ImportState(StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    WRITING = "writing"
    DONE = "done"
    DISCARDED = "discarded"


class EmployeeImport(Base):
    """An uploaded file of employees (X-22), kept at most 24 hours; its id is also that of the batch it writes.

    `choice_sealed` holds the sheet and the columns that somebody chose, under the key of the file; `written_row` is the
    last row of the file that lies in the batch, from which the writing goes on. The three counts are those of a
    finished import.
    """

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
    choice_sealed: Mapped[bytes | None]
    written_row: Mapped[int | None]
    added: Mapped[int | None]
    changed: Mapped[int | None]
    unchanged: Mapped[int | None]


class ImportMapping(Base):
    """Which headings an employer chose for which fields, to be offered at the next file; sealed for the vault."""

    __tablename__ = "import_mapping"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    generation: Mapped[int]
    sealed: Mapped[bytes]
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class ImportChunk(Base):
    """A piece of an uploaded file, sealed under a key that only the vault opens."""

    __tablename__ = "import_chunk"
    __table_args__ = (ForeignKeyConstraint(["import_id"], ["employee_import.id"]),)

    import_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]

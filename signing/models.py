"""Tables of signing. What says who signs what lies sealed under the key of the request."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class SigningKind(StrEnum):
    """How a document is signed: each by himself with a code by SMS, or sitting together (G-01, G-03)."""

    SMS = "sms"
    TOGETHER = "together"


class RequestState(StrEnum):
    """Where a signing request stands. None is skipped: what can't be done now waits."""

    PREPARING = "preparing"
    """The document is not sealed yet, and nobody has been asked."""
    RUNNING = "running"
    CLOSING = "closing"
    """Everybody signed; the last seal, its proofs and the evidence wait."""
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOIDED = "voided"
    """The document got another version (D-rule 33)."""


class SigningRequest(Base):
    """A request to sign one version of a document.

    `base` is the certified document that was offered, whose digest each consent is bound to; `latest` has the
    signatures as well, `revision` of them. The keys of both files lie under the request's key, number `key_number`.
    `dialogue_id` is the dialogue in which it goes by SMS; sitting together there is none.
    """

    __tablename__ = "signing_request"
    __table_args__ = (
        Index(
            "uq_signing_request_running",
            "document_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "document_id", "requested_at"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    version_number: Mapped[int]
    employee_id: Mapped[uuid.UUID | None]
    employer_id: Mapped[uuid.UUID]
    dialogue_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    in_order: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    key_number: Mapped[int]
    title_sealed: Mapped[bytes]
    reference: Mapped[str] = mapped_column(String(12))
    statement_version: Mapped[str] = mapped_column(String(20))
    base_file_id: Mapped[uuid.UUID | None]
    base_key_sealed: Mapped[bytes | None]
    base_sha256: Mapped[bytes | None]
    latest_file_id: Mapped[uuid.UUID | None]
    latest_key_sealed: Mapped[bytes | None]
    revision: Mapped[int]
    requested_by: Mapped[uuid.UUID]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_by: Mapped[uuid.UUID | None]
    ended_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None]
    signed_version: Mapped[int | None]
    evidence_id: Mapped[uuid.UUID | None]


class SigningRequestKey(Base):
    """The key of a request as one holder can open it, under the holder's wrap key of that generation."""

    __tablename__ = "signing_request_key"

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signing_request.id"), primary_key=True)
    key_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), primary_key=True, index=True)
    organisation_id: Mapped[uuid.UUID]
    generation: Mapped[int]
    sealed: Mapped[bytes]


class SignerState(StrEnum):
    """Where one signer stands. Whether the mail was delivered is told by the mail itself."""

    WAITING = "waiting"
    """Others sign first."""
    ASKED = "asked"
    READ = "read"
    AGREED = "agreed"
    """The statement was agreed with and the code was right; the signature waits for the timestamp."""
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"


class SigningMethod(StrEnum):
    """By what somebody proved to be who signs."""

    SMS = "sms"
    SECURITY_KEY = "security_key"
    AUTHENTICATOR = "authenticator"
    TOGETHER = "together"
    TOGETHER_SMS = "together_sms"


class Signer(Base):
    """Somebody who is to sign. Name and capacity lie sealed under the request's key, as do the drawing and a refusal.

    `agreed_sha256` is the digest of the certified document that was agreed with, `statement_sha256` that of the words;
    `proof_id` the code or the factor that proved it. `number_digest` is a keyed digest of the mobile number.
    """

    __tablename__ = "signer"
    __table_args__ = (
        UniqueConstraint("request_id", "field_name"),
        Index(None, "participant_id"),
        Index(None, "person_id", "state"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signing_request.id"), index=True)
    organisation_id: Mapped[uuid.UUID]
    participant_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    field_name: Mapped[str] = mapped_column(String(40))
    key_number: Mapped[int]
    entry_sealed: Mapped[bytes]
    drawing_sealed: Mapped[bytes | None]
    refusal_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_source: Mapped[str | None] = mapped_column(String(10))
    number_digest: Mapped[bytes | None]
    message_id: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    pages_seen: Mapped[int]
    seconds_seen: Mapped[int]
    agreed_at: Mapped[datetime | None]
    agreed_sha256: Mapped[bytes | None]
    statement_sha256: Mapped[bytes | None]
    method: Mapped[str | None] = mapped_column(String(16))
    proof_id: Mapped[uuid.UUID | None]
    signed_at: Mapped[datetime | None]
    certificate_sha256: Mapped[bytes | None]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int]
    replaces_id: Mapped[uuid.UUID | None]


class SigningCode(Base):
    """A code by SMS for one signer: good once, for ten minutes and five tries, for this document and these words.

    What is kept of it is a keyed digest, of which row, signer, number, document and statement are part. `message_id`
    is the SMS in the outbox, which tells whether it was delivered.
    """

    __tablename__ = "signing_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signer.id"), index=True)
    organisation_id: Mapped[uuid.UUID]
    code_hash: Mapped[bytes]
    base_sha256: Mapped[bytes]
    statement_sha256: Mapped[bytes]
    message_id: Mapped[uuid.UUID]
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SigningEvent(Base):
    """Something that happened to a request; each has the digest of the one before, so that none can go unseen.

    `details` are numbers, ids and words of the program (canonical JSON), never a name.
    """

    __tablename__ = "signing_event"

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signing_request.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(20))
    signer_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    happened_at: Mapped[datetime]
    access_point: Mapped[str | None] = mapped_column(String(60))
    details: Mapped[str] = mapped_column(String(1000))
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]


class CertificatePurpose(StrEnum):
    """What a certificate of the deployment is for (signing.md 9.2)."""

    ROOT = "root"
    ISSUING = "issuing"
    TIMESTAMPING = "timestamping"
    SEAL = "seal"


class SigningCertificate(Base):
    """A certificate of the deployment, or an organisation's own seal, with its private key sealed for the server.

    The root's private key is gone once it was taken offline. `chain` is what leads to its root: certificates (DER),
    one behind the other; of the root itself it is the list of what it withdrew.
    """

    __tablename__ = "signing_certificate"
    __table_args__ = (Index(None, "organisation_id", "purpose"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    purpose: Mapped[str] = mapped_column(String(12))
    certificate: Mapped[bytes]
    chain: Mapped[bytes]
    key_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class ArchiveTimestamp(Base):
    """A timestamp over the documents that were signed in the years before it, and over the archive timestamp before.

    `token` is as in RFC 3161 (DER); what it is about is made of the rows of `ArchivedDocument` (`signing.archiving`).
    """

    __tablename__ = "archive_timestamp"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    token: Mapped[bytes]


class ArchivedDocument(Base):
    """A signed document under an archive timestamp; its digest stays when the document and its request are gone."""

    __tablename__ = "archived_document"

    archive_number: Mapped[int] = mapped_column(ForeignKey("archive_timestamp.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    sha256: Mapped[bytes]

"""Tables of keys. Nothing in them opens anything without the secret of a recipient (design 2.1)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class HolderKind(StrEnum):
    """What can be handed a key."""

    PERSON = "person"
    VAULT = "vault"
    SERVICE = "service"
    SHEET = "sheet"
    MEDICAL = "medical"
    EPOCH = "epoch"
    INVITATION = "invitation"


class SealedForm(StrEnum):
    """How a key lies in the database: as it was sent, or re-wrapped under the recipient's own wrap key."""

    SEALED = "sealed"
    WRAPPED = "wrapped"


class Holder(Base):
    """Whatever can be handed a key. A person's holder has the person's own id."""

    __tablename__ = "holder"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    created_at: Mapped[datetime]


class HolderGeneration(Base):
    """One secret of a holder, seen from outside: its public key, and its predecessor's secret sealed under it.

    `index_sealed` is the holder's index secret, which travels from generation to generation (design 2.1, 2.5).
    """

    __tablename__ = "holder_generation"

    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes]
    public_key_mac: Mapped[bytes]
    previous_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    index_sealed: Mapped[bytes | None]


class Grant(Base):
    """A holder's secret of one generation, handed to a recipient.

    One that was handed over for a substitution is held back before `not_before` and destroyed after `not_after` (M-05).
    """

    __tablename__ = "key_grant"
    __table_args__ = (
        UniqueConstraint("holder_id", "generation", "recipient_id"),
        Index(None, "recipient_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    generation: Mapped[int]
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    recipient_generation: Mapped[int]
    form: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]
    granted_by: Mapped[uuid.UUID]
    granted_at: Mapped[datetime]
    substitution_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    not_before: Mapped[datetime | None]
    not_after: Mapped[datetime | None]


class AdmissionState(StrEnum):
    """What became of a request to be handed a holder's key."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Admission(Base):
    """A person's request to be handed the key of a vault or a service (K-11, K-14; *Toelatingen*)."""

    __tablename__ = "admission"
    __table_args__ = (
        Index(
            "uq_admission_waiting",
            "holder_id",
            "recipient_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "organisation_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    state: Mapped[str] = mapped_column(String(12))
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None]


class DueWork(Base):
    """Work that needs a key and so waits for a session that can open the holder (design 2.7)."""

    __tablename__ = "due_work"
    __table_args__ = (UniqueConstraint("holder_id", "kind", "object_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime]


class SheetState(StrEnum):
    """What became of a printed recovery sheet."""

    ACTIVE = "active"
    USED = "used"
    VOID = "void"


class RecoverySheet(Base):
    """A printed sheet that can open a vault or a service (design 2.1). It is a holder; its id is that holder's.

    Its secret is the exclusive or of two halves: one stands in the QR code and nowhere else, the other is
    `half_sealed`, to the person it names in that person's generation; a renewed key of that person voids the sheet.
    """

    __tablename__ = "recovery_sheet"
    __table_args__ = (Index(None, "for_holder_id", "state"),)

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    for_holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    named_person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), index=True)
    named_generation: Mapped[int]
    half_sealed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    ended_by: Mapped[uuid.UUID | None]
    ended_at: Mapped[datetime | None]

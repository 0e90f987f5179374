"""Tables of the log. Entries, their subjects and seals are insert-only; database triggers refuse anything else."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class AuditEntry(Base):
    """One event of one organisation's log, with the fields of NEN 7513 chapter 7 (security.md 2.1)."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "organisation_id", "moment"),
        Index(None, "organisation_id", "actor_id", "moment"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    moment: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[uuid.UUID | None]
    actor_organisation_id: Mapped[uuid.UUID | None]
    actor_roles: Mapped[str] = mapped_column(String(400))
    responsible_id: Mapped[uuid.UUID | None]
    access_point: Mapped[str] = mapped_column(String(60))
    ground: Mapped[str | None] = mapped_column(String(80))
    object_type: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[uuid.UUID | None]
    details: Mapped[dict[str, Any]]
    mac: Mapped[bytes]


class AuditSubject(Base):
    """An employee whose data an entry concerns; a list or search has one row for each person shown.

    `ground` is what allowed it for this employee, where that is not one and the same for all of the entry (LOG6).
    """

    __tablename__ = "audit_subject"
    __table_args__ = (Index(None, "organisation_id", "subject_id"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    ground: Mapped[str | None] = mapped_column(String(80))


class AuditPending(Base):
    """An entry that the sealer has not taken yet; the only table of the log from which rows go.

    The moment is that of the entry, so that the oldest are found at once in however long a queue.
    """

    __tablename__ = "audit_pending"
    __table_args__ = (Index(None, "moment", "entry_id"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    moment: Mapped[datetime]


class AuditSeal(Base):
    """The place of an entry in its organisation's chain, written by the sealer within a second after the commit."""

    __tablename__ = "audit_seal"

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    hash: Mapped[bytes]

"""The outbox, and how much of it went by SMS or as a letter."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class OutgoingMessage(Base):
    """A mail or SMS that waits, was sent, was given up or expired; what it says is sealed and wiped when it leaves."""

    __tablename__ = "outgoing_message"
    __table_args__ = (Index(None, "state", "not_before"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bytes | None]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int]
    locked_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(String(4), default="mail", server_default="mail")
    language: Mapped[str] = mapped_column(String(5), default="nl", server_default="nl")
    receipt: Mapped[str | None] = mapped_column(String(8))


class MailAttachment(Base):
    """A file that goes along with a mail (DOC-14): its name and what it holds, sealed, and gone when the mail is."""

    __tablename__ = "mail_attachment"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outgoing_message.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID]
    sealed: Mapped[bytes]


class SmsCount(Base):
    """How many codes by SMS, or letters, were sent within a window: to a number, for a person, in an organisation.

    `subject` is a keyed digest, so that the table names nobody.
    """

    __tablename__ = "sms_count"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[bytes] = mapped_column(primary_key=True)
    window_started_at: Mapped[datetime] = mapped_column(index=True)
    in_window: Mapped[int]

"""Tables of dialogues. What is said, about whom and by whom it is called lies sealed under the key of an epoch."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class DialogueState(StrEnum):
    """Where a dialogue stands."""

    OPEN = "open"
    CLOSED = "closed"


class Dialogue(Base):
    """A conversation of exactly its participants (D-03), about an employee, about an employer, or about neither.

    `organisation_id` is that of who started it. The next message gets the number after `message_count`, under the key
    of epoch `epoch_number`; with `epoch_due` an epoch must be opened first, since someone is to hear nothing more.
    `replaces_id` is the dialogue that was closed for this one, when the data of a participant had changed (D-09).
    """

    __tablename__ = "dialogue"
    __table_args__ = (
        Index(None, "organisation_id", "employee_id"),
        Index(None, "organisation_id", "employer_id"),
        Index(None, "last_message_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    employee_id: Mapped[uuid.UUID | None]
    employer_id: Mapped[uuid.UUID | None]
    started_by: Mapped[uuid.UUID]
    started_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))
    closed_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[datetime | None]
    last_message_at: Mapped[datetime]
    message_count: Mapped[int]
    epoch_number: Mapped[int]
    epoch_due: Mapped[bool]
    replaces_id: Mapped[uuid.UUID | None]


class Epoch(Base):
    """A stretch of a dialogue with a secret of its own, which has nothing to do with that of another (design 2.1).

    The roster holds the subject and what each participant is called; it is sealed anew when somebody comes or goes.
    """

    __tablename__ = "dialogue_epoch"

    dialogue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID]
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), unique=True)
    roster_version: Mapped[int]
    roster_sealed: Mapped[bytes]
    opened_by: Mapped[uuid.UUID]
    opened_at: Mapped[datetime]


class ParticipantKind(StrEnum):
    """As what somebody takes part (D-05, D-07)."""

    USER = "user"
    CONTACT_PERSON = "contact_person"
    EMPLOYEE = "employee"


class ParticipantState(StrEnum):
    """Where somebody stands in a dialogue. Only who was invited or takes part gets what is new."""

    INVITED = "invited"
    TAKING_PART = "taking_part"
    LEFT = "left"
    REMOVED = "removed"
    CHANGED = "changed"
    """Mail address or mobile number are others now, which makes a new participant of the person (D-08)."""


class PhoneSource(StrEnum):
    """Who gave the mobile number to which the code of an invitation goes (signing.md 7.2)."""

    RECORD = "record"
    SENDER = "sender"
    RECIPIENT = "recipient"


class Participant(Base):
    """Somebody in one dialogue; the identity never moves to another address or number (D-08..D-10).

    `person_id` is the account: of a user at once, of others once they have joined. Address and number are those that
    an invitation goes to, sealed for the server. Of what was said before epoch `from_epoch` nothing can be opened.
    `notice_sent_at` is set while a notice by mail waits to be followed by a visit; there is one at most (N-02).
    """

    __tablename__ = "dialogue_participant"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "person_id"),
        Index(None, "person_id", "state"),
        Index(None, "employee_id"),
        Index(None, "contact_person_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue.id"))
    organisation_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[uuid.UUID | None]
    employee_id: Mapped[uuid.UUID | None]
    contact_person_id: Mapped[uuid.UUID | None]
    substitutes_for: Mapped[uuid.UUID | None]
    email_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_source: Mapped[str | None] = mapped_column(String(10))
    from_epoch: Mapped[int]
    added_by: Mapped[uuid.UUID | None]
    added_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    read_up_to: Mapped[int]
    notice_sent_at: Mapped[datetime | None]


class DialogueInvitation(Base):
    """A link by mail into one dialogue for one participant, good once and for 24 hours, and only with a code by SMS.

    What it may open is sealed to a holder whose secret comes from the link and is kept nowhere (design 2).
    `message_id` is the mail in the outbox, which tells whether it was delivered.
    """

    __tablename__ = "dialogue_invitation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue_participant.id"), index=True)
    organisation_id: Mapped[uuid.UUID]
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    message_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class InvitationCode(Base):
    """A code by SMS that goes with an invitation: good once, for ten minutes and five tries.

    `number_sealed` is the number where the recipient gave it, since the sender had none.
    """

    __tablename__ = "dialogue_invitation_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue_invitation.id"), index=True)
    organisation_id: Mapped[uuid.UUID]
    code_hash: Mapped[bytes]
    number_sealed: Mapped[bytes | None]
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class MessageKind(StrEnum):
    """What a line of a conversation is: something that a participant wrote, or something that happened."""

    TEXT = "text"
    EVENT = "event"


class Message(Base):
    """A line of a conversation, sealed under the key of its epoch.

    `request_id` is made where it is written, so that one that is sent twice, for want of an answer, is posted once.
    """

    __tablename__ = "dialogue_message"
    __table_args__ = (UniqueConstraint("dialogue_id", "number"), UniqueConstraint("dialogue_id", "request_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue.id"))
    organisation_id: Mapped[uuid.UUID]
    number: Mapped[int]
    epoch_number: Mapped[int]
    participant_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]
    posted_at: Mapped[datetime]
    request_id: Mapped[uuid.UUID]


class Reading(Base):
    """Up to which message a participant had read at a moment: message n was first read at the first row from n on."""

    __tablename__ = "dialogue_reading"

    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue_participant.id"), primary_key=True)
    up_to: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[uuid.UUID]
    read_at: Mapped[datetime]


class Attachment(Base):
    """A file of a dialogue (D-06); until its message is posted only who uploaded it sees it, for a day at most."""

    __tablename__ = "dialogue_attachment"
    __table_args__ = (Index(None, "dialogue_id", "message_id"), Index(None, "message_id", "created_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue.id"))
    organisation_id: Mapped[uuid.UUID]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dialogue_message.id"))
    participant_id: Mapped[uuid.UUID]
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    created_at: Mapped[datetime]


class Draft(Base):
    """What somebody has typed and not sent yet, sealed under the person's own wrap key of that generation."""

    __tablename__ = "dialogue_draft"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    dialogue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dialogue.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    generation: Mapped[int]
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime]


class StandardText(Base):
    """A text to begin a message with, of an organisation or, with an owner, of one user; sealed for the server."""

    __tablename__ = "standard_text"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    sealed: Mapped[bytes]
    changed_at: Mapped[datetime]


class MessageSignature(Base):
    """What a user's messages end with, sealed for the server."""

    __tablename__ = "message_signature"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    sealed: Mapped[bytes]
    changed_at: Mapped[datetime]


class WeeklyOverview(Base):
    """Somebody who wants a mail once a week that says how many messages are unread, and nothing else (N-01)."""

    __tablename__ = "weekly_overview"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    sent_on: Mapped[date | None]

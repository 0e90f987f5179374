"""Letters: mails that a person writes, to whom that person likes, with files (DOC-14).

They are the one exception to mails without names and content (N-01, N-02, D-rule 27), and have a kind of their own: no
other mail can become one. What they say, and each file, lies sealed until the letter has left, was given up or expired.
"""

from __future__ import annotations

import email.policy
import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from crypto.sealing import Context
from database.session import Session
from delivery.errors import MailValueError
from delivery.models import MailAttachment, OutgoingMessage
from delivery.outbox import MessageState, checked_address

LETTER = "letter"
KEPT_FOR = timedelta(days=2)
"""After this a letter that has not left never does, and what it says is gone."""
MOST_RECIPIENTS = 10
MOST_ATTACHMENTS = 10
LARGEST_BYTES = 15 * 1024 * 1024
"""How much the files of a letter may be together; on their way they are a third larger (RFC 2045, 6.8)."""
LONGEST_SUBJECT = 150
LONGEST_TEXT = 5_000
_LONGEST_NAME = 120
_HEAD = struct.Struct(">I")


@dataclass(frozen=True)
class Letter:
    """What somebody sends: `sender` is who that is by name, `answers_to` the address to which answers go."""

    sender: str
    answers_to: str
    to: tuple[str, ...]
    subject: str
    text: str = field(repr=False)
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file that goes along: its name, its media type such as ``application/pdf``, and what it holds."""

    name: str = field(repr=False)
    media_type: str
    data: bytes = field(repr=False)


def queue_letter(
    session: Session, *, organisation_id: UUID, letter: Letter, attachments: Sequence[Attachment] = ()
) -> OutgoingMessage:
    """Put a letter with its files in the outbox, sealed under the key of this package, and return its row.

    The caller has counted it (`delivery.sms_budgets.count_letter`). Raises `MailValueError` for what no letter may
    have: an address that is none, a line break in a header, too many recipients or too much of anything.
    """
    _check(letter, attachments)
    now, key = session.source.now(), session.package_key("delivery")
    message = OutgoingMessage(
        id=session.source.new_id(),
        organisation_id=organisation_id,
        kind=LETTER,
        message_id=session.source.token(16).hex(),
        state=MessageState.WAITING.value,
        created_at=now,
        not_before=now,
        expires_at=now + KEPT_FOR,
        attempts=0,
    )
    message.sealed = key.seal(json.dumps(asdict(letter)).encode(), _place_of_letter(message.id))
    session.add(message)
    session.flush()
    for number, attachment in enumerate(attachments, start=1):
        sealed = key.seal(_packed(attachment), _place_of_attachment(message.id, number))
        session.add(
            MailAttachment(message_id=message.id, number=number, organisation_id=organisation_id, sealed=sealed)
        )
    session.flush()
    return message


def open_letter(session: Session, message: OutgoingMessage) -> tuple[Letter, list[Attachment]]:
    """Return a letter of the outbox and its files. Raises `crypto.errors.UnsealError`, also once it was wiped."""
    key = session.package_key("delivery")
    stored: dict[str, Any] = json.loads(key.open(message.sealed or b"", _place_of_letter(message.id)))
    letter = Letter(**stored | {name: tuple(stored[name]) for name in ("to", "cc", "bcc")})
    rows = session.scalars(
        select(MailAttachment).where(MailAttachment.message_id == message.id).order_by(MailAttachment.number)
    )
    return letter, [_unpacked(key.open(row.sealed, _place_of_attachment(message.id, row.number))) for row in rows]


def wipe_attachments(session: Session) -> None:
    """Destroy the files of letters that wait no more."""
    waiting = select(OutgoingMessage.id).where(
        OutgoingMessage.id == MailAttachment.message_id, OutgoingMessage.state == MessageState.WAITING.value
    )
    session.execute(delete(MailAttachment).where(~waiting.exists()).execution_options(synchronize_session=False))


def compose_letter(
    letter: Letter, attachments: Sequence[Attachment], *, sender: str, identity: str, date: datetime
) -> EmailMessage:
    """Return the mail itself (RFC 5322); `sender` and `identity` are as in `delivery.composing.compose`.

    The mail server is told of those under BCC, and nobody else is: they are in no mail that leaves.
    """
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = Address(letter.sender, addr_spec=sender)
    message["Reply-To"] = Address(letter.sender, addr_spec=letter.answers_to)
    for header, addresses in (("To", letter.to), ("Cc", letter.cc), ("Bcc", letter.bcc)):
        if addresses:
            message[header] = [Address(addr_spec=address) for address in addresses]
    message["Subject"] = letter.subject
    message["Date"] = date
    message["Message-ID"] = f"<{identity}@{sender.rpartition('@')[2]}>"
    message.set_content(letter.text + "\n", cte="quoted-printable")
    for attachment in attachments:
        kind, _slash, of_it = attachment.media_type.partition("/")
        message.add_attachment(attachment.data, maintype=kind, subtype=of_it, filename=attachment.name)
    return message


def _check(letter: Letter, attachments: Sequence[Attachment]) -> None:
    recipients = (*letter.to, *letter.cc, *letter.bcc)
    for address in (*recipients, letter.answers_to):
        checked_address(address)
    if not letter.to or len(recipients) > MOST_RECIPIENTS:
        raise MailValueError("a letter has a recipient, and not more than a few")
    lines = ((letter.sender, _LONGEST_NAME), (letter.subject, LONGEST_SUBJECT))
    if not all(0 < len(line) <= longest and line.isprintable() for line, longest in lines):
        raise MailValueError("a sender and a subject are one line")
    if not letter.text.strip() or len(letter.text) > LONGEST_TEXT:
        raise MailValueError("this is no text of a letter")
    if not all(0 < len(each.name) <= _LONGEST_NAME and each.name.isprintable() for each in attachments):
        raise MailValueError("this is no name of a file")
    if len(attachments) > MOST_ATTACHMENTS or sum(len(each.data) for each in attachments) > LARGEST_BYTES:
        raise MailValueError("these files are too many or too large for a letter")


def _packed(attachment: Attachment) -> bytes:
    about = json.dumps({"name": attachment.name, "media_type": attachment.media_type}).encode()
    return _HEAD.pack(len(about)) + about + attachment.data


def _unpacked(stored: bytes) -> Attachment:
    (length,) = _HEAD.unpack_from(stored)
    about = json.loads(stored[_HEAD.size : _HEAD.size + length])
    return Attachment(about["name"], about["media_type"], stored[_HEAD.size + length :])


def _place_of_letter(message_id: UUID) -> Context:
    return Context(table=OutgoingMessage.__tablename__, row=message_id, part="sealed")


def _place_of_attachment(message_id: UUID, number: int) -> Context:
    return Context(table=MailAttachment.__tablename__, row=message_id, part="sealed", version=number)

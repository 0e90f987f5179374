"""A letter arrives as it was written, its files byte for byte, and nothing of it stays behind (DOC-14, D-rule 27)."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from crypto.errors import UnsealError
from crypto.source import SeededSource
from database.session import SessionFactory
from delivery.errors import MailValueError, TooManyLetters
from delivery.letters import (
    KEPT_FOR,
    LARGEST_BYTES,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_ATTACHMENTS,
    MOST_RECIPIENTS,
    Attachment,
    Letter,
    open_letter,
    queue_letter,
)
from delivery.letters import LETTER as LETTER_KIND
from delivery.models import MailAttachment, OutgoingMessage
from delivery.sending import send_due
from delivery.sms_budgets import DAY, LETTERS_OF_PERSON, count_letter
from delivery.transports import FolderTransport, SmtpTransport, list_mails
from tests.delivery.conftest import EMPLOYER
from tests.delivery.mail_server import Behaviour, free_port, mail_server

SENDER = "noreply@datakluis.voorbeeld.nl"
LETTER = Letter(
    sender='Şule "de" Vries, via Datakluis',
    answers_to="sule@voorbeeld.nl",
    to=("eva@voorbeeld.nl", "kees@voorbeeld.nl"),
    cc=("cor@voorbeeld.nl",),
    bcc=("stil@voorbeeld.nl",),
    subject="Het plan van Çelik",
    text="Beste Eva,\n\nHierbij het plan: één bladzijde.\n.\nMet groet",
)
FILES = (
    Attachment("Werkhervattingsplan_Çelik_20261127.pdf", "application/pdf", bytes(range(256)) * 4000 + b"\r\n.\r\n"),
    Attachment("notitie.txt", "text/plain", "één\r\ntwee\n".encode("cp1252")),
)


def queued(factory: SessionFactory, letter: Letter = LETTER, files: tuple[Attachment, ...] = FILES) -> OutgoingMessage:
    with factory() as session:
        message = queue_letter(session, organisation_id=EMPLOYER, letter=letter, attachments=files)
        session.commit()
        return message


def sent(factory: SessionFactory, server: Behaviour) -> list[EmailMessage]:
    with mail_server(server) as port:
        send_due(factory, SmtpTransport("127.0.0.1", port, SENDER, starttls=False, answer_timeout=5))
    return server.taken


def left(factory: SessionFactory) -> tuple[str, int | None, bytes | None]:
    """What became of the letter, how many of its files are there, and what is left of its text."""
    with factory() as session:
        row = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == LETTER_KIND)).one()
        return row.state, session.scalar(select(func.count()).select_from(MailAttachment)), row.sealed


def test_a_letter_arrives_with_its_files_byte_for_byte(factory: SessionFactory) -> None:
    message, server = queued(factory), Behaviour()
    (mail,) = sent(factory, server)
    assert sorted(server.recipients) == sorted((*LETTER.to, *LETTER.cc, *LETTER.bcc))
    assert mail["From"].addresses[0].display_name == LETTER.sender
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert mail["Reply-To"].addresses[0].addr_spec == "sule@voorbeeld.nl"
    assert (mail["To"], mail["Cc"]) == ("eva@voorbeeld.nl, kees@voorbeeld.nl", "cor@voorbeeld.nl")
    assert "Bcc" not in mail
    assert b"stil@" not in mail.as_bytes()
    assert mail["Subject"] == LETTER.subject
    assert mail["Message-ID"] == f"<{message.message_id}@datakluis.voorbeeld.nl>"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == LETTER.text.splitlines()
    arrived = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    ]
    assert arrived == [(file.name, file.media_type, file.data) for file in FILES]


def test_nothing_of_it_stays_behind_when_it_has_left(factory: SessionFactory) -> None:
    queued(factory)
    sent(factory, Behaviour())
    assert left(factory) == ("sent", 0, None)


def test_what_waits_is_kept_sealed(factory: SessionFactory) -> None:
    message = queued(factory)
    with factory() as session:
        rows = session.execute(text("SELECT * FROM mail_attachment")).all()
        kept = b"".join(bytes(row.sealed) for row in rows) + bytes(message.sealed or b"")
        assert len(rows) == 2
        for secret in (b"Werkhervattingsplan", bytes(range(256)), b"eva@voorbeeld.nl", b"Beste Eva"):
            assert secret not in kept
        assert open_letter(session, session.get_one(OutgoingMessage, message.id)) == (LETTER, list(FILES))


def test_files_cannot_change_places(factory: SessionFactory) -> None:
    message, other = queued(factory), queued(factory)
    with factory() as session:
        one = session.get_one(MailAttachment, (message.id, 1))
        one.sealed, second = session.get_one(MailAttachment, (other.id, 1)).sealed, one.sealed
        session.commit()
        assert second
        with pytest.raises(UnsealError):
            open_letter(session, session.get_one(OutgoingMessage, message.id))


def test_what_is_refused_for_good_is_wiped(factory: SessionFactory) -> None:
    queued(factory)
    sent(factory, Behaviour(recipient="550 no such user"))
    assert left(factory) == ("given_up", 0, None)


def test_what_cannot_leave_in_time_is_wiped(factory: SessionFactory, source: SeededSource) -> None:
    queued(factory)
    away = SmtpTransport("127.0.0.1", free_port(), SENDER, starttls=False, answer_timeout=0.5)
    send_due(factory, away)
    assert left(factory)[:2] == ("waiting", 2)
    source.advance(KEPT_FOR)
    (told,) = sent(factory, Behaviour())
    assert len(told_of(told)) == 4
    assert left(factory) == ("expired", 0, None)


def told_of(mail: EmailMessage) -> list[str]:
    """The addresses that a mail to the sender tells of."""
    assert (mail["To"], mail["Subject"]) == ("sule@voorbeeld.nl", "Een e-mail is niet bij iedereen aangekomen")
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert LETTER.subject not in text
    return [line for line in text.splitlines() if "@" in line]


def test_the_sender_is_told_whom_the_server_refused(factory: SessionFactory) -> None:
    queued(factory)
    refused = frozenset({"kees@voorbeeld.nl", "stil@voorbeeld.nl"})
    letter, told = sent(factory, Behaviour(recipient="550 no such user", refuses=refused))
    assert letter["Subject"] == LETTER.subject
    assert left(factory) == ("sent", 0, None)
    assert told_of(told) == ["k•••@voorbeeld.nl", "s•••@voorbeeld.nl"]


def test_nobody_is_told_of_a_letter_that_reached_everybody(factory: SessionFactory) -> None:
    queued(factory)
    assert [mail["Subject"] for mail in sent(factory, Behaviour())] == [LETTER.subject]


def test_the_sender_is_told_once_of_a_letter_that_reached_nobody(factory: SessionFactory) -> None:
    queued(factory)
    everybody = (*LETTER.to, *LETTER.cc, *LETTER.bcc)
    (told,) = sent(factory, Behaviour(recipient="550 no such user", refuses=frozenset(everybody)))
    assert told_of(told) == ["e•••@voorbeeld.nl", "k•••@voorbeeld.nl", "c•••@voorbeeld.nl", "s•••@voorbeeld.nl"]
    assert sent(factory, Behaviour()) == []


def test_of_a_mail_about_a_letter_that_is_refused_too_nobody_is_told(factory: SessionFactory) -> None:
    queued(factory)
    assert sent(factory, Behaviour(recipient="550 no such user")) == []
    assert sent(factory, Behaviour()) == []


def test_wiping_leaves_the_files_of_what_waits(factory: SessionFactory) -> None:
    queued(factory, replace(LETTER, to=("eerst@voorbeeld.nl",)))
    with factory() as session:
        queue_letter(session, organisation_id=EMPLOYER, letter=LETTER, attachments=FILES)
        session.commit()
    with mail_server(Behaviour()) as port:
        transport = SmtpTransport("127.0.0.1", port, SENDER, starttls=False)
        assert send_due(factory, transport, limit=1) == 1
        with factory() as session:
            assert session.scalar(select(func.count()).select_from(MailAttachment)) == 2
        assert send_due(factory, transport) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"to": ()},
        {"to": ("eva@voorbeeld.nl\nBcc: x@voorbeeld.nl",)},
        {"cc": ("eva@voorbeeld.nl, x@voorbeeld.nl",)},
        {"bcc": ("Eva <eva@voorbeeld.nl>",)},
        {"answers_to": "a@b.nl\r\n\r\nHallo"},
        {"to": tuple(f"n{number}@voorbeeld.nl" for number in range(MOST_RECIPIENTS + 1))},
        {"subject": ""},
        {"subject": "Plan\r\nBcc: x@voorbeeld.nl"},
        {"subject": "Plan\u2028Bcc: x@voorbeeld.nl"},
        {"subject": "x" * (LONGEST_SUBJECT + 1)},
        {"sender": "Eva\nReply-To: x@voorbeeld.nl"},
        {"text": " \n"},
        {"text": "x" * (LONGEST_TEXT + 1)},
    ],
)
def test_no_header_or_recipient_is_smuggled_in(without_database: SessionFactory, changed: dict[str, Any]) -> None:
    with without_database() as session, pytest.raises(MailValueError):
        queue_letter(session, organisation_id=EMPLOYER, letter=replace(LETTER, **changed))


@pytest.mark.parametrize(
    "files",
    [
        (Attachment("a.pdf\r\nX: y", "application/pdf", b"x"),),
        (Attachment("", "application/pdf", b"x"),),
        (Attachment("a.pdf", "application/pdf", b"x"),) * (MOST_ATTACHMENTS + 1),
        (Attachment("a.pdf", "application/pdf", bytes(LARGEST_BYTES + 1)),),
    ],
    ids=["line", "no name", "many", "large"],
)
def test_no_file_is_too_much_or_a_header(without_database: SessionFactory, files: tuple[Attachment, ...]) -> None:
    with without_database() as session, pytest.raises(MailValueError):
        queue_letter(session, organisation_id=EMPLOYER, letter=LETTER, attachments=files)


def test_so_many_letters_leave_a_day(factory: SessionFactory, source: SeededSource) -> None:
    person, other = UUID(int=7), UUID(int=8)
    with factory() as session:
        for _number in range(LETTERS_OF_PERSON.most):
            count_letter(session, person_id=person, organisation_id=EMPLOYER)
        with pytest.raises(TooManyLetters) as refused:
            count_letter(session, person_id=person, organisation_id=EMPLOYER)
        assert refused.value.until == source.now() + DAY
        count_letter(session, person_id=other, organisation_id=EMPLOYER)
        source.advance(DAY)
        count_letter(session, person_id=person, organisation_id=EMPLOYER)


def test_the_mailbox_of_the_demo_takes_letters(factory: SessionFactory, tmp_path: Path) -> None:
    queued(factory)
    assert send_due(factory, FolderTransport(tmp_path / "mail")) == 1
    (mail,) = list_mails(tmp_path / "mail")
    assert (mail.subject, "Hierbij het plan" in mail.text) == (LETTER.subject, True)

"""A document goes by mail by an explicit act that the log tells; a medical one never does (DOC-14, D-rules 27, 35)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from delivery.errors import TooManyLetters
from delivery.letters import LARGEST_BYTES, LETTER, MOST_ATTACHMENTS, Attachment, Letter, open_letter
from delivery.models import MailAttachment, OutgoingMessage
from delivery.sms_budgets import LETTERS_OF_PERSON
from documents.errors import MailRefused
from documents.mailing import TypedMail, find_mailable, mail_document, sender_of
from documents.models import Document, StoredFile
from organisation.errors import NotFound
from tests.documents.cabinet import CANARY, Cabinet

TYPED = TypedMail(to="eva@voorbeeld.nl", subject="Het verslag", text="Hierbij het verslag.")


def mail(cabinet: Cabinet, by: str, document: Document, typed: TypedMail = TYPED) -> None:
    """Let somebody send a document."""
    mail_document(cabinet.session, cabinet.intake.store, document.id, typed, cabinet.world.actor(by))


def letters(cabinet: Cabinet) -> list[tuple[Letter, list[Attachment]]]:
    """What waits in the outbox."""
    rows = cabinet.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == LETTER))
    return [open_letter(cabinet.session, row) for row in rows]


def entries(cabinet: Cabinet) -> list[AuditEntry]:
    """What the log tells of mails."""
    return list(cabinet.session.scalars(select(AuditEntry).where(AuditEntry.action == "document:mail")))


def test_a_document_waits_to_be_sent_as_it_is(cabinet: Cabinet) -> None:
    document = cabinet.add("Carla", cabinet.shared, name="verslag.txt")
    typed = replace(
        TYPED,
        to="Eva@Voorbeeld.nl; kees@voorbeeld.nl,\nkees@voorbeeld.nl",
        cc="cor@voorbeeld.nl",
        bcc="stil@voorbeeld.nl",
        subject=" Het\r\nBcc: x@voorbeeld.nl verslag ",
    )
    mail(cabinet, "Anna", document, typed)
    ((letter, files),) = letters(cabinet)
    sender = sender_of(cabinet.session, cabinet.world.actor("Anna"))
    assert (letter.sender, letter.answers_to) == (sender.name, sender.address)
    assert letter.to == ("eva@voorbeeld.nl", "kees@voorbeeld.nl")
    assert (letter.cc, letter.bcc) == (("cor@voorbeeld.nl",), ("stil@voorbeeld.nl",))
    assert letter.subject == "Het Bcc: x@voorbeeld.nl verslag"
    assert files == [Attachment("verslag.txt", "text/plain", CANARY)]


def test_other_documents_of_the_dossier_go_along(cabinet: Cabinet) -> None:
    first, second = cabinet.add("Anna", cabinet.shared), cabinet.add("Anna", cabinet.shared, name="tweede.txt")
    mail(cabinet, "Anna", first, replace(TYPED, others=(second.id, first.id, second.id)))
    ((_letter, files),) = letters(cabinet)
    assert [file.name for file in files] == ["verslag.txt", "tweede.txt"]


def test_the_log_tells_it_for_each_document_with_numbers_only(cabinet: Cabinet) -> None:
    first, second = cabinet.add("Anna", cabinet.shared), cabinet.add("Anna", cabinet.shared)
    mail(cabinet, "Anna", first, replace(TYPED, cc="cor@voorbeeld.nl", others=(second.id,)))
    assert {entry.object_id for entry in entries(cabinet)} == {first.id, second.id}
    assert [entry.details for entry in entries(cabinet)] == [{"recipients": 2, "count": 2}] * 2


def test_a_medical_document_is_never_sent(cabinet: Cabinet) -> None:
    """Not by a member of the circle, who can read it, and not along with another."""
    document, other = cabinet.add("Cor", cabinet.shared, "Medisch"), cabinet.add("Carla", cabinet.shared)
    assert cabinet.read("Sanne", document) == CANARY, "it is not for want of a key"
    for by in ("Sanne", "Cor", "Carla"):
        with pytest.raises(NotFound):
            find_mailable(cabinet.session, document.id, cabinet.world.actor(by))
        with pytest.raises(NotFound):
            mail(cabinet, by, document)
        with pytest.raises(NotFound):
            mail(cabinet, by, other, replace(TYPED, others=(document.id,)))
    assert letters(cabinet) == []
    assert entries(cabinet) == []


def test_only_documents_of_the_same_dossier_go_along(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    for other in (cabinet.add("Anna", cabinet.unshared), cabinet.add("Anna", None, "DVO")):
        with pytest.raises(NotFound):
            mail(cabinet, "Anna", document, replace(TYPED, others=(other.id,)))
    with pytest.raises(NotFound):
        mail(cabinet, "Anna", document, replace(TYPED, others=(uuid4(),)))
    assert letters(cabinet) == []


def test_who_may_not_or_cannot_sends_nothing(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    cabinet.world.hire_vault_user("Lotte", "datakluisgebruiker", "leidinggevende")
    with pytest.raises(PermissionDenied):
        mail(cabinet, "Lotte", document)
    for stranger in ("Bram", "Dirk"):
        with pytest.raises((NotFound, PermissionDenied)):
            mail(cabinet, stranger, document)
    own = cabinet.add("Carla", cabinet.shared, "Alleen arbodienst")
    with pytest.raises(NotFound):
        mail(cabinet, "Anna", own)


WRONG: tuple[tuple[TypedMail, set[str]], ...] = (
    (replace(TYPED, to=""), {"to"}),
    (replace(TYPED, to="eva"), {"to"}),
    (replace(TYPED, to="eva@voorbeeld.nl x@@y", cc="<b>", bcc="a@"), {"to", "cc", "bcc"}),
    (replace(TYPED, cc=" ".join(f"n{number}@voorbeeld.nl" for number in range(10))), {"to"}),
    (replace(TYPED, subject=" \n "), {"subject"}),
    (replace(TYPED, subject="x" * 151), {"subject"}),
    (replace(TYPED, text=""), {"text"}),
    (replace(TYPED, text="x" * 5001), {"text"}),
    (replace(TYPED, others=tuple(uuid4() for _number in range(MOST_ATTACHMENTS))), {"others"}),
)


def test_what_is_wrong_is_told_by_field_and_nothing_is_sent(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    for typed, faults in WRONG:
        with pytest.raises(MailRefused) as refused:
            mail(cabinet, "Anna", document, typed)
        assert set(refused.value.faults) == faults
    assert letters(cabinet) == []
    assert entries(cabinet) == []


def test_files_that_are_too_large_together_are_refused(cabinet: Cabinet) -> None:
    first, second = cabinet.add("Anna", cabinet.shared), cabinet.add("Anna", cabinet.shared)
    for row in cabinet.session.scalars(select(StoredFile)):
        row.size = LARGEST_BYTES // 2 + 1
    cabinet.session.flush()
    with pytest.raises(MailRefused) as refused:
        mail(cabinet, "Anna", first, replace(TYPED, others=(second.id,)))
    assert set(refused.value.faults) == {"others"}


def test_so_many_mails_leave_a_day(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    for _number in range(LETTERS_OF_PERSON.most):
        mail(cabinet, "Anna", document)
    with pytest.raises(TooManyLetters):
        mail(cabinet, "Anna", document)
    mail(cabinet, "Kees", document)
    assert cabinet.session.scalar(select(func.count()).select_from(MailAttachment)) == LETTERS_OF_PERSON.most + 1

"""*E-mailen*: sending documents of a dossier by mail, which anybody between here and there can read (DOC-14, DOC-15).

It is the deliberate exception to mails without content: an explicit act, told to the log, and never for a medical
document, which for whoever mails does not exist (D-rules 27, 34 and 35).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select, tuple_

from accounts.actor import Actor
from accounts.errors import MalformedAddress
from accounts.people import email_of, normalise_email, person_by_id
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from delivery.letters import (
    LARGEST_BYTES,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_ATTACHMENTS,
    MOST_RECIPIENTS,
    Attachment,
    Letter,
    queue_letter,
)
from delivery.sms_budgets import count_letter
from documents.errors import MailRefused
from documents.filling_in import NOT_FILLED_IN, TOO_LONG, Fault
from documents.finding import find_document
from documents.kinds import MEDIA_TYPES
from documents.models import Audience, Document, DocumentVersion, StoredFile
from documents.opening import open_version
from documents.recording import record_document
from documents.store import FileStore
from documents.storing import read_content
from organisation.errors import NotFound

N_ = str

NO_ADDRESS = N_("Vul een e-mailadres in, zoals naam@voorbeeld.nl.")
WRONG_ADDRESS = N_("Kijk adres %(number)s na: vul een e-mailadres in, zoals naam@voorbeeld.nl.")
TOO_MANY_RECIPIENTS = N_("Stuur de e-mail naar ten hoogste %(maximum)s adressen; nu zijn het er %(count)s.")
TOO_MANY_FILES = N_("Voeg ten hoogste %(maximum)s documenten toe; nu zijn het er %(count)s.")
TOO_LARGE = N_("De documenten zijn samen groter dan %(maximum)s MB. Voeg er minder toe.")
_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True)
class TypedMail:
    """What was typed: addresses with commas or spaces between them, and which other documents go along."""

    to: str = field(default="", repr=False)
    cc: str = field(default="", repr=False)
    bcc: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    others: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Sender:
    """From whom a mail is: a name, and the address to which answers go (*Afzender*)."""

    name: str
    address: str


def find_mailable(session: Session, document_id: UUID, actor: Actor, *, lock: bool = False) -> Document:
    """A document that the actor can send by mail.

    Raises `organisation.errors.NotFound` also for a medical one, `PermissionDenied`.
    """
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_MAIL, lock=lock)
    if document.audience == Audience.MEDICAL:
        raise NotFound
    return document


def sender_of(session: Session, actor: Actor) -> Sender:
    """From whom the actor's mails are; it can't be chosen."""
    person = person_by_id(session, actor.person_id)
    return Sender(person.display_name, email_of(session, person))


def mail_document(session: Session, store: FileStore, document_id: UUID, typed: TypedMail, actor: Actor) -> None:
    """*VERSTUREN*: put a mail with the newest version of a document in the outbox, and of `others` of its dossier.

    Each document gets an entry in the log, with how many recipients and files there were, before it is opened. Raises
    `PermissionDenied`, `organisation.errors.NotFound` also for a medical document or one of another dossier,
    `documents.errors.MailRefused`, `FileGone`, `delivery.errors.TooManyLetters`.
    """
    documents = list(_documents(session, document_id, typed.others, actor))
    letter = _letter(session, typed, actor)
    _check_size(session, documents)
    count_letter(session, person_id=actor.person_id, organisation_id=actor.organisation_id)
    recipients = len(letter.to) + len(letter.cc) + len(letter.bcc)
    for document in documents:
        details = {"recipients": recipients, "count": len(documents)}
        record_document(session, Action.DOCUMENT_MAIL, document, actor, details)
    attachments = [_attachment(session, store, document, actor) for document in documents]
    queue_letter(session, organisation_id=actor.organisation_id, letter=letter, attachments=attachments)


def _documents(session: Session, document_id: UUID, others: Sequence[UUID], actor: Actor) -> Iterator[Document]:
    first = find_mailable(session, document_id, actor)
    yield first
    wanted = [other for other in dict.fromkeys(others) if other != document_id]
    if len(wanted) >= MOST_ATTACHMENTS:
        fault = Fault(TOO_MANY_FILES, {"maximum": MOST_ATTACHMENTS, "count": len(wanted) + 1})
        raise MailRefused({"others": fault})
    for other in wanted:
        document = find_mailable(session, other, actor)
        if (document.employer_id, document.employee_id) != (first.employer_id, first.employee_id):
            raise NotFound
        yield document


def _letter(session: Session, typed: TypedMail, actor: Actor) -> Letter:
    faults: dict[str, Fault] = {}
    addresses = {name: _addresses(name, getattr(typed, name), faults) for name in ("to", "cc", "bcc")}
    count = sum(map(len, addresses.values()))
    if not addresses["to"] and "to" not in faults:
        faults["to"] = Fault(NO_ADDRESS)
    if count > MOST_RECIPIENTS:
        faults["to"] = Fault(TOO_MANY_RECIPIENTS, {"maximum": MOST_RECIPIENTS, "count": count})
    subject = " ".join("".join(sign for sign in typed.subject if sign.isprintable() or sign.isspace()).split())
    text = typed.text.replace("\r\n", "\n").replace("\r", "\n").strip()
    faults.update(_faults_of_texts({"subject": (subject, LONGEST_SUBJECT), "text": (text, LONGEST_TEXT)}))
    if faults:
        raise MailRefused(faults)
    sender = sender_of(session, actor)
    return Letter(sender.name, sender.address, addresses["to"], subject, text, addresses["cc"], addresses["bcc"])


def _addresses(name: str, typed: str, faults: dict[str, Fault]) -> tuple[str, ...]:
    found: list[str] = []
    for number, part in enumerate(filter(None, _BETWEEN.split(typed)), start=1):
        try:
            found.append(normalise_email(part))
        except MalformedAddress:
            faults.setdefault(name, Fault(WRONG_ADDRESS, {"number": number}))
    return tuple(dict.fromkeys(found))


def _faults_of_texts(texts: Mapping[str, tuple[str, int]]) -> Iterator[tuple[str, Fault]]:
    for name, (text, maximum) in texts.items():
        if not text:
            yield name, Fault(NOT_FILLED_IN)
        elif len(text) > maximum:
            yield name, Fault(TOO_LONG, {"maximum": maximum, "count": len(text)})


def _check_size(session: Session, documents: Sequence[Document]) -> None:
    newest = [(document.id, document.version) for document in documents]
    statement = (
        select(func.sum(StoredFile.size))
        .join(DocumentVersion, DocumentVersion.file_id == StoredFile.id)
        .where(tuple_(DocumentVersion.document_id, DocumentVersion.number).in_(newest))
    )
    if (session.scalar(statement) or 0) > LARGEST_BYTES:
        raise MailRefused({"others": Fault(TOO_LARGE, {"maximum": LARGEST_BYTES // 1024 // 1024})})


def _attachment(session: Session, store: FileStore, document: Document, actor: Actor) -> Attachment:
    opened = open_version(session, document, document.version, actor)
    data = read_content(store, opened.row, opened.key).read()
    return Attachment(opened.about.name, MEDIA_TYPES[opened.about.kind], data)

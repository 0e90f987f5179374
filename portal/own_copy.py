"""All that is held about an employee, to take away: as JSON and as a document (AVG 15 and 20)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from accounts.actor import Actor
from dialogs.listing import DialogueFilter, list_dialogues
from dialogs.own_documents import OwnDocument, list_documents
from dialogs.reading import Conversation, MessageView, read_dialogue
from portal.formats import date_and_time, long_date, short_date, spaced_bsn, spaced_postcode, working_hours
from portal.own_log_pdf import log_section
from portal.own_log_words import shown_line
from portal.plain_pdf import Document, Section, render_document
from portal.services import current_services
from portal.transactions import database
from vault.fields import Gender
from vault.own_log import OwnLogLine, read_own_log
from vault.own_records import OwnCopy, copy_own_data

MESSAGES_AT_ONCE = 500
GENDERS = {Gender.MALE: lazy_gettext("Man"), Gender.FEMALE: lazy_gettext("Vrouw"), Gender.OTHER: lazy_gettext("Anders")}


@dataclass(frozen=True)
class WholeCopy:
    """What is held about one employee: records, who saw them, and the own dialogues with their files."""

    name: str
    made_at: datetime
    records: Sequence[OwnCopy]
    log: Sequence[OwnLogLine]
    dialogues: Sequence[tuple[Conversation, Sequence[MessageView]]]
    documents: Sequence[OwnDocument]


def gather_copy(actor: Actor, file_format: str) -> WholeCopy:
    """Read all of it through the actor's own key; each look is in the log, that a file of it was made as well."""
    session = database()
    records = copy_own_data(session, actor, file_format)
    dialogues = [_whole_dialogue(dialogue_id, actor) for dialogue_id in _own_dialogues(actor)]
    documents: list[OwnDocument] = []
    while len(documents) < (page := list_documents(session, actor, len(documents) // 50 + 1)).total and page.lines:
        documents += page.lines
    log = read_own_log(session, actor, for_format=file_format).lines
    return WholeCopy(actor.person_name, current_services().source.now(), records, log, dialogues, documents)


def copy_as_json(copy: WholeCopy) -> bytes:
    """Return it in a form that other programs read: English names of fields, days and moments by ISO 8601."""
    content = {
        "account": {"name": copy.name},
        "made_at": copy.made_at,
        "records": [_record_as_json(record) for record in copy.records],
        "recipients": [_recipient_as_json(line) for line in copy.log],
        "dialogues": [_dialogue_as_json(conversation, messages) for conversation, messages in copy.dialogues],
        "documents": [
            {
                "name": document.name,
                "size": document.size,
                "dialogue": document.dialogue_id,
                "sent_by": document.author,
                "sent_at": document.posted_at,
            }
            for document in copy.documents
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain).encode()


def copy_as_pdf(copy: WholeCopy) -> bytes:
    """Return it as a document to read."""
    sections = [section for record in copy.records for section in _record_sections(record)]
    sections.append(log_section([shown_line(line) for line in copy.log]))
    sections += [_dialogue_section(conversation, messages) for conversation, messages in copy.dialogues]
    sections.append(_document_section(copy.documents))
    return render_document(
        Document(
            title=_("Mijn gegevens"),
            footer=_("Gemaakt op %(date)s voor %(name)s.", date=long_date(copy.made_at), name=copy.name),
            made_at=copy.made_at,
            paragraphs=(
                _(
                    "Hier staat wat werkgevers in Datakluis over u bewaren, waar dat vandaan komt, wie het zag, en uw "
                    "eigen dialogen met de namen van de bestanden."
                ),
            ),
            sections=tuple(sections),
        )
    )


def _own_dialogues(actor: Actor) -> list[UUID]:
    found: list[UUID] = []
    number = 1
    while (page := list_dialogues(database(), actor, DialogueFilter(), number)).lines:
        found += [line.id for line in page.lines]
        number += 1
    return found


def _whole_dialogue(dialogue_id: UUID, actor: Actor) -> tuple[Conversation, Sequence[MessageView]]:
    newest = read_dialogue(database(), dialogue_id, actor, limit=MESSAGES_AT_ONCE)
    messages = list(newest.messages)
    while messages and len(messages) < newest.total:
        earlier = read_dialogue(database(), dialogue_id, actor, before=messages[0].number, limit=MESSAGES_AT_ONCE)
        if not earlier.messages:
            break
        messages = [*earlier.messages, *messages]
    return newest, messages


def _record_as_json(copy: OwnCopy) -> dict[str, Any]:
    record = copy.record
    return {
        "employer": record.employer,
        "source": "employer",
        "personnel_number": record.personnel_number,
        "card": asdict(record.card),
        "details": {**asdict(record.details), "bsn": copy.bsn},
        "employments": [
            {
                name: value
                for name, value in asdict(line).items()
                if name not in {"employee_id", "employment_id", "department_id", "version", "personnel_number"}
            }
            for line in record.employments
        ],
        "last_changed_at": record.changed_at,
        "visible_to_you_since": record.linked_at,
        "shared_with": [asdict(shared) for shared in record.shared_with],
    }


def _recipient_as_json(line: OwnLogLine) -> dict[str, Any]:
    shown = shown_line(line)
    return {
        "day": line.day,
        "first_at": line.first_at,
        "last_at": line.last_at,
        "times": line.times,
        "who": shown.who,
        "role": shown.role,
        "what": shown.what,
        "ground": shown.ground,
        "data_of": line.employer,
    }


def _dialogue_as_json(conversation: Conversation, messages: Sequence[MessageView]) -> dict[str, Any]:
    return {
        "subject": conversation.subject,
        "participants": [person.name for person in conversation.participants],
        "messages": [
            {
                "author": message.author,
                "posted_at": message.posted_at,
                "text": message.text,
                "event": message.event,
                "files": [attachment.name for attachment in message.attachments],
            }
            for message in messages
        ],
    }


def _record_sections(copy: OwnCopy) -> list[Section]:
    record, card, details = copy.record, copy.record.card, copy.record.details
    street = " ".join(filter(None, (details.street, details.house_number, details.house_number_addition)))
    city = " ".join(filter(None, (spaced_postcode(card.postcode), details.city, details.country)))
    facts = (
        (_("Naam"), card.full_name),
        (_("Voorletters"), card.initials),
        (_("Voornaam"), card.first_name),
        (_("Geboortedatum"), short_date(card.birth_date)),
        (_("Geslacht"), GENDERS[details.gender] if details.gender else None),
        (_("BSN"), spaced_bsn(copy.bsn)),
        (_("Personeelsnr"), record.personnel_number),
        (_("E-mail"), details.email),
        (_("E-mail privé"), details.email_private),
        (_("Tel. werk"), details.phone_work),
        (_("Tel. thuis"), details.phone_home),
        (_("Tel. mobiel"), details.phone_mobile),
        (_("Adres"), ", ".join(filter(None, (street, city)))),
        (_("Herkomst"), _("vastgelegd door %(employer)s", employer=record.employer)),
        (_("Laatst gewijzigd"), date_and_time(record.changed_at)),
    )
    shared = tuple(
        (_("Gedeeld met"), _("%(service)s sinds %(date)s", service=one.service, date=long_date(one.since)))
        for one in record.shared_with
    )
    known = tuple((str(term), str(value)) for term, value in facts if value)
    employments = [
        Section(
            title=_("Dienstverband vanaf %(date)s", date=long_date(line.starts_on)),
            level=3,
            facts=tuple(
                (str(term), str(value))
                for term, value in (
                    (_("Functie"), line.function),
                    (_("Functiegroep"), line.function_group),
                    (_("Afdeling"), line.department),
                    (_("Vestiging"), line.site),
                    (_("Werkuren"), working_hours(line.hours)),
                    (_("Dienstverband type"), line.kind),
                    (_("Einddatum"), short_date(line.ends_on)),
                )
                if value
            ),
        )
        for line in record.employments
    ]
    return [Section(title=_("Gegevens bij %(employer)s", employer=record.employer), facts=known + shared), *employments]


def _dialogue_section(conversation: Conversation, messages: Sequence[MessageView]) -> Section:
    people = ", ".join(person.name for person in conversation.participants)
    return Section(
        title=_("Dialoog: %(subject)s", subject=conversation.subject or ""),
        paragraphs=(_("Deelnemers: %(people)s", people=people),),
        columns=(_("Wanneer"), _("Wie"), _("Bericht")),
        widths=(3, 3, 10),
        rows=tuple(
            (date_and_time(message.posted_at), message.author, _said(message)) for message in messages if _said(message)
        ),
    )


def _said(message: MessageView) -> str:
    files = [_("Bestand: %(name)s", name=attachment.name) for attachment in message.attachments]
    return "\n".join(filter(None, (message.text, *files)))


def _document_section(documents: Sequence[OwnDocument]) -> Section:
    return Section(
        title=_("Mijn documenten"),
        paragraphs=() if documents else (_("Er zijn geen bestanden."),),
        columns=(_("Wanneer"), _("Bestand"), _("Dialoog"), _("Van")),
        widths=(3, 6, 5, 3),
        rows=tuple(
            (date_and_time(document.posted_at), document.name, document.subject, document.author)
            for document in documents
        ),
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)

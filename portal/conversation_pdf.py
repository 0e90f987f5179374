"""A conversation as a PDF to read and to keep: tagged, with who said what and when, in the language of who makes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask_babel import gettext as _

from dialogs.reading import Conversation, MessageView
from documents.typesetting import typeset
from portal.dialogue_words import event_sentence
from portal.formats import date_and_time, file_size
from portal.languages import language_of_request

SOURCE = Path(__file__).resolve().parent.parent / "templates" / "dialogues" / "conversation.typ"


def render_conversation(conversation: Conversation, names: Mapping[UUID, str], moment: datetime) -> bytes:
    """Return the PDF (PDF/UA-1); `names` are those of the files beside it."""
    return typeset(SOURCE, "conversation", _content(conversation, names, moment), moment)


def _content(conversation: Conversation, names: Mapping[UUID, str], moment: datetime) -> dict[str, object]:
    title = conversation.subject or _("Dialoog zonder onderwerp")
    return {
        "language": language_of_request().value,
        "title": title,
        "footer": _("Gedownload uit Datakluis op %(moment)s. Alleen voor uzelf.", moment=date_and_time(moment)),
        "participants_heading": _("Deelnemers"),
        "messages_heading": _("Berichten"),
        "participants": [
            f"{person.name} ({person.label})" if person.label else person.name for person in conversation.participants
        ],
        "messages": [_message(message, names) for message in conversation.messages],
    }


def _message(message: MessageView, names: Mapping[UUID, str]) -> dict[str, object]:
    return {
        "heading": _("%(author)s, %(moment)s", author=message.author, moment=date_and_time(message.posted_at)),
        "paragraphs": (message.text or "").splitlines() or [event_sentence(message)],
        "files": [
            _("Bestand: %(name)s (%(size)s)", name=names[view.id], size=file_size(view.size))
            for view in message.attachments
            if view.id in names
        ],
    }

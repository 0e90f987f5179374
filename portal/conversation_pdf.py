"""A conversation as a PDF to read and to keep: tagged, with who said what and when, in the language of who makes it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

import typst
from flask_babel import gettext as _

from dialogs.reading import Conversation, MessageView
from portal.dialogue_words import event_sentence
from portal.formats import date_and_time, file_size
from portal.languages import language_of_request
from portal.recovery_pdf import fonts

SOURCE = Path(__file__).resolve().parent.parent / "templates" / "dialogues" / "conversation.typ"


def render_conversation(conversation: Conversation, names: Mapping[UUID, str], moment: datetime) -> bytes:
    """Return the PDF (PDF/UA-1); `names` are those of the files beside it."""
    content = _content(conversation, names, moment)
    try:
        return _compiled(content, moment, _printable)
    except typst.TypstError:
        # PDF/UA forbids a character that the font lacks: such letters are printed as far as they can be.
        return _compiled(content, moment, _in_ascii)


def _compiled(content: dict[str, object], moment: datetime, change: Callable[[str], str]) -> bytes:
    # What people write is data, never source: it reaches the document as JSON.
    return typst.compile(
        SOURCE.read_bytes(),
        format="pdf",
        sys_inputs={"conversation": change(json.dumps(content, ensure_ascii=False))},
        font_paths=fonts(),
        pdf_standards=["ua-1"],
        timestamp=int(moment.timestamp()),
    )


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


def _in_ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", _printable(text))
    return "".join("" if unicodedata.combining(letter) else letter if letter.isascii() else "?" for letter in folded)


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

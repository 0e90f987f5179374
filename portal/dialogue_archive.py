"""A dialogue as one download: a zip with the conversation to read, the same as data, and every file (D-06)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from flask import Response
from flask_babel import gettext as _

from dialogs.attachments import OpenAttachment
from dialogs.exporting import DialogueExport
from dialogs.reading import Conversation, MessageView
from documents.archives import Part, archive, archive_length
from documents.store import FileStore
from documents.storing import read_content
from portal.conversation_pdf import render_conversation
from portal.file_answers import breaking_off, name_file
from portal.headers import put_in_sandbox
from portal.services import current_services


def archive_of(export: DialogueExport, moment: datetime) -> Response:
    """Return the zip, which is made while it is sent; its length is told before, so that a browser shows how far."""
    names = names_of(export)
    parts = list(_parts(export, names, moment))
    put_in_sandbox()
    response = Response(breaking_off(archive(parts, moment)), mimetype="application/zip")
    length = archive_length(parts)
    if length is not None:
        response.content_length = length
    name = _("dialoog-%(day)s.zip", day=f"{moment:%Y-%m-%d}")
    name_file(response, "attachment", name)
    # A proxy that collects the answer would hide where it breaks off.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def names_of(export: DialogueExport) -> dict[UUID, str]:
    """What each file is called in the zip: the number of its message before it, so that none has another's name."""
    names: dict[UUID, str] = {}
    folder = _("bestanden")
    for message in export.conversation.messages:
        for place, view in enumerate(message.attachments, start=1):
            if view.id in export.files:
                names[view.id] = f"{folder}/{message.number:04}-{place:02} {view.name}"
    return names


def _parts(export: DialogueExport, names: Mapping[UUID, str], moment: datetime) -> Iterator[Part]:
    store = current_services().intake.store
    pdf = render_conversation(export.conversation, names, moment)
    data = json.dumps(data_of(export.conversation, names), ensure_ascii=False, indent=2).encode()
    yield Part(_("gesprek.pdf"), len(pdf), [pdf])
    yield Part(_("gesprek.json"), len(data), [data])
    for file_id, name in names.items():
        file = export.files[file_id]
        yield Part(name, file.row.size, _pieces(store, file))


def _pieces(store: FileStore, file: OpenAttachment) -> Iterator[bytes]:
    content = read_content(store, file.row, file.key)
    yield from content.pieces(0, content.size)


def data_of(conversation: Conversation, names: Mapping[UUID, str]) -> dict[str, object]:
    """The conversation as data for another program."""
    return {
        "dialogue": str(conversation.id),
        "subject": conversation.subject,
        "state": conversation.state.value,
        "participants": [
            {"name": person.name, "label": person.label, "kind": person.kind.value, "state": person.state.value}
            for person in conversation.participants
        ],
        "messages": [_message(message, names) for message in conversation.messages],
    }


def _message(message: MessageView, names: Mapping[UUID, str]) -> dict[str, object]:
    return {
        "number": message.number,
        "posted_at": message.posted_at.isoformat(),
        "author": message.author,
        "text": message.text,
        "event": message.event,
        "about": message.about,
        "reason": message.reason,
        "files": [names[view.id] for view in message.attachments if view.id in names],
    }

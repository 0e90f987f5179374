"""Files of dialogues in tests: each comes in as it does through the portal, piece by piece."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from database.session import Session
from dialogs.attachments import AttachmentView, upload_attachment, upload_for_new
from dialogs.models import Dialogue
from dialogs.posting import post_message
from documents.store import FolderStore
from documents.storing import Intake, Upload
from tests.dialogs.talk import BASE_URL, Talk

TEXT = b"Kanarie in de bijlage, alleen voor deelnemers."


def intake_in(folder: Path) -> Intake:
    """A store in a folder of its own."""
    return Intake(FolderStore(folder / "files"), limit_mib=1)


def coming_in(session: Session, intake: Intake, organisation_id: UUID, data: bytes = TEXT) -> Upload:
    """A file that has come in."""
    upload = Upload(intake, session.source, organisation_id)
    upload.write(data)
    return upload


def add_file(
    talk: Talk, intake: Intake, by: str, dialogue: Dialogue | None, data: bytes = TEXT, name: str = "notitie.txt"
) -> AttachmentView:
    """Let somebody get a file ready, for a dialogue or for a new one."""
    actor = talk.world.actor(by)
    upload = coming_in(talk.session, intake, actor.organisation_id, data)
    try:
        if dialogue is None:
            return upload_for_new(talk.session, upload, name, actor)
        return upload_attachment(talk.session, dialogue.id, upload, name, actor)
    finally:
        upload.discard()


def post_with(talk: Talk, by: str, dialogue: Dialogue, *file_ids: UUID, text: str = "") -> int:
    """Let somebody post a message with files; return its number."""
    request_id = talk.session.source.new_id()
    actor = talk.world.actor(by)
    return post_message(talk.session, dialogue.id, text, file_ids, request_id, actor, base_url=BASE_URL).number

"""Files of dialogues through the real routes: sent as a script sends them, and as a form without one."""

from __future__ import annotations

import io
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from audit.models import AuditEntry
from dialogs.models import Attachment, ParticipantKind
from dialogs.posting import post_message
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from documents.models import FileKey, StoredFile
from tests.documents.test_store import files_in
from tests.pages import Visitor
from tests.portal.company import Company

BORDER = "grens"
TEXT = b"Kanarie in de bijlage, alleen voor deelnemers."


@dataclass
class Talk:
    """A dialogue of Anna and Ilse, and Anna at her browser; Frits takes no part."""

    company: Company
    dialogue_id: UUID
    anna: Visitor

    def url(self, rest: str = "") -> str:
        """The address of the files, or below it."""
        return f"/berichten/{self.dialogue_id}/bestanden{rest}"

    def send_raw(
        self, data: bytes, name: str = "notitie.txt", *, visitor: Visitor | None = None, url: str | None = None
    ) -> TestResponse:
        """Send a file as the script does."""
        who = visitor or self.anna
        headers = {
            "Content-Type": "application/octet-stream",
            "X-CSRF-Token": self.company.token(who),
            "X-File-Name": quote(name),
            "Accept": "application/json",
        }
        return self.post(who, url or self.url(), data=data, headers=headers)

    def send_form(self, *files: tuple[str, bytes], visitor: Visitor | None = None) -> TestResponse:
        """Send files as a form does, byte for byte, since the test client would spool a large one."""
        who = visitor or self.anna
        token = f'--{BORDER}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.company.token(who)}\r\n'
        body = token.encode()
        for name, data in files:
            head = f'--{BORDER}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
            body += head.encode() + data + b"\r\n"
        headers = {"Content-Type": f"multipart/form-data; boundary={BORDER}"}
        return self.post(who, self.url(), data=body + f"--{BORDER}--\r\n".encode(), headers=headers)

    def press(self, url: str, visitor: Visitor | None = None) -> TestResponse:
        """Press a button that needs its token only."""
        who = visitor or self.anna
        return self.post(who, url, data={"csrf_token": self.company.token(who)})

    def post(self, visitor: Visitor, url: str, **request: object) -> TestResponse:
        """Send something, and take the answer as it is."""
        return visitor.client.post(
            url,
            base_url=visitor.base_url,
            environ_overrides=visitor.environment,
            **request,
        )

    def get(self, url: str, visitor: Visitor | None = None, **headers: str) -> TestResponse:
        """Ask for something."""
        who = visitor or self.anna
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return who.client.get(url, base_url=who.base_url, environ_overrides=who.environment, headers=named)

    def add(self, data: bytes = TEXT, name: str = "notitie.txt") -> UUID:
        """Let Anna get a file ready; return its id."""
        response = self.send_raw(data, name)
        assert response.status_code == 201, response.text
        return UUID(response.get_json()["id"])

    def share(self, data: bytes = TEXT, name: str = "notitie.txt") -> UUID:
        """Let Anna send a file with a message; return its id."""
        file_id = self.add(data, name)
        with self.company.preparing() as world:
            post_message(
                world.session,
                self.dialogue_id,
                "Hierbij.",
                [file_id],
                world.session.source.new_id(),
                world.actor("Anna"),
                base_url="https://datakluis.example",
            )
        return file_id

    def left_behind(self) -> tuple[int, int, int, int, list[str]]:
        """What there is of files: rows of each table, entries of the log, and what lies in the folder."""
        with self.company.portal.session() as session:
            tables = (Attachment, StoredFile, FileKey)
            rows = [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
            entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "attachment:upload")
            logged = session.scalar(entries) or 0
        folder = self.company.portal.services.settings.files_directory
        return (rows[0], rows[1], rows[2], logged, files_in(folder))


def start_talk(company: Company) -> Talk:
    """Let Anna start a dialogue with Ilse."""
    with company.preparing() as world:
        ilse = NewParticipant(ParticipantKind.USER, world.people["Ilse"].id)
        draft = NewDialogue("Rooster", "Wie kan er?", None, None, (ilse,), (), world.session.source.new_id())
        actor = world.actor("Anna")
        dialogue_id = start_dialogue(world.session, draft, actor, base_url="https://datakluis.example").id
    return Talk(company, dialogue_id, company.visitor("Anna", "/"))


class Cut(io.RawIOBase):
    """A body of which less comes than was said."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._data.readinto(buffer)

    def seek(self, _place: int, _whence: int = 0) -> int:
        # The test client looks how much there is, and is told otherwise beside it.
        return 0

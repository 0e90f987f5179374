"""*Mijn documenten*: the files of the own dialogues, the newest first (D-06)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from dialogs.contents import Roster
from dialogs.epochs import held_epochs
from dialogs.models import Attachment, Dialogue, Epoch, Message, Participant
from dialogs.rosters import open_rosters
from documents.keys import unwrap_file_key
from documents.kinds import FileKind
from documents.models import FileKey, StoredFile
from documents.storing import About, read_about

PAGE_SIZE = 50


@dataclass(frozen=True)
class OwnDocument:
    """A file that somebody posted in a dialogue of the actor's, with the subject and the name of whoever it was."""

    id: UUID
    dialogue_id: UUID
    name: str = field(repr=False)
    kind: FileKind
    size: int
    subject: str = field(repr=False)
    author: str = field(repr=False)
    posted_at: datetime


@dataclass(frozen=True)
class DocumentPage:
    """A page of the own documents, and how many there are in all."""

    lines: tuple[OwnDocument, ...]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; 1 where there is nothing."""
        return max(1, -(-self.total // self.size))


def list_documents(session: Session, actor: Actor, page: int = 1) -> DocumentPage:
    """A page (50) of the files that the actor can open, whichever dialogue they are of, the newest first.

    It takes the same number of queries however many there are. Raises `PermissionDenied`.
    """
    actor.require(Permission.OWN_DATA_READ)
    number = max(page, 1)
    own = _own(actor)
    total = session.scalar(select(func.count()).select_from(own.subquery())) or 0
    newest = own.order_by(Message.posted_at.desc(), Attachment.id).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    rows = list(session.execute(newest))
    details: dict[str, str | int] = {"count": len(rows), "page": number, "total": total, "filter": "files"}
    subjects = {dialogue.employee_id for _, _, dialogue, *_ in rows if dialogue.employee_id}
    record(session, Action.DIALOGUE_LIST, by=actor.who, subjects=subjects, details=details)
    epochs = {epoch.holder_id: epoch for _, _, _, epoch, _, _ in rows}
    actor.keys.preload(session, list(epochs))
    rosters = open_rosters(session, epochs.values(), actor.keys)
    lines = tuple(
        _document(attachment, message, rosters[(epoch.dialogue_id, epoch.number)], _about(session, stored, key, actor))
        for attachment, message, _, epoch, stored, key in rows
    )
    return DocumentPage(lines, number, PAGE_SIZE, total)


def _own(actor: Actor) -> Select[Attachment, Message, Dialogue, Epoch, StoredFile, FileKey]:
    held = held_epochs(actor.keys).subquery()
    return (
        select(Attachment, Message, Dialogue, Epoch, StoredFile, FileKey)
        .join(Message, Message.id == Attachment.message_id)
        .join(Dialogue, Dialogue.id == Message.dialogue_id)
        .join(Participant, Participant.dialogue_id == Dialogue.id)
        .join(Epoch, (Epoch.dialogue_id == Message.dialogue_id) & (Epoch.number == Message.epoch_number))
        .join(held, held.c.holder_id == Epoch.holder_id)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .join(FileKey, (FileKey.file_id == StoredFile.id) & (FileKey.holder_id == Epoch.holder_id))
        .where(Participant.person_id == actor.person_id)
    )


def _about(session: Session, stored: StoredFile, key: FileKey, actor: Actor) -> tuple[About, int]:
    return read_about(stored, unwrap_file_key(session, key, actor)), stored.size


def _document(attachment: Attachment, message: Message, roster: Roster, found: tuple[About, int]) -> OwnDocument:
    about, size = found
    author = roster.entries.get(message.participant_id)
    return OwnDocument(
        id=attachment.id,
        dialogue_id=attachment.dialogue_id,
        name=about.name,
        kind=about.kind,
        size=size,
        subject=roster.subject,
        author=author.name if author else "",
        posted_at=message.posted_at,
    )

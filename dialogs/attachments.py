"""The files of a dialogue (D-06): until its message is posted, one is in the hands of who uploaded it and of no other.

Posting hands its key to the epoch, so that exactly those open it who open the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from crypto.secret import Secret
from database.session import Session
from dialogs.epochs import held_epochs
from dialogs.errors import DialogueClosed, FieldFault, InvalidDialogue, NotFound
from dialogs.finding import Taking, find_dialogue
from dialogs.models import Attachment, DialogueState, Epoch, Message, ParticipantState
from dialogs.recording import record_act
from documents.errors import FileRefused
from documents.keys import give_file_key, hand_file_over, open_file_key, unwrap_file_key, unwrap_with
from documents.kinds import SHOWN_PICTURES, FileKind
from documents.models import FileKey, StoredFile
from documents.storing import MEBIBYTE, Upload, keep_file, read_about
from documents.sweeping import UNUSED, destroy_files
from keys.errors import NoKey
from organisation.employer_fields import N_

MOST_FILES = 20
MOST_BYTES_WAITING = 1024 * MEBIBYTE
"""How much one person may have ready for messages that are not posted yet, so that nobody fills the disk."""
FILE = "stored_file"


@dataclass(frozen=True)
class AttachmentView:
    """A file of a message. `is_protected`: it has a password, so that nobody looked inside."""

    id: UUID
    name: str = field(repr=False)
    kind: FileKind
    size: int
    is_protected: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether every browser shows it."""
        return self.kind in SHOWN_PICTURES

    @property
    def has_pages(self) -> bool:
        """Whether its pages can be shown."""
        return self.kind is FileKind.PDF and not self.is_protected


@dataclass(frozen=True)
class OpenAttachment:
    """A file that the actor can open: its row, its key, and what is known of it."""

    row: StoredFile
    key: Secret = field(repr=False)
    view: AttachmentView


def check_upload(session: Session, dialogue_id: UUID, actor: Actor) -> None:
    """Whether the actor may add a file to a dialogue now, to be asked before it comes in.

    Raises `PermissionDenied`, `NotFound` for whoever takes no part, `DialogueClosed`.
    """
    _find_to_add(session, dialogue_id, actor)


def upload_attachment(session: Session, dialogue_id: UUID, upload: Upload, name: str, actor: Actor) -> AttachmentView:
    """Keep a file that came in for a message that is still to be posted.

    Raises `documents.errors.FileRefused`, also for whoever has too much ready that was not posted, `StoreUnavailable`,
    and as `check_upload` does.
    """
    found = upload.check()
    taking = _find_to_add(session, dialogue_id, actor)
    _require_room(session, upload, actor)
    details = {"kind": found.kind.value, "size": upload.size}
    record_act(session, Action.ATTACHMENT_UPLOAD, taking.dialogue, actor, details)
    row = keep_file(session, upload, name, found, by=actor.person_id)
    session.add(
        Attachment(
            id=row.id,
            dialogue_id=dialogue_id,
            organisation_id=taking.dialogue.organisation_id,
            participant_id=taking.me.id,
            file_id=row.id,
            created_at=row.created_at,
        )
    )
    give_file_key(session, row.id, upload.key, actor.person_id, actor)
    return _view(row, upload.key)


def upload_for_new(session: Session, upload: Upload, name: str, actor: Actor) -> AttachmentView:
    """Keep a file that came in for a dialogue that is still to be started. Raises as `upload_attachment` does."""
    actor.require(Permission.DIALOGUE_START)
    found = upload.check()
    _require_room(session, upload, actor)
    details = {"kind": found.kind.value, "size": upload.size}
    record(session, Action.ATTACHMENT_UPLOAD, by=actor.who, object_type=FILE, object_id=upload.file_id, details=details)
    row = keep_file(session, upload, name, found, by=actor.person_id)
    give_file_key(session, row.id, upload.key, actor.person_id, actor)
    return _view(row, upload.key)


def waiting_files(session: Session, dialogue_id: UUID, actor: Actor) -> tuple[AttachmentView, ...]:
    """The files that the actor has ready for the next message of a dialogue. Raises `PermissionDenied`, `NotFound`."""
    taking = find_dialogue(session, dialogue_id, actor)
    statement = _own_files(actor).join(Attachment, Attachment.file_id == StoredFile.id)
    return _views(session, statement.where(Attachment.dialogue_id == taking.dialogue.id), actor)


def waiting_new_files(session: Session, file_ids: Iterable[UUID], actor: Actor) -> tuple[AttachmentView, ...]:
    """Those of some files that the actor has ready for a new dialogue."""
    return _views(session, _own_new_files(actor).where(StoredFile.id.in_(list(file_ids))), actor)


def remove_attachment(session: Session, dialogue_id: UUID, attachment_id: UUID, actor: Actor) -> None:
    """Destroy a file of the actor's own that was not posted yet.

    What it held lies in the store until the caller or the next sweep takes it away. Raises `PermissionDenied`,
    `NotFound`.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    attachment = session.get(Attachment, attachment_id, populate_existing=True)
    if attachment is None or attachment.dialogue_id != dialogue_id or attachment.message_id is not None:
        raise NotFound
    if attachment.participant_id != taking.me.id:
        raise NotFound
    record_act(session, Action.ATTACHMENT_REMOVE, taking.dialogue, actor)
    _destroy(session, [attachment])


def remove_new_file(session: Session, file_id: UUID, actor: Actor) -> None:
    """Destroy a file that the actor had ready for a new dialogue. Raises `PermissionDenied`, `NotFound`."""
    actor.require(Permission.DIALOGUE_START)
    if session.scalar(_own_new_files(actor).where(StoredFile.id == file_id)) is None:
        raise NotFound
    record(session, Action.ATTACHMENT_REMOVE, by=actor.who, object_type=FILE, object_id=file_id)
    destroy_files(session, [file_id])


def attach_files(session: Session, message: Message, epoch: Epoch, file_ids: Sequence[UUID], actor: Actor) -> None:
    """Add the actor's own files to a message that was just written, and hand their keys to its epoch.

    Raises `NotFound` for a file that is not ready for this dialogue, `InvalidDialogue` for too many.
    """
    wanted = list(dict.fromkeys(file_ids))
    if len(wanted) > MOST_FILES:
        raise InvalidDialogue([FieldFault("files", N_("Voeg ten hoogste 20 bestanden aan een bericht toe."))])
    ready = {row.id for row in session.scalars(_own_files(actor).where(StoredFile.id.in_(wanted)))}
    kept = select(Attachment).where(Attachment.file_id.in_(wanted)).execution_options(populate_existing=True)
    attachments = {attachment.file_id: attachment for attachment in session.scalars(kept)}
    for file_id in wanted:
        attachment = attachments.get(file_id) or _new_attachment(session, message, file_id)
        if file_id not in ready or attachment.dialogue_id != message.dialogue_id:
            raise NotFound
        attachment.message_id = message.id
        session.add(attachment)
        hand_file_over(session, file_id, actor.person_id, epoch.holder_id, actor)


def attachments_of(
    session: Session, messages: Iterable[Message], wrap_keys: Mapping[int, Secret]
) -> dict[UUID, tuple[AttachmentView, ...]]:
    """The files of some messages, by message, in one query; `wrap_keys` are those of the epochs, by number."""
    found: dict[UUID, list[AttachmentView]] = {}
    statement = _posted().where(Attachment.message_id.in_([message.id for message in messages]))
    for row, key, message_id, epoch_number in session.execute(statement):
        if epoch_number in wrap_keys:
            opened = unwrap_with(wrap_keys[epoch_number], key)
            found.setdefault(message_id, []).append(_view(row, opened))
    return {message_id: tuple(views) for message_id, views in found.items()}


def read_attachment(
    session: Session, dialogue_id: UUID, attachment_id: UUID, actor: Actor, *, page: int | None = None
) -> OpenAttachment:
    """A file of a dialogue, or one page of it, for who can open its message; the log is told first.

    Raises `PermissionDenied`, `NotFound`.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.dialogue_id != dialogue_id:
        raise NotFound
    if attachment.message_id is None and attachment.participant_id != taking.me.id:
        raise NotFound
    record_act(session, Action.ATTACHMENT_READ, taking.dialogue, actor, {} if page is None else {"page": page})
    row = session.get_one(StoredFile, attachment.file_id)
    try:
        key = open_file_key(session, row.id, _holder_of(session, attachment, actor), actor)
    except NoKey:
        # It was posted when the actor did not take part.
        raise NotFound from None
    return OpenAttachment(row, key, _view(row, key))


@dataclass(frozen=True)
class PostedFile:
    """A file that was posted, and when."""

    view: AttachmentView
    posted_at: datetime


def posted_files(session: Session, dialogue_id: UUID, actor: Actor) -> tuple[PostedFile, ...]:
    """The files that were posted in a dialogue, as far as the actor can open them; the log is told first.

    Raises `PermissionDenied`, `NotFound`.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    held = held_epochs(actor.keys).where(Epoch.dialogue_id == dialogue_id).with_only_columns(Epoch.holder_id)
    open_to = _posted().where(Attachment.dialogue_id == dialogue_id, FileKey.holder_id.in_(held))
    count = session.scalar(open_to.with_only_columns(func.count()).order_by(None)) or 0
    record_act(session, Action.DIALOGUE_READ, taking.dialogue, actor, {"count": 0, "files": count})
    files = files_of_dialogue(session, dialogue_id, actor)
    moments = dict(session.execute(select(Message.id, Message.posted_at).where(Message.id.in_(list(files)))).all())
    return tuple(PostedFile(file.view, moments[message_id]) for message_id, some in files.items() for file in some)


def files_of_dialogue(session: Session, dialogue_id: UUID, actor: Actor) -> dict[UUID, tuple[OpenAttachment, ...]]:
    """Every file that was posted in a dialogue and that the actor can open, by message, the oldest first.

    The caller has found the dialogue, and written in the log what for.
    """
    found: dict[UUID, list[OpenAttachment]] = {}
    for row, key, message_id, _number in session.execute(_posted().where(Attachment.dialogue_id == dialogue_id)):
        try:
            opened = unwrap_file_key(session, key, actor)
        except NoKey:
            continue
        found.setdefault(message_id, []).append(OpenAttachment(row, opened, _view(row, opened)))
    return {message_id: tuple(files) for message_id, files in found.items()}


def purge_unposted(session: Session) -> int:
    """Destroy the files that waited a day for their message; return how many. It needs no key (design 2.7)."""
    overdue = select(Attachment).where(
        Attachment.message_id.is_(None), Attachment.created_at < session.source.now() - UNUSED
    )
    attachments = session.scalars(overdue.limit(500)).all()
    _destroy(session, attachments)
    return len(attachments)


def _find_to_add(session: Session, dialogue_id: UUID, actor: Actor) -> Taking:
    taking = find_dialogue(session, dialogue_id, actor)
    if taking.me.state != ParticipantState.TAKING_PART:
        raise NotFound
    if taking.dialogue.state != DialogueState.OPEN:
        raise DialogueClosed
    return taking


def _require_room(session: Session, upload: Upload, actor: Actor) -> None:
    """Raise `FileRefused` where the actor has too much in hand already."""
    waiting = session.scalar(_own_files(actor).with_only_columns(func.sum(StoredFile.size)).order_by(None)) or 0
    if waiting + upload.size > MOST_BYTES_WAITING:
        upload.discard()
        raise FileRefused("no_room")


def _own_files(actor: Actor) -> Select[StoredFile]:
    """The files that the actor has in hand, for the key that is still his or hers."""
    return (
        select(StoredFile)
        .join(FileKey, FileKey.file_id == StoredFile.id)
        .where(
            FileKey.holder_id == actor.person_id,
            FileKey.generation == actor.keys.generation,
            StoredFile.created_by == actor.person_id,
        )
        .order_by(StoredFile.created_at, StoredFile.id)
    )


def _own_new_files(actor: Actor) -> Select[StoredFile]:
    return _own_files(actor).where(StoredFile.id.not_in(select(Attachment.file_id)))


def _views(session: Session, statement: Select[StoredFile], actor: Actor) -> tuple[AttachmentView, ...]:
    with_keys = statement.add_columns(FileKey)
    return tuple(_view(row, unwrap_file_key(session, key, actor)) for row, key in session.execute(with_keys))


def _posted() -> Select[StoredFile, FileKey, UUID, int]:
    """Files with the key of the epoch in which their message was written."""
    return (
        select(StoredFile, FileKey, Message.id, Message.epoch_number)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .join(Message, Message.id == Attachment.message_id)
        .join(Epoch, (Epoch.dialogue_id == Message.dialogue_id) & (Epoch.number == Message.epoch_number))
        .join(FileKey, (FileKey.file_id == StoredFile.id) & (FileKey.holder_id == Epoch.holder_id))
        .order_by(Message.number, Attachment.created_at, Attachment.id)
    )


def _holder_of(session: Session, attachment: Attachment, actor: Actor) -> UUID:
    if attachment.message_id is None:
        return actor.person_id
    message = session.get_one(Message, attachment.message_id)
    return session.get_one(Epoch, (message.dialogue_id, message.epoch_number)).holder_id


def _new_attachment(session: Session, message: Message, file_id: UUID) -> Attachment:
    """Of a file that was uploaded before there was a dialogue."""
    return Attachment(
        id=file_id,
        dialogue_id=message.dialogue_id,
        organisation_id=message.organisation_id,
        participant_id=message.participant_id,
        file_id=file_id,
        created_at=session.source.now(),
    )


def _destroy(session: Session, attachments: Iterable[Attachment]) -> None:
    files = {attachment.id: attachment.file_id for attachment in attachments}
    session.execute(delete(Attachment).where(Attachment.id.in_(list(files))))
    destroy_files(session, files.values())


def _view(row: StoredFile, key: Secret) -> AttachmentView:
    about = read_about(row, key)
    return AttachmentView(row.id, about.name, about.kind, row.size, about.is_protected)

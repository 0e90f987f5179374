"""Writing a line of a conversation, under the key of its epoch."""

from __future__ import annotations

from uuid import UUID

from crypto.sealing import seal
from database.session import Session
from dialogs.contents import Content
from dialogs.epochs import OpenEpoch
from dialogs.models import Dialogue, Message, MessageKind, Participant
from dialogs.places import place_of_message
from keys.places import wrap_key_of


def write_message(
    session: Session, dialogue: Dialogue, author: Participant, epoch: OpenEpoch, content: Content, request_id: UUID
) -> Message:
    """Add the next line of a dialogue that the caller has locked, and return it.

    Who wrote it has read all up to it, if nothing was unread.
    """
    dialogue.message_count += 1
    message = Message(
        id=session.source.new_id(),
        dialogue_id=dialogue.id,
        organisation_id=dialogue.organisation_id,
        number=dialogue.message_count,
        epoch_number=epoch.row.number,
        participant_id=author.id,
        kind=MessageKind.TEXT.value if content.event is None else MessageKind.EVENT.value,
        posted_at=session.source.now(),
        request_id=request_id,
    )
    message.sealed = seal(wrap_key_of(epoch.secret), content.to_bytes(), place_of_message(message))
    dialogue.last_message_at = message.posted_at
    if author.read_up_to == message.number - 1:
        author.read_up_to = message.number
    session.add(message)
    session.flush()
    return message


def write_event(
    session: Session,
    dialogue: Dialogue,
    author: Participant,
    epoch: OpenEpoch,
    event: str,
    participant_id: UUID | None = None,
    reason: str | None = None,
) -> Message:
    """Add a line that tells what happened to the dialogue, or to one of its participants."""
    content = Content(event=event, participant_id=participant_id, reason=reason)
    return write_message(session, dialogue, author, epoch, content, session.source.new_id())

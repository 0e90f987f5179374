"""Writing in a dialogue (D-02, D-06). A message that is sent twice, for want of an answer, is posted once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action
from database.session import Session
from dialogs.attachments import attach_files
from dialogs.contents import LONGEST_TEXT, Content
from dialogs.drafts import drop_draft
from dialogs.errors import FieldFault, InvalidDialogue, NotFound
from dialogs.finding import find_to_write
from dialogs.messages import write_message
from dialogs.models import Message, Participant
from dialogs.notices import queue_notices
from dialogs.recording import record_act
from dialogs.settling import settle
from organisation.employer_fields import N_


def post_message(
    session: Session,
    dialogue_id: UUID,
    text: str,
    attachment_ids: Sequence[UUID],
    request_id: UUID,
    actor: Actor,
    *,
    base_url: str,
) -> Message:
    """Add a message for those who are to hear it now; the same `request_id` gives the message that is there (D-02).

    Raises `PermissionDenied`, `NotFound` for whoever takes no part, `DialogueClosed`, `LockedOut`, `ContactChanged`,
    `InvalidDialogue` for a text that is missing or too long, or for too many files.
    """
    taking = find_to_write(session, dialogue_id, actor)
    posted = _posted_before(session, taking.me, request_id)
    if posted is not None:
        return posted
    clean = check_text(text, needed=not attachment_ids)
    details = {"number": taking.dialogue.message_count + 1, "attachments": len(attachment_ids)}
    record_act(session, Action.DIALOGUE_POST, taking.dialogue, actor, details)
    epoch = settle(session, taking, actor)
    message = write_message(session, taking.dialogue, taking.me, epoch, Content(text=clean), request_id)
    attach_files(session, message, epoch.row, attachment_ids, actor)
    drop_draft(session, dialogue_id, actor)
    queue_notices(session, taking.dialogue, taking.me, base_url=base_url)
    return message


def check_text(text: str, *, needed: bool = True) -> str:
    """What somebody wrote, as it is kept. Raises `InvalidDialogue`."""
    clean = text.replace("\r\n", "\n").replace("\0", "").strip()
    if needed and not clean:
        raise InvalidDialogue([FieldFault("text", N_("Schrijf een bericht."))])
    if len(clean) > LONGEST_TEXT:
        raise InvalidDialogue([FieldFault("text", N_("Gebruik ten hoogste 10.000 tekens."))])
    return clean


def _posted_before(session: Session, author: Participant, request_id: UUID) -> Message | None:
    """The message that this request posted before. Raises `NotFound` for a request of somebody else."""
    statement = select(Message).where(Message.dialogue_id == author.dialogue_id, Message.request_id == request_id)
    posted = session.scalars(statement).first()
    if posted is not None and posted.participant_id != author.id:
        raise NotFound
    return posted

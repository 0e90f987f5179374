"""How many messages wait for somebody: a number that needs no key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from dialogs.models import Dialogue, Message, MessageKind, Participant, ParticipantState


def unread_count(session: Session, actor: Actor) -> int:
    """How many messages of others wait for the actor, in all dialogues; 0 for whoever takes part in none."""
    if Permission.DIALOGUE_READ not in actor.permissions:
        return 0
    own = Participant.person_id == actor.person_id
    return session.scalar(_unread(own).with_only_columns(func.count())) or 0


def unread_by_dialogue(session: Session, person_id: UUID, dialogue_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """How many wait for one person, by dialogue; none where nothing waits."""
    wanted = Message.dialogue_id.in_(list(dialogue_ids))
    counted = _unread(Participant.person_id == person_id, wanted).with_only_columns(Message.dialogue_id, func.count())
    return dict(session.execute(counted.group_by(Message.dialogue_id)).all())


def unread_by_person(session: Session, person_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """How many wait for each of some people, in one query; nobody is in it for whom nothing waits."""
    wanted = Participant.person_id.in_(list(person_ids))
    counted = _unread(wanted).with_only_columns(Participant.person_id, func.count()).group_by(Participant.person_id)
    return {person_id: count for person_id, count in session.execute(counted) if person_id is not None}


def _unread(*conditions: ColumnElement[bool]) -> Select[Message]:
    """The messages of others that those who take part can open and have not read; what happened is no message."""
    return (
        select(Message)
        .join(Participant, Participant.dialogue_id == Message.dialogue_id)
        .join(Dialogue, Dialogue.id == Participant.dialogue_id)
        .where(
            Participant.state == ParticipantState.TAKING_PART.value,
            Dialogue.message_count > Participant.read_up_to,
            Message.number > Participant.read_up_to,
            Message.epoch_number >= Participant.from_epoch,
            Message.participant_id != Participant.id,
            Message.kind == MessageKind.TEXT.value,
            *conditions,
        )
    )

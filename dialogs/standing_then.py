"""How a dialogue stood when somebody left or was taken out, which is all that such a one sees of it (D-03, D-08).

What is said afterwards lies under other keys. Who came, went, read or closed lies open for the server, and here it is
left out.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from dialogs.models import Dialogue, DialogueState, Participant, ParticipantState


def is_before_end(moment: datetime, me: Participant) -> bool:
    """Tell whether something happened while somebody took part, or in the moment in which that ended."""
    return me.ended_at is None or moment <= me.ended_at


def state_seen(dialogue: Dialogue, me: Participant) -> DialogueState:
    """Whether the dialogue is closed, as far as `me` may know."""
    if dialogue.closed_at is not None and not is_before_end(dialogue.closed_at, me):
        return DialogueState.OPEN
    return DialogueState(dialogue.state)


def is_seen_as(state: DialogueState) -> ColumnElement[bool]:
    """The condition that a dialogue is in this state as far as its participant, who is joined to it, may know."""
    closed = and_(
        Dialogue.state == DialogueState.CLOSED.value,
        or_(Participant.ended_at.is_(None), Dialogue.closed_at <= Participant.ended_at),
    )
    return closed if state is DialogueState.CLOSED else ~closed


def place_seen(person: Participant, me: Participant) -> ParticipantState:
    """Where another stands in the dialogue, as far as `me` may know."""
    if me.ended_at is None or (person.ended_at is not None and person.ended_at <= me.ended_at):
        return ParticipantState(person.state)
    has_joined = person.joined_at is not None and person.joined_at <= me.ended_at
    return ParticipantState.TAKING_PART if has_joined else ParticipantState.INVITED

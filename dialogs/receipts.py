"""Who has read a message, and when for the first time (NTA 7516, 6.4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from accounts.actor import Actor
from audit.actions import Action
from database.insertion import insert_into
from database.session import Session
from dialogs.finding import Taking
from dialogs.models import Message, Participant, Reading
from dialogs.recording import record_act


@dataclass(frozen=True)
class Receipts:
    """Of each participant the readings that tell of some messages, in order: up to which number, and when."""

    readings: Mapping[UUID, Sequence[tuple[int, datetime]]]

    def of(self, number: int) -> Iterator[tuple[UUID, datetime]]:
        """Who has read message `number`, each with the moment of the first reading that got so far."""
        for participant_id, readings in self.readings.items():
            for up_to, moment in readings:
                if up_to >= number:
                    yield participant_id, moment
                    break


def receipts_of(session: Session, participants: Sequence[Participant], lines: Sequence[Message]) -> Receipts:
    """The receipts of some messages of a dialogue, in two queries: each reading among them, the first one beyond."""
    ids = [person.id for person in participants]
    if not lines:
        return Receipts({})
    last = lines[-1].number
    beyond = (
        select(Reading.participant_id, func.min(Reading.up_to).label("up_to"))
        .where(Reading.participant_id.in_(ids), Reading.up_to >= last)
        .group_by(Reading.participant_id)
        .subquery()
    )
    first_beyond = select(Reading).join(
        beyond, (beyond.c.participant_id == Reading.participant_id) & (beyond.c.up_to == Reading.up_to)
    )
    among = select(Reading).where(
        Reading.participant_id.in_(ids), Reading.up_to >= lines[0].number, Reading.up_to < last
    )
    found: dict[UUID, list[tuple[int, datetime]]] = {participant_id: [] for participant_id in ids}
    for row in [*session.scalars(among.order_by(Reading.up_to)), *session.scalars(first_beyond)]:
        found[row.participant_id].append((row.up_to, row.read_at))
    return Receipts(found)


def note_reading(session: Session, taking: Taking, up_to: int, actor: Actor) -> None:
    """Write that the actor has read up to a message, logged; what was read before keeps its moment.

    It opens nothing: the look itself has an entry of its own.
    """
    me = taking.me
    record_act(session, Action.DIALOGUE_READ, taking.dialogue, actor, {"count": 0, "marked": up_to})
    me.notice_sent_at = None
    if up_to > me.read_up_to:
        me.read_up_to = up_to
        row = {
            "participant_id": me.id,
            "up_to": up_to,
            "organisation_id": me.organisation_id,
            "read_at": session.source.now(),
        }
        session.execute(insert_into(session, Reading).on_conflict_do_nothing(), [row])
    session.flush()

"""Finding a dialogue: only for its participants, in the query itself (D-03, D-rule 28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from dialogs.errors import DialogueClosed, NotFound
from dialogs.models import Dialogue, DialogueState, Participant, ParticipantState

STAYING = frozenset({ParticipantState.INVITED.value, ParticipantState.TAKING_PART.value})
"""The states of whoever gets what is new."""


@dataclass(frozen=True)
class Taking:
    """A dialogue, and the actor's own place in it."""

    dialogue: Dialogue
    me: Participant


def find_dialogue(session: Session, dialogue_id: UUID, actor: Actor, *, lock: bool = False) -> Taking:
    """The dialogue for somebody who takes or took part in it; nobody else, administrators neither (D-rule 28).

    With `lock` others who write in it wait until this transaction ends. Raises `PermissionDenied`, `NotFound`.
    """
    actor.require(Permission.DIALOGUE_READ)
    statement = (
        select(Dialogue, Participant)
        .join(Participant, Participant.dialogue_id == Dialogue.id)
        .where(Dialogue.id == dialogue_id, Participant.person_id == actor.person_id)
    )
    if lock:
        statement = statement.with_for_update(of=Dialogue)
    found = session.execute(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return Taking(*found)


def find_to_write(session: Session, dialogue_id: UUID, actor: Actor) -> Taking:
    """The dialogue, locked, for somebody who takes part now; whoever left or was removed finds none.

    Raises `PermissionDenied`, `NotFound`, `DialogueClosed`.
    """
    taking = find_dialogue(session, dialogue_id, actor, lock=True)
    if taking.me.state != ParticipantState.TAKING_PART:
        raise NotFound
    if taking.dialogue.state != DialogueState.OPEN:
        raise DialogueClosed
    return taking


def may_remove(taking: Taking, person: Participant) -> bool:
    """Tell whether the actor may take somebody out: the starter anybody, others whom they added."""
    return taking.me.person_id in {taking.dialogue.started_by, person.added_by}


def participants_of(session: Session, dialogue_id: UUID) -> list[Participant]:
    """All who take or took part in a dialogue that the caller has found, oldest first."""
    statement = select(Participant).where(Participant.dialogue_id == dialogue_id)
    ordered = statement.order_by(Participant.added_at, Participant.id).execution_options(populate_existing=True)
    return list(session.scalars(ordered))


def participants_of_many(session: Session, dialogue_ids: Iterable[UUID]) -> Mapping[UUID, list[Participant]]:
    """The same of several dialogues, in one query."""
    wanted = list(dialogue_ids)
    found: dict[UUID, list[Participant]] = {dialogue_id: [] for dialogue_id in wanted}
    statement = select(Participant).where(Participant.dialogue_id.in_(wanted))
    for participant in session.scalars(statement.order_by(Participant.added_at, Participant.id)):
        found[participant.dialogue_id].append(participant)
    return found

"""*Berichten*: the own dialogues, with what is unread, newest first (D-01)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.recording import record
from database.session import Session
from dialogs.contents import Roster
from dialogs.epochs import newest_epochs_held
from dialogs.models import Dialogue, DialogueState, Participant
from dialogs.rosters import open_rosters
from dialogs.standing_then import is_seen_as, state_seen
from dialogs.unread import unread_by_dialogue, unread_count

__all__ = [
    "DialogueFilter",
    "DialogueLine",
    "DialoguePage",
    "lines_of",
    "list_dialogues",
    "own_dialogues",
    "unread_count",
]

PAGE_SIZE = 50


@dataclass(frozen=True)
class DialogueFilter:
    """Which of the own dialogues to show; what is None leaves none out."""

    state: DialogueState | None = None
    employee_id: UUID | None = None
    employer_id: UUID | None = None

    @property
    def fields(self) -> str:
        """The names of what is given."""
        given = {"employee": self.employee_id, "employer": self.employer_id, "state": self.state}
        return " ".join(name for name, value in given.items() if value is not None)


@dataclass(frozen=True)
class DialogueLine:
    """A dialogue in a list; without a subject for whom no epoch opens, as after a renewed key.

    `participants` are the names of the others.
    """

    id: UUID
    subject: str | None = field(repr=False)
    state: DialogueState
    participants: tuple[str, ...] = field(repr=False)
    unread: int
    last_message_at: datetime
    employee_id: UUID | None


@dataclass(frozen=True)
class DialoguePage:
    """A page of the own dialogues, and how many there are in all."""

    lines: tuple[DialogueLine, ...]
    number: int
    size: int
    total: int


def list_dialogues(session: Session, actor: Actor, wanted: DialogueFilter, page: int = 1) -> DialoguePage:
    """A page (50) of the dialogues in which the actor takes or took part, the one with the newest message first.

    It takes the same number of queries however many there are. Raises `PermissionDenied`.
    """
    actor.require(Permission.DIALOGUE_READ)
    number = max(page, 1)
    rows = list(
        session.execute(own_dialogues(actor, *_matching(wanted)).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    )
    total = _count(session, actor, _matching(wanted))
    details: dict[str, Detail] = {"count": len(rows), "page": number, "total": total}
    if wanted.fields:
        details["filter"] = wanted.fields
    subjects = {dialogue.employee_id for dialogue, _ in rows if dialogue.employee_id}
    record(session, Action.DIALOGUE_LIST, by=actor.who, subjects=subjects, details=details)
    return DialoguePage(lines_of(session, actor, rows), number, PAGE_SIZE, total)


def own_dialogues(actor: Actor, *conditions: ColumnElement[bool]) -> Select[Dialogue, Participant]:
    """The dialogues of the actor with the actor's own place in each, newest first.

    For whoever left or was removed the last message is that of then: nothing shows of what came after.
    """
    statement = (
        select(Dialogue, Participant)
        .join(Participant, Participant.dialogue_id == Dialogue.id)
        .where(Participant.person_id == actor.person_id, *conditions)
    )
    return statement.order_by(func.coalesce(Participant.ended_at, Dialogue.last_message_at).desc(), Dialogue.id)


def lines_of(session: Session, actor: Actor, rows: Iterable[tuple[Dialogue, Participant]]) -> tuple[DialogueLine, ...]:
    """Dialogues of the actor as a list shows them; the caller has told the log."""
    own = list(rows)
    ids = [dialogue.id for dialogue, _ in own]
    epochs = newest_epochs_held(session, ids, actor.keys)
    rosters = {key: roster for (key, _), roster in open_rosters(session, epochs.values(), actor.keys).items()}
    unread = unread_by_dialogue(session, actor.person_id, ids)
    return tuple(_line(dialogue, me, rosters.get(dialogue.id), unread) for dialogue, me in own)


def _line(dialogue: Dialogue, me: Participant, roster: Roster | None, unread: Mapping[UUID, int]) -> DialogueLine:
    others = [entry.name for key, entry in roster.entries.items() if key != me.id] if roster else []
    return DialogueLine(
        id=dialogue.id,
        subject=roster.subject if roster else None,
        state=state_seen(dialogue, me),
        participants=tuple(others),
        unread=unread.get(dialogue.id, 0),
        last_message_at=me.ended_at or dialogue.last_message_at,
        employee_id=dialogue.employee_id,
    )


def _matching(wanted: DialogueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        conditions.append(is_seen_as(wanted.state))
    if wanted.employee_id is not None:
        conditions.append(Dialogue.employee_id == wanted.employee_id)
    if wanted.employer_id is not None:
        conditions.append(Dialogue.employer_id == wanted.employer_id)
    return conditions


def _count(session: Session, actor: Actor, conditions: Iterable[ColumnElement[bool]]) -> int:
    statement = own_dialogues(actor, *conditions).with_only_columns(func.count()).order_by(None)
    return session.scalar(statement) or 0

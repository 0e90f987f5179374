"""Searching one's own dialogues, by participant, employee, subject and date.

Subjects and names lie sealed: the rosters that the actor's own grants open are opened and compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.recording import record
from database.calendar import midnight
from database.session import Session
from dialogs.contents import Roster
from dialogs.epochs import newest_epochs_held
from dialogs.listing import DialogueLine, lines_of, own_dialogues
from dialogs.models import Dialogue, Participant
from dialogs.rosters import open_rosters
from organisation.models import Employee
from vault.records import fitting_cards
from vault.sides import side_of

MOST_FOUND = 200


@dataclass(frozen=True)
class SearchWords:
    """What to look for; what is empty leaves nothing out. The days are those of the last message."""

    participant: str = field(default="", repr=False)
    employee: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    since: date | None = None
    until: date | None = None

    @property
    def fields(self) -> str:
        """The names of what is given."""
        names = ("participant", "employee", "subject", "since", "until")
        return " ".join(name for name in names if getattr(self, name))


def search_dialogues(session: Session, actor: Actor, words: SearchWords) -> list[DialogueLine]:
    """The own dialogues that fit, the newest first, at most 200.

    An employee is found by name, for whom records are open, or by personnel number. It is for users: an employee sees
    the own list only (D-rule 31). Raises `PermissionDenied`.
    """
    actor.require(Permission.DIALOGUE_READ)
    actor.require(Permission.DIALOGUE_START)
    rows = list(session.execute(own_dialogues(actor, *_between(words))))
    employees = _employees(session, actor, rows, words.employee)
    rosters = _rosters(session, actor, rows)
    found = [
        (dialogue, me) for dialogue, me in rows if _fits(rosters.get(dialogue.id), dialogue, me, words, employees)
    ][:MOST_FOUND]
    subjects = {dialogue.employee_id for dialogue, _ in found if dialogue.employee_id}
    details: dict[str, Detail] = {"fields": words.fields, "count": len(found)}
    record(session, Action.DIALOGUE_SEARCH, by=actor.who, subjects=subjects, details=details)
    return list(lines_of(session, actor, found))


def _between(words: SearchWords) -> list[ColumnElement[bool]]:
    last = func.coalesce(Participant.ended_at, Dialogue.last_message_at)
    conditions: list[ColumnElement[bool]] = []
    if words.since is not None:
        conditions.append(last >= midnight(words.since))
    if words.until is not None:
        conditions.append(last < midnight(words.until + timedelta(days=1)))
    return conditions


def _employees(session: Session, actor: Actor, rows: Iterable[tuple[Dialogue, Participant]], typed: str) -> set[UUID]:
    wanted = _folded(typed)
    ids = {dialogue.employee_id for dialogue, _ in rows if dialogue.employee_id}
    if not wanted or not ids:
        return set()
    by_number = select(Employee.id).where(Employee.id.in_(ids), func.lower(Employee.personnel_number) == wanted)
    found = set(session.scalars(by_number))
    if side_of(session, actor) is not None:
        cards = fitting_cards(session, actor, ids, lambda card: wanted in _folded(f"{card.full_name} {card.list_name}"))
        found |= cards.keys()
    return found


def _rosters(session: Session, actor: Actor, rows: Iterable[tuple[Dialogue, Participant]]) -> dict[UUID, Roster]:
    epochs = newest_epochs_held(session, [dialogue.id for dialogue, _ in rows], actor.keys)
    return {key: roster for (key, _), roster in open_rosters(session, epochs.values(), actor.keys).items()}


def _fits(roster: Roster | None, dialogue: Dialogue, me: Participant, words: SearchWords, employees: set[UUID]) -> bool:
    subject, participant = _folded(words.subject), _folded(words.participant)
    if words.employee.strip() and dialogue.employee_id not in employees:
        return False
    if not (subject or participant):
        return True
    if roster is None:
        return False
    names = [entry.name for key, entry in roster.entries.items() if key != me.id]
    return subject in _folded(roster.subject) and (
        not participant or any(participant in _folded(name) for name in names)
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())

"""The dossiers that somebody opened last, for a quick way back (*Laatst bezocht*: H-14, K-25)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action, Detail
from audit.reading import last_subjects
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.models import Employee, Organisation
from organisation.scope import is_in_view, require_listing
from vault.records import open_cards
from vault.sides import is_employer, side_of
from vault.tree import grounds_of

MOST_SHOWN = 10
LATELY = timedelta(weeks=13)


@dataclass(frozen=True)
class RecentVisit:
    """An employee whose dossier the actor opened; `name` is None where the actor sees *Anoniem*."""

    employee_id: uuid.UUID
    personnel_number: str
    employer: str
    name: str | None
    visited_at: datetime


def recent_visits(session: Session, actor: Actor) -> list[RecentVisit]:
    """The last 10 people in view whose dossier the actor opened in 13 weeks, the newest first.

    They are known from the actor's own log entries. A vault user sees their names, arbo staff those of whom is shared.
    It is logged as a list, which is no visit. Raises `PermissionDenied`.
    """
    require_listing(actor)
    since = session.source.now() - LATELY
    visited = last_subjects(session, actor.organisation_id, actor.person_id, Action.EMPLOYEE_READ, since=since)
    people = _in_view(session, actor, list(visited))
    shown = [employee_id for employee_id in visited if employee_id in people][:MOST_SHOWN]
    names = _names(session, actor, shown) if shown else {}
    return [
        RecentVisit(employee_id, *people[employee_id], names.get(employee_id), visited[employee_id])
        for employee_id in shown
    ]


def _in_view(session: Session, actor: Actor, employee_ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    statement = (
        select(Employee.id, Employee.personnel_number, Organisation.name)
        .join(Organisation, Organisation.id == Employee.organisation_id)
        .where(Employee.id.in_(employee_ids), is_in_view(actor, today(session)))
    )
    return {employee_id: (number, employer) for employee_id, number, employer in session.execute(statement)}


def _names(session: Session, actor: Actor, employee_ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    grounds = grounds_of(session, actor, employee_ids) if side_of(session, actor) is not None else {}
    named = {employee_id: ground for employee_id, ground in grounds.items() if ground or is_employer(actor)}
    details: dict[str, Detail] = {"count": len(employee_ids), "purpose": "recent"}
    entry = record(session, Action.EMPLOYEE_LIST, by=actor.who, subjects=named, details=details)
    cards = open_cards(session, actor, named, entry=entry) if named else {}
    return {employee_id: card.display_name for employee_id, card in cards.items()}

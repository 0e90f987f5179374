"""Reading the log of one's own organisation, with names only where one's own keys open them (design 3, LOG2, LOG11)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.models import AuditEntry
from audit.reading import LogFilter, LogPage, find_entries
from audit.recording import record
from database.session import Session
from organisation.errors import NotFound
from organisation.models import Organisation
from organisation.tree import personnel_numbers
from vault.models import Share
from vault.tree import grounds_of, names_in_log

NAMED_ON_A_LINE = 3
"""How many employees a line tells of; the others of a long list are a number."""


@dataclass(frozen=True)
class LogReading:
    """A page of the log with what its ids stand for; what an actor may not know is not in it.

    Attributes:
        people: names of people with an account at the own organisation; of others only the organisation may be known.
        organisations: names of the organisations that acted.
        names: names of employees that the actor's own keys open.
        numbers: personnel numbers.
        shared_on: for each ground that is a share of one's own, the moment it was made.
    """

    page: LogPage
    people: Mapping[uuid.UUID, str]
    organisations: Mapping[uuid.UUID, str]
    names: Mapping[uuid.UUID, str]
    numbers: Mapping[uuid.UUID, str]
    shared_on: Mapping[str, datetime]


def read_log(session: Session, log_filter: LogFilter, page: int, actor: Actor) -> LogReading:
    """One page of the log of the actor's organisation, after an entry of this look with whom it shows (LOG2).

    The entry has the ground on which the arbo side sees each name, as that of a list has (LOG6). Cards are opened in
    one query. Raises `PermissionDenied`, and `NotFound` for a filter on an employee who is not of the organisation.
    """
    actor.require(Permission.LOG_READ)
    _require_own(session, log_filter.subject_id, actor)
    found = find_entries(session, actor.organisation_id, log_filter, page)
    shown = _shown_employees(found, log_filter)
    details: dict[str, Detail] = {"filter": _words(log_filter), "page": page}
    subjects = grounds_of(session, actor, shown)
    entry = record(session, Action.LOG_READ, by=actor.who, subjects=subjects, details=details)
    entries = [line.entry for line in found.lines]
    return LogReading(
        page=found,
        people=_own_people(session, entries, actor),
        organisations=_organisations(session, entries),
        names=names_in_log(session, actor, shown, entry=entry) if shown else {},
        numbers=personnel_numbers(session, actor, shown) if shown else {},
        shared_on=_shares(session, _grounds(found, log_filter), actor),
    )


def people_in_log(session: Session, actor: Actor) -> dict[uuid.UUID, str]:
    """Everybody with an account at the actor's organisation, by name: whom its log can be asked about.

    Raises `PermissionDenied`.
    """
    actor.require(Permission.LOG_READ)
    statement = select(Person.id, Person.display_name).where(Person.organisation_id == actor.organisation_id)
    return dict(session.execute(statement.order_by(Person.display_name, Person.id)).all())


def _require_own(session: Session, employee_id: uuid.UUID | None, actor: Actor) -> None:
    if employee_id is not None and not personnel_numbers(session, actor, [employee_id]):
        raise NotFound


def _shown_employees(page: LogPage, log_filter: LogFilter) -> set[uuid.UUID]:
    shown = {subject for line in page.lines for subject in first_subjects(line.subjects, log_filter.subject_id)}
    return shown | ({log_filter.subject_id} if log_filter.subject_id else set())


def first_subjects(subjects: tuple[uuid.UUID, ...], wanted: uuid.UUID | None = None) -> tuple[uuid.UUID, ...]:
    """The employees whom a line tells of: the one who was asked for first, at most three."""
    return tuple(sorted(subjects, key=lambda subject: subject != wanted)[:NAMED_ON_A_LINE])


def _words(log_filter: LogFilter) -> str:
    parts = {
        "actor": log_filter.actor_id,
        "subject": log_filter.subject_id,
        "action": log_filter.actions,
        "since": log_filter.since,
        "until": log_filter.until,
    }
    return " ".join(name for name, value in parts.items() if value)


def _own_people(session: Session, entries: Iterable[AuditEntry], actor: Actor) -> dict[uuid.UUID, str]:
    """Who acted, on whose behalf, and to whom it was done."""
    people: set[uuid.UUID | None] = set()
    for entry in entries:
        people |= {entry.actor_id, entry.responsible_id, entry.object_id if entry.object_type == "person" else None}
    statement = select(Person.id, Person.display_name).where(
        Person.id.in_(people - {None}), Person.organisation_id == actor.organisation_id
    )
    return dict(session.execute(statement).all())


def _organisations(session: Session, entries: Iterable[AuditEntry]) -> dict[uuid.UUID, str]:
    wanted = {entry.actor_organisation_id for entry in entries if entry.actor_organisation_id}
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    return dict(session.execute(statement).all())


def _grounds(page: LogPage, log_filter: LogFilter) -> Iterable[str | None]:
    """What the lines tell of as their ground: that of the entry, and of each employee whom the line tells of."""
    for line in page.lines:
        yield line.entry.ground
        yield from map(line.grounds.get, first_subjects(line.subjects, log_filter.subject_id))


def _shares(session: Session, grounds: Iterable[str | None], actor: Actor) -> dict[str, datetime]:
    """The shares that were the ground of a look (LOG6), as far as they are of this organisation."""
    statement = select(Share.id, Share.shared_at).where(
        Share.id.in_(_ids(grounds)),
        or_(Share.organisation_id == actor.organisation_id, Share.service_id == actor.organisation_id),
    )
    return {str(share_id): moment for share_id, moment in session.execute(statement)}


def _ids(grounds: Iterable[str | None]) -> set[uuid.UUID]:
    ids = set()
    for ground in grounds:
        try:
            ids.add(uuid.UUID(ground or ""))
        except ValueError:
            continue
    return ids

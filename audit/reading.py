"""Showing the log of one organisation. Whoever calls this also records that the log was read (LOG2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from database.session import Session

LINES_ON_A_PAGE = 50
ENTRIES_AT_ONCE = 1_000
# So many of an actor's entries are looked at to know whom they were about last.
ENTRIES_LOOKED_AT = 200


@dataclass(frozen=True)
class LogFilter:
    """What to show of a log; empty fields leave nothing out. `since` is included, `until` is not."""

    actor_id: UUID | None = None
    subject_id: UUID | None = None
    object_id: UUID | None = None
    actions: frozenset[Action] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class LogLine:
    """An entry with the employees it concerns, in order of their ids, and the grounds that are theirs alone (LOG6)."""

    entry: AuditEntry
    subjects: tuple[UUID, ...]
    grounds: Mapping[UUID, str]


@dataclass(frozen=True)
class LogPage:
    """One page of a log, the newest first; `number` counts from 1, `total` is over all pages."""

    lines: tuple[LogLine, ...]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; 1 for an empty log."""
        return max(1, -(-self.total // self.size))


def find_entries(
    session: Session, organisation_id: UUID, log_filter: LogFilter, page: int = 1, size: int = LINES_ON_A_PAGE
) -> LogPage:
    """Return page `page` (from 1) of the organisation's entries, the newest first, those of other organisations never.

    Two queries: the entries with their total, and their subjects. A page beyond the last is empty.
    """
    page = max(1, page)
    conditions = _conditions(organisation_id, log_filter)
    total = select(func.count()).select_from(AuditEntry).where(*conditions)
    statement = (
        select(AuditEntry, total.scalar_subquery().label("total"))
        .where(*conditions)
        .order_by(AuditEntry.moment.desc(), AuditEntry.id)
        .offset((page - 1) * size)
        .limit(size)
    )
    rows = list(session.execute(statement))
    if not rows:
        # A page beyond the last has no row that could tell the total.
        return LogPage((), page, size, session.scalar(total) or 0)
    subjects = _subjects(session, [row.AuditEntry.id for row in rows])
    lines = tuple(_line(row.AuditEntry, subjects[row.AuditEntry.id]) for row in rows)
    return LogPage(lines, page, size, rows[0].total)


def entries_about(
    session: Session,
    organisation_ids: Iterable[UUID],
    subject_ids: Iterable[UUID],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[tuple[AuditEntry, UUID, str | None]]:
    """Return what the logs of these organisations tell of these employees, the newest first, some at a time.

    Each with the employee and the ground for this one (LOG6, LOG10). `since` is included, `until` is not.
    """
    conditions = [
        AuditSubject.organisation_id.in_(list(organisation_ids)),
        AuditSubject.subject_id.in_(list(subject_ids)),
        *([AuditEntry.moment >= since] if since else []),
        *([AuditEntry.moment < until] if until else []),
    ]
    statement = (
        select(AuditEntry, AuditSubject.subject_id, func.coalesce(AuditSubject.ground, AuditEntry.ground))
        .join(AuditSubject, AuditSubject.entry_id == AuditEntry.id)
        .where(*conditions)
        .order_by(AuditEntry.moment.desc(), AuditEntry.id)
        .execution_options(yield_per=ENTRIES_AT_ONCE)
    )
    yield from session.execute(statement)


def last_subjects(
    session: Session, organisation_id: UUID, actor_id: UUID, action: Action, *, since: datetime
) -> dict[UUID, datetime]:
    """Whom the newest 200 entries of one action of one actor since a moment are about: when last, the newest first."""
    newest = (
        select(AuditEntry.id, AuditEntry.moment)
        .where(
            AuditEntry.organisation_id == organisation_id,
            AuditEntry.actor_id == actor_id,
            AuditEntry.action == action.value,
            AuditEntry.moment >= since,
        )
        .order_by(AuditEntry.moment.desc(), AuditEntry.id)
        .limit(ENTRIES_LOOKED_AT)
        .subquery()
    )
    statement = (
        select(AuditSubject.subject_id, newest.c.moment)
        .join(newest, newest.c.id == AuditSubject.entry_id)
        .order_by(newest.c.moment.desc(), AuditSubject.subject_id)
    )
    last: dict[UUID, datetime] = {}
    for subject_id, moment in session.execute(statement):
        last.setdefault(subject_id, moment)
    return last


def _line(entry: AuditEntry, subjects: Mapping[UUID, str | None]) -> LogLine:
    return LogLine(entry, tuple(subjects), {subject: ground for subject, ground in subjects.items() if ground})


def _conditions(organisation_id: UUID, log_filter: LogFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [AuditEntry.organisation_id == organisation_id]
    if log_filter.actor_id is not None:
        conditions.append(AuditEntry.actor_id == log_filter.actor_id)
    if log_filter.subject_id is not None:
        conditions.append(_concerns(organisation_id, log_filter.subject_id))
    if log_filter.object_id is not None:
        conditions.append(AuditEntry.object_id == log_filter.object_id)
    if log_filter.actions:
        conditions.append(AuditEntry.action.in_(sorted(log_filter.actions)))
    if log_filter.since is not None:
        conditions.append(AuditEntry.moment >= log_filter.since)
    if log_filter.until is not None:
        conditions.append(AuditEntry.moment < log_filter.until)
    return conditions


def _concerns(organisation_id: UUID, subject_id: UUID) -> ColumnElement[bool]:
    of_this_person = select(AuditSubject.entry_id).where(
        AuditSubject.organisation_id == organisation_id, AuditSubject.subject_id == subject_id
    )
    return AuditEntry.id.in_(of_this_person)


def _subjects(session: Session, entries: list[Any]) -> dict[UUID, dict[UUID, str | None]]:
    statement = (
        select(AuditSubject.entry_id, AuditSubject.subject_id, AuditSubject.ground)
        .where(AuditSubject.entry_id.in_(entries))
        .order_by(AuditSubject.subject_id)
    )
    subjects: dict[UUID, dict[UUID, str | None]] = defaultdict(dict)
    for entry_id, subject_id, ground in session.execute(statement):
        subjects[entry_id][subject_id] = ground
    return subjects

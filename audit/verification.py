"""Reading the whole log again and naming every place where it is not what was written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from audit.encoding import encode_entry, encode_seal
from audit.models import AuditEntry, AuditPending, AuditSeal, AuditSubject
from crypto.errors import MacError
from database.session import Session

ROWS_AT_ONCE = 1000
FAULTS_KEPT = 1000
GRACE = timedelta(minutes=1)


class FaultKind(StrEnum):
    """What is wrong at a place in the log."""

    ENTRY_CHANGED = "the entry or its subjects were changed"
    ENTRY_MISSING = "the entry of this seal is gone"
    ENTRY_UNSEALED = "the entry was never sealed: put in from outside, or its seal is gone"
    ENTRY_WAITING = "the entry has waited too long for its seal: no sealer is running"
    NUMBER_MISSING = "one or more seals before this one are gone"
    SEAL_CHANGED = "the seal does not follow from the one before it"
    STRAY_SUBJECT = "a subject of an entry that is not there"
    STRAY_WAITING = "the entry is gone that waited here for its seal"


@dataclass(frozen=True)
class Fault:
    """One place where the log is not whole; `number` is the place in the organisation's chain, where it has one."""

    organisation_id: UUID
    number: int | None
    entry_id: UUID
    what: FaultKind


@dataclass
class Report:
    """What a verification read and found; `faults` holds the first thousand of `fault_count`."""

    organisations: int = 0
    entries: int = 0
    subjects: int = 0
    unsealed: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, organisation_id: UUID, number: int | None, entry_id: UUID, what: FaultKind) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(Fault(organisation_id, number, entry_id, what))


def verify(session: Session, grace: timedelta = GRACE) -> Report:
    """Read the whole log, a thousand entries at a time, and report what was done to it behind the application's back.

    Found: a changed column or seal; a subject or its ground changed, a subject moved, added or removed; an entry
    deleted, swapped, or put in from outside; seals cut from the beginning or the middle of a chain; an entry that has
    waited longer than `grace` for the sealer.

    Not found: an entry deleted together with its place in the queue before the sealer took it, within a second after
    its commit; the newest entries of an organisation cut off together with their seals; the whole log emptied or put
    back from an older back-up. The last three take checkpoints kept outside this database. Whoever has the root key
    can write a log that passes. Entries made under a root key that was retired since are reported as changed.

    Hand over a session on ``database.engine.read_only(engine)``: on SQLite any other keeps all writers waiting.
    """
    report = Report()
    _verify_chains(session, report)
    _verify_unsealed(session, report, grace)
    _find_strays(session, report)
    return report


def _verify_chains(session: Session, report: Report) -> None:
    statement = (
        select(
            AuditSeal.organisation_id.label("chain"),
            AuditSeal.number,
            AuditSeal.entry_id.label("sealed_id"),
            AuditSeal.hash,
            *AuditEntry.__table__.columns,
        )
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .order_by(AuditSeal.organisation_id, AuditSeal.number)
    )
    chain, number, previous_hash = None, 0, b""
    for rows in _batches(session, statement):
        subjects = _subjects(session, [row.sealed_id for row in rows])
        for row in rows:
            if row.chain != chain:
                chain, number, previous_hash = row.chain, 0, b""
                report.organisations += 1
            _verify_seal(session, report, row, number, previous_hash)
            if row.id is not None:
                _verify_entry(session, report, row, row.number, subjects.get(row.id, []))
            number, previous_hash = row.number, row.hash


def _verify_seal(session: Session, report: Report, row: Any, number: int, previous_hash: bytes) -> None:
    if row.number != number + 1:
        report.add(row.chain, row.number, row.sealed_id, FaultKind.NUMBER_MISSING)
    if row.id is None:
        report.add(row.chain, row.number, row.sealed_id, FaultKind.ENTRY_MISSING)
    elif row.number == number + 1:
        message = encode_seal(row.chain, row.number, row.sealed_id, row.mac, previous_hash)
        try:
            session.package_key("audit").check_mac(message, row.hash)
        except MacError:
            report.add(row.chain, row.number, row.sealed_id, FaultKind.SEAL_CHANGED)


def _verify_entry(session: Session, report: Report, row: Any, number: int | None, subjects: Sequence[Any]) -> None:
    report.entries += 1
    report.subjects += len(subjects)
    message = encode_entry(row._mapping, {subject.subject_id: subject.ground for subject in subjects})
    try:
        session.package_key("audit").check_mac(message, row.mac)
        if any(subject.organisation_id != row.organisation_id for subject in subjects):
            raise MacError
    except MacError:
        report.add(row.organisation_id, number, row.id, FaultKind.ENTRY_CHANGED)


def _verify_unsealed(session: Session, report: Report, grace: timedelta) -> None:
    statement = (
        select(*AuditEntry.__table__.columns, AuditPending.entry_id.is_not(None).label("is_waiting"))
        .outerjoin(AuditPending, AuditPending.entry_id == AuditEntry.id)
        .where(~exists().where(AuditSeal.entry_id == AuditEntry.id))
    )
    oldest_allowed = session.source.now() - grace
    for rows in _batches(session, statement):
        subjects = _subjects(session, [row.id for row in rows])
        for row in rows:
            report.unsealed += 1
            _verify_entry(session, report, row, None, subjects.get(row.id, []))
            # An entry leaves the queue in the same transaction in which it gets its seal.
            if not row.is_waiting:
                report.add(row.organisation_id, None, row.id, FaultKind.ENTRY_UNSEALED)
            elif row.moment < oldest_allowed:
                report.add(row.organisation_id, None, row.id, FaultKind.ENTRY_WAITING)


def _find_strays(session: Session, report: Report) -> None:
    for table, kind in ((AuditSubject, FaultKind.STRAY_SUBJECT), (AuditPending, FaultKind.STRAY_WAITING)):
        has_entry = exists().where(AuditEntry.id == table.entry_id)
        for rows in _batches(session, select(table.organisation_id, table.entry_id).where(~has_entry)):
            for row in rows:
                report.add(row.organisation_id, None, row.entry_id, kind)


def _batches(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterable[Sequence[Any]]:
    return session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE)).partitions()


def _subjects(session: Session, entries: Sequence[UUID]) -> Mapping[UUID, Sequence[Any]]:
    statement = select(*AuditSubject.__table__.columns).where(AuditSubject.entry_id.in_(entries))
    subjects = defaultdict(list)
    for row in session.execute(statement):
        subjects[row.entry_id].append(row)
    return subjects

"""An import from upload to end (X-22; design 5, step 2): what each step may do, and what it leaves behind.

The steps that take long read and check without a transaction: `read_upload` before `keep_upload`, `examine` after
`open_import` and before `make_departments`. Nothing of a file is kept but its sealed pieces, and those at most a day.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import BinaryIO

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import Who, record
from crypto.secret import Secret
from database.session import Session
from keys.holders import current_generation
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.models import Department, Employee
from organisation.registering import add_departments
from vault.importing.batches import destroy_batch
from vault.importing.checking import GoodRow, RowChecker, RowFault, fold_department
from vault.importing.errors import FileRefused, ImportGone, OtherImportRunning, TooManyDepartments
from vault.importing.headings import Headings, find_headings
from vault.importing.reading import read_bounded, read_table
from vault.importing.sealed_file import destroy_pieces, keep_pieces, open_pieces, wrap_file_key
from vault.importing.table import Table
from vault.models import EmployeeImport, ImportState
from vault.sides import keep_generation, require_vault

KEPT_FOR = timedelta(hours=24)
SHOWN_FAULTS = 1_000
SHOWN_ROWS = 5
MOST_NEW_DEPARTMENTS = 300

_OPEN_STATES = (ImportState.UPLOADED.value, ImportState.WRITING.value)


@dataclass(frozen=True)
class Upload:
    """A file that was read to its end and has the right columns. Its repr shows nothing of it."""

    kind: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class OpenedImport:
    """A file out of its seals, with what its rows are compared to."""

    id: uuid.UUID
    data: bytes = field(repr=False)
    day: date
    known_numbers: frozenset[str] = field(repr=False)
    departments: Mapping[str, uuid.UUID] = field(repr=False)

    def check_rows(self) -> tuple[Table, Headings, Iterator[GoodRow | list[RowFault]]]:
        """The table, its headings, and each row checked, from the top. Raises `FileRefused`."""
        table = read_table(self.data)
        headings = find_headings(table.rows())
        checker = RowChecker(headings, today=self.day, known_numbers=self.known_numbers, departments=self.departments)
        return table, headings, (checker.check(row) for row in table.rows() if row.number > headings.row)


@dataclass(frozen=True)
class Preview:
    """What an import would do.

    Attributes:
        total: rows with something in them, headings not counted.
        good: rows that would be imported now.
        waiting: rows that only miss their department.
        new_departments: the departments that the employer does not have, as the file names them.
        faulty: rows with a fault.
        fault_count: how many faults there are; `faults` holds at most the first 1,000.
        ignored: headings of columns that are not used.
        first_rows: the first good rows, to see whether the columns were understood.
    """

    total: int
    good: int
    waiting: int
    new_departments: tuple[str, ...]
    faulty: int
    fault_count: int
    faults: tuple[RowFault, ...]
    ignored: tuple[str, ...]
    first_rows: tuple[GoodRow, ...] = field(repr=False)


def read_upload(stream: BinaryIO) -> Upload:
    """Read a file and see whether it is a list of employees; no transaction is needed for it.

    Raises `FileRefused`: then nothing of the file is kept anywhere.
    """
    data = read_bounded(stream)
    table = read_table(data)
    headings = find_headings(table.rows())
    if not sum(row.number > headings.row for row in table.rows()):
        raise FileRefused("no_rows")
    return Upload(table.kind, data)


def keep_upload(session: Session, upload: Upload, actor: Actor) -> EmployeeImport:
    """Keep a file, sealed for the vault, for at most 24 hours.

    Raises `PermissionDenied` (also for an actor who does not see the whole employer), `VaultClosed` (D-rule 19),
    `NoVaultAccess`, `organisation.errors.NotFound` for an actor of the arbo side.
    """
    holder_id = require_import(session, actor)
    import_id, file_key, now = session.source.new_id(), Secret.random(session.source), session.source.now()
    keep_generation(session, holder_id)
    generation = current_generation(session, holder_id)
    wrap_key = actor.keys.wrap_key(session, holder_id, generation)
    record(
        session,
        Action.IMPORT_UPLOAD,
        by=actor.who,
        object_type="employee_import",
        object_id=import_id,
        details={"kind": upload.kind, "size": len(upload.data)},
    )
    kept = EmployeeImport(
        id=import_id,
        organisation_id=actor.organisation_id,
        holder_id=holder_id,
        generation=generation,
        file_key_sealed=wrap_file_key(wrap_key, file_key, import_id, holder_id, generation),
        kind=upload.kind,
        size=len(upload.data),
        state=ImportState.UPLOADED.value,
        created_by=actor.person_id,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(kept)
    session.flush()
    keep_pieces(session, import_id, file_key, upload.data)
    return kept


def upload(session: Session, stream: BinaryIO, actor: Actor) -> EmployeeImport:
    """Read a file and keep it. Raises as `keep_upload` and, before anything is kept, as `read_upload`."""
    require_import(session, actor)
    return keep_upload(session, read_upload(stream), actor)


def waiting_imports(session: Session, actor: Actor) -> list[EmployeeImport]:
    """The imports of the employer that were not finished, the newest first: to resume or to discard.

    Raises as `keep_upload`.
    """
    require_import(session, actor)
    statement = select(EmployeeImport).where(
        EmployeeImport.organisation_id == actor.organisation_id,
        EmployeeImport.state.in_(_OPEN_STATES),
        EmployeeImport.expires_at > session.source.now(),
    )
    return list(session.scalars(statement.order_by(EmployeeImport.created_at.desc(), EmployeeImport.id)))


def open_import(session: Session, import_id: uuid.UUID, actor: Actor) -> OpenedImport:
    """The file of an import, opened in memory after the log says so.

    Raises `organisation.errors.NotFound` for an unknown or foreign import, `ImportGone`, and as `keep_upload`.
    """
    kept = find_import(session, import_id, actor)
    record(session, Action.IMPORT_PREVIEW, by=actor.who, object_type="employee_import", object_id=import_id)
    wrap_key = actor.keys.wrap_key(session, kept.holder_id, kept.generation)
    return OpenedImport(
        id=import_id,
        data=open_pieces(session, kept, wrap_key),
        day=today(session),
        known_numbers=_known_numbers(session, actor.organisation_id, import_id),
        departments=_departments(session, actor.organisation_id),
    )


def examine(opened: OpenedImport) -> Preview:
    """Check every row; no transaction is needed for it. Raises `FileRefused`."""
    _, headings, rows = opened.check_rows()
    good = waiting = faulty = fault_count = 0
    faults: list[RowFault] = []
    first_rows: list[GoodRow] = []
    new_departments: dict[str, str] = {}
    for row in rows:
        if isinstance(row, list):
            faulty, fault_count = faulty + 1, fault_count + len(row)
            faults.extend(row[: max(0, SHOWN_FAULTS - len(faults))])
            continue
        if row.department_id is None:
            new_departments.setdefault(fold_department(row.department), row.department)
        waiting, good = waiting + (row.department_id is None), good + (row.department_id is not None)
        if len(first_rows) < SHOWN_ROWS:
            first_rows.append(row)
    return Preview(
        total=good + waiting + faulty,
        good=good,
        waiting=waiting,
        new_departments=tuple(new_departments.values()),
        faulty=faulty,
        fault_count=fault_count,
        faults=tuple(faults),
        ignored=headings.ignored,
        first_rows=tuple(first_rows),
    )


def preview(session: Session, import_id: uuid.UUID, actor: Actor) -> Preview:
    """What the import would do. Raises as `open_import`."""
    return examine(open_import(session, import_id, actor))


def make_departments(session: Session, import_id: uuid.UUID, names: Sequence[str], actor: Actor) -> int:
    """Make the departments that `examine` found in the file and the employer does not have; the answer is how many.

    Raises `TooManyDepartments` when the column cannot be that of departments, and as `open_import`.
    """
    find_import(session, import_id, actor)
    if len(names) > MOST_NEW_DEPARTMENTS:
        raise TooManyDepartments(MOST_NEW_DEPARTMENTS)
    add_departments(session, actor.organisation_id, names, actor.who)
    return len(names)


def discard(session: Session, import_id: uuid.UUID, actor: Actor) -> None:
    """Destroy the file and what was written of it. Raises as `open_import`; what is finished is `ImportGone`."""
    find_import(session, import_id, actor)
    if not _end(session, import_id, ImportState.DISCARDED):
        raise ImportGone
    record(session, Action.IMPORT_DISCARD, by=actor.who, object_type="employee_import", object_id=import_id)
    destroy_batch(session, import_id)
    destroy_pieces(session, import_id)


def expire(session: Session, limit: int = 10) -> int:
    """Destroy at most `limit` imports that are older than 24 hours, half written or not; the answer is how many.

    For the worker: it destroys and opens nothing (design 2.7).
    """
    statement = select(EmployeeImport.id, EmployeeImport.organisation_id).where(
        EmployeeImport.state.in_(_OPEN_STATES), EmployeeImport.expires_at <= session.source.now()
    )
    expired = session.execute(statement.order_by(EmployeeImport.expires_at).limit(limit)).all()
    return sum(_expire_one(session, import_id, organisation_id) for import_id, organisation_id in expired)


def require_import(session: Session, actor: Actor) -> uuid.UUID:
    """The holder of the vault into which the actor may import. Raises as `keep_upload`."""
    actor.require(Permission.EMPLOYEE_IMPORT)
    holder_id = require_vault(session, actor)
    if not actor.scope.whole:
        raise PermissionDenied(Permission.EMPLOYEE_IMPORT)
    return holder_id


def find_import(session: Session, import_id: uuid.UUID, actor: Actor) -> EmployeeImport:
    """An import of the actor's employer that was not finished. Raises as `open_import`."""
    require_import(session, actor)
    statement = select(EmployeeImport).where(
        EmployeeImport.id == import_id, EmployeeImport.organisation_id == actor.organisation_id
    )
    kept = session.scalar(statement.execution_options(populate_existing=True))
    if kept is None:
        raise NotFound
    if kept.state not in _OPEN_STATES or kept.expires_at <= session.source.now():
        raise ImportGone
    return kept


def claim_import(session: Session, import_id: uuid.UUID, actor: Actor) -> None:
    """Take the import to write it.

    Raises `OtherImportRunning` while another of this employer is being written, and as `open_import`.
    """
    find_import(session, import_id, actor)
    other = aliased(EmployeeImport)
    another = exists().where(
        other.organisation_id == actor.organisation_id,
        other.id != import_id,
        other.state == ImportState.WRITING.value,
    )
    claim = update(EmployeeImport).where(
        EmployeeImport.id == import_id, EmployeeImport.state.in_(_OPEN_STATES), ~another
    )
    claim = claim.values(state=ImportState.WRITING.value).returning(EmployeeImport.id)
    if session.execute(claim, execution_options={"synchronize_session": False}).scalar() is None:
        raise OtherImportRunning


def finish_import(session: Session, import_id: uuid.UUID) -> None:
    """Mark the import as done and destroy its file. Raises `ImportGone` when it was ended in between."""
    if not _end(session, import_id, ImportState.DONE):
        raise ImportGone
    destroy_pieces(session, import_id)


def give_back_import(session: Session, import_id: uuid.UUID) -> None:
    """Undo `claim_import` and what was written since, so that the import stands as it was uploaded."""
    destroy_batch(session, import_id)
    given_back = update(EmployeeImport).where(
        EmployeeImport.id == import_id, EmployeeImport.state == ImportState.WRITING.value
    )
    session.execute(
        given_back.values(state=ImportState.UPLOADED.value), execution_options={"synchronize_session": False}
    )


def _end(session: Session, import_id: uuid.UUID, state: ImportState) -> bool:
    end = update(EmployeeImport).where(EmployeeImport.id == import_id, EmployeeImport.state.in_(_OPEN_STATES))
    end = end.values(state=state.value).returning(EmployeeImport.id)
    return session.execute(end, execution_options={"synchronize_session": False}).scalar() is not None


def _expire_one(session: Session, import_id: uuid.UUID, organisation_id: uuid.UUID) -> bool:
    if not _end(session, import_id, ImportState.DISCARDED):
        return False
    record(
        session,
        Action.IMPORT_DISCARD,
        by=Who.system("worker"),
        organisation_id=organisation_id,
        object_type="employee_import",
        object_id=import_id,
        details={"reason": "expired"},
    )
    destroy_batch(session, import_id)
    destroy_pieces(session, import_id)
    return True


def _known_numbers(session: Session, organisation_id: uuid.UUID, import_id: uuid.UUID) -> frozenset[str]:
    statement = select(Employee.personnel_number).where(
        Employee.organisation_id == organisation_id, Employee.batch_id.is_distinct_from(import_id)
    )
    return frozenset(session.scalars(statement))


def _departments(session: Session, organisation_id: uuid.UUID) -> dict[str, uuid.UUID]:
    statement = select(Department.name, Department.id).where(Department.organisation_id == organisation_id)
    return {fold_department(name): department_id for name, department_id in session.execute(statement)}

"""Rows that become visible together (design 2.2): written in bulk, shown in one step, or destroyed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from database.session import Session
from organisation.models import Batch, Employee, Employment
from vault.importing.checking import GoodRow
from vault.importing.errors import ImportInterrupted
from vault.models import RecordIndex, RecordKey, RecordPart
from vault.record_sealing import FIRST_VERSION, RecordSealer


def begin_batch(session: Session, batch_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """Begin a batch anew: what an earlier run wrote of it is destroyed."""
    destroy_batch(session, batch_id)
    session.execute(insert(Batch), {"id": batch_id, "organisation_id": organisation_id, "visible_at": None})


@dataclass(frozen=True)
class Written:
    """What one run has written: how many employees, and the id of the last of them, which no other run can have."""

    count: int = 0
    last_id: uuid.UUID | None = None


def lock_batch(session: Session, batch_id: uuid.UUID, written: Written) -> None:
    """Keep the batch for this transaction.

    Raises `ImportInterrupted` unless it holds exactly what this run has written and is still invisible: then another
    run began it anew, or somebody discarded it.
    """
    invisible = select(Batch.id).where(Batch.id == batch_id, Batch.visible_at.is_(None)).with_for_update()
    if session.scalar(invisible) is None:
        raise ImportInterrupted
    own = Employee.batch_id == batch_id
    if session.scalar(select(func.count()).where(own)) != written.count:
        raise ImportInterrupted
    if written.last_id and session.scalar(select(Employee.id).where(own, Employee.id == written.last_id)) is None:
        raise ImportInterrupted


def write_employees(session: Session, batch_id: uuid.UUID, rows: Sequence[GoodRow], sealer: RecordSealer) -> uuid.UUID:
    """Insert employees with their employment and sealed record into a batch that is not visible yet.

    The answer is the id of the last of them.
    """
    ids = [session.source.new_id() for _ in rows]
    sealed = [sealer.seal(employee_id, row.card, row.details) for employee_id, row in zip(ids, rows, strict=True)]
    own = {"organisation_id": sealer.organisation_id}
    employees = [
        {
            **own,
            "id": employee_id,
            "personnel_number": row.personnel_number,
            "batch_id": batch_id,
            "version": FIRST_VERSION,
            "created_at": sealer.written_at,
        }
        for employee_id, row in zip(ids, rows, strict=True)
    ]
    employments = [
        {**own, "id": session.source.new_id(), "employee_id": employee_id, **vars(row.employment())}
        for employee_id, row in zip(ids, rows, strict=True)
    ]
    connection = session.connection()
    connection.execute(insert(Employee), employees)
    connection.execute(insert(Employment), employments)
    connection.execute(insert(RecordKey), [record.key for record in sealed])
    connection.execute(insert(RecordPart), [part for record in sealed for part in record.parts])
    connection.execute(insert(RecordIndex), [record.index for record in sealed])
    return ids[-1]


def show_batch(session: Session, batch_id: uuid.UUID, moment: datetime) -> None:
    """Make the whole batch visible. Raises `ImportInterrupted` when it is visible already or gone."""
    statement = update(Batch).where(Batch.id == batch_id, Batch.visible_at.is_(None)).values(visible_at=moment)
    if session.execute(statement.returning(Batch.id)).scalar() is None:
        raise ImportInterrupted


def destroy_batch(session: Session, batch_id: uuid.UUID) -> None:
    """Destroy an invisible batch with everything in it; a visible one is left alone. No key is needed for that."""
    batch = select(Batch.id).where(Batch.id == batch_id, Batch.visible_at.is_(None)).with_for_update()
    if session.scalar(batch) is None:
        return
    members = select(Employee.id).where(Employee.batch_id == batch_id)
    for table in (RecordIndex, RecordPart, RecordKey, Employment):
        session.execute(
            delete(table).where(table.employee_id.in_(members)), execution_options={"synchronize_session": False}
        )
    for statement in (delete(Employee).where(Employee.batch_id == batch_id), delete(Batch).where(Batch.id == batch_id)):
        session.execute(statement, execution_options={"synchronize_session": False})

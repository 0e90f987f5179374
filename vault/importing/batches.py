"""Rows that become visible together (design 2.2): written in bulk, shown in one step, or destroyed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select, update

from database.planning import Unindexed
from database.session import Session
from keys.models import HolderGeneration
from organisation.models import Batch, Employee, Employment, StagedEmployment
from vault.importing.errors import ImportInterrupted
from vault.models import Part, RecordIndex, RecordKey, RecordPart, StagedRecordKey, StaleRecordKey

_TABLES_OF_NEW_PEOPLE = (RecordIndex, RecordPart, RecordKey, Employment)


def batch_holds(session: Session, batch_id: uuid.UUID, added: int, records: int) -> bool:
    """Whether a batch is invisible and holds so many new employees and next versions of records, under newest keys."""
    invisible = select(Batch.id).where(Batch.id == batch_id, Batch.visible_at.is_(None)).with_for_update()
    if session.scalar(invisible) is None:
        return False
    own = Employee.batch_id == batch_id
    staged = (RecordPart.batch_id == batch_id, RecordPart.part == Part.CARD.value)
    return (
        session.scalar(select(func.count()).select_from(Employee).where(own)) == added
        and session.scalar(select(func.count()).select_from(RecordPart).where(*staged)) == records
        and not session.scalar(select(exists().where(own, RecordKey.employee_id == Employee.id, _is_left_behind())))
    )


def _is_left_behind() -> ColumnElement[bool]:
    newest = select(func.max(HolderGeneration.number)).where(HolderGeneration.holder_id == RecordKey.holder_id)
    return RecordKey.since_generation < newest.scalar_subquery()


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
    changed = select(RecordPart.employee_id).where(RecordPart.batch_id == batch_id)
    staged = exists().where(
        Unindexed(RecordPart.batch_id) == batch_id,
        RecordPart.employee_id == RecordIndex.employee_id,
        RecordPart.version == RecordIndex.version,
    )
    for statement in (
        delete(StaleRecordKey).where(_of_no_key_but_staged(batch_id)),
        delete(RecordIndex).where(RecordIndex.employee_id.in_(changed), staged),
        delete(RecordPart).where(RecordPart.batch_id == batch_id),
        delete(StagedRecordKey).where(StagedRecordKey.batch_id == batch_id),
        delete(StagedEmployment).where(StagedEmployment.batch_id == batch_id),
        *(delete(table).where(table.employee_id.in_(members)) for table in _TABLES_OF_NEW_PEOPLE),
        delete(Employee).where(Employee.batch_id == batch_id),
        delete(Batch).where(Batch.id == batch_id),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def _of_no_key_but_staged(batch_id: uuid.UUID) -> ColumnElement[bool]:
    """That a mark is of a key which goes with the batch: the next key gets the same number, and is not stale."""
    staged, present = (
        exists().where(table.employee_id == StaleRecordKey.employee_id, table.key_number == StaleRecordKey.key_number)
        for table in (StagedRecordKey, RecordKey)
    )
    return staged.where(StagedRecordKey.batch_id == batch_id) & ~present

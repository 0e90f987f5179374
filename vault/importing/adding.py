"""Writing the new people of an import: sealed, in bulk, into a batch that is not visible yet (design 2.2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select

from database.session import Session
from organisation.models import Employee, Employment
from vault.importing.comparing import Compared
from vault.models import RecordIndex, RecordKey, RecordPart
from vault.record_sealing import FIRST_VERSION, RecordSealer


def write_employees(session: Session, batch_id: uuid.UUID, rows: Sequence[Compared], sealer: RecordSealer) -> int:
    """Insert employees with their employments and sealed record into a batch that is not visible yet.

    Rows of one person, in whatever transaction, are further employments. The answer is how many employees are new.
    """
    if not rows:
        return 0
    ids = _ids_in_batch(session, batch_id, rows)
    new: dict[str, Compared] = {}
    for row in rows:
        if row.row.personnel_number not in ids:
            new.setdefault(row.row.personnel_number, row)
    ids |= {number: session.source.new_id() for number in new}
    if new:
        _insert_people(session, batch_id, {ids[number]: row for number, row in new.items()}, sealer)
    employments = [
        {
            "id": session.source.new_id(),
            "organisation_id": sealer.organisation_id,
            "employee_id": ids[row.row.personnel_number],
            **vars(row.employment),
        }
        for row in rows
    ]
    session.connection().execute(insert(Employment), employments)
    return len(new)


def _ids_in_batch(session: Session, batch_id: uuid.UUID, rows: Sequence[Compared]) -> dict[str, uuid.UUID]:
    """The employees of the batch who have further rows among these."""
    repeated = {row.row.personnel_number for row in rows if row.row.repeats}
    if not repeated:
        return {}
    statement = select(Employee.personnel_number, Employee.id).where(
        Employee.batch_id == batch_id, Employee.personnel_number.in_(repeated)
    )
    return dict(session.execute(statement).all())


def _insert_people(
    session: Session, batch_id: uuid.UUID, people: Mapping[uuid.UUID, Compared], sealer: RecordSealer
) -> None:
    sealed = [sealer.seal(employee_id, row.card, row.details) for employee_id, row in people.items()]
    employees = [
        {
            "id": employee_id,
            "organisation_id": sealer.organisation_id,
            "personnel_number": row.row.personnel_number,
            "batch_id": batch_id,
            "version": FIRST_VERSION,
            "created_at": sealer.written_at,
        }
        for employee_id, row in people.items()
    ]
    connection = session.connection()
    connection.execute(insert(Employee), employees)
    connection.execute(insert(RecordKey), [record.key for record in sealed])
    connection.execute(insert(RecordPart), [part for record in sealed for part in record.parts])
    connection.execute(insert(RecordIndex), [record.index for record in sealed])

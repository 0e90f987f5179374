"""An uploaded file out of its seals, with what its rows are checked against (X-22)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.models import Department
from vault.importing.checking import GoodRow, RowChecker, RowFault, fold_department
from vault.importing.headings import Headings
from vault.importing.jobs import find_import
from vault.importing.layout import Layout
from vault.importing.reading import read_table
from vault.importing.sealed_file import open_file_key, open_layout, open_pieces
from vault.importing.table import Row, Table


@dataclass(frozen=True)
class Checking:
    """The rows of a file on their way through the checks.

    Attributes:
        rows: each row that is not empty with what is good or wrong in it, from the top, once.
        checker: remembers what the rows so far had.
    """

    table: Table
    headings: Headings
    checker: RowChecker = field(repr=False)
    rows: Iterator[tuple[Row, GoodRow | list[RowFault]]] = field(repr=False)

    @property
    def total(self) -> int:
        """How many rows there are at most under the headings."""
        return self.table.row_count - self.headings.row


@dataclass(frozen=True)
class OpenedImport:
    """A file out of its seals. `choice` is the layout as it lies sealed, to see whether another was chosen since."""

    id: uuid.UUID
    data: bytes = field(repr=False)
    layout: Layout
    choice: bytes | None = field(repr=False)
    day: date
    departments: Mapping[str, uuid.UUID] = field(repr=False)

    def check_rows(self) -> Checking:
        """Check each row, as it is asked for. Raises `FileRefused`, also when columns are missing or chosen twice."""
        headings = self.layout.headings()
        table = read_table(self.data, self.layout.sheet or None)
        checker = RowChecker(headings, today=self.day, departments=self.departments)
        rows = ((row, checker.check(row)) for row in table.rows() if row.number > headings.row)
        return Checking(table, headings, checker, rows)


def open_import(session: Session, import_id: uuid.UUID, actor: Actor) -> OpenedImport:
    """The file of an import, opened in memory after the log says so.

    Raises `organisation.errors.NotFound` for an unknown or foreign import, `ImportGone`, and as `jobs.keep_upload`.
    """
    kept = find_import(session, import_id, actor)
    record(session, Action.IMPORT_PREVIEW, by=actor.who, object_type="employee_import", object_id=import_id)
    file_key = open_file_key(kept, actor.keys.wrap_key(session, kept.holder_id, kept.generation))
    return OpenedImport(
        id=import_id,
        data=open_pieces(session, kept, file_key),
        layout=open_layout(kept, file_key),
        choice=kept.choice_sealed,
        day=today(session),
        departments=_departments(session, actor.organisation_id),
    )


def _departments(session: Session, organisation_id: uuid.UUID) -> dict[str, uuid.UUID]:
    statement = select(Department.name, Department.id).where(Department.organisation_id == organisation_id)
    return {fold_department(name): department_id for name, department_id in session.execute(statement)}

"""How far the writing of an import is, as the next run finds it: `EmployeeImport.written_row` and its counts (X-22)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Self

from sqlalchemy import insert, update

from database.session import Session
from organisation.models import Batch
from vault.importing.batches import batch_holds, destroy_batch
from vault.importing.errors import ImportInterrupted
from vault.importing.opening import OpenedImport
from vault.models import EmployeeImport, ImportState


@dataclass(frozen=True)
class Written:
    """What lies in the batch: all rows up to `row`, that is.

    Attributes:
        added: people who are new.
        records: people whose record gets a next version.
        unchanged: rows that change nothing.
    """

    row: int = 0
    added: int = 0
    records: int = 0
    unchanged: int = 0

    def plus(self, row: int, added: int, records: int, unchanged: int) -> Self:
        """The same after some more rows."""
        return type(self)(row, self.added + added, self.records + records, self.unchanged + unchanged)


def begin_or_resume(session: Session, import_id: uuid.UUID, organisation_id: uuid.UUID) -> Written:
    """Go on with a batch that is as its last run left it, or begin it anew: what is there of it is destroyed."""
    kept = session.get_one(EmployeeImport, import_id, populate_existing=True)
    if kept.written_row is not None:
        written = Written(kept.written_row, kept.added or 0, kept.changed or 0, kept.unchanged or 0)
        if batch_holds(session, import_id, written.added, written.records):
            return written
    destroy_batch(session, import_id)
    session.execute(insert(Batch), {"id": import_id, "organisation_id": organisation_id, "visible_at": None})
    kept.written_row = kept.added = kept.changed = kept.unchanged = 0
    session.flush()
    return Written()


def note_written(session: Session, opened: OpenedImport, before: Written, after: Written) -> None:
    """Note how far the run is, and keep the import for this transaction.

    Raises `ImportInterrupted` unless it stands where this run left it: else another run went on with it or began it
    anew, or somebody discarded it or chose other columns.
    """
    own = (
        EmployeeImport.id == opened.id,
        EmployeeImport.state == ImportState.WRITING.value,
        EmployeeImport.choice_sealed == opened.choice,
        EmployeeImport.written_row == before.row,
        EmployeeImport.added == before.added,
        EmployeeImport.changed == before.records,
    )
    values = {
        "written_row": after.row, "added": after.added, "changed": after.records, "unchanged": after.unchanged,
    }  # fmt: skip
    noted = update(EmployeeImport).where(*own).values(**values).returning(EmployeeImport.id)
    if session.execute(noted, execution_options={"synchronize_session": False}).scalar() is None:
        raise ImportInterrupted

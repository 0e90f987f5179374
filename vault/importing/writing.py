"""Writing a confirmed import: sealed rows in short transactions, then one that makes them visible (design 2.2, 5)."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from database.session import Session, SessionFactory
from vault.importing.adding import write_employees
from vault.importing.batches import show_batch
from vault.importing.changing import write_changes
from vault.importing.checking import GoodRow, RowFault
from vault.importing.comparing import ROWS_AT_ONCE, Compared, Comparer, Kind, is_ready
from vault.importing.errors import NothingToImport, NumberTaken, PeopleChanged
from vault.importing.jobs import claim_import, finish_import, give_back_import, require_import
from vault.importing.opening import Checking, OpenedImport, open_import
from vault.importing.progress import Written, begin_or_resume, note_written
from vault.importing.showing import apply_changes, people_changed_by, record_changes
from vault.record_sealing import make_sealer


class Phase(StrEnum):
    """What an import is doing."""

    WRITE = "write"
    SHOW = "show"
    DONE = "done"


@dataclass(frozen=True)
class Progress:
    """How far an import is: rows that were dealt with, of at most `total`, and what they brought so far."""

    written: int
    total: int
    phase: Phase = Phase.WRITE
    added: int = 0
    changed: int = 0

    @property
    def finished(self) -> bool:
        """Whether everything is visible."""
        return self.phase is Phase.DONE


def write_rows(factory: SessionFactory, import_id: uuid.UUID, actor: Actor) -> Generator[Progress, None, None]:
    """Import the good rows of a file; each step of the iterator is one short transaction of its own.

    Nothing is visible until the last step, which writes the log entry and shows all at once: who is new, and of who is
    there what changed. A caller that stops before it, or a server that dies, leaves what a later call goes on with,
    `discard` destroys, and the worker destroys after a day. Access is looked at again in every transaction. Rows with a
    fault or an unknown department are left out.

    Raises as `opening.open_import`, and `FileRefused` while columns are missing, `OtherImportRunning`,
    `NothingToImport`, `NumberTaken`, `PeopleChanged`, `ImportInterrupted`: then nothing became visible.
    """
    opened, written = _begin(factory, import_id, actor)
    try:
        yield from _write_all(factory, opened, actor, written)
    except (NothingToImport, NumberTaken, PeopleChanged):
        with factory() as session, session.begin():
            give_back_import(session, import_id)
        raise


def _begin(factory: SessionFactory, import_id: uuid.UUID, actor: Actor) -> tuple[OpenedImport, Written]:
    with factory() as session, session.begin():
        claim_import(session, import_id, actor)
        opened = open_import(session, import_id, actor)
        opened.layout.headings()
        return opened, begin_or_resume(session, import_id, actor.organisation_id)


def _write_all(
    factory: SessionFactory, opened: OpenedImport, actor: Actor, written: Written
) -> Generator[Progress, None, None]:
    checking = opened.check_rows()
    comparer = Comparer(factory, actor, checking.headings, opened.id)
    for row_number, rows in _groups(checking, written.row):
        written = _write(factory, opened, actor, comparer.compare(rows), written, row_number)
        yield _progress(checking, written)
    yield _progress(checking, written, Phase.SHOW)
    changed = _finish(factory, opened, actor, written)
    yield Progress(checking.total, checking.total, Phase.DONE, written.added, changed)


def _progress(checking: Checking, written: Written, phase: Phase = Phase.WRITE) -> Progress:
    done = max(0, written.row - checking.headings.row)
    return Progress(done, max(checking.total, done), phase, written.added, written.records)


def _groups(checking: Checking, after: int) -> Iterator[tuple[int, list[GoodRow]]]:
    """Good rows below the row `after`, together with the number of the last row that was looked at for them."""
    rows = ((row.number, found) for row, found in checking.rows if row.number > after)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some[-1][0], [found for _, found in some if is_ready(found)]


def _write(
    factory: SessionFactory,
    opened: OpenedImport,
    actor: Actor,
    compared: list[Compared | list[RowFault]],
    written: Written,
    row_number: int,
) -> Written:
    rows = [row for row in compared if isinstance(row, Compared)]
    try:
        with factory() as session, session.begin():
            return _write_rows(session, opened, actor, rows, written, row_number)
    except IntegrityError:
        # The text of this error holds the row; it ends here.
        raise NumberTaken from None


def _write_rows(
    session: Session, opened: OpenedImport, actor: Actor, rows: list[Compared], written: Written, row_number: int
) -> Written:
    sealer = make_sealer(session, actor)
    note_written(session, opened, written, written)
    added = write_employees(session, opened.id, [row for row in rows if row.kind is Kind.NEW], sealer)
    changed = [row for row in rows if row.kind is Kind.CHANGED]
    records = write_changes(session, opened.id, changed, sealer, actor)
    unchanged = sum(row.kind is Kind.UNCHANGED for row in rows)
    after = written.plus(row_number, added, records, unchanged)
    note_written(session, opened, written, after)
    return after


def _finish(factory: SessionFactory, opened: OpenedImport, actor: Actor, written: Written) -> int:
    with factory() as session, session.begin():
        holder_id = require_import(session, actor)
        note_written(session, opened, written, written)
        changed = people_changed_by(session, opened.id)
        if not written.added and not changed:
            # What was staged is gone where somebody edited all of them meanwhile.
            raise PeopleChanged if written.records else NothingToImport
        record(
            session,
            Action.IMPORT_CONFIRM,
            by=actor.who,
            object_type="batch",
            object_id=opened.id,
            details={"count": written.added, "updated": len(changed)},
        )
        record_changes(session, opened.id, changed, actor)
        apply_changes(session, opened.id, holder_id, written.records, actor)
        show_batch(session, opened.id, session.source.now())
        finish_import(session, opened.id, len(changed))
        return len(changed)

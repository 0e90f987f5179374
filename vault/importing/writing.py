"""Writing a confirmed import: sealed rows in short transactions, then one that makes them visible (design 2.2, 5)."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from database.session import SessionFactory
from vault.importing.batches import Written, begin_batch, lock_batch, show_batch, write_employees
from vault.importing.checking import GoodRow
from vault.importing.errors import NothingToImport, NumberTaken
from vault.importing.jobs import (
    OpenedImport,
    claim_import,
    finish_import,
    give_back_import,
    open_import,
    require_import,
)
from vault.record_sealing import make_sealer

ROWS_A_TRANSACTION = 500


@dataclass(frozen=True)
class Progress:
    """How far an import is: employees written, of at most `total`; `finished` once they are visible."""

    written: int
    total: int
    finished: bool = False


def write_rows(factory: SessionFactory, import_id: uuid.UUID, actor: Actor) -> Generator[Progress, None, None]:
    """Import the good rows of a file; each step of the iterator is one short transaction of its own.

    Nothing is visible until the last step, which writes the log entry and shows all rows at once. A caller that stops
    before it, or a server that dies, leaves an invisible batch that a later call destroys and writes anew, `discard`
    destroys, and the worker destroys after a day. Access is looked at again in every transaction. Rows with a fault or
    an unknown department are left out.

    Raises as `jobs.open_import`, and `OtherImportRunning`, `NothingToImport`, `NumberTaken`, `ImportInterrupted`: then
    nothing became visible.
    """
    opened = _begin(factory, import_id, actor)
    try:
        yield from _write_all(factory, opened, actor)
    except (NothingToImport, NumberTaken):
        with factory() as session, session.begin():
            give_back_import(session, import_id)
        raise


def _write_all(factory: SessionFactory, opened: OpenedImport, actor: Actor) -> Generator[Progress, None, None]:
    table, headings, checked = opened.check_rows()
    good = (row for row in checked if isinstance(row, GoodRow) and row.department_id is not None)
    total, written = table.row_count - headings.row, Written()
    while rows := list(islice(good, ROWS_A_TRANSACTION)):
        written = _write(factory, opened.id, actor, rows, written)
        yield Progress(written.count, max(total, written.count))
    if not written.count:
        raise NothingToImport
    _finish(factory, opened.id, actor, written)
    yield Progress(written.count, written.count, finished=True)


def _begin(factory: SessionFactory, import_id: uuid.UUID, actor: Actor) -> OpenedImport:
    with factory() as session, session.begin():
        claim_import(session, import_id, actor)
        opened = open_import(session, import_id, actor)
        begin_batch(session, import_id, actor.organisation_id)
        return opened


def _write(
    factory: SessionFactory, import_id: uuid.UUID, actor: Actor, rows: list[GoodRow], written: Written
) -> Written:
    try:
        with factory() as session, session.begin():
            sealer = make_sealer(session, actor)
            lock_batch(session, import_id, written)
            return Written(written.count + len(rows), write_employees(session, import_id, rows, sealer))
    except IntegrityError:
        # The text of this error holds the row; it ends here.
        raise NumberTaken from None


def _finish(factory: SessionFactory, import_id: uuid.UUID, actor: Actor, written: Written) -> None:
    with factory() as session, session.begin():
        require_import(session, actor)
        lock_batch(session, import_id, written)
        record(
            session,
            Action.IMPORT_CONFIRM,
            by=actor.who,
            object_type="batch",
            object_id=import_id,
            details={"count": written.count},
        )
        show_batch(session, import_id, session.source.now())
        finish_import(session, import_id)

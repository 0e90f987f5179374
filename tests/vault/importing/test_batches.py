"""Rows that become visible together or not at all (design 2.2)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update

from organisation.models import Batch, Employee
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, row
from tests.vault.importing.test_jobs import count, keep
from tests.vault.importing.test_writing import actor_of, visible_people
from vault.importing.batches import Written, destroy_batch, lock_batch, show_batch
from vault.importing.errors import ImportInterrupted
from vault.importing.writing import write_rows


@pytest.fixture
def batch_id(house: House) -> UUID:
    """A batch with two employees that is not visible yet."""
    import_id = keep(house, [HEADINGS, row(), row(number="B", bsn="")])
    next(write_rows(house.factory, import_id, actor_of(house)))
    return import_id


def last_id(house: House) -> UUID:
    with house.factory() as session:
        return session.scalars(select(Employee.id).limit(1)).one()


def test_a_run_goes_on_only_in_the_batch_that_holds_what_it_wrote(house: House, batch_id: UUID) -> None:
    own = last_id(house)
    with house.factory() as session, session.begin():
        lock_batch(session, batch_id, Written(2, own))
        for written in (Written(), Written(1, own), Written(3, own), Written(2, batch_id)):
            with pytest.raises(ImportInterrupted):
                lock_batch(session, batch_id, written)
        show_batch(session, batch_id, session.source.now())
        with pytest.raises(ImportInterrupted):
            lock_batch(session, batch_id, Written(2, own))


def test_a_batch_is_shown_once(house: House, batch_id: UUID) -> None:
    with house.factory() as session, session.begin():
        show_batch(session, batch_id, session.source.now())
        with pytest.raises(ImportInterrupted):
            show_batch(session, batch_id, session.source.now())


def test_what_is_visible_is_never_destroyed_as_half_written(house: House, batch_id: UUID) -> None:
    with house.factory() as session, session.begin():
        session.execute(update(Batch).where(Batch.id == batch_id).values(visible_at=session.source.now()))
        destroy_batch(session, batch_id)
    assert (count(house.factory, Employee), visible_people(house)) == (2, 2)


def test_what_is_half_written_is_destroyed_whole(house: House, batch_id: UUID) -> None:
    with house.factory() as session, session.begin():
        destroy_batch(session, batch_id)
        destroy_batch(session, batch_id)
    assert count(house.factory, Employee) == count(house.factory, Batch) == 0

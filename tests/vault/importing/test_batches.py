"""Rows that become visible together or not at all (design 2.2)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update

from organisation.models import Batch, Employee
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, row
from tests.vault.importing.test_jobs import count, keep
from tests.vault.importing.test_writing import actor_of, visible_people
from vault.importing.batches import batch_holds, destroy_batch, show_batch
from vault.importing.errors import ImportInterrupted
from vault.importing.writing import write_rows


@pytest.fixture
def batch_id(house: House) -> UUID:
    """A batch with two employees that is not visible yet."""
    import_id = keep(house, [HEADINGS, row(), row(number="B", bsn="")])
    next(write_rows(house.factory, import_id, actor_of(house)))
    return import_id


def test_a_batch_holds_what_was_written_or_is_begun_anew(house: House, batch_id: UUID) -> None:
    with house.factory() as session, session.begin():
        assert batch_holds(session, batch_id, added=2, records=0)
        assert not batch_holds(session, batch_id, added=1, records=0)
        assert not batch_holds(session, batch_id, added=2, records=1)
        show_batch(session, batch_id, session.source.now())
        assert not batch_holds(session, batch_id, added=2, records=0)


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

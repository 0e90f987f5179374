"""The blind indexes of both sides stay what the records are (design 2.2, 2.5, 2.7)."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from crypto.source import SeededSource
from database.session import SessionFactory
from keys.index_secrets import INDEX
from keys.models import DueWork, HolderGeneration
from tests.vault.test_search import found
from tests.world import World, card, details, make_world
from vault import indexing
from vault import search as searching
from vault.access import withdraw_access
from vault.errors import NoVaultAccess
from vault.indexing import index_batch, leave_indexing
from vault.intake import take_in_shares
from vault.models import RecordIndex, Vault
from vault.records import update_record
from vault.sharing import end_share


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """More people in view than are opened, so that only the indexes find them."""
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)


def rename(world: World, employee_id: UUID, name: str, version: int = 1) -> None:
    """Let Anna correct a last name."""
    given = {"card": card(name), "details": details(), "expected_version": version, "actor": world.actor("Anna")}
    update_record(world.session, employee_id, **given)  # type: ignore[arg-type]


def rows_of(world: World, holder_id: UUID | None) -> list[RecordIndex]:
    """The index rows of a holder."""
    rows = select(RecordIndex).where(RecordIndex.holder_id == holder_id).order_by(RecordIndex.employee_id)
    return list(world.session.scalars(rows.execution_options(populate_existing=True)))


def due(world: World) -> int:
    """How much indexing is due."""
    return world.session.scalar(select(func.count()).select_from(DueWork).where(DueWork.kind == INDEX)) or 0


def test_the_service_finds_the_new_name_and_no_longer_the_old(world: World) -> None:
    """Design 2.2: live. The row of the older version is gone, not only passed over."""
    employee_id = world.employ("1", "Oudman")
    world.share(employee_id)
    take_in_shares(world.session, world.actor("Carla"))
    assert found(world, "Carla", last_name="oudman") == ["1"]
    rename(world, employee_id, "Nieuwman")
    assert due(world) == 1
    assert index_batch(world.session, world.actor("Carla")) is False
    assert found(world, "Carla", last_name="oudman") == []
    assert found(world, "Carla", last_name="nieuwman") == ["1"]
    assert [row.version for row in rows_of(world, world.service.holder_id)] == [2]
    assert due(world) == 0


def test_an_older_row_finds_nobody(world: World) -> None:
    """Until the change has been indexed its old name finds nobody either: the rows have the version in them."""
    employee_id = world.employ("1", "Oudman")
    world.share(employee_id)
    take_in_shares(world.session, world.actor("Carla"))
    rename(world, employee_id, "Oudmans")
    assert found(world, "Carla", last_name="oudman") == []


def test_indexing_is_logged_before_it_opens_anything_with_each_it_was_about(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Design 3."""
    employee_id = world.employ("1", "Bos")
    world.share(employee_id)
    take_in_shares(world.session, world.actor("Carla"))
    rename(world, employee_id, "Bosch")
    entries: list[int] = []
    real = indexing.index_records

    def noting(*given: object) -> None:
        entries.append(len(world.session.scalars(select(AuditEntry).where(AuditEntry.action == "index:write")).all()))
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(indexing, "index_records", noting)
    index_batch(world.session, world.actor("Carla"))
    assert entries == [1]
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "index:write")).one()
    assert (entry.organisation_id, entry.details) == (world.service.id, {"count": 1})
    subjects = world.session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id))
    assert list(subjects) == [employee_id]
    index_batch(world.session, world.actor("Carla"))
    assert len(world.session.scalars(select(AuditEntry).where(AuditEntry.action == "index:write")).all()) == 1


def test_a_colleague_with_a_small_scope_indexes_for_all(world: World) -> None:
    """What is due is done by whoever comes first; whom this person sees is another matter."""
    world.hire_arbo("Cor", scope=type(world.actor("Carla").scope)(whole=False, units=frozenset([world.garage.id])))
    employee_id = world.employ("1", "Bos")
    world.share(employee_id)
    take_in_shares(world.session, world.actor("Cor"))
    rename(world, employee_id, "Vos")
    index_batch(world.session, world.actor("Cor"))
    assert found(world, "Carla", last_name="vos") == ["1"]
    assert found(world, "Cor", last_name="vos") == []


def test_what_is_due_is_done_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH_SIZE", 2)
    people = [world.employ(str(number), "Bos") for number in range(3)]
    for employee_id in people:
        world.share(employee_id)
    take_in_shares(world.session, world.actor("Carla"))
    for employee_id in people:
        rename(world, employee_id, "Vos")
    assert [index_batch(world.session, world.actor("Carla")) for _ in range(2)] == [True, False]
    assert found(world, "Carla", last_name="vos") == ["0", "1", "2"]


def test_the_end_of_a_share_destroys_what_the_service_finds_by(world: World) -> None:
    """S-07: rows, and the work that was due on them."""
    ends, stays = world.employ("1", "Bos"), world.employ("2", "Bos")
    share = world.share(ends)
    world.share(stays)
    take_in_shares(world.session, world.actor("Carla"))
    rename(world, ends, "Vos")
    end_share(world.session, share.id, world.actor("Anna"))
    assert [row.employee_id for row in rows_of(world, world.service.holder_id)] == [stays]
    assert due(world) == 0
    assert found(world, "Carla", last_name="vos") == []
    assert found(world, last_name="vos") == ["1"]


def test_work_that_is_left_over_of_a_lost_share_makes_no_row(world: World) -> None:
    """A change and the end of a share may come in any order."""
    employee_id = world.employ("1", "Bos")
    share = world.share(employee_id)
    leave_indexing(world.session, [employee_id])
    world.session.execute(update(DueWork).values(created_at=world.session.source.now()))
    work = world.session.scalars(select(DueWork)).one()
    values = {column.name: getattr(work, column.name) for column in DueWork.__table__.columns}
    end_share(world.session, share.id, world.actor("Anna"))
    world.session.execute(DueWork.__table__.insert(), values)  # type: ignore[attr-defined]
    index_batch(world.session, world.actor("Carla"))
    assert rows_of(world, world.service.holder_id) == []
    assert due(world) == 0


def older_than_the_index(world: World, holder_id: UUID | None) -> None:
    """Make the database what it was before there were indexes."""
    world.session.execute(delete(RecordIndex).where(RecordIndex.holder_id == holder_id))
    world.session.execute(
        update(HolderGeneration).where(HolderGeneration.holder_id == holder_id).values(index_sealed=None)
    )
    world.session.expire_all()


@pytest.mark.parametrize("side", ["Anna", "Carla"])
def test_records_that_are_older_than_the_index_are_indexed_when_somebody_comes_by(
    world: World, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the vault and of the service: in batches, once, and nobody is left out."""
    monkeypatch.setattr(indexing, "BATCH_SIZE", 2)
    for number in range(3):
        world.share(world.employ(str(number), "Bos"))
    take_in_shares(world.session, world.actor("Carla"))
    vault = world.session.scalars(select(Vault).where(Vault.organisation_id == world.employer.id)).one()
    older_than_the_index(world, vault.holder_id if side == "Anna" else world.service.holder_id)
    assert found(world, side, last_name="bos") == []
    done = [index_batch(world.session, world.actor(side)) for _ in range(3)]
    assert done == [True, False, False]
    assert found(world, side, last_name="bos") == ["0", "1", "2"]
    assert due(world) == 0


def test_the_index_travels_to_the_next_generation(world: World) -> None:
    """Design 2.1: a withdrawal makes no index anew; who stays finds what was there and what comes."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    world.employ("1", "Bos")
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    world.employ("2", "Bos")
    assert found(world, last_name="bos") == ["1", "2"]
    with pytest.raises((NoVaultAccess, PermissionDenied)):
        index_batch(world.session, world.actor("Frits"))


def test_a_change_while_the_service_indexes_is_not_lost(
    session_factory: SessionFactory, source: SeededSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a change that commits while a batch is at work, either the batch reads it or it is due again."""
    with session_factory() as session:
        world = make_world(session)
        employee_id = world.employ("1", "Eerst")
        world.share(employee_id)
        take_in_shares(session, world.actor("Carla"))
        rename(world, employee_id, "Tweede")
        session.commit()
    source.advance(timedelta(seconds=1))

    def change() -> None:
        with session_factory() as session, session.begin():
            given = {"card": card("Derde"), "details": details(), "expected_version": 2}
            update_record(session, employee_id, **given, actor=world.actor("Anna", session))  # type: ignore[arg-type]

    changing = Thread(target=change)
    real = indexing.index_records

    def while_it_changes(*given: object) -> None:
        changing.start()
        changing.join(0.3)
        real(*given)  # type: ignore[arg-type]

    with session_factory() as session, session.begin():
        monkeypatch.setattr(indexing, "index_records", while_it_changes)
        index_batch(session, world.actor("Carla", session))
        monkeypatch.setattr(indexing, "index_records", real)
    changing.join(30)
    with session_factory() as session, session.begin():
        world.session = session
        index_batch(session, world.actor("Carla"))
        assert found(world, "Carla", last_name="derde") == ["1"]
        assert found(world, "Carla", last_name="tweede") == []

"""Every committed entry gets its place in its organisation's chain, once, whoever seals (design 3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from audit.actions import Action
from audit.chaining import seal_pending
from audit.encoding import encode_seal
from audit.models import AuditEntry, AuditPending, AuditSeal
from audit.recording import Who, record
from audit.verification import verify
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import SessionFactory
from tests.audit.intruder import Intruder
from tests.audit.people import ANNA, BRAM, EMPLOYER, OTHER_EMPLOYER


def test_each_organisation_has_a_chain_of_its_own_that_starts_at_one(factory: SessionFactory) -> None:
    for who in (ANNA, BRAM, ANNA):
        _write(factory, who)

    assert _seal(factory) == 3
    assert _numbers(factory, EMPLOYER) == [1, 2]
    assert _numbers(factory, OTHER_EMPLOYER) == [1]


def test_a_chain_goes_on_where_it_was(factory: SessionFactory) -> None:
    for _ in range(3):
        _write(factory, ANNA)
        _seal(factory)

    assert _numbers(factory, EMPLOYER) == [1, 2, 3]


def test_a_seal_follows_from_the_one_before_it(factory: SessionFactory) -> None:
    _write(factory, ANNA)
    _write(factory, ANNA)
    _seal(factory)

    with factory() as session:
        first, second = session.scalars(select(AuditSeal).order_by(AuditSeal.number))
        entry = session.get_one(AuditEntry, second.entry_id)
        message = encode_seal(EMPLOYER, 2, entry.id, entry.mac, first.hash)
        session.package_key("audit").check_mac(message, second.hash)


def test_what_was_sealed_waits_no_longer_and_is_not_sealed_again(factory: SessionFactory) -> None:
    _write(factory, ANNA)

    assert [_seal(factory), _seal(factory)] == [1, 0]
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(AuditPending)) == 0


def test_only_so_many_are_sealed_at_once_the_oldest_first(factory: SessionFactory, source: SeededSource) -> None:
    moments = []
    for _ in range(5):
        moments.append(_write(factory, ANNA))
        source.advance(timedelta(seconds=1))

    assert [_seal(factory, 2), _seal(factory, 2), _seal(factory, 2)] == [2, 2, 1]
    assert _sealed_entries(factory) == moments


def test_an_entry_that_is_committed_late_is_sealed_late_and_nothing_is_missed(
    factory: SessionFactory, source: SeededSource, postgresql_url: str
) -> None:
    """By what is committed, never by time: an older moment may stand after a newer one."""
    engine = make_engine(postgresql_url)
    on_postgresql = SessionFactory(engine, source, factory.package_keys)
    with on_postgresql() as slow:
        slow_entry = record(slow, Action.EMPLOYEE_READ, by=ANNA).id
        source.advance(timedelta(seconds=1))
        quick_entry = _write(on_postgresql, ANNA)
        assert _seal(on_postgresql) == 1
        slow.commit()

    assert _seal(on_postgresql) == 1
    assert _sealed_entries(on_postgresql) == [quick_entry, slow_entry]
    engine.dispose()


def test_sealing_that_is_rolled_back_leaves_everything_waiting(factory: SessionFactory) -> None:
    _write(factory, ANNA)
    with factory() as session:
        seal_pending(session)

    assert _numbers(factory, EMPLOYER) == []
    assert _seal(factory) == 1


def test_two_sealers_at_once_never_seal_an_entry_twice_or_skip_a_number(factory: SessionFactory) -> None:
    for _ in range(60):
        _write(factory, ANNA)

    with ThreadPoolExecutor(4) as threads:
        sealed = sum(threads.map(lambda _: _seal(factory, 5), range(40)))

    assert sealed + _seal(factory) == 60
    assert _numbers(factory, EMPLOYER) == list(range(1, 61))
    with factory() as session:
        assert verify(session).faults == []


def test_while_another_seals_on_postgresql_the_second_leaves_at_once(
    factory: SessionFactory, source: SeededSource, postgresql_url: str
) -> None:
    engine = make_engine(postgresql_url)
    on_postgresql = SessionFactory(engine, source, factory.package_keys)
    _write(on_postgresql, ANNA)
    with on_postgresql() as first:
        assert seal_pending(first) == 1
        assert _seal(on_postgresql) == 0
        first.commit()
    engine.dispose()


def test_an_edited_queue_cannot_put_an_entry_in_another_organisations_chain(
    factory: SessionFactory, intruder: Intruder
) -> None:
    _write(factory, ANNA)
    intruder.do("UPDATE audit_pending SET organisation_id = :other", other=OTHER_EMPLOYER)
    _seal(factory)

    assert _numbers(factory, EMPLOYER) == [1]
    assert _numbers(factory, OTHER_EMPLOYER) == []


def test_an_entry_that_is_queued_again_stops_nobody(factory: SessionFactory, intruder: Intruder) -> None:
    entry = _write(factory, ANNA)
    _seal(factory)
    intruder.do(
        "INSERT INTO audit_pending SELECT id, organisation_id, moment FROM audit_entry WHERE id = :entry", entry=entry
    )
    _write(factory, ANNA)

    assert _seal(factory) == 1
    assert _numbers(factory, EMPLOYER) == [1, 2]


@pytest.mark.parametrize("others", [0, 7])
def test_a_chain_depends_on_nothing_of_another_organisation(
    engine: Engine, factory: SessionFactory, others: int
) -> None:
    """Design 2.6: what an employer may see of its chain is the same, byte for byte, whatever others do."""
    steady = SeededSource("twin", factory.source.now())
    busy = SeededSource("noise", factory.source.now())
    hashes = []
    for turn in range(3):
        with SessionFactory(engine, steady, factory.package_keys)() as session:
            record(session, Action.EMPLOYEE_READ, by=ANNA)
            session.commit()
        for _ in range(others if turn == 1 else 0):
            _write(SessionFactory(engine, busy, factory.package_keys), BRAM)
        _seal(factory)
    with factory() as session:
        rows = session.execute(
            select(AuditSeal).where(AuditSeal.organisation_id == EMPLOYER).order_by(AuditSeal.number)
        )
        hashes = [(row.AuditSeal.number, row.AuditSeal.entry_id) for row in rows]
    expected = SeededSource("twin", factory.source.now())

    assert hashes == [(number, expected.new_id()) for number in (1, 2, 3)]


def _write(factory: SessionFactory, who: Who) -> UUID:
    with factory() as session:
        entry = record(session, Action.EMPLOYEE_READ, by=who)
        session.commit()
        return entry.id


def _seal(factory: SessionFactory, limit: int = 1000) -> int:
    with factory() as session:
        sealed = seal_pending(session, limit)
        session.commit()
        return sealed


def _numbers(factory: SessionFactory, organisation_id: UUID) -> list[int]:
    with factory() as session:
        statement = select(AuditSeal.number).where(AuditSeal.organisation_id == organisation_id)
        return list(session.scalars(statement.order_by(AuditSeal.number)))


def _sealed_entries(factory: SessionFactory) -> list[UUID]:
    with factory() as session:
        return list(session.scalars(select(AuditSeal.entry_id).order_by(AuditSeal.number)))

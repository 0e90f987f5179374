"""What is done to the log behind the application's back is found, at its place (goal C, without checkpoints)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from audit.actions import Action
from audit.chaining import seal_pending
from audit.models import AuditEntry, AuditSeal
from audit.recording import record
from audit.verification import Fault, FaultKind, Report, verify
from crypto.root_key import FileRootKey
from crypto.source import SeededSource, SystemSource
from database.engine import read_only
from database.session import SessionFactory
from tests.audit.intruder import Intruder
from tests.audit.people import ANNA, BRAM, EMPLOYER, EVA, FINN, OTHER_EMPLOYER

SEALED = 10


@pytest.fixture
def entries(factory: SessionFactory, source: SeededSource) -> list[UUID]:
    """Ten sealed entries of Anna's organisation about Eva and Finn, in order of their numbers, and three of Bram's."""
    written = []
    for number in range(SEALED):
        with factory() as session:
            about, details = {EVA: "share of Eva", FINN: "share of Finn"}, {"version": number}
            entry = record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=about, details=details)
            written.append(entry.id)
            if number < 3:
                record(session, Action.EMPLOYEE_LIST, by=BRAM)
            session.commit()
        source.advance(timedelta(seconds=1))
    seal(factory)
    return written


def seal(factory: SessionFactory) -> None:
    with factory() as session:
        seal_pending(session)
        session.commit()


def verified(factory: SessionFactory) -> Report:
    with SessionFactory(read_only(factory.engine), factory.source, factory.package_keys)() as session:
        return verify(session)


def test_a_log_that_nobody_touched_is_whole(factory: SessionFactory, entries: list[UUID]) -> None:
    report = verified(factory)

    assert (report.faults, report.fault_count) == ([], 0)
    assert (report.organisations, report.entries, report.subjects, report.unsealed) == (2, 13, 20, 0)


def test_an_empty_log_is_whole(factory: SessionFactory) -> None:
    assert verified(factory) == Report()


_EDITS: dict[str, Any] = {
    "id": uuid4(),
    "organisation_id": OTHER_EMPLOYER,
    "moment": "2026-11-22 09:00:05.000001",
    "action": "employee:list",
    "outcome": "failed",
    "actor_id": BRAM.person_id,
    "actor_organisation_id": OTHER_EMPLOYER,
    "actor_roles": "werkgever",
    "responsible_id": FINN,
    "access_point": "192.0.2.99",
    "ground": "share:none",
    "object_type": "employee",
    "object_id": EVA,
    "details": '{"version": 99}',
}


def test_the_edits_below_are_of_every_column() -> None:
    assert _EDITS.keys() == {column.name for column in AuditEntry.__table__.columns} - {"mac"}


@pytest.mark.parametrize("column", sorted(_EDITS.keys() - {"id"}))
def test_an_edited_column_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID], column: str
) -> None:
    statement = f"UPDATE audit_entry SET {column} = :value WHERE id = :entry"  # noqa: S608 - a name of the model
    assert intruder.do(statement, value=_EDITS[column], entry=entries[4]) == 1

    fault = only_fault(factory)
    assert (fault.number, fault.entry_id, fault.what) == (5, entries[4], FaultKind.ENTRY_CHANGED)


def test_an_edited_id_is_an_entry_gone_and_one_that_was_never_sealed(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    intruder.do("UPDATE audit_entry SET id = :value WHERE id = :entry", value=_EDITS["id"], entry=entries[4])

    assert (5, entries[4], FaultKind.ENTRY_MISSING) in places(factory)
    assert (None, _EDITS["id"], FaultKind.ENTRY_UNSEALED) in places(factory)


def test_a_code_taken_from_another_entry_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    intruder.do(
        "UPDATE audit_entry SET mac = (SELECT mac FROM audit_entry WHERE id = :other) WHERE id = :entry",
        other=entries[3],
        entry=entries[4],
    )

    assert (5, entries[4], FaultKind.ENTRY_CHANGED) in places(factory)


_SUBJECT_TAMPERING = {
    "edited": "UPDATE audit_subject SET subject_id = :stranger WHERE entry_id = :entry AND subject_id = :eva",
    "of another organisation": "UPDATE audit_subject SET organisation_id = :other WHERE entry_id = :entry",
    "its ground edited": "UPDATE audit_subject SET ground = 'another' WHERE entry_id = :entry AND subject_id = :eva",
    "its ground taken": "UPDATE audit_subject SET ground = NULL WHERE entry_id = :entry AND subject_id = :eva",
    "its ground that of another": "UPDATE audit_subject SET ground = 'share of Finn' WHERE entry_id = :entry",
    "removed": "DELETE FROM audit_subject WHERE entry_id = :entry AND subject_id = :eva",
    "all removed": "DELETE FROM audit_subject WHERE entry_id = :entry",
    "added": "INSERT INTO audit_subject (entry_id, subject_id, organisation_id) VALUES (:entry, :stranger, :employer)",
}


@pytest.mark.parametrize("tampering", _SUBJECT_TAMPERING)
def test_a_changed_subject_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID], tampering: str
) -> None:
    statement = _SUBJECT_TAMPERING[tampering]
    values = {"stranger": uuid4(), "eva": EVA, "other": OTHER_EMPLOYER, "employer": EMPLOYER, "entry": entries[4]}
    assert intruder.do(statement, **{name: value for name, value in values.items() if f":{name}" in statement}) > 0

    assert places(factory) == [(5, entries[4], FaultKind.ENTRY_CHANGED)]


def test_a_subject_moved_to_another_entry_is_found_at_both(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    stranger = uuid4()
    with factory() as session:
        entry = record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[stranger]).id
        session.commit()
    seal(factory)
    intruder.do("UPDATE audit_subject SET entry_id = :there WHERE entry_id = :here", there=entries[4], here=entry)

    assert places(factory) == [
        (5, entries[4], FaultKind.ENTRY_CHANGED),
        (SEALED + 1, entry, FaultKind.ENTRY_CHANGED),
    ]


def test_a_subject_of_an_entry_that_never_was_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    stranger = uuid4()
    intruder.do(
        "INSERT INTO audit_subject (entry_id, subject_id, organisation_id) VALUES (:entry, :eva, :employer)",
        entry=stranger,
        eva=EVA,
        employer=EMPLOYER,
    )

    assert places(factory) == [(None, stranger, FaultKind.STRAY_SUBJECT)]


@pytest.mark.parametrize("place", [0, 4, SEALED - 1])
def test_a_deleted_entry_is_found_wherever_it_stood(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID], place: int
) -> None:
    intruder.do("DELETE FROM audit_subject WHERE entry_id = :entry", entry=entries[place])
    intruder.do("DELETE FROM audit_entry WHERE id = :entry", entry=entries[place])

    assert places(factory) == [(place + 1, entries[place], FaultKind.ENTRY_MISSING)]


def test_a_deleted_entry_leaves_its_subjects_behind(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    intruder.do("DELETE FROM audit_entry WHERE id = :entry", entry=entries[4])

    assert (None, entries[4], FaultKind.STRAY_SUBJECT) in places(factory)


def test_two_entries_that_changed_places_in_the_chain_are_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    swap_seals(intruder, entries[3], entries[4])

    found = places(factory)
    assert (4, entries[4], FaultKind.SEAL_CHANGED) in found
    assert (5, entries[3], FaultKind.SEAL_CHANGED) in found


def test_an_entry_put_in_from_outside_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    forged = copy_entry(intruder, entries[4])

    found = places(factory)
    assert (None, forged, FaultKind.ENTRY_UNSEALED) in found
    assert (None, forged, FaultKind.ENTRY_CHANGED) in found


def test_an_entry_put_in_with_a_place_in_the_queue_is_found_though_it_gets_a_seal(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    forged = copy_entry(intruder, entries[4])
    intruder.do(
        "INSERT INTO audit_pending SELECT id, organisation_id, moment FROM audit_entry WHERE id = :entry", entry=forged
    )
    seal(factory)

    assert places(factory) == [(SEALED + 1, forged, FaultKind.ENTRY_CHANGED)]


def test_an_entry_put_in_with_a_seal_of_its_own_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    forged = copy_entry(intruder, entries[4])
    intruder.do(
        "INSERT INTO audit_seal (organisation_id, number, entry_id, hash)"
        " SELECT organisation_id, :number, :entry, hash FROM audit_seal WHERE entry_id = :model",
        number=SEALED + 1,
        entry=forged,
        model=entries[4],
    )

    assert (SEALED + 1, forged, FaultKind.SEAL_CHANGED) in places(factory)


@pytest.mark.parametrize("cut", [(1, 3), (4, 4), (4, 8)])
def test_a_piece_cut_from_the_beginning_or_the_middle_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID], cut: tuple[int, int]
) -> None:
    """Entries, subjects and seals together, as a thorough intruder would."""
    first, last = cut
    remove(intruder, first, last)

    assert places(factory) == [(last + 1, entries[last], FaultKind.NUMBER_MISSING)]


def test_a_cut_that_was_closed_by_renumbering_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    remove(intruder, 5, 5)
    for number in range(6, SEALED + 1):
        statement = "UPDATE audit_seal SET number = :new WHERE organisation_id = :id AND number = :number"
        intruder.do(statement, new=number - 1, id=EMPLOYER, number=number)

    assert (5, entries[5], FaultKind.SEAL_CHANGED) in places(factory)


def test_seals_that_were_removed_while_their_entries_stayed_are_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    intruder.do("DELETE FROM audit_seal WHERE organisation_id = :id AND number > 8", id=EMPLOYER)

    assert sorted(places(factory), key=str) == sorted(
        [(None, entries[8], FaultKind.ENTRY_UNSEALED), (None, entries[9], FaultKind.ENTRY_UNSEALED)], key=str
    )


def test_an_edited_seal_is_found(factory: SessionFactory, intruder: Intruder, entries: list[UUID]) -> None:
    intruder.do(
        "UPDATE audit_seal SET hash = (SELECT hash FROM audit_seal WHERE entry_id = :other) WHERE entry_id = :entry",
        other=entries[3],
        entry=entries[4],
    )

    assert (5, entries[4], FaultKind.SEAL_CHANGED) in places(factory)


def test_a_chain_moved_to_another_organisation_is_found(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    stranger = uuid4()
    for table in ("audit_entry", "audit_subject", "audit_seal"):
        statement = f"UPDATE {table} SET organisation_id = :new WHERE organisation_id = :old"  # noqa: S608
        intruder.do(statement, new=stranger, old=EMPLOYER)

    kinds = [fault.what for fault in verified(factory).faults]
    assert kinds.count(FaultKind.ENTRY_CHANGED) == SEALED
    assert kinds.count(FaultKind.SEAL_CHANGED) == SEALED


def test_an_entry_deleted_while_it_waited_is_found_by_its_place_in_the_queue(
    factory: SessionFactory, intruder: Intruder
) -> None:
    with factory() as session:
        entry = record(session, Action.EMPLOYEE_READ, by=ANNA).id
        session.commit()
    intruder.do("DELETE FROM audit_entry")
    seal(factory)

    assert places(factory) == [(None, entry, FaultKind.STRAY_WAITING)]


def test_a_sealer_that_is_not_running_is_found_after_a_while_and_not_before(
    factory: SessionFactory, source: SeededSource
) -> None:
    with factory() as session:
        entry = record(session, Action.EMPLOYEE_READ, by=ANNA).id
        session.commit()

    assert (verified(factory).faults, verified(factory).unsealed) == ([], 1)
    source.advance(timedelta(minutes=2))
    assert places(factory) == [(None, entry, FaultKind.ENTRY_WAITING)]


def test_a_log_written_under_another_root_key_is_no_log_of_ours(
    factory: SessionFactory, engine: Engine, entries: list[UUID], tmp_path: Path
) -> None:
    other = FileRootKey.create(tmp_path / "other.key", SystemSource()).for_package("audit")

    report = verified(SessionFactory(engine, factory.source, {"audit": other}))
    assert report.fault_count == 2 * 13


def test_a_log_written_before_the_root_key_was_rotated_stays_whole(
    factory: SessionFactory, engine: Engine, entries: list[UUID], tmp_path: Path
) -> None:
    rotated = FileRootKey.rotate(tmp_path / "root.key", SystemSource())
    after = SessionFactory(engine, factory.source, {"audit": rotated.for_package("audit")})
    with after() as session:
        record(session, Action.EMPLOYEE_READ, by=ANNA)
        session.commit()
    seal(after)

    assert verified(after).faults == []


def test_a_cut_tail_is_what_only_checkpoints_will_find(
    factory: SessionFactory, intruder: Intruder, entries: list[UUID]
) -> None:
    """Said in the docstring of `verify`: this test turns red when checkpoints come, and the sentence must go."""
    remove(intruder, 8, SEALED)

    assert verified(factory).faults == []


def test_many_faults_are_all_counted_and_the_first_thousand_named(
    factory: SessionFactory, intruder: Intruder, engine: Engine
) -> None:
    with factory() as session:
        for _ in range(1100):
            record(session, Action.EMPLOYEE_READ, by=ANNA)
        session.commit()
    seal(factory)
    seal(factory)
    intruder.do("UPDATE audit_entry SET outcome = 'failed'")

    report = verified(factory)
    assert (report.entries, report.fault_count, len(report.faults)) == (1100, 1100, 1000)


def places(factory: SessionFactory) -> list[tuple[int | None, UUID, FaultKind]]:
    report = verified(factory)
    assert report.fault_count == len(report.faults)
    return [(fault.number, fault.entry_id, fault.what) for fault in report.faults]


def only_fault(factory: SessionFactory) -> Fault:
    (fault,) = verified(factory).faults
    return fault


def copy_entry(intruder: Intruder, entry: UUID) -> UUID:
    columns = ", ".join(column.name for column in AuditEntry.__table__.columns if column.name != "id")
    forged = uuid4()
    intruder.do(
        f"INSERT INTO audit_entry (id, {columns}) SELECT :forged, {columns} FROM audit_entry WHERE id = :entry",  # noqa: S608
        forged=forged,
        entry=entry,
    )
    return forged


def swap_seals(intruder: Intruder, one: UUID, other: UUID) -> None:
    placeholder = uuid4()
    for old, new in ((one, placeholder), (other, one), (placeholder, other)):
        intruder.do("UPDATE audit_seal SET entry_id = :new WHERE entry_id = :old", old=old, new=new)


def remove(intruder: Intruder, first: int, last: int) -> None:
    numbers = "organisation_id = :id AND number BETWEEN :first AND :last"
    chosen = f"SELECT entry_id FROM audit_seal WHERE {numbers}"  # noqa: S608
    values = {"id": EMPLOYER, "first": first, "last": last}
    intruder.do(f"DELETE FROM audit_subject WHERE entry_id IN ({chosen})", **values)  # noqa: S608
    intruder.do(f"DELETE FROM audit_entry WHERE id IN ({chosen})", **values)  # noqa: S608
    intruder.do(f"DELETE FROM audit_seal WHERE {numbers}", **values)  # noqa: S608


def test_the_seals_are_there_to_be_tampered_with(factory: SessionFactory, entries: list[UUID]) -> None:
    with factory() as session:
        statement = select(AuditSeal.entry_id).where(AuditSeal.organisation_id == EMPLOYER).order_by(AuditSeal.number)
        assert list(session.scalars(statement)) == entries

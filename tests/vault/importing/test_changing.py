"""People who are there already: compared, changed in one step with the new ones, or left as they are (X-22, E-14)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import MetaData, select

from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from audit.recording import record
from crypto.source import SeededSource
from keys.holders import make_next_generation
from organisation.models import Employee, Employment, StagedEmployment
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, Rows, row
from tests.vault.importing.test_jobs import count, keep, shown
from tests.vault.importing.test_writing import actor_of, employee_id, import_all, visible_people
from vault.contact_changes import contact_changes
from vault.fields import Card, Details
from vault.importing.comparing import ROWS_AT_ONCE
from vault.importing.errors import NothingToImport
from vault.importing.jobs import discard
from vault.importing.previewing import preview
from vault.importing.writing import write_rows
from vault.models import (
    CareQuestionKind,
    EmployeeImport,
    RecordIndex,
    RecordPart,
    StagedRecordKey,
    Vault,
)
from vault.records import open_whole, update_record
from vault.sharing import end_share, share_record

BSN, OTHER_BSN = "999990019", "999990020"


def opened(house: House, number: str) -> tuple[Card, Details]:
    """What lies in the vault of somebody."""
    some_id = employee_id(house, number)
    with house.factory() as session, session.begin():
        actor = house.actor(session)
        entry = record(session, Action.EMPLOYEE_READ, by=actor.who, subjects=[some_id])
        return open_whole(session, actor, some_id, entry=entry)


def employments(house: House, number: str) -> list[Employment]:
    some_id = employee_id(house, number)
    with house.factory() as session:
        statement = select(Employment).where(Employment.employee_id == some_id).order_by(Employment.starts_on)
        return list(session.scalars(statement))


def changed_fields(house: House, rows: Rows) -> dict[str, tuple[Any, Any]]:
    [changed] = shown(house, keep(house, rows)).changes.items
    return {change.name: (change.old, change.new) for change in changed.changes}


def edit(house: House, number: str, last_name: str = "Anders") -> None:
    """Let Anna correct somebody by hand."""
    some_id = employee_id(house, number)
    with house.factory() as session, session.begin():
        version = session.get_one(Employee, some_id).version
        update_record(
            session,
            some_id,
            card=Card(last_name, date(1990, 12, 31)),
            details=Details(),
            expected_version=version,
            actor=house.actor(session),
        )


def share(house: House, number: str) -> UUID:
    some_id = employee_id(house, number)
    with house.factory() as session, session.begin():
        return share_record(session, some_id, CareQuestionKind.SICK_REPORT, "Toelichting", house.actor(session)).id


def unshare(house: House, share_id: UUID) -> None:
    with house.factory() as session, session.begin():
        end_share(session, share_id, house.actor(session))


def move_vault_on(house: House) -> None:
    """Give the vault its next generation, as a withdrawal of access does."""
    with house.factory() as session, session.begin():
        actor = house.actor(session)
        vault = session.get_one(Vault, house.employer_id)
        make_next_generation(session, vault.holder_id, actor.keys, by=actor.who)


def contents(house: House) -> dict[str, str]:
    """A digest of the rows of each table that is neither the log nor that of imports."""
    tables = MetaData()
    tables.reflect(house.factory.engine)
    with house.factory() as session:
        return {
            table.name: hashlib.sha256(
                repr(sorted(map(repr, (tuple(found) for found in session.execute(select(table)))))).encode()
            ).hexdigest()
            for table in tables.sorted_tables
            if not table.name.startswith(("audit", "employee_import", "import_chunk"))
        }


def test_a_preview_tells_field_by_field_what_changes(staff: House) -> None:
    rows = [
        HEADINGS,
        row(last_name="Jansen", prefix="", city="Delft", function="Voorman", hours="24"),
        row(number="B", bsn="", last_name="Çelik"),
        row(number="E", bsn=""),
        row(number="F", bsn="1"),
    ]
    found = shown(staff, keep(staff, rows))
    assert (found.total, found.new, found.changed, found.unchanged, found.faulty) == (4, 1, 1, 1, 1)
    assert (found.absent.items, found.absent.total) == (("C", "D"), 2)
    [changed] = found.changes.items
    assert (changed.number, changed.personnel_number, changed.is_further) == (2, "MS003", False)
    assert [(change.name, change.old, change.new) for change in changed.changes] == [
        ("last_name", "Dijk", "Jansen"),
        ("prefix", "van", None),
        ("city", "Utrecht", "Delft"),
        ("function", "Monteur", "Voorman"),
        ("hours", Decimal("36.50"), Decimal("24.00")),
    ]
    assert "Jansen" not in repr(found)


def test_whose_data_are_shown_is_in_the_log_and_nobody_else(staff: House) -> None:
    shown(staff, keep(staff, [HEADINGS, row(city="Delft"), row(number="B", bsn="", last_name="Çelik")]))
    with staff.factory() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.IMPORT_COMPARE.value)).one()
        subjects = session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id)).all()
    assert (subjects, entry.details) == ([employee_id(staff, "MS003")], {"count": 1})


def test_a_bsn_is_shown_in_part_to_whoever_may_read_it_and_to_nobody_else(staff: House) -> None:
    import_id, anna = keep(staff, [HEADINGS, row(bsn=OTHER_BSN)]), actor_of(staff)
    for permissions, values in (
        (anna.permissions | {Permission.BSN_READ}, ("•••• •• •19", "•••• •• •20")),
        (anna.permissions - {Permission.BSN_READ}, (None, None)),
    ):
        [changed] = preview(staff.factory, import_id, replace(anna, permissions=permissions)).changes.items
        assert [(change.name, change.old, change.new) for change in changed.changes] == [("bsn", *values)]


def test_changed_and_new_people_become_visible_in_one_step(staff: House) -> None:
    before = opened(staff, "MS003")
    rows = [HEADINGS, row(last_name="Jansen", prefix="", city="Delft", function="Voorman"), row(number="E", bsn="")]
    running = write_rows(staff.factory, keep(staff, rows), actor_of(staff))
    next(running)
    assert opened(staff, "MS003") == before
    assert [item.function for item in employments(staff, "MS003")] == ["Monteur"]
    assert visible_people(staff) == 4
    assert (list(running)[-1].added, visible_people(staff)) == (1, 5)
    card, details = opened(staff, "MS003")
    assert (card.last_name, card.prefix, details.city, details.bsn) == ("Jansen", None, "Delft", BSN)
    assert [(item.function, item.version) for item in employments(staff, "MS003")] == [("Voorman", 2)]
    with staff.factory() as session:
        some_id = employee_id(staff, "MS003")
        parts = session.scalars(select(RecordPart.version).where(RecordPart.employee_id == some_id)).all()
        indexes = session.scalars(select(RecordIndex.version).where(RecordIndex.employee_id == some_id)).all()
        assert (parts, indexes, session.get_one(Employee, some_id).version) == ([2, 2], [2], 2)
    assert count(staff.factory, StagedEmployment) == 0


def test_each_change_is_in_the_log_of_that_person(staff: House) -> None:
    import_id = keep(staff, [HEADINGS, row(city="Delft"), row(number="B", bsn="", last_name="Çelik", hours="8")])
    list(write_rows(staff.factory, import_id, actor_of(staff)))
    people = {employee_id(staff, "MS003"), employee_id(staff, "B")}
    with staff.factory() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.EMPLOYEE_UPDATE.value)).one()
        subjects = session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id))
        assert set(subjects) == people
        assert entry.object_id == import_id
        kept = session.get_one(EmployeeImport, import_id)
        assert (kept.added, kept.changed, kept.unchanged) == (0, 2, 0)


def test_another_start_date_is_a_further_employment(staff: House) -> None:
    """E-14."""
    rows = [HEADINGS, row(), row(starts_on="1-9-2025", function="Voorman")]
    found = shown(staff, keep(staff, rows))
    assert (found.changed, found.unchanged, [item.is_further for item in found.changes.items]) == (1, 1, [True])
    import_all(staff, rows)
    assert [(item.starts_on.year, item.function) for item in employments(staff, "MS003")] == [
        (2020, "Monteur"),
        (2025, "Voorman"),
    ]


def test_someone_new_may_have_several_employments_far_apart_in_the_file(staff: House) -> None:
    """E-14; the rows are written in different transactions."""
    filler = [row(number=f"N{index}", bsn="") for index in range(ROWS_AT_ONCE)]
    rows = [HEADINGS, row(number="E", bsn=""), row(number="E", bsn="", starts_on="1-1-2022"), *filler]
    rows.append(row(number="E", bsn="", starts_on="1-1-2024"))
    last = import_all(staff, rows)[-1]
    assert (last.added, last.changed) == (ROWS_AT_ONCE + 1, 0)
    assert [item.starts_on.year for item in employments(staff, "E")] == [2020, 2022, 2024]


def test_an_empty_cell_and_an_absent_column_leave_what_is_there(staff: House) -> None:
    empty = row(prefix="", first_name="", initials="", gender="", bsn="", postcode="", house_number="", city="",
                email="", mobile="", hours="", ends_on="")  # fmt: skip
    short = [index for index, name in enumerate(HEADINGS) if name not in {"BSN", "Tussenvoegsel", "Aantal uren"}]
    before = contents(staff)
    for rows in ([HEADINGS, empty], [[HEADINGS[index] for index in short], [row()[index] for index in short]]):
        with pytest.raises(NothingToImport):
            import_all(staff, rows)
    assert contents(staff) == before


def test_a_second_import_of_the_same_file_changes_nothing(staff: House) -> None:
    rows = [HEADINGS, row(), row(number="B", bsn="", last_name="Çelik"), row(number="C", bsn="", last_name="Bakker")]
    before = contents(staff)
    import_id = keep(staff, rows)
    found = shown(staff, import_id)
    assert (found.new, found.changed, found.unchanged, found.good) == (0, 0, 3, 0)
    with pytest.raises(NothingToImport):
        list(write_rows(staff.factory, import_id, actor_of(staff)))
    assert contents(staff) == before


def test_another_house_number_takes_its_addition_along(house: House) -> None:
    import_all(house, [HEADINGS, row(house_number="12 A")])
    assert changed_fields(house, [HEADINGS, row(house_number="14")]) == {
        "house_number": ("12", "14"),
        "house_number_addition": ("A", None),
    }
    assert shown(house, keep(house, [HEADINGS, row(house_number="12")])).unchanged == 1


def test_a_bsn_that_stands_under_another_number_is_a_fault(staff: House) -> None:
    rows = [HEADINGS, row(number="B", last_name="Çelik"), row(number="E"), row(number="C", bsn=OTHER_BSN)]
    found = shown(staff, keep(staff, [HEADINGS, rows[1], rows[3]]))
    assert [(fault.row, fault.column, fault.code) for fault in found.faults.items] == [(2, "BSN", "known_bsn")]
    assert found.changed == 1
    found = shown(staff, keep(staff, [HEADINGS, rows[2]]))
    assert [fault.code for fault in found.faults.items] == ["known_bsn"]
    with pytest.raises(NothingToImport):
        import_all(staff, [HEADINGS, rows[2]])


def test_a_number_in_an_import_that_is_not_done_is_a_fault(staff: House) -> None:
    first = keep(staff, [HEADINGS, row(number="E", bsn="")])
    next(write_rows(staff.factory, first, actor_of(staff)))
    found = shown(staff, keep(staff, [HEADINGS, row(number="E", bsn="")]))
    assert [fault.code for fault in found.faults.items] == ["waiting_number"]


def test_a_discarded_import_leaves_those_who_are_there_as_they_were(staff: House) -> None:
    unshare(staff, share(staff, "B"))
    before = contents(staff)
    rows = [HEADINGS, row(city="Delft"), row(number="B", bsn="", city="Delft"), row(number="E", bsn="")]
    import_id = keep(staff, [*rows, row(starts_on="1-9-2025", city="Delft")])
    next(write_rows(staff.factory, import_id, actor_of(staff)))
    assert count(staff.factory, StagedRecordKey) == count(staff.factory, StagedEmployment) == 1
    with staff.factory() as session, session.begin():
        discard(session, import_id, staff.actor(session))
    assert contents(staff) == before


def test_other_contact_data_count_from_the_moment_that_the_batch_is_shown(staff: House, source: SeededSource) -> None:
    """D-08: whoever was invited in between was invited by what was there."""
    some_id, other_id = employee_id(staff, "MS003"), employee_id(staff, "B")
    rows = [
        HEADINGS,
        row(email="anders@voorbeeld.nl"),
        row(number="B", bsn="", last_name="Çelik", mobile="+31612345678"),
    ]
    running = write_rows(staff.factory, keep(staff, rows), actor_of(staff))
    next(running)
    with staff.factory() as session:
        assert contact_changes(session, [some_id, other_id]) == {}
    source.advance(timedelta(minutes=1))
    shown_at = source.now()
    list(running)
    with staff.factory() as session:
        found = contact_changes(session, [some_id, other_id])
    assert found == {some_id: shown_at}
    source.advance(timedelta(minutes=1))
    import_all(staff, [HEADINGS, row(email="anders@voorbeeld.nl", city="Delft")])
    with staff.factory() as session:
        assert contact_changes(session, [some_id]) == found

"""When mail address or mobile number of an employee became others (D-08)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import event

from crypto.source import SeededSource
from tests.vault.test_records import change
from tests.world import World, details
from vault.contact_changes import contact_changes

MINUTE = timedelta(minutes=1)


def changed_at(world: World, employee_id: UUID) -> object:
    return contact_changes(world.session, [employee_id]).get(employee_id)


def test_another_address_or_number_is_dated_and_carried_along(world: World, source: SeededSource) -> None:
    employee_id = world.employ("MS001", "Yılmaz")
    assert changed_at(world, employee_id) is None
    for values in (
        {"email": "anders@bakkerij.example"},
        {"email": "anders@bakkerij.example", "email_private": "eva@thuis.example"},
        {"email": "anders@bakkerij.example", "email_private": "eva@thuis.example", "phone_mobile": "0600000001"},
        {"email": None, "phone_mobile": "0600000001"},
        {"email": None, "phone_mobile": None},
    ):
        source.advance(MINUTE)
        moment = source.now()
        change(world, employee_id, details=details(bsn=None, **values))
        assert changed_at(world, employee_id) == moment, values
        source.advance(MINUTE)
        change(world, employee_id, details=details(bsn=None, city="Delft", **values))
        assert changed_at(world, employee_id) == moment, values


def test_another_way_of_writing_is_no_change(world: World) -> None:
    employee_id = world.employ("MS001", "Yılmaz")
    for values in (
        {"phone_mobile": "+31 (0)6 1234 5678"},
        {"phone_mobile": "06-12345678"},
        {"email": "EVA@Bakkerij.example"},
        {"email": None, "email_private": "eva@bakkerij.example"},
        {"phone_work": "0301234567", "phone_home": "0301234568", "street": "Rozenlaan"},
    ):
        change(world, employee_id, details=details(bsn=None, **values))
        assert changed_at(world, employee_id) is None, values


def test_of_many_employees_it_is_one_query_without_a_key(world: World) -> None:
    ids = [world.employ(f"MS00{number}", "Yılmaz") for number in range(3)]
    for employee_id in ids[:2]:
        change(world, employee_id, details=details(phone_mobile="0600000001", bsn=None))
    statements: list[str] = []
    listener = lambda *given: statements.append(given[2])  # noqa: E731
    connection = world.session.connection()
    event.listen(connection, "before_cursor_execute", listener)
    assert contact_changes(world.session, [*ids, uuid4()]).keys() == set(ids[:2])
    assert len(statements) == 1

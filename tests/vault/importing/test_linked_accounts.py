"""What an import does to employees who see their own record (design 2.2; D-08)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from keys.models import SealedForm
from organisation.models import EMPLOYEES_ID, Employee
from organisation.presets import EMPLOYEE
from tests.people import SignedUp
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, row
from tests.vault.importing.test_changing import move_vault_on
from tests.vault.importing.test_jobs import keep
from tests.vault.importing.test_writing import actor_of, employee_id, import_all
from vault.importing.errors import PeopleChanged
from vault.importing.writing import write_rows
from vault.models import OwnDataLink, RecordKey, RecordPart, StagedRecordKey
from vault.own_data import link_own_data, unlink_own_data


@pytest.fixture
def eva(staff: House) -> SignedUp:
    """Somebody with an account of an employee."""
    return staff.employ("Eva", EMPLOYEES_ID, [EMPLOYEE])


def link(house: House, number: str, person: SignedUp) -> None:
    some_id = employee_id(house, number)
    with house.factory() as session, session.begin():
        link_own_data(session, some_id, person.id, house.actor(session))


def unlink(house: House, number: str) -> None:
    some_id = employee_id(house, number)
    with house.factory() as session, session.begin():
        unlink_own_data(session, some_id, house.actor(session))


def opens(house: House, number: str, person: SignedUp) -> bool:
    """Whether the account has the key under which the present data lie."""
    some_id = employee_id(house, number)
    with house.factory() as session:
        version = session.get_one(Employee, some_id).version
        used = session.scalars(
            select(RecordPart.key_number).where(RecordPart.employee_id == some_id, RecordPart.version == version)
        ).all()
        held = session.scalars(
            select(RecordKey.key_number).where(RecordKey.employee_id == some_id, RecordKey.holder_id == person.id)
        ).all()
    return set(used) <= set(held)


def keys_of(house: House, person_id: UUID) -> list[tuple[int, str]]:
    """The record keys that an account holds, also those that wait for an import: number and form."""
    held: list[tuple[int, str]] = []
    with house.factory() as session:
        for table in (RecordKey, StagedRecordKey):
            statement = select(table.key_number, table.form).where(table.holder_id == person_id)
            held += [(number, form) for number, form in session.execute(statement)]
    return held


def test_an_import_keeps_the_account_along_also_under_a_fresh_key(staff: House, eva: SignedUp) -> None:
    link(staff, "MS003", eva)
    import_all(staff, [HEADINGS, row(city="Delft")])
    assert opens(staff, "MS003", eva)
    move_vault_on(staff)
    import_all(staff, [HEADINGS, row(city="Gouda")])
    assert opens(staff, "MS003", eva)
    assert keys_of(staff, eva.id) == [(1, SealedForm.SEALED), (2, SealedForm.SEALED)]


def test_other_contact_data_in_a_file_end_the_link_of_that_employee_only(staff: House, eva: SignedUp) -> None:
    bert = staff.employ("Bert", EMPLOYEES_ID, [EMPLOYEE])
    link(staff, "MS003", eva)
    link(staff, "B", bert)
    rows = [HEADINGS, row(mobile="0600000009"), row(number="B", bsn="", last_name="Çelik", city="Delft")]
    running = write_rows(staff.factory, keep(staff, rows), actor_of(staff))
    next(running)
    assert opens(staff, "MS003", eva)
    list(running)
    assert keys_of(staff, eva.id) == []
    assert opens(staff, "B", bert)
    with staff.factory() as session:
        ended = session.scalars(select(OwnDataLink.person_id).where(OwnDataLink.ended_at.is_not(None))).all()
    assert ended == [eva.id]


def test_an_account_that_was_linked_meanwhile_is_not_left_without_the_key(staff: House, eva: SignedUp) -> None:
    move_vault_on(staff)
    running = write_rows(staff.factory, keep(staff, [HEADINGS, row(city="Delft")]), actor_of(staff))
    next(running)
    link(staff, "MS003", eva)
    with pytest.raises(PeopleChanged):
        list(running)
    assert opens(staff, "MS003", eva)


def test_an_account_that_was_unlinked_meanwhile_gets_nothing(staff: House, eva: SignedUp) -> None:
    link(staff, "MS003", eva)
    move_vault_on(staff)
    running = write_rows(staff.factory, keep(staff, [HEADINGS, row(city="Delft")]), actor_of(staff))
    next(running)
    unlink(staff, "MS003")
    with pytest.raises(PeopleChanged):
        list(running)
    assert keys_of(staff, eva.id) == []


def test_an_account_that_was_linked_meanwhile_does_not_outlive_other_contact_data(staff: House, eva: SignedUp) -> None:
    running = write_rows(staff.factory, keep(staff, [HEADINGS, row(mobile="0600000009")]), actor_of(staff))
    next(running)
    link(staff, "MS003", eva)
    with pytest.raises(PeopleChanged):
        list(running)
    import_all(staff, [HEADINGS, row(mobile="0600000009")])
    assert keys_of(staff, eva.id) == []

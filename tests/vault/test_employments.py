"""Correcting, changing, adding and ending employments with the key of the vault (E-10..E-15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from database.session import Session
from organisation.calendar import today
from organisation.employments import known_words, overlapping
from organisation.errors import EmploymentConflict, EmploymentExists, NotFound, OutsideEmployment
from organisation.models import Employment
from organisation.tree import employments_of
from tests.world import World
from vault.employments import (
    add_employment,
    change_employment,
    correct_employment,
    employment_history,
    end_employments,
)
from vault.errors import InvalidFields, NoVaultAccess

NEXT = date(2025, 1, 1)


def only(world: World, employee_id: UUID) -> Employment:
    """The one employment of an employee."""
    return world.session.scalars(select(Employment).where(Employment.employee_id == employee_id)).one()


def stored(world: World, employee_id: UUID) -> list[tuple[date, date | None, str, int]]:
    """Start, end, function and version of each employment, the oldest first."""
    world.session.expire_all()
    rows = world.session.scalars(
        select(Employment).where(Employment.employee_id == employee_id).order_by(Employment.starts_on)
    )
    return [(row.starts_on, row.ends_on, row.function, row.version) for row in rows]


def entries(world: World, action: str) -> list[AuditEntry]:
    """The log entries of one action."""
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_correction_changes_the_employment_and_the_log_tells_which_fields(world: World) -> None:
    """E-11, E-12; AVG art. 5: names of fields, no values."""
    employee_id = world.employ("MS001", "Yılmaz")
    present = only(world, employee_id)
    corrected = world.employment("Oven", function="Bakker")

    correct_employment(world.session, employee_id, present.id, corrected, expected_version=1, actor=world.actor("Anna"))

    assert stored(world, employee_id) == [(date(2020, 1, 1), None, "Bakker", 2)]
    (entry,) = entries(world, "employment:change")
    assert entry.details == {"fields": "department function"}
    assert (entry.object_type, entry.object_id) == ("employment", present.id)
    subjects = world.session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id)).all()
    assert subjects == [employee_id]
    assert entry.organisation_id == world.employer.id


def test_a_correction_that_changes_nothing_is_no_change(world: World) -> None:
    employee_id = world.employ("MS001", "Yılmaz")
    present = only(world, employee_id)
    correct_employment(
        world.session, employee_id, present.id, world.employment(), expected_version=7, actor=world.actor("Anna")
    )
    assert stored(world, employee_id)[0][3] == 1
    assert entries(world, "employment:change") == []


def test_a_change_ends_the_present_the_day_before_and_begins_the_next(world: World) -> None:
    """E-11, second choice."""
    employee_id = world.employ("MS001", "Yılmaz")
    present = only(world, employee_id)

    following = change_employment(
        world.session,
        employee_id,
        present.id,
        world.employment(starts_on=NEXT, function="Chef"),
        expected_version=1,
        actor=world.actor("Anna"),
    )

    assert stored(world, employee_id) == [
        (date(2020, 1, 1), date(2024, 12, 31), "Verkoper", 2),
        (NEXT, None, "Chef", 1),
    ]
    (created,) = entries(world, "employment:create")
    assert (created.object_id, created.details) == (following.id, {"follows": str(present.id)})


@pytest.mark.parametrize("day", [date(2019, 6, 1), date(2020, 1, 1), date(2026, 2, 1)])
def test_a_change_begins_within_the_employment(world: World, day: date) -> None:
    """E-11: not before the start nor on it, not beyond the end."""
    employee_id = world.employ("MS001", "Yılmaz")
    present, anna = only(world, employee_id), world.actor("Anna")
    until = world.employment(ends_on=date(2026, 1, 31))
    correct_employment(world.session, employee_id, present.id, until, expected_version=1, actor=anna)
    with pytest.raises(OutsideEmployment):
        change_employment(
            world.session,
            employee_id,
            present.id,
            world.employment(starts_on=day),
            expected_version=2,
            actor=anna,
        )
    assert len(stored(world, employee_id)) == 1


def test_two_employments_never_start_on_one_day(world: World) -> None:
    """E-14; design 2.2."""
    employee_id, anna = world.employ("MS001", "Yılmaz"), world.actor("Anna")
    first = only(world, employee_id)
    add_employment(world.session, employee_id, world.employment("Oven", starts_on=NEXT), anna)
    with pytest.raises(EmploymentExists):
        add_employment(world.session, employee_id, world.employment(starts_on=NEXT), anna)
    with pytest.raises(EmploymentExists):
        change_employment(
            world.session, employee_id, first.id, world.employment(starts_on=NEXT), expected_version=1, actor=anna
        )
    with pytest.raises(EmploymentExists):
        correct_employment(
            world.session, employee_id, first.id, world.employment(starts_on=NEXT), expected_version=1, actor=anna
        )
    assert len(stored(world, employee_id)) == 2


def test_whoever_returns_gets_a_further_employment(world: World) -> None:
    """E-14: a former employee comes back, also where another employment runs."""
    employee_id, anna = world.employ("MS001", "Yılmaz"), world.actor("Anna")
    first = only(world, employee_id)
    end_employments(world.session, employee_id, {first.id: 1}, date(2021, 12, 31), anna)
    again = add_employment(world.session, employee_id, world.employment(starts_on=date(2023, 1, 1)), anna)
    beside = add_employment(world.session, employee_id, world.employment("Oven", starts_on=NEXT), anna)

    lines = employments_of(world.session, anna, [employee_id])[employee_id]
    assert [line.employment_id for line in lines] == [beside.id, again.id, first.id]
    assert [line.employment_id for line in overlapping(lines, date(2026, 1, 1), None)] == [beside.id, again.id]
    assert overlapping(lines, date(2022, 1, 1), date(2022, 12, 31)) == []
    assert [line.employment_id for line in overlapping(lines, date(2021, 12, 31), date(2021, 12, 31))] == [first.id]


def test_leaving_ends_all_that_was_chosen_or_nothing(world: World) -> None:
    """E-15: in the future too; one that has changed since ends nothing."""
    employee_id, anna = world.employ("MS001", "Yılmaz"), world.actor("Anna")
    first = only(world, employee_id)
    second = add_employment(world.session, employee_id, world.employment("Oven", starts_on=NEXT), anna)
    day = today(world.session) + timedelta(days=40)
    with pytest.raises(EmploymentConflict), world.session.begin_nested():
        end_employments(world.session, employee_id, {first.id: 1, second.id: 9}, day, anna)
    assert [row[1] for row in stored(world, employee_id)] == [None, None]

    end_employments(world.session, employee_id, {first.id: 1, second.id: 1}, day, anna)

    assert [(row[1], row[3]) for row in stored(world, employee_id)] == [(day, 2), (day, 2)]
    assert {entry.object_id for entry in entries(world, "employment:end")} == {first.id, second.id}


def test_leaving_is_refused_before_the_start_and_after_it_happened(world: World) -> None:
    employee_id, anna = world.employ("MS001", "Yılmaz"), world.actor("Anna")
    first = only(world, employee_id)
    with pytest.raises(OutsideEmployment):
        end_employments(world.session, employee_id, {first.id: 1}, date(2019, 12, 31), anna)
    end_employments(world.session, employee_id, {first.id: 1}, date(2021, 12, 31), anna)
    with pytest.raises(OutsideEmployment):
        end_employments(world.session, employee_id, {first.id: 2}, date(2022, 12, 31), anna)


def test_leaving_is_undone_by_a_correction(world: World) -> None:
    """E-15."""
    employee_id, anna = world.employ("MS001", "Yılmaz"), world.actor("Anna")
    first = only(world, employee_id)
    end_employments(world.session, employee_id, {first.id: 1}, date(2021, 12, 31), anna)
    correct_employment(world.session, employee_id, first.id, world.employment(), expected_version=2, actor=anna)
    assert stored(world, employee_id) == [(date(2020, 1, 1), None, "Verkoper", 3)]


def test_the_history_tells_who_changed_what_and_is_a_look_itself(world: World) -> None:
    """E-10, LOG2."""
    employee_id = world.employ("MS001", "Yılmaz")
    first = only(world, employee_id)
    world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever")
    changed = world.employment(function="Chef")
    correct_employment(world.session, employee_id, first.id, changed, expected_version=1, actor=world.actor("Ilse"))
    add_employment(world.session, employee_id, world.employment("Oven", starts_on=NEXT), world.actor("Anna"))

    history = employment_history(world.session, employee_id, first.id, world.actor("Anna"))

    assert [(str(change.action), change.by, change.fields) for change in history] == [
        ("employment:change", "Ilse", ("function",)),
        ("employee:create", "Anna", ()),
    ]
    (entry,) = entries(world, "employment:history")
    assert entry.object_id == first.id


ACTS: list[Callable[[World, Session, UUID, UUID, str], object]] = [
    lambda world, session, employee, employment, by: add_employment(
        session, employee, world.employment(starts_on=NEXT), world.actor(by, session)
    ),
    lambda world, session, employee, employment, by: correct_employment(
        session,
        employee,
        employment,
        world.employment(function="Chef"),
        expected_version=1,
        actor=world.actor(by, session),
    ),
    lambda world, session, employee, employment, by: change_employment(
        session,
        employee,
        employment,
        world.employment(starts_on=NEXT),
        expected_version=1,
        actor=world.actor(by, session),
    ),
    lambda world, session, employee, employment, by: end_employments(
        session, employee, {employment: 1}, NEXT, world.actor(by, session)
    ),
    lambda world, session, employee, employment, by: employment_history(
        session, employee, employment, world.actor(by, session)
    ),
]


@pytest.mark.parametrize("act", ACTS)
def test_each_act_takes_the_right_the_key_and_the_scope(
    world: World, act: Callable[[World, Session, UUID, UUID, str], object]
) -> None:
    """K-08; D-rules 16 and 17."""
    here, elsewhere = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos", "Oven")
    theirs = world.employ("DV001", "Persman", "Pers", by="Bram")
    world.hire_vault_user("Frits", "datakluisgebruiker", "leidinggevende")
    world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever", scope=world.scope("Winkel"))
    world.hire("Joop", world.employer, "datakluisgebruiker", "werkgever")
    world.hire("Koos", world.employer, "werkgever")
    employment = only(world, here).id
    for name, refusal in (("Frits", PermissionDenied), ("Koos", PermissionDenied), ("Joop", NoVaultAccess)):
        with pytest.raises(refusal):
            act(world, world.session, here, employment, name)
    for employee_id in (elsewhere, theirs):
        with pytest.raises(NotFound):
            act(world, world.session, employee_id, only(world, employee_id).id, "Ilse")
    with pytest.raises(NotFound):
        act(world, world.session, uuid4(), employment, "Ilse")
    act(world, world.session, here, employment, "Ilse")


@pytest.mark.parametrize("act", ACTS[1:])
def test_an_employment_elsewhere_of_somebody_in_view_stays_closed(
    world: World, act: Callable[[World, Session, UUID, UUID, str], object]
) -> None:
    """K-08, D-rule 16: also where the address names somebody in view."""
    here, other = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    beside = add_employment(
        world.session, here, world.employment("Oven", starts_on=date(2024, 1, 1)), world.actor("Anna")
    )
    world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever", scope=world.scope("Winkel"))
    for employment_id in (beside.id, only(world, other).id, uuid4()):
        with pytest.raises(NotFound):
            act(world, world.session, here, employment_id, "Ilse")


def test_an_employment_is_checked_as_one_that_is_typed_elsewhere(world: World) -> None:
    employee_id = world.employ("MS001", "Yılmaz")
    with pytest.raises(InvalidFields):
        add_employment(
            world.session, employee_id, world.employment(starts_on=NEXT, function="=1+1"), world.actor("Anna")
        )


def test_the_words_to_choose_from_are_those_in_view(world: World) -> None:
    """E-07, D-rule 45."""
    anna = world.actor("Anna")
    employee_id = world.employ("MS001", "Yılmaz")
    add_employment(
        world.session, employee_id, world.employment("Oven", starts_on=NEXT, function="Bakker", site="Oost"), anna
    )
    world.employ("DV001", "Persman", "Pers", by="Bram")
    world.hire("Frits", world.employer, "werkgever", scope=world.scope("Winkel"))

    words = known_words(world.session, anna)
    assert (words.functions, words.sites) == (("Bakker", "Verkoper"), ("Oost",))
    assert known_words(world.session, world.actor("Frits")).functions == ("Verkoper",)

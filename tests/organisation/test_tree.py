"""The tree of employers, departments and numbers, within scope (H-13, K-02, K-08; D-rules 16 and 24)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from accounts.actor import Scope
from accounts.errors import PermissionDenied
from organisation.employments import EmploymentData, add_employee, add_employment
from organisation.errors import NotFound
from organisation.models import Batch, Employee, Employment, ServiceAgreement
from organisation.tree import (
    PAGE_SIZE,
    departments_in_scope,
    employees_in_department,
    employers_in_scope,
    employments_of,
    find_department,
    find_employee,
    personnel_numbers,
)
from tests.world import World

YESTERDAY, TODAY = date(2026, 3, 1), date(2026, 3, 2)


def add(world: World, number: str, department: str = "Winkel", *, by: str = "Anna", **other: object) -> UUID:
    """Add an employee as a number."""
    return add_employee(world.session, world.actor(by), number, world.employment(department, **other)).id


def numbers(world: World, name: str, department: str, **options: bool) -> list[str]:
    """The personnel numbers of the first page of a department, as that person sees it."""
    department_id = world.departments[department].id
    lines = employees_in_department(world.session, world.actor(name), department_id, **options)
    return [line.personnel_number for line in lines]


def counts(world: World, name: str) -> dict[str, int]:
    """The departments that a person sees, with their counts."""
    return {line.name: line.count for line in departments_in_scope(world.session, world.actor(name))}


def test_an_employer_sees_its_own_departments_and_people_only(world: World) -> None:
    """D-rule 16: `employer scope`."""
    mine, theirs = add(world, "MS001"), add(world, "DV001", "Pers", by="Bram")
    assert counts(world, "Anna") == {"Oven": 0, "Winkel": 1}
    assert counts(world, "Bram") == {"Pers": 1}
    assert find_employee(world.session, world.actor("Anna"), mine).personnel_number == "MS001"
    for unknown in (theirs, uuid4()):
        with pytest.raises(NotFound):
            find_employee(world.session, world.actor("Anna"), unknown)
    with pytest.raises(NotFound):
        find_department(world.session, world.actor("Anna"), world.departments["Pers"].id)
    with pytest.raises(NotFound):
        numbers(world, "Anna", "Pers")


def test_a_manager_sees_the_own_department_only(world: World) -> None:
    """H-13, K-08: `department scope`."""
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Winkel"))
    here, elsewhere = add(world, "MS001"), add(world, "MS002", "Oven")
    assert counts(world, "Frits") == {"Winkel": 1}
    assert numbers(world, "Frits", "Winkel") == ["MS001"]
    assert find_employee(world.session, world.actor("Frits"), here)
    with pytest.raises(NotFound):
        find_employee(world.session, world.actor("Frits"), elsewhere)
    with pytest.raises(NotFound):
        numbers(world, "Frits", "Oven")


def test_someone_without_any_unit_sees_nothing(world: World) -> None:
    """H-13: an empty scope is not a whole one."""
    world.hire("Frits", world.employer, "leidinggevende", scope=Scope(whole=False))
    add(world, "MS001")
    assert counts(world, "Frits") == {}


def test_a_service_sees_the_employers_it_serves_in_scope(world: World) -> None:
    """K-02, H-13: `agreement` and `employer scope` of the arbo side."""
    world.hire("Cor", world.service, "casemanager_arbo", scope=Scope(False, frozenset({world.employer.id})))
    mine, theirs = add(world, "MS001"), add(world, "DV001", "Pers", by="Bram")
    assert counts(world, "Carla") == {"Oven": 0, "Winkel": 1, "Werkplaats": 0}
    assert counts(world, "Cor") == {"Oven": 0, "Winkel": 1}
    assert counts(world, "Dirk") == {"Pers": 1}
    assert [employer.name for employer in employers_in_scope(world.session, world.actor("Carla"))] == [
        "Bakkerij Mulder",
        "Garage Smit",
    ]
    assert [employer.name for employer in employers_in_scope(world.session, world.actor("Cor"))] == ["Bakkerij Mulder"]
    assert find_employee(world.session, world.actor("Cor"), mine)
    for name, foreign in (("Carla", theirs), ("Dirk", mine)):
        with pytest.raises(NotFound):
            find_employee(world.session, world.actor(name), foreign)
    with pytest.raises(NotFound):
        find_department(world.session, world.actor("Cor"), world.departments["Werkplaats"].id)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "seen"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (date(2020, 1, 1), YESTERDAY, False),
    ],
)
def test_a_service_sees_nothing_outside_the_days_of_its_agreement(
    world: World, starts_on: date, ends_on: date | None, seen: bool
) -> None:
    """Settled: end of a service agreement; its last day belongs to it."""
    employee = add(world, "MS001")
    agreement = world.session.scalars(
        select(ServiceAgreement).where(ServiceAgreement.employer_id == world.employer.id)
    ).one()
    agreement.starts_on, agreement.ends_on = starts_on, ends_on
    world.session.flush()
    assert ("Winkel" in counts(world, "Carla")) is seen
    if seen:
        assert find_employee(world.session, world.actor("Carla"), employee)
    else:
        with pytest.raises(NotFound):
            find_employee(world.session, world.actor("Carla"), employee)


def test_a_batch_that_is_still_written_does_not_exist(world: World) -> None:
    """Design 2.2 and 5.2: invisible batches are in no list, count or lookup, on either side."""
    employee_id = add(world, "MS001")
    batch = Batch(id=uuid4(), organisation_id=world.employer.id, visible_at=None)
    world.session.add(batch)
    world.session.flush()
    world.session.get_one(Employee, employee_id).batch_id = batch.id
    world.session.flush()
    for name in ("Anna", "Carla"):
        assert counts(world, name)["Winkel"] == 0
        assert numbers(world, name, "Winkel") == []
        with pytest.raises(NotFound):
            find_employee(world.session, world.actor(name), employee_id)
    assert personnel_numbers(world.session, world.actor("Anna"), [employee_id]) == {}
    batch.visible_at = world.session.source.now()
    world.session.flush()
    assert counts(world, "Anna")["Winkel"] == 1
    assert numbers(world, "Carla", "Winkel") == ["MS001"]


def test_whoever_moved_is_seen_at_the_new_department_only(world: World) -> None:
    """K-08: a manager has no view of who left the department for another."""
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Winkel"))
    employee_id = add(world, "MS001", ends_on=YESTERDAY)
    employee = world.session.get_one(Employee, employee_id)
    add_employment(world.session, world.actor("Anna"), employee, world.employment("Oven", starts_on=TODAY))
    assert counts(world, "Anna") == {"Oven": 1, "Winkel": 0}
    assert numbers(world, "Anna", "Winkel", former=True) == []
    with pytest.raises(NotFound):
        find_employee(world.session, world.actor("Frits"), employee_id)


def test_whoever_is_out_of_service_stays_findable_where_he_or_she_was_last(world: World) -> None:
    """E-09: *Uit dienst*, shown with the box ticked."""
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Winkel"))
    employee_id = add(world, "MS001", ends_on=YESTERDAY)
    assert counts(world, "Frits") == {"Winkel": 0}
    assert numbers(world, "Frits", "Winkel") == []
    assert numbers(world, "Frits", "Winkel", former=True) == ["MS001"]
    assert find_employee(world.session, world.actor("Frits"), employee_id)


def test_two_employments_in_one_department_are_one_line(world: World) -> None:
    """E-14: an employee may have several employments."""
    employee_id = add(world, "MS001")
    employee = world.session.get_one(Employee, employee_id)
    second = world.employment("Winkel", starts_on=date(2024, 1, 1), function="Chef")
    add_employment(world.session, world.actor("Anna"), employee, second)
    lines = employees_in_department(world.session, world.actor("Anna"), world.departments["Winkel"].id)
    assert [line.function for line in lines] == ["Chef"]
    assert counts(world, "Anna")["Winkel"] == 1
    lines_of_all = employments_of(world.session, world.actor("Anna"), [employee_id])
    assert [line.function for line in lines_of_all[employee_id]] == ["Chef", "Verkoper"]


def test_lists_come_in_pages_by_personnel_number(world: World) -> None:
    """Design 2.5: ordered by personnel number in SQL."""
    anna = world.actor("Anna")
    for number in range(PAGE_SIZE + 2, 0, -1):
        data: EmploymentData = world.employment()
        add_employee(world.session, anna, f"MS{number:03}", data)
    department_id = world.departments["Winkel"].id
    first = employees_in_department(world.session, anna, department_id)
    second = employees_in_department(world.session, anna, department_id, page=2)
    assert [line.personnel_number for line in first][:2] == ["MS001", "MS002"]
    assert len(first) == PAGE_SIZE
    assert [line.personnel_number for line in second] == ["MS051", "MS052"]


def test_each_side_needs_its_permission(world: World) -> None:
    """Part C: who only reads the log sees no tree."""
    world.hire("Petra", world.employer, "privacyfunctionaris")
    world.hire("Piet", world.service, "privacyfunctionaris")
    employee_id = add(world, "MS001")
    for name in ("Petra", "Piet"):
        actor = world.actor(name)
        for look in (
            lambda actor=actor: departments_in_scope(world.session, actor),
            lambda actor=actor: employers_in_scope(world.session, actor),
            lambda actor=actor: find_employee(world.session, actor, employee_id),
            lambda actor=actor: find_department(world.session, actor, world.departments["Winkel"].id),
        ):
            with pytest.raises(PermissionDenied):
                look()


def test_the_log_gives_numbers_of_the_own_employers_only(world: World) -> None:
    """Design 3: names only to whose keys open them, else the Persnr."""
    world.hire("Petra", world.employer, "privacyfunctionaris")
    world.hire("Piet", world.service, "privacyfunctionaris")
    mine, theirs = add(world, "MS001"), add(world, "DV001", "Pers", by="Bram")
    for name in ("Petra", "Piet"):
        assert personnel_numbers(world.session, world.actor(name), [mine, theirs]) == {mine: "MS001"}
    with pytest.raises(PermissionDenied):
        personnel_numbers(world.session, world.actor("Carla"), [mine])


def test_nothing_that_names_a_person_lies_in_an_open_column() -> None:
    """K-02, design 2.2: the columns that the service may know; birth date is never open."""
    columns = {column.name for table in (Employee, Employment) for column in table.__table__.columns}
    assert columns == {
        "id",
        "organisation_id",
        "personnel_number",
        "batch_id",
        "version",
        "created_at",
        "employee_id",
        "department_id",
        "site",
        "function_group",
        "function",
        "kind",
        "hours",
        "starts_on",
        "ends_on",
    }

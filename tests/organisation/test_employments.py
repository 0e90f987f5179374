"""Adding and correcting employees as numbers (E-02, E-06, E-11, E-14)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from organisation.employments import add_employee, add_employment, change_personnel_number, correct_employment
from organisation.errors import EmploymentExists, NotFound, PersonnelNumberTaken
from organisation.models import Employee, Employment
from tests.world import World


def add(world: World, number: str = "MS001", department: str = "Winkel", *, by: str = "Anna") -> Employee:
    """Add an employee as a number."""
    return add_employee(world.session, world.actor(by), number, world.employment(department))


def employment_id_of(world: World, employee: Employee) -> UUID:
    """The id of the only employment."""
    return world.session.scalars(select(Employment.id).where(Employment.employee_id == employee.id)).one()


def test_a_personnel_number_is_given_once_per_employer(world: World) -> None:
    """Design 2.2: unique per employer."""
    employee = add(world)
    with pytest.raises(PersonnelNumberTaken):
        add(world)
    other = add(world, "MS002")
    with pytest.raises(PersonnelNumberTaken):
        change_personnel_number(world.session, world.actor("Anna"), other, "MS001")
    change_personnel_number(world.session, world.actor("Anna"), employee, "MS001")
    add(world, "MS001", "Pers", by="Bram")


def test_nobody_is_added_or_moved_outside_the_own_scope(world: World) -> None:
    """K-08, D-rule 16: departments out of view do not exist."""
    world.hire("Frits", world.employer, "werkgever", scope=world.scope("Winkel"))
    employee = add(world, by="Frits")
    with pytest.raises(NotFound):
        add(world, "MS002", "Oven", by="Frits")
    with pytest.raises(NotFound):
        add(world, "MS002", "Pers")
    starts_later = world.employment("Oven", starts_on=date(2025, 1, 1))
    with pytest.raises(NotFound):
        add_employment(world.session, world.actor("Frits"), employee, starts_later)
    with pytest.raises(NotFound):
        correct_employment(
            world.session,
            world.actor("Frits"),
            employee,
            employment_id_of(world, employee),
            starts_later,
            expected_version=1,
        )


def test_an_employment_of_someone_else_cannot_be_corrected(world: World) -> None:
    """D-rule 16."""
    employee, other = add(world), add(world, "MS002")
    foreign = employment_id_of(world, other)
    with pytest.raises(NotFound):
        correct_employment(
            world.session, world.actor("Anna"), employee, foreign, world.employment(), expected_version=1
        )


def test_an_employment_in_a_department_out_of_scope_cannot_be_corrected(world: World) -> None:
    """K-08, D-rule 23: of someone in view another employment may lie elsewhere."""
    world.hire("Frits", world.employer, "werkgever", scope=world.scope("Winkel"))
    employee = add(world)
    elsewhere = add_employment(
        world.session, world.actor("Anna"), employee, world.employment("Oven", starts_on=date(2025, 1, 1))
    )
    for department in ("Oven", "Winkel"):
        changed = world.employment(department, starts_on=date(2025, 1, 1), function="Bakker")
        with pytest.raises(NotFound):
            correct_employment(world.session, world.actor("Frits"), employee, elsewhere.id, changed, expected_version=1)
    assert elsewhere.function == "Verkoper"


def test_two_employments_cannot_start_on_one_day(world: World) -> None:
    """E-14; design 2.2: the same number with another start date is a further employment."""
    employee = add(world)
    with pytest.raises(EmploymentExists):
        add_employment(world.session, world.actor("Anna"), employee, world.employment("Oven"))
    second = add_employment(
        world.session, world.actor("Anna"), employee, world.employment("Oven", starts_on=date(2025, 1, 1))
    )
    with pytest.raises(EmploymentExists):
        correct_employment(
            world.session, world.actor("Anna"), employee, second.id, world.employment("Oven"), expected_version=1
        )


def test_whoever_may_not_write_changes_nothing(world: World) -> None:
    """Part C: add and edit employees needs the base role that allows it."""
    world.hire("Frits", world.employer, "leidinggevende", "datakluisgebruiker")
    employee = add(world)
    frits = world.actor("Frits")
    for change in (
        lambda: add(world, "MS002", by="Frits"),
        lambda: add_employment(world.session, frits, employee, world.employment(starts_on=date(2025, 1, 1))),
        lambda: correct_employment(
            world.session, frits, employee, employment_id_of(world, employee), world.employment(), expected_version=1
        ),
        lambda: change_personnel_number(world.session, frits, employee, "MS009"),
    ):
        with pytest.raises(PermissionDenied):
            change()

"""The tree of departments: adding, moving, renaming, leading and removing (O-26, O-30)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.models import AccountState
from organisation.departments import (
    add_department,
    change_department,
    department_tree,
    departments_seen,
    possible_managers,
    removal_consequences,
    remove_department,
)
from organisation.errors import BelowItself, InUse, NameMissing, NameTaken, NotFound
from organisation.models import Department, MembershipScope
from organisation.tree import departments_in_scope
from tests.organisation.employers import entries, logs_with, new_employer
from tests.world import World


def add(world: World, name: str, below: Department | None = None) -> Department:
    parent_id = below.id if below else None
    return add_department(world.session, world.employer.id, name, parent_id, world.actor("Carla"))


def change(world: World, department: Department, **other: object) -> None:
    values = {"name": department.name, "parent_id": department.parent_id, "manager_id": department.manager_id}
    change_department(
        world.session,
        department.organisation_id,
        department.id,
        **{**values, **other},  # type: ignore[arg-type]
        actor=world.actor("Carla"),
    )


def lines(world: World) -> list[tuple[str, int]]:
    return [(line.name, line.depth) for line in department_tree(world.session, world.employer.id, world.actor("Carla"))]


def test_a_department_stands_below_its_own(world: World) -> None:
    add(world, "Kassa", world.departments["Winkel"])
    assert lines(world) == [("Oven", 0), ("Winkel", 0), ("Kassa", 1)]
    assert logs_with(world, "department:create") >= {world.service.id, world.employer.id}


def test_a_name_is_given_once_at_an_employer(world: World) -> None:
    with pytest.raises(NameTaken):
        add(world, " winkel ")
    with pytest.raises(NameTaken):
        change(world, world.departments["Oven"], name="WINKEL")
    with pytest.raises(NameMissing):
        add(world, " ")
    change(world, world.departments["Oven"], name="oven")
    assert lines(world)[0] == ("oven", 0)


def test_moving_makes_no_circle(world: World) -> None:
    winkel = world.departments["Winkel"]
    kassa = add(world, "Kassa", winkel)
    lade = add(world, "Lade", kassa)
    for below in (winkel, kassa, lade):
        with pytest.raises(BelowItself):
            change(world, winkel, parent_id=below.id)
    change(world, lade, parent_id=world.departments["Oven"].id)
    assert lines(world) == [("Oven", 0), ("Lade", 1), ("Winkel", 0), ("Kassa", 1)]
    moved = [entry for entry in entries(world, "department:update") if entry.organisation_id == world.employer.id]
    assert moved[-1].details == {
        "field": "parent",
        "before": str(kassa.id),
        "after": str(world.departments["Oven"].id),
    }


def test_a_manager_is_an_active_user_of_that_employer(world: World) -> None:
    winkel, anna = world.departments["Winkel"], world.people["Anna"]
    names = {member.name for member in possible_managers(world.session, world.employer.id, world.actor("Carla"))}
    assert names == {"Anna"}
    for stranger in (world.people["Bram"].id, world.people["Carla"].id):
        with pytest.raises(NotFound):
            change(world, winkel, manager_id=stranger)
    change(world, winkel, manager_id=anna.id)
    seen = departments_seen(world.session, world.employer.id, world.actor("Carla"))
    assert [line.manager for line in seen] == [None, "Anna"]
    anna.person.state = AccountState.BLOCKED
    world.session.flush()
    seen = departments_seen(world.session, world.employer.id, world.actor("Carla"))
    assert [line.manager for line in seen] == [None, None]
    assert "Anna" not in str([entry.details for entry in entries(world, "department:update")])


def test_only_an_empty_department_goes_and_never_the_last(world: World) -> None:
    world.employ("WK001", "Jansen")
    winkel, oven, carla = world.departments["Winkel"], world.departments["Oven"], world.actor("Carla")
    kassa = add(world, "Kassa", oven)
    for department, people, below in ((winkel, 1, 0), (oven, 0, 1)):
        met = removal_consequences(world.session, world.employer.id, department.id, carla)
        assert (met.people, met.below, met.is_empty) == (people, below, False)
        with pytest.raises(InUse):
            remove_department(world.session, world.employer.id, department.id, carla)
    remove_department(world.session, world.employer.id, kassa.id, carla)
    remove_department(world.session, world.employer.id, oven.id, carla)
    with pytest.raises(InUse):
        remove_department(world.session, world.garage.id, world.departments["Werkplaats"].id, carla)
    assert lines(world) == [("Winkel", 0)]


def test_who_saw_only_what_goes_sees_nothing_of_it_any_more(world: World) -> None:
    oven, carla = world.departments["Oven"], world.actor("Carla")
    gerda = world.hire("Gerda", world.employer, "leidinggevende", scope=world.scope("Oven", "Winkel"))
    assert removal_consequences(world.session, world.employer.id, oven.id, carla).scopes == 1
    remove_department(world.session, world.employer.id, oven.id, carla)
    units = world.session.scalars(select(MembershipScope.unit_id).where(MembershipScope.person_id == gerda.id))
    assert set(units) == {world.departments["Winkel"].id}
    assert {entry.details["scopes"] for entry in entries(world, "department:remove")} == {1}


@pytest.mark.parametrize("where", ["another service", "another employer", "nowhere"])
def test_what_is_elsewhere_does_not_exist(world: World, where: str) -> None:
    employer = world.other_employer if where == "another service" else world.employer
    ids = {
        "another service": world.departments["Pers"].id,
        "another employer": world.departments["Werkplaats"].id,
        "nowhere": UUID(int=1),
    }
    carla = world.actor("Carla")
    with pytest.raises(NotFound):
        remove_department(world.session, employer.id, ids[where], carla)
    with pytest.raises(NotFound):
        add_department(world.session, employer.id, "Nieuw", ids[where], carla)
    with pytest.raises(NotFound):
        change_department(
            world.session, employer.id, ids[where], name="Nieuw", parent_id=None, manager_id=None, actor=carla
        )
    with pytest.raises(NotFound):
        change(world, world.departments["Oven"], parent_id=ids[where])


def test_who_sees_one_department_reads_of_that_one_only(world: World) -> None:
    kassa = add(world, "Kassa", world.departments["Winkel"])
    world.departments["Kassa"] = kassa
    world.hire("Gerda", world.employer, "leidinggevende", scope=world.scope("Kassa"))
    seen = departments_seen(world.session, world.employer.id, world.actor("Gerda"))
    assert [(line.name, line.depth) for line in seen] == [("Kassa", 0)]
    with pytest.raises(NotFound):
        departments_seen(world.session, world.other_employer.id, world.actor("Gerda"))


def test_the_tree_of_people_and_its_counts_go_on_as_before(world: World) -> None:
    world.employ("WK001", "Jansen")
    change(world, world.departments["Winkel"], parent_id=world.departments["Oven"].id)
    found = departments_in_scope(world.session, world.actor("Anna"))
    assert [(department.name, department.count) for department in found] == [("Oven", 0), ("Winkel", 1)]


def test_an_employer_that_waits_may_get_departments(world: World) -> None:
    employer = new_employer(world)
    add_department(world.session, employer.id, "Winkel", None, world.actor("Carla"))
    assert len(department_tree(world.session, employer.id, world.actor("Carla"))) == 1

"""Publishing, moving to another folder, and the fixed supervisor (O-21, O-23..O-26)."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.errors import PermissionDenied
from organisation.departments import add_department
from organisation.employer_folders import add_folder, folder_tree
from organisation.employer_models import EmployerPlacement
from organisation.employer_publishing import (
    Missing,
    assign_case_manager,
    missing_for_publishing,
    move_employer,
    possible_case_managers,
    publish,
)
from organisation.errors import AlreadyPublished, NotFound, NotReadyToPublish
from organisation.service_agreements import end_agreement
from organisation.tree import employers_in_scope
from tests.organisation.employers import BEGINS, entries, in_folder, logs_with, new_employer, seeing
from tests.world import OPERATOR, World


def first_folder(world: World) -> UUID:
    return folder_tree(world.session, world.actor("Carla"))[0].id


def seen(world: World) -> set[str]:
    return {employer.name for employer in employers_in_scope(world.session, world.actor("Carla"))}


def case_manager(world: World) -> UUID | None:
    return world.session.get_one(EmployerPlacement, (world.service.id, world.garage.id)).case_manager_id


def test_publishing_waits_for_what_is_missing(world: World) -> None:
    carla, employer = world.actor("Carla"), new_employer(world)
    assert missing_for_publishing(world.session, employer.id, carla) == (Missing.PROFILE, Missing.DEPARTMENT)
    with pytest.raises(NotReadyToPublish):
        publish(world.session, employer.id, first_folder(world), carla)
    ready = new_employer(world, "Klaar", filled_in=True)
    assert missing_for_publishing(world.session, ready.id, carla) == (Missing.DEPARTMENT,)
    with pytest.raises(NotReadyToPublish):
        publish(world.session, ready.id, first_folder(world), carla)
    assert seen(world) == {"Bakkerij Mulder", "Garage Smit"}


def test_a_published_employer_is_visible_under_its_folder(world: World) -> None:
    carla, employer = world.actor("Carla"), new_employer(world, filled_in=True)
    add_department(world.session, employer.id, "Winkel", None, carla)
    folder = first_folder(world)
    publish(world.session, employer.id, folder, carla)
    assert employer.name in seen(world)
    assert logs_with(world, "employer:publish") == {world.service.id, employer.id}
    assert entries(world, "employer:publish")[0].details == {"folder": str(folder)}
    with pytest.raises(AlreadyPublished):
        publish(world.session, employer.id, folder, carla)


def test_another_services_folder_is_no_place(world: World) -> None:
    carla, employer = world.actor("Carla"), new_employer(world, filled_in=True)
    add_department(world.session, employer.id, "Winkel", None, carla)
    theirs = folder_tree(world.session, world.actor("Dirk"))[0].id
    with pytest.raises(NotFound):
        publish(world.session, employer.id, theirs, carla)
    with pytest.raises(NotFound):
        move_employer(world.session, world.garage.id, theirs, carla)
    with pytest.raises(NotFound):
        move_employer(world.session, employer.id, first_folder(world), carla)


def test_moving_changes_at_once_who_sees_it(world: World) -> None:
    oost = in_folder(world, "Oost", world.garage)
    carla = world.actor("Carla")
    west = add_folder(world.session, "West", None, carla)
    office = seeing(carla, oost)
    assert [employer.name for employer in employers_in_scope(world.session, office)] == ["Garage Smit"]
    move_employer(world.session, world.garage.id, west.id, carla)
    assert employers_in_scope(world.session, office) == []
    assert entries(world, "employer:move")[0].details == {"before": str(oost), "after": str(west.id)}
    assert logs_with(world, "employer:move") == {world.service.id, world.garage.id}
    with pytest.raises(NotFound):
        move_employer(world.session, world.garage.id, oost, office)


def test_who_was_served_before_can_still_be_moved(world: World) -> None:
    carla = world.actor("Carla")
    end_agreement(world.session, world.garage.id, world.service.id, BEGINS.replace(year=2027), OPERATOR)
    gone = add_folder(world.session, "3. Ex-klanten", None, carla)
    world.session.source.advance(BEGINS.replace(year=2028) - BEGINS)  # type: ignore[attr-defined]
    move_employer(world.session, world.garage.id, gone.id, carla)
    with pytest.raises(NotFound):
        missing_for_publishing(world.session, world.garage.id, carla)


def test_the_fixed_supervisor_is_an_active_colleague_or_to_follow(world: World) -> None:
    carla, cor = world.actor("Carla"), world.hire_arbo("Cor")
    assert {member.name for member in possible_case_managers(world.session, carla)} == {"Carla", "Cor"}
    assign_case_manager(world.session, world.garage.id, cor.id, carla)
    assert case_manager(world) == cor.id
    for stranger in (world.people["Anna"].id, world.people["Dirk"].id):
        with pytest.raises(NotFound):
            assign_case_manager(world.session, world.garage.id, stranger, carla)
    assign_case_manager(world.session, world.garage.id, None, carla)
    assert case_manager(world) is None
    assert [entry.details["after"] for entry in entries(world, "case_manager:assign")] == [
        str(cor.id), str(cor.id), "none", "none",
    ]  # fmt: skip


def test_only_klantbeheer_says_who_supervises(world: World) -> None:
    """Part C: a functional administrator creates and publishes employers, and does not set the case manager."""
    beheer = world.hire_arbo("Bea", roles=("functioneel_beheerder",))
    with pytest.raises(PermissionDenied):
        assign_case_manager(world.session, world.garage.id, beheer.id, world.actor("Bea"))
    assert new_employer(world)

"""The page of an employer, for the arbo side in scope and for the employer itself (O-29..O-32)."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.errors import PermissionDenied
from organisation.contact_persons import Contact, add_contact
from organisation.employer_models import EmployerPlacement
from organisation.employer_profiles import save_profile
from organisation.employer_publishing import assign_case_manager
from organisation.employer_reading import list_employers, read_employer
from organisation.errors import NotFound
from organisation.service_agreements import make_agreement
from tests.organisation.employers import FULL, entries, in_folder, new_employer, seeing
from tests.world import OPERATOR, World


def names(world: World, actor: object, search: str = "") -> list[str]:
    return [line.name for line in list_employers(world.session, actor, search)[0]]  # type: ignore[arg-type]


def test_the_list_holds_what_is_published_served_and_in_scope(world: World) -> None:
    new_employer(world, "Wacht nog", filled_in=True)
    office = seeing(world.actor("Carla"), in_folder(world, "Oost", world.garage))
    assert names(world, world.actor("Carla")) == ["Bakkerij Mulder", "Garage Smit"]
    assert names(world, office) == ["Garage Smit"]
    assert names(world, world.actor("Carla"), "mulder") == ["Bakkerij Mulder"]
    assert names(world, world.actor("Anna")) == ["Bakkerij Mulder"]


def test_a_dossier_shows_master_data_and_whom_to_call_and_tells_so(world: World) -> None:
    carla = world.actor("Carla")
    save_profile(world.session, world.employer.id, "Bakkerij Mulder", FULL, expected_version=0, actor=carla)
    add_contact(world.session, world.employer.id, None, Contact("Sanne Zomer"), carla)
    assign_case_manager(world.session, world.employer.id, carla.person_id, carla)
    dossier = read_employer(world.session, world.employer.id, carla)
    assert dossier.stored.profile == FULL
    assert [line.contact.name for line in dossier.contacts] == ["Sanne Zomer"]
    assert dossier.case_manager is not None
    own = read_employer(world.session, world.employer.id, world.actor("Anna"))
    assert (own.stored.profile, own.case_manager) == (FULL, None)
    assert own.services == {world.service.id: "Noord"}
    assert {entry.organisation_id for entry in entries(world, "employer:read")} == {world.service.id, world.employer.id}


def test_what_is_out_of_scope_waits_or_is_another_services_does_not_exist(world: World) -> None:
    office = seeing(world.actor("Carla"), in_folder(world, "Oost", world.garage))
    waiting = new_employer(world, filled_in=True)
    for actor, employer in (
        (office, world.employer),
        (world.actor("Carla"), waiting),
        (world.actor("Carla"), world.other_employer),
        (world.actor("Anna"), world.garage),
    ):
        with pytest.raises(NotFound):
            read_employer(world.session, employer.id, actor)


def test_a_service_is_not_told_which_other_one_serves_the_employer(world: World) -> None:
    make_agreement(world.session, world.garage.id, world.other_service.id, date(2020, 1, 1), None, OPERATOR)
    world.session.add(EmployerPlacement(service_id=world.other_service.id, employer_id=world.garage.id))
    world.session.flush()
    dossier = read_employer(world.session, world.garage.id, world.actor("Carla"))
    assert dossier.services == {world.service.id: "Noord"}


def test_it_takes_the_right_to_read_them(world: World) -> None:
    world.hire("Petra", world.employer, "privacyfunctionaris")
    with pytest.raises(PermissionDenied):
        read_employer(world.session, world.employer.id, world.actor("Petra"))
    with pytest.raises(PermissionDenied):
        list_employers(world.session, world.actor("Petra"))

"""A new employer, its master data, and two who change them at once (O-01..O-10, O-25)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.errors import PermissionDenied
from organisation.employer_access import find_administered, list_administered
from organisation.employer_fields import Profile
from organisation.employer_models import EmployerPlacement
from organisation.employer_profiles import save_profile, stored_profile
from organisation.errors import InvalidValues, NameAmbiguous, NameMissing, NameTaken, NotFound, ProfileConflict
from organisation.models import OrganisationKind
from organisation.registering import add_employer, find_organisation
from organisation.tree import employers_in_scope
from tests.organisation.employers import BEGINS, FULL, entries, in_folder, logs_with, new_employer, seeing
from tests.world import World


def test_a_new_employer_is_seen_in_beheer_and_nowhere_else_until_it_is_published(world: World) -> None:
    employer, carla = new_employer(world), world.actor("Carla")
    assert employer.name in {line.name for line in list_administered(world.session, carla).employers}
    assert employer.name not in {served.name for served in employers_in_scope(world.session, carla)}
    placement = world.session.get_one(EmployerPlacement, (world.service.id, employer.id))
    assert placement.published_at is None
    made = [entry for entry in entries(world, "organisation:create") if entry.object_id == employer.id]
    assert {entry.organisation_id for entry in made} == {world.service.id, employer.id}
    first = [entry for entry in entries(world, "service_agreement:make") if entry.organisation_id == employer.id]
    assert [entry.details for entry in first] == [{"first_day": BEGINS.isoformat()}]


def test_only_who_sees_the_whole_service_adds_an_employer(world: World) -> None:
    carla = world.actor("Carla")
    with pytest.raises(PermissionDenied):
        add_employer(world.session, "Nieuw", BEGINS, seeing(carla, in_folder(world, "Oost", world.garage)))
    with pytest.raises(PermissionDenied):
        add_employer(world.session, "Nieuw", BEGINS, world.actor("Anna"))
    assert add_employer(world.session, "Nieuw", BEGINS, carla).name == "Nieuw"


def test_a_name_is_taken_only_by_an_employer_of_the_service_itself(world: World) -> None:
    """Of what another service has nothing is told; the operator's commands refuse to guess which is meant."""
    carla = world.actor("Carla")
    with pytest.raises(NameTaken):
        add_employer(world.session, " Bakkerij  Mulder ", BEGINS, carla)
    with pytest.raises(NameMissing):
        add_employer(world.session, "  ", BEGINS, carla)
    add_employer(world.session, world.other_employer.name, BEGINS, carla)
    with pytest.raises(NameAmbiguous):
        find_organisation(world.session, world.other_employer.name, OrganisationKind.EMPLOYER)


def test_master_data_are_stored_and_both_logs_say_which(world: World) -> None:
    employer = new_employer(world, filled_in=True)
    stored = stored_profile(world.session, employer)
    assert (stored.profile, stored.version, stored.missing) == (FULL, 1, ())
    assert logs_with(world, "employer:update") == {world.service.id, employer.id}
    fields = str(entries(world, "employer:update")[0].details["fields"]).split()
    assert {"wage_tax_number", "visiting_address", "postal_address"} <= set(fields)
    assert "Meelstraat" not in str([entry.details for entry in entries(world, "employer:update")])


def test_of_two_who_change_the_same_version_the_second_is_refused_and_nothing_is_lost(world: World) -> None:
    employer, carla = new_employer(world, filled_in=True), world.actor("Carla")
    first, second = replace(FULL, offer="Brood"), replace(FULL, offer="Taart")
    save_profile(world.session, employer.id, "Klant", first, expected_version=1, actor=carla)
    with pytest.raises(ProfileConflict):
        save_profile(world.session, employer.id, "Andere", second, expected_version=1, actor=carla)
    stored = stored_profile(world.session, employer)
    assert (stored.name, stored.profile.offer, stored.version) == ("Klant", "Brood", 2)


def test_saving_what_is_there_already_changes_nothing(world: World) -> None:
    employer = new_employer(world, filled_in=True)
    save_profile(world.session, employer.id, employer.name, FULL, expected_version=1, actor=world.actor("Carla"))
    assert stored_profile(world.session, employer).version == 1


def test_once_published_nothing_mandatory_may_be_missing(world: World) -> None:
    carla = world.actor("Carla")
    waiting = new_employer(world)
    save_profile(world.session, waiting.id, waiting.name, Profile(code="N1"), expected_version=0, actor=carla)
    with pytest.raises(InvalidValues):
        save_profile(world.session, world.garage.id, "Garage", Profile(), expected_version=0, actor=carla)


def test_a_wrong_name_and_a_wrong_number_are_told_together(world: World) -> None:
    employer = new_employer(world)
    with pytest.raises(InvalidValues) as refusal:
        save_profile(
            world.session,
            employer.id,
            "Garage Smit",
            Profile(phone="x"),
            expected_version=0,
            actor=world.actor("Carla"),
        )
    assert [fault.field for fault in refusal.value.faults] == ["name", "phone"]


def test_what_is_another_services_or_out_of_scope_does_not_exist(world: World) -> None:
    carla = world.actor("Carla")
    oost = seeing(carla, in_folder(world, "Oost", world.garage))
    waiting = new_employer(world)
    assert find_administered(world.session, oost, world.garage.id).employer.id == world.garage.id
    for actor, employer in ((carla, world.other_employer), (oost, world.employer), (oost, waiting)):
        with pytest.raises(NotFound):
            find_administered(world.session, actor, employer.id)
        with pytest.raises(NotFound):
            save_profile(world.session, employer.id, "X", FULL, expected_version=0, actor=actor)
    assert [line.name for line in list_administered(world.session, oost).employers] == ["Garage Smit"]
    with pytest.raises(PermissionDenied):
        find_administered(world.session, world.actor("Anna"), world.employer.id)


def test_the_list_is_searched_by_part_of_a_name_and_the_beginning_of_a_code(world: World) -> None:
    new_employer(world, "Café De Zon", filled_in=True)
    carla = world.actor("Carla")

    def found(search: str) -> list[str]:
        return [line.name for line in list_administered(world.session, carla, search).employers]

    assert found("de z") == found("vdd401") == ["Café De Zon"]
    assert found("%") == found("Drukkerij") == []
    assert list_administered(world.session, carla, page=2).employers == []
    assert list_administered(world.session, carla, page=2).total == 3

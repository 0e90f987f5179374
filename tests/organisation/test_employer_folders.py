"""The folders of a service's employers, and who sees what by them (O-24)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from organisation.employer_folders import (
    add_folder,
    find_folder,
    folder_consequences,
    folder_tree,
    remove_folder,
    rename_folder,
)
from organisation.errors import InUse, NameTaken, NotFound
from organisation.models import MembershipScope
from organisation.tree import employers_in_scope
from tests.organisation.employers import entries, in_folder, seeing
from tests.world import World


def lines(world: World, name: str = "Carla") -> list[tuple[str, int, int]]:
    return [(line.name, line.depth, line.employers) for line in folder_tree(world.session, world.actor(name))]


def test_a_folder_stands_below_its_own_with_how_many_lie_in_it(world: World) -> None:
    carla = world.actor("Carla")
    (first,) = folder_tree(world.session, carla)
    add_folder(world.session, "Oost", first.id, carla)
    add_folder(world.session, "2. Proefklanten", None, carla)
    assert lines(world) == [("1. Klanten", 0, 2), ("Oost", 1, 0), ("2. Proefklanten", 0, 0)]
    assert {entry.organisation_id for entry in entries(world, "folder:create")} == {world.service.id}


def test_a_name_is_given_once_beside_each_other(world: World) -> None:
    carla = world.actor("Carla")
    (first,) = folder_tree(world.session, carla)
    with pytest.raises(NameTaken):
        add_folder(world.session, "1. klanten", None, carla)
    below = add_folder(world.session, "1. Klanten", first.id, carla)
    rename_folder(world.session, below.id, "Oost", carla)
    other = add_folder(world.session, "West", first.id, carla)
    with pytest.raises(NameTaken):
        rename_folder(world.session, other.id, "oost", carla)
    assert [name for name, _depth, _count in lines(world)] == ["1. Klanten", "Oost", "West"]


def test_only_an_empty_folder_goes_with_the_scopes_that_name_it(world: World) -> None:
    carla = world.actor("Carla")
    (first,) = folder_tree(world.session, carla)
    below = add_folder(world.session, "Oost", first.id, carla)
    cor = world.hire_arbo("Cor")
    world.session.add(MembershipScope(person_id=cor.id, unit_id=below.id))
    world.session.flush()
    with pytest.raises(InUse):
        remove_folder(world.session, first.id, carla)
    assert folder_consequences(world.session, below.id, carla).scopes == 1
    remove_folder(world.session, below.id, carla)
    assert world.session.scalars(select(MembershipScope).where(MembershipScope.unit_id == below.id)).all() == []
    assert entries(world, "folder:remove")[0].details == {"scopes": 1}


def test_an_office_sees_the_employers_in_its_folder_and_below_and_no_others(world: World) -> None:
    oost = in_folder(world, "Oost", world.garage)
    carla = seeing(world.actor("Carla"), oost)
    assert [employer.name for employer in employers_in_scope(world.session, carla)] == ["Garage Smit"]
    assert [line.name for line in folder_tree(world.session, carla)] == ["Oost"]
    with pytest.raises(NotFound):
        find_folder(world.session, folder_tree(world.session, world.actor("Carla"))[0].id, carla)


def test_folders_are_for_who_sees_the_whole_service_and_only_its_own(world: World) -> None:
    carla, dirk = world.actor("Carla"), world.actor("Dirk")
    oost = in_folder(world, "Oost", world.garage)
    for attempt in (
        lambda: add_folder(world.session, "West", None, seeing(carla, oost)),
        lambda: rename_folder(world.session, oost, "West", seeing(carla, oost)),
        lambda: remove_folder(world.session, oost, world.actor("Anna")),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    for foreign in (
        lambda: rename_folder(world.session, oost, "West", dirk),
        lambda: remove_folder(world.session, oost, dirk),
        lambda: add_folder(world.session, "West", oost, dirk),
        lambda: find_folder(world.session, oost, dirk),
    ):
        with pytest.raises(NotFound):
            foreign()

"""Wie kan dit openen?, from the key rows (screens, Dossier)."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.actor import Scope
from organisation.errors import NotFound
from tests.world import World
from vault.access import withdraw_access
from vault.sharing import end_share
from vault.who_can_open import who_can_open


def people(world: World, employee_id: UUID, name: str) -> list[tuple[str, str]]:
    """The people who are named to someone, each with who granted it."""
    answer = who_can_open(world.session, employee_id, world.actor(name))
    return [(person.name, person.granted_by) for person in answer.people]


def others(world: World, employee_id: UUID, name: str) -> list[tuple[str, int | None]]:
    """The other sides that are named to someone."""
    answer = who_can_open(world.session, employee_id, world.actor(name))
    return [(side.name, side.people) for side in answer.other_sides]


def test_the_employer_sees_its_users_in_whose_scope_it_lies_and_the_service_as_a_number(world: World) -> None:
    """K-08; the service's staff are not named."""
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Winkel"))
    world.hire_vault_user("Hans", "datakluisgebruiker", scope=world.scope("Oven"))
    world.hire("Gerda", world.employer, "leidinggevende")
    world.hire_arbo("Cor")
    employee_id = world.employ("MS001", "Yılmaz")
    assert people(world, employee_id, "Anna") == [("Anna", "Anna"), ("Frits", "Anna")]
    assert others(world, employee_id, "Anna") == []
    share = world.share(employee_id)
    assert others(world, employee_id, "Anna") == [("Noord", 2)]
    assert people(world, employee_id, "Gerda") == people(world, employee_id, "Anna")
    assert others(world, employee_id, "Gerda") == []
    end_share(world.session, share.id, world.actor("Anna"))
    assert others(world, employee_id, "Anna") == []
    world.share(employee_id)
    assert others(world, employee_id, "Anna") == [("Noord", 2)]


def test_the_arbo_side_sees_its_own_members_and_the_employer_once_it_is_shared(world: World) -> None:
    """Rows, not guesses: before that nobody of the service can."""
    world.hire_arbo("Cor", scope=Scope(False, frozenset({world.garage.id})))
    world.hire("Kees", world.service, "casemanager_arbo")
    employee_id = world.employ("MS001", "Yılmaz")
    assert people(world, employee_id, "Carla") == []
    assert others(world, employee_id, "Carla") == []
    world.share(employee_id)
    assert people(world, employee_id, "Carla") == [("Carla", "Carla")]
    assert others(world, employee_id, "Carla") == [("Bakkerij Mulder", None)]
    assert (people(world, employee_id, "Kees"), others(world, employee_id, "Kees")) == ([], [])


def test_whoever_was_withdrawn_is_gone(world: World) -> None:
    """K-16."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    employee_id = world.employ("MS001", "Yılmaz")
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    assert people(world, employee_id, "Anna") == [("Anna", "Anna")]


def test_it_is_told_of_employees_in_view_only(world: World) -> None:
    """D-rule 16."""
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Oven"))
    employee_id = world.employ("MS001", "Yılmaz")
    for name in ("Bram", "Dirk", "Frits"):
        with pytest.raises(NotFound):
            who_can_open(world.session, employee_id, world.actor(name))

"""Resetting a login that is the last way into a key (U-20, D-rule 18, design 2.3)."""

from __future__ import annotations

import pytest

from keys.recovery_sheets import make_sheet
from organisation.account_states import reset_login, what_a_new_key_loses
from organisation.errors import LastWayIn
from tests.world import World
from vault.sides import find_vault


def reset(world: World, name: str, *, accepts_loss: bool = False) -> None:
    reset_login(
        world.session,
        world.people[name].id,
        f"{name.lower()}@example.org",
        world.actor("Carla"),
        renews_factors=True,
        one_reader=True,
        accepts_loss=accepts_loss,
        base_url="https://datakluis.example",
    )


def test_the_last_way_into_a_vault_is_reset_only_by_who_accepts_what_can_be_lost(world: World) -> None:
    holder_id = find_vault(world.session, world.actor("Anna")).holder_id
    with pytest.raises(LastWayIn) as refused:
        reset(world, "Anna")
    assert refused.value.holder_ids == {holder_id}
    reset(world, "Anna", accepts_loss=True)


def test_with_another_administrator_inside_nothing_can_be_lost(world: World) -> None:
    world.hire_vault_user("Hans", "datakluisbeheerder")
    assert what_a_new_key_loses(world.session, world.people["Anna"].id) == []
    reset(world, "Anna")


def test_only_a_sheet_that_names_another_opens_what_is_lost(world: World) -> None:
    world.hire_vault_user("Frits", "datakluisgebruiker")
    anna, actor = world.people["Anna"].id, world.actor("Anna")
    holder_id = find_vault(world.session, actor).holder_id

    def has_sheet() -> list[bool]:
        return [one.has_sheet for one in what_a_new_key_loses(world.session, anna)]

    assert has_sheet() == [False]
    make_sheet(world.session, holder_id, named_person_id=anna, keys=actor.keys, by=actor.who)
    assert has_sheet() == [False]
    make_sheet(world.session, holder_id, named_person_id=world.people["Frits"].id, keys=actor.keys, by=actor.who)
    assert has_sheet() == [True]

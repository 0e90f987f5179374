"""Sharing one record, its history and its end (S-01..S-08, S-15, K-27)."""

from __future__ import annotations

from tests.world import World
from vault.dossiers import Sight, read_employee
from vault.intake import take_in_shares
from vault.tree import names


def test_a_shared_employee_is_named_to_the_service_and_nobody_else_is(world: World) -> None:
    """S-05, K-19, K-20."""
    shared, other = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    assert names(world.session, world.actor("Carla"), [shared, other]) == {shared: None, other: None}
    world.share(shared)
    assert take_in_shares(world.session, world.actor("Carla")) == 1
    assert names(world.session, world.actor("Carla"), [shared, other]) == {shared: "E. Yılmaz", other: None}
    page = read_employee(world.session, shared, world.actor("Carla"))
    assert page.sight is Sight.OPEN

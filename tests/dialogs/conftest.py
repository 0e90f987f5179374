"""A world for each test of this folder."""

from __future__ import annotations

import pytest

from database.session import Session
from tests.dialogs.talk import Talk
from tests.world import World, make_world


@pytest.fixture
def world(session: Session) -> World:
    """Two services, three employers, and Anna, Bram, Carla and Dirk."""
    return make_world(session)


@pytest.fixture
def talk(world: World) -> Talk:
    """The world with Hans and Ilse, colleagues of Anna at Bakkerij Mulder who are vault users as well."""
    world.hire_vault_user("Hans", "datakluisgebruiker", "werkgever")
    world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever")
    return Talk(world)

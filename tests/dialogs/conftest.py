"""A world for each test of this folder."""

from __future__ import annotations

import pytest

from database.session import Session
from tests.dialogs.talk import Talk
from tests.prepared_world import PreparedWorlds
from tests.world import World


@pytest.fixture
def world(session: Session, prepared_worlds: PreparedWorlds) -> World:
    """Two services, three employers, and Anna, Bram, Carla and Dirk."""
    return prepared_worlds.put_into(session)


@pytest.fixture
def talk(world: World) -> Talk:
    """The world with Hans and Ilse, colleagues of Anna at Bakkerij Mulder who are vault users as well."""
    world.hire_vault_user("Hans", "datakluisgebruiker", "werkgever")
    world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever")
    return Talk(world)

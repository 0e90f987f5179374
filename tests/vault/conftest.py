"""A world for each test of this folder."""

from __future__ import annotations

import pytest

from database.session import Session
from tests.prepared_world import PreparedWorlds
from tests.world import World


@pytest.fixture
def world(session: Session, prepared_worlds: PreparedWorlds) -> World:
    """Two services, three employers, and Anna, Bram, Carla and Dirk."""
    return prepared_worlds.put_into(session)


@pytest.fixture
def closed_world(session: Session, prepared_worlds: PreparedWorlds) -> World:
    """The same, before any vault was opened."""
    return prepared_worlds.put_into(session, vault_open=False)


@pytest.fixture
def petra(world: World) -> World:
    """The world with Petra, the privacy officer, who has no key of the vault."""
    world.hire("Petra", world.employer, "privacyfunctionaris")
    return world


@pytest.fixture
def paul(world: World) -> World:
    """The world with Paul, the privacy officer of the service, who has no key of it."""
    world.hire("Paul", world.service, "privacyfunctionaris")
    return world

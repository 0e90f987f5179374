"""A world for each test of this folder."""

from __future__ import annotations

import pytest

from database.session import Session
from tests.world import World, make_world


@pytest.fixture
def world(session: Session) -> World:
    """Two services, three employers, and Anna, Bram, Carla and Dirk."""
    return make_world(session)


@pytest.fixture
def closed_world(session: Session) -> World:
    """The same, before any vault was opened."""
    return make_world(session, vault_open=False)


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

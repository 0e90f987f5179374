"""A world for each test of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from database.session import Session
from tests.prepared_world import PreparedWorlds
from tests.signing.office import Office, make_office
from tests.world import World


@pytest.fixture
def world(session: Session, prepared_worlds: PreparedWorlds) -> World:
    """Two services, three employers, and Anna, Bram, Carla and Dirk."""
    return prepared_worlds.put_into(session)


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    """The world with a store, a PDF about Eva, and Anna, Hans and Carla."""
    return make_office(world, tmp_path)

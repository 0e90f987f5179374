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

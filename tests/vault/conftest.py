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

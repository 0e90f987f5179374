"""A world for each test of this folder."""

from __future__ import annotations

import pytest

from database.session import Session
from tests.dialogs.talk import Talk
from tests.world import make_world


@pytest.fixture
def talk(session: Session) -> Talk:
    """The world with Hans and Ilse, colleagues of Anna at Bakkerij Mulder who are vault users as well."""
    world = make_world(session)
    world.hire_vault_user("Hans", "datakluisgebruiker", "werkgever")
    world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever")
    return Talk(world)

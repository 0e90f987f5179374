"""A cabinet for the tests of documents of dossiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from database.session import Session
from tests.documents.cabinet import Cabinet, make_cabinet
from tests.prepared_world import PreparedWorlds
from tests.world import World


@pytest.fixture
def cabinet(session: Session, prepared_worlds: PreparedWorlds, tmp_path: Path) -> Cabinet:
    """Two services, three employers, a store, and the people of `tests.documents.cabinet`."""
    return make_cabinet(prepared_worlds.put_into(session), tmp_path)


@pytest.fixture
def closed_world(session: Session, prepared_worlds: PreparedWorlds) -> World:
    """A world in which no vault was opened."""
    return prepared_worlds.put_into(session, vault_open=False)

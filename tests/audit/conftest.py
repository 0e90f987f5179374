"""What the tests of the log share: a clock that stands still, sessions, and someone behind the log's back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crypto.root_key import FileRootKey
from crypto.source import SeededSource, SystemSource
from database.session import Session, SessionFactory
from tests.audit.intruder import Intruder


@pytest.fixture
def source() -> SeededSource:
    """Ids and tokens from a seed, and a clock that only the test moves."""
    return SeededSource("log", datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def factory(engine: Engine, source: SeededSource, tmp_path: Path) -> SessionFactory:
    """Sessions on a fresh database of each kind, with the key of the log and no other."""
    root_key = FileRootKey.create(tmp_path / "root.key", SystemSource())
    return SessionFactory(engine, source, {"audit": root_key.for_package("audit")})


@pytest.fixture
def session(factory: SessionFactory) -> Iterator[Session]:
    """One session."""
    with factory() as opened:
        yield opened


@pytest.fixture
def intruder(engine: Engine) -> Intruder:
    """Someone with the database but without the root key."""
    return Intruder(engine)

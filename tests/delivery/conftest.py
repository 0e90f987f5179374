"""What the tests of delivery share: a clock that stands still, sessions, and a way to ask for a mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from crypto.root_key import FileRootKey
from crypto.source import SeededSource, SystemSource
from database.engine import make_engine
from database.session import SessionFactory
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, queue_mail

EMPLOYER = UUID("10000000-0000-4000-8000-000000000001")
Ask = Callable[..., OutgoingMessage]


@pytest.fixture
def source() -> SeededSource:
    """Ids and tokens from a seed, and a clock that only the test moves."""
    return SeededSource("mail", datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """The file with the root key."""
    path = tmp_path / "root.key"
    FileRootKey.create(path, SystemSource())
    return path


@pytest.fixture
def factory(engine: Engine, source: SeededSource, key_file: Path) -> SessionFactory:
    """Sessions on a fresh database of each kind, with the key of delivery and no other."""
    return SessionFactory(engine, source, {"delivery": FileRootKey.load(key_file).for_package("delivery")})


@pytest.fixture
def without_database(source: SeededSource, key_file: Path) -> SessionFactory:
    """Sessions on nothing: what is refused before it reaches the database need not be tried on two of them."""
    return SessionFactory(
        make_engine("sqlite://"), source, {"delivery": FileRootKey.load(key_file).for_package("delivery")}
    )


@pytest.fixture
def ask(factory: SessionFactory) -> Ask:
    """Ask for a mail in a transaction of its own."""

    def ask(to: str = "eva@voorbeeld.nl", kind: MailKind = MailKind.ACCESS_REQUEST, **more: Any) -> OutgoingMessage:
        with factory() as session:
            message = queue_mail(session, organisation_id=EMPLOYER, kind=kind, to=to, **more)
            session.commit()
            return message

    return ask

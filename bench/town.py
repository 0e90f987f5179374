"""The organisations and people of the bench, in a folder of their own: an employer with an open vault, its service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from accounts.actor import Actor
from crypto.root_key import FileRootKey
from crypto.source import SystemSource
from database.engine import make_engine
from database.migrations import upgrade
from database.session import Session, SessionFactory
from organisation.memberships import actor_for
from portal.services import package_keys
from tests.people import ACCESS_POINT, SignedUp
from tests.world import make_world


@dataclass(frozen=True)
class Town:
    """A database with the people of the tests' world, whose vault is still empty."""

    factory: SessionFactory
    people: dict[str, SignedUp]

    @contextmanager
    def visit(self, name: str) -> Iterator[tuple[Session, Actor]]:
        """One request of somebody: the actor anew, with keys that were opened for it, and a commit at its end."""
        person = self.people[name]
        with self.factory() as session, session.begin():
            yield session, actor_for(session, person.id, ACCESS_POINT, person.keys())


def make_town(folder: Path) -> Town:
    """Make the database and let everybody sign up: Anna administers the vault, Carla is of the arbo service."""
    source = SystemSource()
    engine = make_engine(f"sqlite:///{folder / 'datakluis.sqlite3'}")
    upgrade(engine)
    root_key = FileRootKey.create(folder / "root.key", source)
    factory = SessionFactory(engine, source, package_keys(root_key))
    with factory() as session, session.begin():
        world = make_world(session)
    return Town(factory, world.people)

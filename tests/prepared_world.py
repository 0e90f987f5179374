"""The world of `tests.world` as rows: made once per test process, then put into the database of each test.

What a test gets is what `make_world` would have made there: the same rows in the same open transaction, the same
people, and a source that goes on where it would have gone on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Table, insert, select, text

from accounts.models import Person
from crypto.source import Source
from database.base import Base
from database.session import Session, SessionFactory
from organisation.models import Department, Organisation
from tests.people import SignedUp
from tests.world import World, make_world

Rows = Mapping[Table, Sequence[Mapping[str, Any]]]
Made = TypeVar("Made")
ORGANISATIONS = ("service", "other_service", "employer", "other_employer", "garage")


class NotingSource:
    """Gives what another source gives, and notes it."""

    def __init__(self, source: Source) -> None:
        self._source, self._moment = source, source.now()
        self.ids: list[UUID] = []
        self.tokens: list[bytes] = []

    def now(self) -> datetime:
        return self._source.now()

    def new_id(self) -> UUID:
        self.ids.append(self._source.new_id())
        return self.ids[-1]

    def token(self, length: int) -> bytes:
        self.tokens.append(self._source.token(length))
        return self.tokens[-1]

    def let_give_again(self, source: Source) -> None:
        """Let another source give the same, so that it goes on from there; fails for one that gives something else."""
        assert source.now() == self._moment
        assert [source.new_id() for _ in self.ids] == self.ids
        assert [source.token(len(token)) for token in self.tokens] == self.tokens


@dataclass(frozen=True)
class PreparedWorld:
    """The rows of a world, by which names its objects go, and the ids and tokens that it was made with."""

    rows: Rows
    organisations: Mapping[str, UUID]
    departments: Mapping[str, UUID]
    people: Mapping[str, tuple[UUID, SignedUp]]
    noted: NotingSource

    def put_into(self, session: Session) -> World:
        """Return the world in a fresh database, whose source has given nothing yet."""
        self.noted.let_give_again(session.source)
        _insert(session, self.rows)
        organisations = {name: session.get_one(Organisation, id_) for name, id_ in self.organisations.items()}
        departments = {name: session.get_one(Department, id_) for name, id_ in self.departments.items()}
        people = {
            name: replace(signed_up, person=session.get_one(Person, id_))
            for name, (id_, signed_up) in self.people.items()
        }
        return World(session=session, departments=departments, people=people, **organisations)


class PreparedWorlds:
    """The worlds that the tests of one process ask for: on each kind of database, with and without open vaults."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], PreparedWorld] = {}

    def put_into(self, session: Session, *, vault_open: bool = True) -> World:
        """Return the world in a fresh database, whose source has given nothing yet."""
        key = session.get_bind().dialect.name, vault_open
        if key not in self._made:
            source, before = session.source, _rows(session)
            session.source = noted = NotingSource(source)
            world = make_world(session, vault_open=vault_open)
            session.flush()
            session.source = source
            self._made[key] = _prepared(world, noted, before)
            return world
        return self._made[key].put_into(session)


class PreparedRows(Generic[Made]):
    """What is made through sessions of its own and committed: once on each kind of database, then put there as rows."""

    def __init__(self, make: Callable[[SessionFactory], Made]) -> None:
        """`make` is handed what makes sessions on a fresh database."""
        self._make = make
        self._made: dict[str, tuple[Made, Rows, NotingSource]] = {}

    def put_into(self, factory: SessionFactory) -> Made:
        """Return what was made, in a fresh database, whose source has given nothing yet."""
        kind = factory.engine.dialect.name
        if kind in self._made:
            made, rows, noted = self._made[kind]
            noted.let_give_again(factory.source)
            with factory() as session, session.begin():
                _insert(session, rows)
            return made
        noted = NotingSource(factory.source)
        with factory() as session:
            before = _rows(session)
        made = self._make(replace(factory, source=noted))
        with factory() as session:
            self._made[kind] = made, _added(before, _rows(session)), noted
        return made


def _prepared(world: World, noted: NotingSource, before: Rows) -> PreparedWorld:
    return PreparedWorld(
        _added(before, _rows(world.session)),
        {name: getattr(world, name).id for name in ORGANISATIONS},
        {name: department.id for name, department in world.departments.items()},
        {name: (person.id, person) for name, person in world.people.items()},
        noted,
    )


def _rows(session: Session) -> Rows:
    """Return all rows, those first to which others refer."""
    tables = Base.metadata.sorted_tables
    return {table: [dict(row) for row in session.execute(select(table)).mappings()] for table in tables}


def _added(before: Rows, after: Rows) -> Rows:
    added = {table: [row for row in rows if row not in before[table]] for table, rows in after.items()}
    return {table: rows for table, rows in added.items() if rows}


def _insert(session: Session, added: Rows) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table, rows in added.items():
        session.execute(insert(table), rows)

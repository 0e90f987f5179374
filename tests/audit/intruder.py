"""Tampering with the log straight in the database, as its owner or a thief of the file can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text


@dataclass(frozen=True)
class Intruder:
    """Someone with the database itself: does what its owner can do, triggers or not."""

    engine: Engine

    def do(self, statement: str, **values: Any) -> int:
        """Run a statement with the triggers out of the way; return how many rows it touched. Ids are given as UUIDs."""
        with self._unguarded() as connection:
            return connection.execute(
                text(statement), {name: self._as_stored(value) for name, value in values.items()}
            ).rowcount

    def read(self, statement: str, **values: Any) -> list[Any]:
        """Return the rows of a query."""
        with self.engine.connect() as connection:
            return list(
                connection.execute(text(statement), {name: self._as_stored(value) for name, value in values.items()})
            )

    def _as_stored(self, value: Any) -> Any:
        return value.hex if isinstance(value, UUID) and self.engine.dialect.name == "sqlite" else value

    @contextmanager
    def _unguarded(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                yield connection
                return
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            for _, definition in triggers:
                connection.exec_driver_sql(definition)

"""Databases on a PostgreSQL server for tests: made as copies, and given out again only as they were made."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from sqlalchemy import URL

CATALOGUES = (
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_index",
    "pg_namespace",
    "pg_proc",
    "pg_trigger",
    "pg_type",
)
MILLISECONDS_TO_END = 10_000
OTHERS = "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


def url_of(server: URL, database: str) -> str:
    """Return the URL of a database on a PostgreSQL server."""
    return server.set(drivername="postgresql+psycopg", database=database).render_as_string(hide_password=False)


def make_database(administration: psycopg.Connection, template: str = "template1") -> str:
    """Make a database, a copy of another to which nobody is connected; return its name."""
    name = f"datakluis_test_{uuid.uuid4().hex}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    administration.execute(statement)
    return name


def drop_database(administration: psycopg.Connection, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    administration.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Watched:
    """A database, a connection that looks at it, and what there was when it was made."""

    def __init__(self, server: URL, name: str) -> None:
        """Look at a database as it was made."""
        url = server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        self.name, self._watch = name, psycopg.connect(url, autocommit=True)
        tables = self._watch.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        self._tables = sorted(row[0] for row in tables)
        self._made = self._state()
        self._rows = {table: self._copied(table) for table in self._tables}

    def is_put_back(self) -> bool:
        """End all connections to it and put back what has changed; false where that cannot be done."""
        try:
            ended = self._watch.execute(OTHERS, (MILLISECONDS_TO_END, self.name)).fetchall()
            now = self._state()
            changed = {name for name, state in now.items() if state != self._made[name]}
            if not all(row[0] for row in ended) or changed - set(self._tables):
                return False
            if changed:
                self._put_back(changed)
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        """Look no longer."""
        self._watch.close()

    def _state(self) -> dict[str, TupleRow]:
        """Return for each table how many rows it has and which transaction wrote last, which each row tells."""
        counts = sql.SQL("SELECT {}, count(*), max(xmin::text::bigint) FROM {}")
        asked = [counts.format(sql.Literal(name), sql.Identifier(name)) for name in (*CATALOGUES, *self._tables)]
        return {row[0]: row for row in self._watch.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()}

    def _copied(self, table: str) -> bytes:
        with self._watch.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(bytes(data) for data in copy)

    def _put_back(self, tables: Iterable[str]) -> None:
        with self._watch.transaction():
            # Without this the log refuses to lose an entry, and a row to lose what it refers to.
            self._watch.execute("SET LOCAL session_replication_role = replica")
            for table in tables:
                self._watch.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                with self._watch.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(self._rows[table])
        self._made = self._state()


class FreshDatabases:
    """Copies of one database, each given out again once it is as it was made, which takes less time than a new one."""

    def __init__(self, server: URL, administration: psycopg.Connection, template: str) -> None:
        self._server, self._administration, self._template = server, administration, template
        self._lent: dict[str, Watched] = {}
        self._spare: list[Watched] = []

    def lend(self) -> str:
        """Return the name of a database that is as it was made."""
        if not self._spare:
            self._spare.append(Watched(self._server, make_database(self._administration, self._template)))
        found = self._spare.pop()
        self._lent[found.name] = found
        return found.name

    def take_back(self, name: str) -> None:
        """Keep a database for the next test, or drop it where it cannot be put back."""
        found = self._lent.pop(name)
        if found.is_put_back():
            self._spare.append(found)
        else:
            self._drop(found)

    def end(self) -> None:
        """Drop all that are left."""
        for found in [*self._spare, *self._lent.values()]:
            self._drop(found)

    def _drop(self, found: Watched) -> None:
        found.close()
        drop_database(self._administration, found.name)

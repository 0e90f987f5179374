"""Making an engine that keeps what it has acknowledged."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

READS_ONLY = "datakluis_reads_only"

# WAL with synchronous=FULL is the weakest setting that loses no acknowledged commit when the power is cut.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "busy_timeout=10000",
    "trusted_schema=OFF",
)


def make_engine(url: str) -> Engine:
    """Return an engine for `url` (``sqlite:///file`` or ``postgresql+psycopg://...``).

    On SQLite every transaction takes the write lock when it begins: each request writes at least its log entry, and a
    read that becomes a write halfway would fail with *database is locked* instead of waiting its turn.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def read_only(engine: Engine) -> Engine:
    """Return an engine on the same connections for long reading: it sees one moment, and keeps no writer waiting.

    On PostgreSQL a write through it is refused; on SQLite it does not take the write lock when it begins.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(**{READS_ONLY: True})


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

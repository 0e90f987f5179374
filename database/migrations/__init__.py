"""Bringing a database up to date, and saying where it differs from the models; Alembic is imported only when used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, text

if TYPE_CHECKING:
    from alembic.config import Config

# Any fixed number will do; it lies in the same place of the server as the locks of nobody else.
MIGRATION_LOCK = 0x6461_7461_6B6C


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision in one transaction: all of it, or nothing.

    Two processes may start at once: the second waits and finds the work done. SQLite's write lock sees to that as the
    transaction begins; PostgreSQL is asked for an advisory lock.
    """
    from alembic import command

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        command.upgrade(_configuration(connection), "head")


def check_drift(engine: Engine, metadata: MetaData) -> list[Any]:
    """Return what would have to change for the database to be what `metadata` describes; an empty list is good.

    Each item is an operation as Alembic's ``compare_metadata`` gives it. The metadata is an argument because this
    package may not import those above it: hand over ``portal.tables.metadata``.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        differences: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
        return differences


def _configuration(connection: Connection) -> Config:
    from alembic.config import Config

    configuration = Config()
    # A percent sign in a path would be read as an interpolation by the configuration parser.
    configuration.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration

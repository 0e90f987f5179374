"""The migrations make what the models describe, no more and no less, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, inspect, make_url, text

from database.engine import make_engine
from database.migrations import check_drift, upgrade
from portal.tables import metadata


@pytest.fixture
def empty_engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without any table: a new file, or an empty schema of the test's own database."""
    if make_url(database_url).get_backend_name() == "sqlite":
        made = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    else:
        made = make_engine(database_url)
        with made.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield made
    made.dispose()


def test_an_empty_database_becomes_what_the_models_describe(empty_engine: Engine) -> None:
    upgrade(empty_engine)

    assert check_drift(empty_engine, metadata) == []


def test_no_name_default_key_or_condition_differs_from_the_models(empty_engine: Engine) -> None:
    """Alembic compares neither primary keys nor the conditions of partial indexes (S-06 leans on one)."""
    metadata.create_all(empty_engine)
    described = _shape(empty_engine)
    metadata.drop_all(empty_engine)

    upgrade(empty_engine)

    assert _shape(empty_engine) == described


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    before = _shape(engine)

    upgrade(engine)

    assert _shape(engine) == before


def test_two_processes_that_start_at_once_both_find_the_database_up_to_date(empty_engine: Engine) -> None:
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(upgrade, [empty_engine, empty_engine]))

    assert check_drift(empty_engine, metadata) == []


def test_a_table_and_a_column_without_a_migration_are_seen(engine: Engine) -> None:
    grown = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(grown)
    Table("forgotten", grown, Column("id", Integer, primary_key=True))
    grown.tables["employee"].append_column(Column("forgotten", Integer))

    assert {difference[0] for difference in check_drift(engine, grown)} == {"add_table", "add_column"}


def test_alembic_is_loaded_only_where_migrations_run() -> None:
    program = "import sys, database.migrations, portal.tables; sys.exit('alembic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def _shape(engine: Engine) -> dict[str, Any]:
    inspector = inspect(engine)
    names = set(inspector.get_table_names()) - {"alembic_version"}
    return {
        name: {
            "columns": [
                (column["name"], repr(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            ],
            "primary key": inspector.get_pk_constraint(name),
            "foreign keys": sorted(map(repr, inspector.get_foreign_keys(name))),
            "unique": sorted(map(repr, inspector.get_unique_constraints(name))),
            "indexes": sorted(repr(_index(found)) for found in inspector.get_indexes(name)),
        }
        for name in sorted(names)
    }


def _index(found: Any) -> tuple[object, ...]:
    options = sorted((name, str(value)) for name, value in found.get("dialect_options", {}).items())
    return found["name"], found["column_names"], found["unique"], options

"""Every test starts with an empty database, of both kinds, and leaves nothing for the next."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, Engine, inspect, make_url, select, table, text
from sqlalchemy.exc import OperationalError

from database.engine import make_engine
from tests.postgres_databases import FreshDatabases, url_of
from tests.postgres_server import NoPostgresError, find_programs, running_postgres


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_writes_is_not_there_for_the_next(engine: Engine, turn: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (turn TEXT)"))
        connection.execute(text("INSERT INTO left_behind VALUES (:turn)"), {"turn": turn})


ROW = "INSERT INTO organisation (id, kind, name, created_at) VALUES (gen_random_uuid(), 'service', 'Noord', now())"


@pytest.mark.parametrize(
    "change",
    [
        ROW,
        "UPDATE organisation SET name = 'Noord'",
        "DELETE FROM alembic_version",
        f"{ROW}; TRUNCATE organisation CASCADE",
        "CREATE INDEX more ON organisation (name)",
        "DROP TRIGGER audit_entry_is_insert_only ON audit_entry",
    ],
)
def test_a_database_is_given_out_again_only_as_it_was_made(
    postgresql_databases: FreshDatabases, postgresql_server: URL, change: str
) -> None:
    """Nobody is connected to it any more either, not even in the middle of something."""
    name = postgresql_databases.lend()
    engine = make_engine(url_of(postgresql_server, name))
    before = contents(engine)
    with engine.begin() as connection:
        connection.execute(text(change))
    assert contents(engine) != before
    with engine.connect() as connection:
        connection.execute(text(ROW))
        postgresql_databases.take_back(name)
        with pytest.raises(OperationalError):
            connection.execute(text(ROW))

    again = postgresql_databases.lend()

    other = make_engine(url_of(postgresql_server, again))
    assert contents(other) == before
    for used in (engine, other):
        used.dispose()
    postgresql_databases.take_back(again)


def contents(engine: Engine) -> object:
    """Return every row, and the names of what there is besides tables."""
    tables = inspect(engine).get_table_names()
    with engine.connect() as connection:
        rows = {name: connection.execute(select(text("*")).select_from(table(name))).all() for name in tables}
        names = text("SELECT indexname FROM pg_indexes UNION SELECT tgname FROM pg_trigger")
        return rows, set(connection.scalars(names))


def test_a_fresh_database_has_the_present_schema(engine: Engine) -> None:
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def test_both_kinds_of_database_are_used(database_url: str, request: pytest.FixtureRequest) -> None:
    assert make_url(database_url).get_backend_name() in request.node.name


def test_a_server_that_is_named_is_used_and_left_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATAKLUIS_TEST_PG", "postgresql://named.example/tests")

    with running_postgres() as url:
        assert url == "postgresql://named.example/tests"


def test_without_any_postgresql_the_tests_fail_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("tests.postgres_server.SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", "")

    with pytest.raises(NoPostgresError, match="sudo apt install postgresql"):
        find_programs()

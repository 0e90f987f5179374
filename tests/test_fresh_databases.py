"""Every test starts with an empty database, of both kinds, and leaves nothing for the next."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, make_url, text

from tests.postgres_server import NoPostgresError, find_programs, running_postgres


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_writes_is_not_there_for_the_next(engine: Engine, turn: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (turn TEXT)"))
        connection.execute(text("INSERT INTO left_behind VALUES (:turn)"), {"turn": turn})


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

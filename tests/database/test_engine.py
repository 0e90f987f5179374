"""What is acknowledged is on disk, and who only reads keeps nobody waiting."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from database.engine import make_engine, read_only


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1)]
)
def test_sqlite_loses_nothing_that_it_acknowledged_and_overwrites_what_it_deletes(
    sqlite_url: str, pragma: str, value: object
) -> None:
    """WAL with NORMAL loses acknowledged commits when the power is cut (security.md, finding 1); 2 is FULL."""
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value
    engine.dispose()


def test_a_transaction_on_sqlite_has_the_write_lock_from_its_beginning(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as first, engine.connect() as second:
        first.execute(text("SELECT 1"))
        second.connection.dbapi_connection.execute("PRAGMA busy_timeout=50")  # type: ignore[union-attr]
        with pytest.raises(DBAPIError, match="locked"):
            second.execute(text("SELECT 1"))
    engine.dispose()


def test_a_long_reader_sees_one_moment_and_keeps_no_writer_waiting(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (number INTEGER)"))
    with read_only(engine).connect() as reader:
        assert reader.execute(text("SELECT count(*) FROM seen")).scalar_one() == 0
        with engine.begin() as writer:
            writer.execute(text("INSERT INTO seen VALUES (1)"))
        assert reader.execute(text("SELECT count(*) FROM seen")).scalar_one() == 0
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM seen")).scalar_one() == 1


def test_after_a_reader_the_same_connection_writes_again(engine: Engine) -> None:
    with read_only(engine).connect() as reader:
        reader.execute(text("SELECT 1"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE written (number INTEGER)"))
        connection.execute(text("INSERT INTO written VALUES (1)"))


def test_a_plain_postgresql_url_gets_the_driver_that_is_shipped(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url.replace("postgresql+psycopg://", "postgresql://"))
    assert engine.dialect.driver == "psycopg"
    engine.dispose()

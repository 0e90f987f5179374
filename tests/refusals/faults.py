"""Faults that keep the log from being written, made below the portal, and taken away again while it runs."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Engine, event, text

from audit import PLATFORM_ID
from audit.actions import Action
from audit.errors import LogUnavailable
from audit.recording import Who, record
from tests.portal.company import Company

Fault: TypeAlias = Callable[[Company], AbstractContextManager[None]]

REFUSE_ON_SQLITE = """
    CREATE TRIGGER deny_the_log BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'denied'); END
"""
REFUSE_ON_POSTGRESQL = """
    CREATE FUNCTION deny_the_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'denied'; END $$;
    CREATE TRIGGER deny_the_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION deny_the_log()
"""
ALLOW_ON_POSTGRESQL = "DROP TRIGGER deny_the_log ON audit_entry; DROP FUNCTION deny_the_log()"
LEAST_WRITTEN = 64 * 1024
PAGES_ENOUGH = 1_000_000
# That many refusals in a row are no luck with the place of a random id in an index.
REFUSALS_IN_A_ROW = 40


@contextmanager
def insert_refused(company: Company) -> Iterator[None]:
    """The database refuses every entry."""
    engine = company.portal.services.factory.engine
    is_sqlite = engine.dialect.name == "sqlite"
    _execute(engine, REFUSE_ON_SQLITE if is_sqlite else REFUSE_ON_POSTGRESQL)
    yield
    _execute(engine, "DROP TRIGGER deny_the_log" if is_sqlite else ALLOW_ON_POSTGRESQL)


@contextmanager
def no_page_left(company: Company) -> Iterator[None]:
    """The database file has all the pages that it may have, and entries have filled up what was free in them."""
    engine = company.portal.services.factory.engine
    with engine.connect() as connection:
        limits = [connection.exec_driver_sql("PRAGMA page_count").scalar_one()]

    def keep_limit(connection: Any, *_others: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limits[-1]}")

    # It is a limit of each connection, so it is set, and taken away, each time the portal takes one.
    event.listen(engine, "checkout", keep_limit)
    _fill(company)
    yield
    limits.append(PAGES_ENOUGH)


@contextmanager
def no_file_may_grow(company: Company) -> Iterator[None]:
    """The operating system lets no file of this process grow: a real error of a real write, for any user.

    The limit is what the portal must append to, its write-ahead log; that is made large enough first for what else
    this process writes, such as the output that pytest keeps.
    """
    _write_ahead(company, LEAST_WRITTEN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (write_ahead_log(company).stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_disk(company: Company) -> Iterator[None]:
    """Nothing is free on the disk that the database lies on, which must be a small one of its own."""
    ballast = write_ahead_log(company).with_name("ballast")
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            _write_until_full(file.write, size)
    yield
    ballast.unlink()


def write_ahead_log(company: Company) -> Path:
    """The file to which SQLite appends what is committed."""
    database = company.portal.services.factory.engine.url.database
    assert database is not None
    return Path(f"{database}-wal")


def _write_until_full(write: Callable[[bytes], int], size: int) -> None:
    try:
        while True:
            write(bytes(size))
    except OSError:
        pass


def _write_ahead(company: Company, size: int) -> None:
    while write_ahead_log(company).stat().st_size < size:
        _write_entry(company)


def _fill(company: Company) -> None:
    refused = 0
    while refused < REFUSALS_IN_A_ROW:
        try:
            _write_entry(company)
            refused = 0
        except LogUnavailable:
            refused += 1


def _write_entry(company: Company) -> None:
    """Write the smallest entry there is."""
    with company.portal.services.factory() as session, session.begin():
        record(session, Action.LOGOUT_DO, by=Who(None, PLATFORM_ID, (), ""))


def _execute(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))

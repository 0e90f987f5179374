"""Portals for the tests: real forms, CSRF and headers; only the cost of Argon2id and the clock are handed over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.pages import Visitor
from tests.portal.company import Company, company_on, copy_company, make_company
from tests.portal.signatures import Signatures, make_signatures
from tests.portal.world import World, make_world
from tests.postgres_databases import FreshDatabases, drop_database, make_database, url_of


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """A portal on SQLite."""
    made = make_world(tmp_path, sqlite_url)
    yield made
    made.services.factory.engine.dispose()


@pytest.fixture
def world_on_each_database(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A portal on SQLite and, in another run of the test, on PostgreSQL."""
    made = make_world(tmp_path, database_url)
    yield made
    made.services.factory.engine.dispose()


@pytest.fixture(scope="session")
def company_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Company:
    """The company that each test gets a copy of; nobody uses it itself."""
    folder = tmp_path_factory.mktemp("company")
    shutil.copyfile(sqlite_template, folder / "company.sqlite3")
    made = make_company(folder, f"sqlite:///{folder / 'company.sqlite3'}")
    made.portal.services.factory.engine.dispose()
    return made


@pytest.fixture
def company(tmp_path: Path, company_template: Company) -> Iterator[Company]:
    """A portal on SQLite with vaults, employees, and people in every role."""
    made = copy_company(company_template, tmp_path)
    yield made
    made.portal.services.factory.engine.dispose()


@pytest.fixture(scope="session")
def postgresql_companies(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: URL,
    postgresql_administration: psycopg.Connection,
    postgresql_template: str,
) -> Iterator[tuple[Company, FreshDatabases]]:
    """The company on PostgreSQL, which nobody uses itself, and databases that are copies of its."""
    name = make_database(postgresql_administration, template=postgresql_template)
    made = make_company(tmp_path_factory.mktemp("company"), url_of(postgresql_server, name))
    made.portal.services.factory.engine.dispose()
    databases = FreshDatabases(postgresql_server, postgresql_administration, name)
    yield made, databases
    databases.end()
    drop_database(postgresql_administration, name)


@pytest.fixture
def postgresql_company(
    tmp_path: Path, postgresql_server: URL, postgresql_companies: tuple[Company, FreshDatabases]
) -> Iterator[Company]:
    """The same on PostgreSQL."""
    original, databases = postgresql_companies
    name = databases.lend()
    made = company_on(original, tmp_path, url_of(postgresql_server, name))
    yield made
    made.portal.services.factory.engine.dispose()
    databases.take_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def company_on_each_database(request: pytest.FixtureRequest) -> Company:
    """The same on SQLite and, in another run of the test, on PostgreSQL."""
    made: Company = request.getfixturevalue("company" if request.param == "sqlite" else "postgresql_company")
    return made


@pytest.fixture
def signatures(company: Company) -> Signatures:
    """A request to Ilse and to Eva after her."""
    made = make_signatures(company)
    made.ask("Ilse", "Eva")
    return made


@pytest.fixture
def ilse(signatures: Signatures) -> Visitor:
    """Ilse with the document before her."""
    visitor = signatures.company.visitor("Ilse")
    signatures.read(visitor)
    return visitor

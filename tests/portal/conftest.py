"""Portals for the tests: real forms, CSRF and headers; only the cost of Argon2id and the clock are handed over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal.company import Company, copy_company, make_company
from tests.portal.world import World, make_world


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


@pytest.fixture
def company_on_each_database(tmp_path: Path, database_url: str) -> Iterator[Company]:
    """The same on SQLite and, in another run of the test, on PostgreSQL."""
    made = make_company(tmp_path, database_url)
    yield made
    made.portal.services.factory.engine.dispose()

"""A company on each kind of database and disk, a copy for each act."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.portal.company import Company, company_on, copy_company, make_company

# fixtures that tests of the portal have too
from tests.portal.conftest import company_template as company_template  # noqa: PLC0414 - a fixture
from tests.postgres_databases import drop_database, make_database, url_of

SMALL_DISK = "size=24m"


@pytest.fixture
def sqlite_company(company_template: Company, small_disk: Path | None, tmp_path: Path) -> Iterator[Company]:
    """A company of its own on SQLite, on the small disk where there is one."""
    folder = (small_disk or tmp_path) / "company"
    folder.mkdir()
    yield from _ended(copy_company(company_template, folder))
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_company_template(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: URL,
    postgresql_administration: psycopg.Connection,
    postgresql_template: str,
) -> Iterator[tuple[Company, str]]:
    """The company on PostgreSQL, to which nobody is connected, and the name of its database."""
    name = make_database(postgresql_administration, template=postgresql_template)
    made = make_company(tmp_path_factory.mktemp("company"), url_of(postgresql_server, name))
    made.portal.services.factory.engine.dispose()
    yield made, name
    drop_database(postgresql_administration, name)


@pytest.fixture
def postgresql_company(
    tmp_path: Path,
    postgresql_server: URL,
    postgresql_administration: psycopg.Connection,
    postgresql_company_template: tuple[Company, str],
) -> Iterator[Company]:
    """A company of its own on PostgreSQL."""
    original, template = postgresql_company_template
    name = make_database(postgresql_administration, template=template)
    yield from _ended(company_on(original, tmp_path, url_of(postgresql_server, name)))
    drop_database(postgresql_administration, name)


@pytest.fixture(scope="session")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A disk of a few megabytes that can be filled; None where none may be mounted, which takes root."""
    place = tmp_path_factory.mktemp("small-disk")
    if shutil.which("mount") is None:
        yield None
        return
    command = ["mount", "-t", "tmpfs", "-o", SMALL_DISK, "datakluis-tests", str(place)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    yield place if mounted else None
    if mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _ended(company: Company) -> Iterator[Company]:
    yield company
    company.portal.services.factory.engine.dispose()

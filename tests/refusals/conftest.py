"""A company on each kind of database and disk, a copy for each act."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal.company import Company, copy_company

# fixtures that tests of the portal have too
from tests.portal.conftest import company_template as company_template  # noqa: PLC0414 - a fixture
from tests.portal.conftest import postgresql_companies as postgresql_companies  # noqa: PLC0414 - a fixture
from tests.portal.conftest import postgresql_company as postgresql_company  # noqa: PLC0414 - a fixture

SMALL_DISK = "size=24m"


@pytest.fixture
def sqlite_company(company_template: Company, small_disk: Path | None, tmp_path: Path) -> Iterator[Company]:
    """A company of its own on SQLite, on the small disk where there is one."""
    folder = (small_disk or tmp_path) / "company"
    folder.mkdir()
    made = copy_company(company_template, folder)
    yield made
    made.portal.services.factory.engine.dispose()
    shutil.rmtree(folder)


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

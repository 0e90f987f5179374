"""One portal for all files that are refused: what each of them leaves behind is nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.views import imports
from tests.bad_files.door import URL, Door
from tests.portal.company import make_company
from vault.importing.jobs import Upload, read_upload


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Door]:
    """A portal with Anna at the page that takes a file; it counts the files that came as far as the reader."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copyfile(sqlite_template, folder / "company.sqlite3")
    company = make_company(folder, f"sqlite:///{folder / 'company.sqlite3'}")
    reached = 0

    def count_and_read(*arguments: object, **options: object) -> Upload:
        nonlocal reached
        reached += 1
        return read_upload(*arguments, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "read_upload", count_and_read)
        yield Door(company, company.visitor("Anna", URL), lambda: reached)
    company.portal.services.factory.engine.dispose()

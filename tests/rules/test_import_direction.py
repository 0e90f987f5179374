"""The contracts of import-linter hold, and each catches what it forbids (design 4)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.project_files import ROOT, packages

PLANTED = [
    ("crypto", "import flask", "crypto knows no web framework"),
    ("crypto", "import sqlalchemy", "crypto knows no web framework"),
    ("vault", "import flask_login", "The domain packages know no web framework"),
    ("database", "import keys", "A package imports what is below it"),
    ("audit", "import delivery", "A package imports what is below it"),
    ("accounts", "import organisation", "A package imports what is below it"),
    ("signing", "import pyhanko", "Only the modules that make and check signatures"),
]


def broken_contracts(project: Path) -> list[str]:
    """Return the names of the contracts that the packages in `project` break."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(project), "COLUMNS": "200", "NO_COLOR": "1"}
    checked = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert "Contracts:" in checked.stdout, checked.stdout + checked.stderr
    return [line for line in checked.stdout.splitlines() if line.endswith("BROKEN")]


@pytest.fixture(scope="module")
def copied_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings and empty packages, to plant one import in."""
    copy = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name in packages():
        (copy / name).mkdir()
        (copy / name / "__init__.py").touch()
    return copy


def test_the_packages_import_in_one_direction() -> None:
    assert broken_contracts(ROOT) == []


def test_empty_packages_break_nothing(copied_project: Path) -> None:
    assert broken_contracts(copied_project) == []


@pytest.mark.parametrize(("package", "line", "contract"), PLANTED)
def test_a_contract_catches_a_planted_import(copied_project: Path, package: str, line: str, contract: str) -> None:
    planted = copied_project / package / "planted.py"
    planted.write_text(line + "\n")
    try:
        broken = broken_contracts(copied_project)
    finally:
        planted.unlink()

    assert len(broken) == 1
    assert broken[0].startswith(contract)

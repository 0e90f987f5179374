"""The two commands start on a bare machine, and say in one line what is missing (libraries 2)."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev

DEV = dev.ROOT / "dev.py"
LOCKS = [dev.APPLICATION_LOCK, dev.DEVELOPMENT_LOCK, "requirements-uv.lock"]


def run_dev(*words: str, checkout: Path = dev.ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run dev.py as a person would."""
    command = [sys.executable, str(checkout / "dev.py"), *words]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what dev.py needs, with no environment yet."""
    for name in ("dev.py", *LOCKS):
        shutil.copy(dev.ROOT / name, tmp_path)
    return tmp_path


def claim_environment(checkout: Path, **changes: str) -> None:
    """Make `checkout` look as if its environment had been built, with a Python that only prints how it was called."""
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "called with $*"\n')
    python.chmod(0o755)
    built = {**dev.fingerprint(dev.APPLICATION_LOCK), "root": str(checkout), **changes}
    (checkout / ".venv" / dev.STAMP.name).write_text(json.dumps(built))


def without_network(checkout: Path) -> dict[str, str]:
    """Put a uv on the path that only says what it was asked, and fails."""
    programs = checkout / "programs"
    programs.mkdir()
    uv = programs / "uv"
    uv.write_text('#!/bin/sh\necho "uv $*"\nexit 3\n')
    uv.chmod(0o755)
    return {"PATH": f"{programs}:{os.environ['PATH']}"}


def test_the_first_file_is_written_for_an_older_python() -> None:
    tree = ast.parse(DEV.read_text(), feature_version=(3, 8))

    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= set(sys.stdlib_module_names)


def test_without_a_known_word_it_explains_itself() -> None:
    assert run_dev().returncode == 0
    assert "python3 dev.py demo" in run_dev("help").stdout
    assert run_dev("nonsense").returncode == 2


def test_an_environment_that_is_up_to_date_is_left_alone(checkout: Path) -> None:
    claim_environment(checkout)

    started = run_dev("demo", "--no-serve", checkout=checkout, **without_network(checkout))

    assert "called with -m portal demo --no-serve" in started.stdout
    assert "building" not in started.stdout


@pytest.mark.parametrize("change", [{"sha256": "of another lock"}, {"root": "elsewhere"}])
def test_an_environment_of_another_lock_or_place_is_built_again(checkout: Path, change: dict[str, str]) -> None:
    claim_environment(checkout, **change)

    started = run_dev("demo", checkout=checkout, **without_network(checkout))

    assert started.returncode == 1
    assert f"building the environment from {dev.APPLICATION_LOCK}" in started.stdout
    assert "called with" not in started.stdout


def test_an_environment_is_built_from_hashes_only(checkout: Path) -> None:
    claim_environment(checkout, sha256="of another lock")

    started = run_dev("demo", checkout=checkout, **without_network(checkout))

    assert "uv pip sync -q --require-hashes" in started.stdout


def test_a_build_that_was_cut_off_is_done_again(checkout: Path) -> None:
    claim_environment(checkout, sha256="of another lock")
    variables = without_network(checkout)
    run_dev("demo", checkout=checkout, **variables)

    assert "uv venv" in run_dev("demo", checkout=checkout, **variables).stdout


def test_a_machine_without_venv_is_told_what_to_install(checkout: Path) -> None:
    # Debian ships a venv that ends like this one until python3-venv is installed.
    (checkout / "venv.py").write_text("raise SystemExit('ensurepip is not available')\n")

    started = run_dev("demo", checkout=checkout, PATH=str(checkout), PYTHONPATH=str(checkout))

    assert started.returncode == 1
    assert "sudo apt install python3-venv" in started.stderr
    assert "Traceback" not in started.stderr


def test_the_command_is_among_the_programs_of_the_environment() -> None:
    launcher = dev.ENVIRONMENT / dev.SCRIPTS / "datakluis"

    assert launcher.read_text() == dev.LAUNCHER
    assert os.access(launcher, os.X_OK)


def test_a_browser_that_opens_no_page_is_refused_and_not_replaced() -> None:
    finder = [sys.executable, str(dev.ROOT / "find_browser.py")]
    environment = {**os.environ, "DATAKLUIS_CHROMIUM": "/bin/true"}

    refused = subprocess.run(finder, capture_output=True, text=True, check=False, env=environment, timeout=60)

    assert refused.returncode == 1
    assert "DATAKLUIS_CHROMIUM names a browser that opens no page: /bin/true" in refused.stderr

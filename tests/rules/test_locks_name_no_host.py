"""What is installed is pinned by version and hash, from whatever index is configured (libraries 2.1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rules.project_files import ROOT, project_settings

LOCKS = sorted(ROOT.glob("*.lock"))
REQUIREMENT = re.compile(r"^[a-z0-9][a-z0-9._-]*==", re.MULTILINE)


def requirements_of(text: str) -> list[str]:
    """Return the entries of a lock, each with its hashes."""
    starts = [found.start() for found in REQUIREMENT.finditer(text)]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def pins_of(lock: str) -> dict[str, str]:
    """Return the versions in a lock by name."""
    entries = requirements_of((ROOT / lock).read_text(encoding="utf-8"))
    pairs = (entry.split(maxsplit=1)[0].split("==") for entry in entries)
    return {name: version.rstrip(";") for name, version in pairs}


def names_a_host(text: str) -> bool:
    """Return whether a lock says where its files come from."""
    return "://" in text or "--index-url" in text or "--find-links" in text


def unpinned_lines(text: str) -> list[str]:
    """Return the requirements of a lock that are no exact version with a hash."""
    outside = [line for line in text.splitlines() if line and line[0] not in " #" and not REQUIREMENT.match(line)]
    return outside + [entry for entry in requirements_of(text) if "--hash=sha256:" not in entry]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host(lock: Path) -> None:
    assert not names_a_host(lock.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_by_version_and_hash(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert requirements_of(text)
    assert unpinned_lines(text) == []


def test_development_uses_the_versions_that_are_delivered() -> None:
    delivered, development = pins_of("requirements.lock"), pins_of("requirements-dev.lock")

    assert delivered.items() <= development.items()


def test_every_declared_dependency_is_in_the_lock() -> None:
    project = project_settings()["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    names = {re.split(r"[^a-z0-9-]", text)[0] for text in declared}

    assert names <= pins_of("requirements.lock").keys()


def test_the_rule_sees_a_host_and_a_missing_hash() -> None:
    hashed = "flask==3.1.3 \\\n    --hash=sha256:00\n"

    assert names_a_host("--index-url elsewhere\n" + hashed)
    assert names_a_host("flask @ https" + "://elsewhere/flask.whl\n")
    assert unpinned_lines(hashed) == []
    assert unpinned_lines(hashed + "click>=8\n") == ["click>=8"]
    assert unpinned_lines("click==8.1\n" + hashed) == ["click==8.1\n"]

"""A burglary: it takes half a minute, so that all tests of this folder look at one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.threats.burglary import Loot, commit_burglary


@pytest.fixture(scope="session")
def loot(tmp_path_factory: pytest.TempPathFactory) -> Loot:
    """The files of a portal that was killed in the middle of an import, and its backup of before a withdrawal."""
    if not hasattr(os, "fork") or not Path("/proc/self/task").exists():
        pytest.skip("the server of these tests forks, and its open files are looked up in /proc")
    return commit_burglary(tmp_path_factory.mktemp("burglary"))

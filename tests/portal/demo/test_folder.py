"""The folder of the demo: made once, made anew when it is not finished, and never instead of something else."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.demo.accounts import ACCOUNTS_FILE, Kept
from portal.demo.folder import MARK, DemoInUse, Maker, NotADemo, demo_variables, ready_demo
from portal.settings import Settings
from tests.portal.demo.command import run_demo


@dataclass
class CountingMaker:
    """Makes no world, and notes what it found in the folder."""

    found: list[list[str]]

    def __call__(self, settings: Settings, mailbox: Path, made_by: str, say: Callable[[str], None]) -> Kept:
        folder = settings.data_directory
        self.found.append(sorted(path.name for path in folder.iterdir()))
        (folder / "half").write_text("made", encoding="utf-8")
        return Kept(made_by, settings.base_url, datetime.now(UTC).isoformat(), ())


def killed(settings: Settings, mailbox: Path, made_by: str, say: Callable[[str], None]) -> Kept:
    """A maker that is killed halfway."""
    (settings.data_directory / "half").write_text("made", encoding="utf-8")
    (settings.data_directory / "mail").mkdir()
    raise KeyboardInterrupt


def start(folder: Path, make: Maker, *, fresh: bool = False) -> None:
    with ready_demo(folder, 8000, print, make=make, fresh=fresh):
        pass


def test_a_half_made_demo_is_made_anew(tmp_path: Path) -> None:
    make = CountingMaker([])
    with pytest.raises(KeyboardInterrupt):
        start(tmp_path / "world", killed)

    start(tmp_path / "world", make)
    start(tmp_path / "world", make)

    assert make.found == [[MARK]]


def test_fresh_and_another_release_make_it_anew(tmp_path: Path) -> None:
    make = CountingMaker([])
    start(tmp_path / "world", make)
    start(tmp_path / "world", make, fresh=True)
    file = tmp_path / "world" / ACCOUNTS_FILE
    file.write_text(file.read_text(encoding="utf-8").replace('"made_by": "', '"made_by": "older'), encoding="utf-8")

    start(tmp_path / "world", make)

    assert make.found == [[MARK]] * 3


@pytest.mark.skipif(os.name == "nt", reason="folders are not locked there")
def test_a_running_demo_is_shared_but_never_made_anew(tmp_path: Path) -> None:
    make = CountingMaker([])
    start(tmp_path / "world", make)
    with ready_demo(tmp_path / "world", 8000, print, make=make):
        start(tmp_path / "world", make)
        with pytest.raises(DemoInUse):
            start(tmp_path / "world", make, fresh=True)
        done = run_demo(tmp_path / "world", 8000, "--no-serve", "--fresh")

    start(tmp_path / "world", make, fresh=True)

    assert len(make.found) == 2
    assert "draait nog" in done.stderr


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path, fresh: bool) -> None:
    precious = tmp_path / "datakluis.sqlite3"
    precious.write_text("real", encoding="utf-8")

    with pytest.raises(NotADemo):
        start(tmp_path, CountingMaker([]), fresh=fresh)
    options = ["--fresh"] if fresh else []
    done = run_demo(tmp_path, 8000, "--no-serve", *options)

    assert precious.read_text(encoding="utf-8") == "real"
    assert "bevat iets anders dan een demo" in done.stderr
    assert done.returncode == 1


def test_the_demo_listens_and_writes_nowhere_else(tmp_path: Path) -> None:
    assert demo_variables(tmp_path, 8000) == {
        "DATAKLUIS_DATA_DIRECTORY": str(tmp_path),
        "DATAKLUIS_BASE_URL": "http://localhost:8000",
        "DATAKLUIS_LISTEN": "127.0.0.1:8000",
        "DATAKLUIS_MAIL_FOLDER": str(tmp_path / "mail"),
        "DATAKLUIS_DEMO": "yes",
    }

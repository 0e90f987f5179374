"""A recovery sheet in the hands of the thief: paper, files and passwords, one by one and together (design 2.1).

The thief knows how the halves are put together; each test that finds something closed has the one below in which the
same thief, with both halves, opens it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto.recovery_code import write_code
from crypto.root_key import FileRootKey, SaltKey
from crypto.source import SystemSource
from database.engine import make_engine
from database.migrations import upgrade
from database.session import SessionFactory
from portal.services import package_keys
from tests.threats.running import ROOT
from tests.world import make_world
from vault.recovery import use
from vault.recovery_sheets import make, void

BEFORE, VOIDED, USED = "before", "voided", "used"
OLD, LATER, ELSEWHERE = "Kwartelstaart", "Nieuwkomertje", "Drukinktman"
BY_HOLDERS = {"record_part", "record_key", "key_grant", "holder_generation"}


class KnownSource(SystemSource):
    """Makes the salt key that the people of the tests have."""

    def token(self, length: int) -> bytes:
        return bytes(range(length))


@dataclass(frozen=True)
class Loot:
    """Copies of a database, before and after the end of a sheet; and what stands on the paper."""

    folder: Path
    paper: str
    passwords: dict[str, str]


@pytest.fixture(scope="module")
def loot(tmp_path_factory: pytest.TempPathFactory) -> Loot:
    """A vault with a sheet that names Petra; in two copies it is voided or used, and somebody is added after that."""
    folder = tmp_path_factory.mktemp("sheet")
    root_key = FileRootKey.create(folder / "root.key", SystemSource())
    SaltKey.create(folder / "salt.key", KnownSource())
    paths = {name: folder / f"{name}.sqlite3" for name in (BEFORE, VOIDED, USED)}
    engine = make_engine(f"sqlite:///{paths[BEFORE]}")
    upgrade(engine)
    with SessionFactory(engine, SystemSource(), package_keys(root_key))() as session, session.begin():
        world = make_world(session)
        world.employ("MS001", OLD)
        world.employ("DV001", ELSEWHERE, "Pers", by="Bram")
        world.hire("Petra", world.employer, "privacyfunctionaris")
        made = make(session, world.people["Petra"].id, None, world.actor("Anna"))
    engine.dispose()
    for name in (VOIDED, USED):
        shutil.copy2(paths[BEFORE], paths[name])
        engine = make_engine(f"sqlite:///{paths[name]}")
        with SessionFactory(engine, SystemSource(), package_keys(root_key))() as session, session.begin():
            world.session = session
            if name == VOIDED:
                void(session, made.sheet_id, world.actor("Anna"))
            else:
                use(session, made.printed_half, world.actor("Petra"))
            world.employ("MS002", LATER)
        engine.dispose()
    passwords = {name.lower(): world.people[name].password for name in ("Anna", "Petra", "Bram")}
    return Loot(folder, write_code(made.printed_half), passwords)


def steal(loot: Loot, folder: Path, *databases: str, **known: Any) -> dict[str, Any]:
    """Let the thief try everything on some copies, with both keys of the server and what is known besides."""
    folder.mkdir()
    for name in ("root.key", "salt.key", *(f"{database}.sqlite3" for database in databases)):
        shutil.copy2(loot.folder / name, folder / name)
    (folder / "known.json").write_text(json.dumps(known))
    command = [sys.executable, "-m", "tests.threats.thief", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["unknown"] == []
    return told


def names(told: dict[str, Any], database: str) -> set[str]:
    """The last names that were read in a copy."""
    values = [value for value in told["opened"] if (value["table"], value["database"]) == ("record_part", database)]
    cards = [json.loads(value["text"]) for value in values]
    return {card["last_name"] for card in cards if "last_name" in card}


def tables(told: dict[str, Any]) -> set[str]:
    return {value["table"] for value in told["opened"]}


def test_the_paper_with_the_database_and_the_keys_of_the_server_opens_nothing(loot: Loot, tmp_path: Path) -> None:
    told = steal(loot, tmp_path / "thief", BEFORE, papers=[loot.paper])

    assert not tables(told) & {*BY_HOLDERS, "recovery_sheet", "credential"}


def test_the_password_of_the_person_named_with_the_database_opens_nothing(loot: Loot, tmp_path: Path) -> None:
    """But the half that was kept: without the paper it is as good as any random number."""
    told = steal(loot, tmp_path / "thief", BEFORE, passwords={"petra": loot.passwords["petra"]})

    assert tables(told) & BY_HOLDERS == set()
    assert "recovery_sheet" in tables(told)


def test_the_paper_and_another_persons_password_open_nothing_more_than_that_person_does(
    loot: Loot, tmp_path: Path
) -> None:
    told = steal(loot, tmp_path / "thief", BEFORE, papers=[loot.paper], passwords={"bram": loot.passwords["bram"]})

    assert names(told, BEFORE) == {ELSEWHERE}


def test_both_together_open_that_vault_and_no_other(loot: Loot, tmp_path: Path) -> None:
    """The positive control, and what the sheet is for."""
    known = {"papers": [loot.paper], "passwords": {"petra": loot.passwords["petra"]}}
    told = steal(loot, tmp_path / "thief", BEFORE, **known)

    assert names(told, BEFORE) == {OLD}


def test_a_void_sheet_opens_nothing_of_today_and_of_a_backup_what_was_in_it(loot: Loot, tmp_path: Path) -> None:
    known = {"papers": [loot.paper], "passwords": {"petra": loot.passwords["petra"]}}

    assert tables(steal(loot, tmp_path / "today", VOIDED, **known)) & BY_HOLDERS == set()
    told = steal(loot, tmp_path / "both", BEFORE, VOIDED, **known)
    assert names(told, BEFORE) == {OLD}
    assert LATER not in names(told, VOIDED)
    assert names(steal(loot, tmp_path / "anna", VOIDED, passwords={"anna": loot.passwords["anna"]}), VOIDED) == {
        OLD,
        LATER,
    }


def test_a_used_sheet_adds_nothing_to_what_anybody_opens(loot: Loot, tmp_path: Path) -> None:
    """With the backup and the paper, but without the login that used it: as before, and nothing written since."""
    told = steal(loot, tmp_path / "thief", BEFORE, USED, papers=[loot.paper])

    assert tables(told) & BY_HOLDERS == set()

"""Signing requests in the hands of a thief with the whole database: a signer's keys open the own request, no other.

The thief is the program of the other tests of this folder, with the server's root key and the secrets of some people.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto.root_key import FileRootKey, PackageKey, SaltKey
from crypto.source import SystemSource
from database.engine import make_engine
from database.session import SessionFactory
from portal.services import KEYED_PACKAGES
from tests.documents.cabinet import make_cabinet
from tests.signing.sitting import sit_down
from tests.threats.running import ROOT
from tests.threats.searching import forms
from tests.world import make_world

HANS_WITH, KEES_WITH = "Kwikstaart Zonnebloemer", "Zwaluwtong Dauwdruppel"
BOTH = {HANS_WITH, KEES_WITH}


@dataclass(frozen=True)
class Stolen:
    """A database with two requests that run, the root key, and what each person could be robbed of."""

    folder: Path
    secrets: Mapping[str, str]

    def told(self, where: Path, *names: str) -> list[dict[str, Any]]:
        """What comes out for a thief with those people's secrets."""
        where.mkdir()
        for name in ("stolen.sqlite3", "salt.key", "root.key"):
            shutil.copy2(self.folder / name, where / name)
        (where / "known.json").write_text(json.dumps({"secrets": [self.secrets[name] for name in names]}))
        command = [sys.executable, "-m", "tests.threats.thief", str(where)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        found: dict[str, Any] = json.loads(done.stdout)
        assert found["unknown"] == []
        opened: list[dict[str, Any]] = found["opened"]
        return opened

    def signers_for(self, where: Path, *names: str) -> set[str]:
        """Who signs, as far as the thief can tell; with that come title and working files of the request."""
        texts = [value["text"] or "" for value in self.told(where, *names) if value["table"] == "signer"]
        return {name for name in BOTH if any(name in text for text in texts)}


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stolen:
    """Hans and Kees each sign a document of the same employee with somebody beside them; neither is done."""
    folder = tmp_path_factory.mktemp("signing")
    shutil.copyfile(sqlite_template, folder / "stolen.sqlite3")
    root_key = FileRootKey.create(folder / "root.key", SystemSource())
    SaltKey.create(folder / "salt.key", SystemSource())
    engine = make_engine(f"sqlite:///{folder / 'stolen.sqlite3'}")
    keys: Mapping[str, PackageKey] = {name: root_key.for_package(name) for name in KEYED_PACKAGES}
    with SessionFactory(engine, SystemSource(), keys)() as session:
        sitting = sit_down(make_cabinet(make_world(session), folder))
        for host, beside in (("Hans", HANS_WITH), ("Kees", KEES_WITH)):
            request = sitting.request(sitting.document(), host, beside)
            sitting.go_on(request, host)
            sitting.agree(request, 2, host)
            sitting.go_on(request, host)
        session.commit()
    engine.dispose()
    people = sitting.world.people.items()
    return Stolen(folder, {name: person.secret.reveal().hex() for name, person in people})


def test_each_hosts_key_opens_the_own_request_and_no_other(stolen: Stolen, tmp_path: Path) -> None:
    for host, opened in (("Hans", {HANS_WITH}), ("Kees", {KEES_WITH})):
        assert stolen.signers_for(tmp_path / host, host) == opened


def test_the_root_key_and_all_who_have_no_part_open_nothing(stolen: Stolen, tmp_path: Path) -> None:
    """Also who opens the vault or the service, and so the document in the dossier itself."""
    assert stolen.signers_for(tmp_path / "nobody") == set()
    others = [name for name in stolen.secrets if name not in {"Hans", "Kees"}]
    assert "Anna" in others
    assert "Carla" in others
    assert stolen.signers_for(tmp_path / "others", *others) == set()


def test_a_working_file_opens_with_its_request_only(stolen: Stolen, tmp_path: Path) -> None:
    """What the working file is called tells whether its key came out; the dossier's own file opens for the vault."""

    def opened_files(*names: str) -> int:
        told = stolen.told(tmp_path / f"files {'-'.join(names)}", *names)
        return len([value for value in told if value["table"] == "stored_file" and value["text"]])

    of_dossier = opened_files("Anna")
    assert of_dossier == 2
    # Of the own request what was offered, and what was signed by one.
    assert opened_files("Hans") == of_dossier + 2
    assert opened_files("Hans", "Kees") == of_dossier + 4


def test_no_name_and_no_title_lies_on_the_disk(stolen: Stolen) -> None:
    for value in (*BOTH, "Werkhervattingsplan"):
        shapes = forms(value)
        files = [path for path in stolen.folder.rglob("*") if path.is_file()]
        assert len(files) > 6
        assert not any(shape in path.read_bytes() for path in files for shape in shapes)

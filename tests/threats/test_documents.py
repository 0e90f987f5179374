"""Documents of dossiers in the hands of a thief with the whole database (DOC-09, D-rules 34 to 36; goals E and L).

The thief is the program of the other tests of this folder. He gets the secrets of one person after another, as who had
taken over that person's session would, and the server's root key besides.
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
from documents.listing import DocumentFilter, list_documents
from documents.models import DocumentKind
from documents.relabelling import relabel_document
from portal.services import KEYED_PACKAGES
from tests.documents.cabinet import Cabinet, make_cabinet
from tests.threats.running import ROOT
from tests.threats.searching import forms
from tests.world import make_world

MEDICAL, MOVED = "Kwikstaart diagnose", "Zwaluwtong beoordeling"
BOTH, EMPLOYERS, SERVICES = "Zonnebloemer rooster", "Dauwdruppel functie", "Blijvertje verslag"
ALL = (MEDICAL, MOVED, BOTH, EMPLOYERS, SERVICES)
CONTENT = b"Vergeetmijniet heeft sinds maart rugklachten.\n" * 200


@dataclass(frozen=True)
class Stolen:
    """A database with documents of all audiences, the root key, and what each person could be robbed of."""

    folder: Path
    secrets: Mapping[str, str]

    def titles_for(self, where: Path, *names: str) -> set[str]:
        """Which titles come out for a thief with those people's secrets; with a title comes the file."""
        where.mkdir()
        for name in ("stolen.sqlite3", "salt.key", "root.key"):
            shutil.copy2(self.folder / name, where / name)
        (where / "known.json").write_text(json.dumps({"secrets": [self.secrets[name] for name in names]}))
        command = [sys.executable, "-m", "tests.threats.thief", str(where)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        told: dict[str, Any] = json.loads(done.stdout)
        assert told["unknown"] == []
        texts = [value["text"] or "" for value in told["opened"] if value["table"] == "stored_file"]
        return {title for title in ALL if any(title in text for text in texts)}


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stolen:
    """A medical document that Cor uploaded, one that Sanne moved into the circle, and one for each other audience."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copyfile(sqlite_template, folder / "stolen.sqlite3")
    root_key = FileRootKey.create(folder / "root.key", SystemSource())
    SaltKey.create(folder / "salt.key", SystemSource())
    engine = make_engine(f"sqlite:///{folder / 'stolen.sqlite3'}")
    keys: Mapping[str, PackageKey] = {name: root_key.for_package(name) for name in KEYED_PACKAGES}
    with SessionFactory(engine, SystemSource(), keys)() as session:
        cabinet = make_cabinet(make_world(session), folder)
        fill(cabinet)
        session.commit()
    engine.dispose()
    return Stolen(folder, {name: person.secret.reveal().hex() for name, person in cabinet.world.people.items()})


def fill(cabinet: Cabinet) -> None:
    """Add the documents, and let everybody look, so that keys lie re-wrapped as they do in use."""

    def add(by: str, label: str, title: str) -> Any:
        kind = DocumentKind.IMPORTED
        return cabinet.add(by, cabinet.shared, label, f"{title}.txt", CONTENT, kind)

    add("Cor", "Medisch", MEDICAL)
    moved = add("Carla", "Algemeen", MOVED)
    add("Anna", "Algemeen", BOTH)
    add("Anna", "Alleen werkgever", EMPLOYERS)
    add("Carla", "Alleen arbodienst", SERVICES)
    medical = cabinet.label("Sanne", "Medisch", cabinet.shared)
    relabel_document(cabinet.session, moved.id, medical, cabinet.world.actor("Sanne"))
    for name in ("Anna", "Carla", "Sanne"):
        actor = cabinet.world.actor(name)
        list_documents(cabinet.session, cabinet.place(cabinet.shared), actor, DocumentFilter())


def test_all_but_the_circle_together_open_no_medical_document(stolen: Stolen, tmp_path: Path) -> None:
    """Also who uploaded it, who had it before it was medical, the employer's people, and the root key."""
    others = [name for name in stolen.secrets if name != "Sanne"]
    assert len(others) == 7
    assert stolen.titles_for(tmp_path / "thief", *others) == {BOTH, EMPLOYERS, SERVICES}


def test_the_circle_opens_it(stolen: Stolen, tmp_path: Path) -> None:
    """The positive control; Sanne is of the service, and so opens what that opens."""
    assert stolen.titles_for(tmp_path / "thief", "Sanne") == {MEDICAL, MOVED, BOTH, SERVICES}


def test_each_side_opens_its_own_and_the_root_key_none(stolen: Stolen, tmp_path: Path) -> None:
    for number, (names, opened) in enumerate(
        (
            ((), set()),
            (("Hans",), {BOTH, EMPLOYERS}),
            (("Cor",), {BOTH, SERVICES}),
            (("Bram", "Dirk"), set()),
        )
    ):
        assert stolen.titles_for(tmp_path / f"thief {number}", *names) == opened


def test_no_title_and_no_word_lies_on_the_disk(stolen: Stolen) -> None:
    for value in (*ALL, "Vergeetmijniet"):
        shapes = forms(value)
        files = [path for path in stolen.folder.rglob("*") if path.is_file()]
        assert len(files) > 7
        assert not any(shape in path.read_bytes() for path in files for shape in shapes)

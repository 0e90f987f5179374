"""Dialogues in the hands of a thief with the whole database: who opens what, by own key only (design 2; goals E and L).

The thief is the program of the other tests of this folder. Here he gets the secret of one person after another, as who
had taken over that person's session would, and the server's root key besides.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
from sqlalchemy import update

from crypto.derivation import derive
from crypto.root_key import FileRootKey, PackageKey, SaltKey
from crypto.secret import Secret
from crypto.source import SystemSource
from database.engine import make_engine
from database.session import SessionFactory
from delivery.models import OutgoingMessage
from dialogs.choosing import NewParticipant
from dialogs.drafts import save_draft
from dialogs.models import ParticipantKind
from portal.services import KEYED_PACKAGES
from tests.dialogs.guests import token_in_mail
from tests.dialogs.talk import Talk
from tests.threats.running import ROOT
from tests.world import World, make_world

FIRST, SECOND, THIRD = "Kwartelstaart belde gisteren", "Zonnebloemer komt op dinsdag", "Vergeetmijniet blijft weg"
SUBJECT, DRAFT = "Dauwdruppel en de planning", "Blijvertje schreef dit niet"
ALL = {FIRST, SECOND, THIRD}


@dataclass(frozen=True)
class Stolen:
    """A database with one dialogue, the root key, and what each person could be robbed of."""

    folder: Path
    secrets: Mapping[str, str]
    token: str

    def opened_with(self, where: Path, *names: str, root: bool = True) -> set[str]:
        """Every text that came out, for a thief with those people's secrets."""
        where.mkdir()
        shutil.copy2(self.folder / "stolen.sqlite3", where / "stolen.sqlite3")
        shutil.copy2(self.folder / "salt.key", where / "salt.key")
        if root:
            shutil.copy2(self.folder / "root.key", where / "root.key")
        (where / "known.json").write_text(json.dumps({"secrets": [self.secrets[name] for name in names]}))
        command = [sys.executable, "-m", "tests.threats.thief", str(where)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        told: dict[str, Any] = json.loads(done.stdout)
        assert told["unknown"] == []
        assert told["sealed"] > 50
        return {value["text"] or "" for value in told["opened"] if value["table"].startswith("dialogue_")}


def said(texts: set[str]) -> set[str]:
    """Which of the messages are among what came out."""
    return {text for text in ALL if any(text in found for found in texts)}


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stolen:
    """Anna and Hans talk; Ilse is removed after the first message, Joris comes from now on, Eva has not answered.

    Carla administers the service, Bram another employer.
    """
    folder = tmp_path_factory.mktemp("dialogues")
    shutil.copyfile(sqlite_template, folder / "stolen.sqlite3")
    root_key = FileRootKey.create(folder / "root.key", SystemSource())
    SaltKey.create(folder / "salt.key", SystemSource())
    engine = make_engine(f"sqlite:///{folder / 'stolen.sqlite3'}")
    keys: Mapping[str, PackageKey] = {name: root_key.for_package(name) for name in KEYED_PACKAGES}
    with SessionFactory(engine, SystemSource(), keys)() as session:
        world = make_world(session)
        for name in ("Hans", "Ilse", "Joris"):
            world.hire_vault_user(name, "datakluisgebruiker", "werkgever")
        token = live_through(world)
        session.commit()
    engine.dispose()
    secrets = {name: person.secret.reveal().hex() for name, person in world.people.items()}
    return Stolen(folder, secrets, token)


def live_through(world: World) -> str:
    """What was said and done; return the link of Eva."""
    talk = Talk(world)
    eva = world.employ("MS003", "Yılmaz")
    employee = NewParticipant(ParticipantKind.EMPLOYEE, eva)
    dialogue = talk.start("Anna", "Hans", "Ilse", employee, employee_id=eva, subject=SUBJECT, text=FIRST)
    token = token_in_mail(world.session)
    talk.remove("Anna", dialogue, talk.place("Ilse", dialogue).id)
    talk.post("Hans", dialogue, SECOND)
    talk.add("Anna", dialogue, talk.user("Joris", with_history=False))
    talk.post("Hans", dialogue, THIRD)
    save_draft(world.session, dialogue.id, DRAFT, world.actor("Anna"))
    # Whoever reads once has the keys re-wrapped; Joris never came.
    for name in ("Anna", "Ilse"):
        talk.read(name, dialogue)
    # The mails have left.
    world.session.execute(update(OutgoingMessage).values(sealed=None))
    return token


def test_the_database_and_the_root_key_open_none(stolen: Stolen, tmp_path: Path) -> None:
    """Not a word, not a subject, not a draft; what does open is where an invitation was sent to."""
    texts = stolen.opened_with(tmp_path / "thief")
    assert said(texts) == set()
    assert texts == {"eva@bakkerij.example", "+31612345678"}
    assert stolen.opened_with(tmp_path / "without", root=False) == set()


@pytest.mark.parametrize(("name", "opened"), [("Joris", {THIRD}), ("Ilse", {FIRST}), ("Anna", ALL), ("Hans", ALL)])
def test_a_participant_opens_the_epochs_that_he_or_she_was_handed(
    stolen: Stolen, tmp_path: Path, name: str, opened: set[str]
) -> None:
    """From now on, removed, and the positive control: who took part all the time opens everything."""
    texts = stolen.opened_with(tmp_path / "thief", name)
    assert said(texts) == opened
    assert any(SUBJECT in text for text in texts)
    assert any(DRAFT in text for text in texts) == (name == "Anna")


def test_administrators_and_the_other_side_open_none(stolen: Stolen, tmp_path: Path) -> None:
    """With the service's own key, the vault's of another employer, and the root key."""
    texts = stolen.opened_with(tmp_path / "thief", "Carla", "Bram", "Dirk")
    assert said(texts) == set()
    assert not any(SUBJECT in text for text in texts)


def test_the_link_of_an_invitation_opens_what_it_was_sent_for(stolen: Stolen, tmp_path: Path) -> None:
    """Who robs mailbox *and* database needs no code by SMS: the code guards the door, the link holds the key."""
    stolen_link = Stolen(stolen.folder, {"Eva": link_secret(stolen.token)}, stolen.token)
    assert said(stolen_link.opened_with(tmp_path / "thief", "Eva")) == ALL
    with closing(connect(stolen.folder / "stolen.sqlite3")) as connection:
        columns = list(connection.execute("SELECT * FROM dialogue_invitation"))
    assert not any(stolen.token.encode() in value for row in columns for value in row if isinstance(value, bytes))


def link_secret(token: str) -> str:
    """What derives from the link, as whoever has it can work out."""
    return derive(Secret(token.encode()), "dialogue invitation").reveal().hex()

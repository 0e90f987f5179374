"""Stolen files in the hands of a program that tries everything (issue 2, shown 2; design 2; security.md, goals E, L).

Each test that finds something closed has another beside it in which the same thief, with the right key, opens it.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.threats.burglary import (
    ASKED,
    BSN,
    FUNCTION,
    HALF_NAME,
    LATER,
    LATER_REASON,
    LATER_SIGNATORY,
    NAMES,
    PASSWORDS,
    PERSON_DATA,
    REASONS,
    REFUSAL,
    SIGNATORY,
    WAITING_NAME,
    Loot,
    half_written,
)
from tests.threats.places import PLACES
from tests.threats.running import ROOT
from tests.threats.searching import Search
from tests.threats.thief import Database

DATABASES = ("datakluis.sqlite3", "datakluis.sqlite3-wal", "before.sqlite3")
NOW, BEFORE, KEYS = "datakluis.sqlite3", "before.sqlite3", ("root.key", "salt.key")
BAKERY = {name for number, name in NAMES.items() if number != "DV001"}
RENAMED = {name for number, name in NAMES.items() if number in LATER}
BY_HOLDERS = {
    "record_part", "record_key", "share", "share_request", "key_grant", "holder_generation", "employee_import",
    "import_chunk",
}  # fmt: skip
OF_SERVICES = {
    ("share", "service_reason_sealed"),
    ("share_request", "service_reason_sealed"),
    ("share_request", "service_refusal_sealed"),
}
BY_SERVER = {
    ("authenticator", "secret_sealed"),
    ("outgoing_message", "sealed"),
    ("person", "email_sealed"),
    ("processing_agreement", "signatory_sealed"),
}
BY_SERVER_BUT_NOT_STOLEN = {
    ("contact_person", "sealed"),
    ("dialogue_invitation_code", "number_sealed"),
    ("dialogue_participant", "email_sealed"),
    ("dialogue_participant", "phone_sealed"),
    ("forgotten_request", "typed_sealed"),
    ("message_signature", "sealed"),
    ("person", "phone_sealed"),
    ("sms_code", "number_sealed"),
    ("standard_text", "sealed"),
}
"""Nobody in the loot has a phone number, forgot anything or is a contact person; dialogues are in `test_dialogues`."""


@dataclass(frozen=True)
class Haul:
    """What a thief opened."""

    told: dict[str, Any]

    @property
    def opened(self) -> list[dict[str, Any]]:
        """Every value that gave way."""
        return list(self.told["opened"])

    def columns(self) -> set[tuple[str, str]]:
        """The columns of which something was opened."""
        return {(value["table"], value["column"]) for value in self.opened}

    def texts(self, table: str, database: str = "datakluis") -> list[str]:
        """What was read of a table."""
        found = [value for value in self.opened if (value["table"], value["database"]) == (table, database)]
        return [value["text"] or "" for value in found]

    def names(self, database: str = "datakluis") -> set[str]:
        """The last names that were read from cards."""
        cards = [json.loads(text) for text in self.texts("record_part", database)]
        return {card["last_name"] for card in cards if "last_name" in card}

    def reasons(self, database: str = "datakluis") -> set[str]:
        """The Toelichtingen that were read."""
        return {json.loads(text)["explanation"] for text in self.texts("share", database)}

    def requests(self) -> set[str]:
        """What was read of requests to share: why they were made, and why refused."""
        texts = self.texts("share_request")
        return {json.loads(text)["explanation"] if text.startswith("{") else text for text in texts}


def steal(loot: Loot, folder: Path, *files: str, **known: Any) -> Haul:
    """Let the thief try everything on some of the files, with what is known besides."""
    folder.mkdir(parents=True)
    for name in files:
        for path in loot.folder.glob(f"{name}*"):
            shutil.copy2(path, folder / path.name)
    if NOW in files:
        shutil.copytree(loot.folder / "mail", folder / "mail")
    if known:
        (folder / "known.json").write_text(json.dumps(known))
    command = [sys.executable, "-m", "tests.threats.thief", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    haul = Haul(json.loads(done.stdout))
    assert haul.told["unknown"] == [], "write the places of a new sealed column in tests/threats/thief.py"
    assert [value for value in haul.opened if not value["bound"]] == []
    return haul


def password_of(*names: str) -> dict[str, str]:
    """Those people's passwords, by login name."""
    return {name: PASSWORDS[name] for name in names}


def classified_as_opened_by_server() -> set[tuple[str, str]]:
    """The sealed columns of which docs/classification.md says that the server opens them."""
    lines = (ROOT / "docs" / "classification.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {(row[0], row[1]) for row in rows if len(row) == 4 and row[3].startswith("the server (")}


def test_the_loot_is_worth_stealing(loot: Loot, tmp_path: Path) -> None:
    """An import half written, another waiting, mails that have not left: else what follows would prove little."""
    assert (loot.folder / f"{NOW}-wal").stat().st_size > 0
    # Who opens the copy writes its journal into it, so that the loot itself must stay closed.
    for path in loot.folder.glob(f"{NOW}*"):
        shutil.copy2(path, tmp_path / path.name)
    tables = Database.read(tmp_path / NOW).tables
    assert half_written(tmp_path / NOW) > 0
    assert {row["state"] for row in tables["employee_import"]} >= {"uploaded", "writing"}
    assert len(tables["import_chunk"]) > 3
    waiting = [row["kind"] for row in tables["outgoing_message"] if row["state"] == "waiting"]
    assert {"invitation", "agreement_confirmation"} <= set(waiting)


def test_the_database_alone_opens_nothing(loot: Loot, tmp_path: Path) -> None:
    haul = steal(loot, tmp_path / "thief", NOW)
    assert haul.opened == []
    assert haul.told["sealed"] > 1_500


def test_database_and_keys_of_the_server_open_no_employee_but_addresses_and_queued_mail(
    loot: Loot, tmp_path: Path
) -> None:
    """Issue 2, shown 2, first sentence; what does open is what the classification says, no more and no less."""
    haul = steal(loot, tmp_path / "thief", NOW, *KEYS)
    assert haul.columns() == BY_SERVER
    assert classified_as_opened_by_server() == BY_SERVER | BY_SERVER_BUT_NOT_STOLEN
    assert (haul.names(), haul.reasons(), haul.requests()) == (set(), set(), set())
    everyone = {f"{name}@example.org" for name in (*PASSWORDS, "hans")}
    assert set(haul.texts("person")) == everyone
    queued = [json.loads(text) for text in haul.texts("outgoing_message")]
    assert {"hans@example.org", "tweede@example.org"} <= {mail["to"] for mail in queued}
    links = [mail["values"]["link"] for mail in queued if "/uitnodiging/" in mail["values"].get("link", "")]
    assert len(links) == 1
    assert {json.loads(text)["name"] for text in haul.texts("processing_agreement")} == {SIGNATORY, LATER_SIGNATORY}


def test_with_an_arbo_users_password_the_shared_ones_open_and_no_other(loot: Loot, tmp_path: Path) -> None:
    """Issue 2, shown 2: exactly those."""
    carla = loot.people["carla"]
    codes = {"carla": carla.backup_code}
    haul = steal(loot, tmp_path / "thief", NOW, *KEYS, passwords=password_of("carla"), backup_codes=codes)
    assert haul.names() == {NAMES["MS001"], NAMES["MS004"]}
    assert haul.reasons() == {REASONS["MS001"], LATER_REASON}
    assert haul.requests() == {*ASKED.values(), REFUSAL}
    of_shares = {(value["table"], value["column"]) for value in haul.opened if value["table"].startswith("share")}
    assert of_shares == OF_SERVICES
    assert any(BSN in text for text in haul.texts("record_part"))
    assert haul.texts("import_chunk") == []


def test_a_vault_users_password_opens_that_vault_and_no_other(loot: Loot, tmp_path: Path) -> None:
    """The positive control of all others: the thief reads every kind of value once he has its key."""
    haul = steal(loot, tmp_path / "anna", NOW, *KEYS, passwords=password_of("anna"))
    assert haul.names() == BAKERY - RENAMED | set(LATER.values()) | {HALF_NAME}
    assert haul.reasons() == {*REASONS.values(), LATER_REASON}
    pieces = "".join(haul.texts("import_chunk"))
    assert WAITING_NAME in pieces
    assert HALF_NAME in pieces
    of_anna = {("credential", "password_sealed"), ("holder_generation", "previous_sealed")}
    assert haul.requests() == {*ASKED.values(), REFUSAL}
    assert haul.columns() >= BY_SERVER | of_anna | {place for place in PLACES if place[0] in BY_HOLDERS} - OF_SERVICES
    assert not haul.columns() & OF_SERVICES
    other = steal(loot, tmp_path / "bram", NOW, *KEYS, passwords=password_of("bram"))
    assert other.names() == {NAMES["DV001"]}


def test_a_cookie_opens_its_own_session_and_what_that_person_opens(loot: Loot, tmp_path: Path) -> None:
    """A browser left open, or the memory of a process: one person's keys. The table of sessions alone gives none."""
    haul = steal(loot, tmp_path / "thief", NOW, *KEYS, cookies=[loot.cookies["bram"]])
    sessions = [value for value in haul.opened if value["table"] == "login_session"]
    assert len({value["row"]["person_id"] for value in sessions}) == 1
    assert haul.names() == {NAMES["DV001"]}


def test_the_password_of_a_withdrawn_user_and_an_old_backup_open_nothing_written_later(
    loot: Loot, tmp_path: Path
) -> None:
    """Issue 2, shown 2; K-16. Frits keeps what he could read, in the backup and where it still lies, and no more."""
    haul = steal(loot, tmp_path / "thief", NOW, BEFORE, *KEYS, passwords=password_of("frits"))
    assert haul.names("before") == BAKERY
    assert haul.reasons("before") == set(REASONS.values())
    assert haul.names() == BAKERY - RENAMED
    assert haul.reasons() == set(REASONS.values())
    assert haul.texts("import_chunk") == []
    assert haul.requests() == set()
    assert newer_than_backup(loot, haul) == []


def test_the_password_of_a_withdrawn_user_opens_nothing_in_the_database_of_today(loot: Loot, tmp_path: Path) -> None:
    """K-16: his grants are gone."""
    haul = steal(loot, tmp_path / "thief", NOW, *KEYS, passwords=password_of("frits"))
    assert ("credential", "password_sealed") in haul.columns()
    assert BY_HOLDERS & {table for table, _ in haul.columns()} == set()


def test_an_old_backup_gives_arbo_staff_nothing_written_after_their_share_ended(loot: Loot, tmp_path: Path) -> None:
    """Issue 2, shown 2; S-15: MS002 as it was then, and only in the backup; MS004 is shared today."""
    haul = steal(loot, tmp_path / "thief", NOW, BEFORE, *KEYS, passwords=password_of("carla"))
    assert haul.names("before") == {NAMES["MS001"], NAMES["MS002"], NAMES["MS004"]}
    assert haul.reasons("before") == set(REASONS.values())
    assert haul.names() == {NAMES["MS001"], NAMES["MS004"]}
    assert haul.reasons() == {REASONS["MS001"], LATER_REASON}


def newer_than_backup(loot: Loot, haul: Haul) -> list[dict[str, Any]]:
    """What was opened of holders' rows that were not in the backup; re-wrapping makes a row no newer."""
    old = Database.read(loot.folder / BEFORE).tables
    known = {(table, _identity(table, row)) for table in BY_HOLDERS for row in old[table]}
    opened = [value for value in haul.opened if value["database"] == "datakluis" and value["table"] in BY_HOLDERS]
    return [value for value in opened if (value["table"], _identity(value["table"], value["row"])) not in known]


def _identity(table: str, row: dict[str, Any]) -> tuple[Any, ...]:
    keys = {
        "record_part": ("employee_id", "part", "version"),
        "record_key": ("employee_id", "key_number", "holder_id"),
        "holder_generation": ("holder_id", "number"),
        "import_chunk": ("import_id", "number"),
    }
    return tuple(row[name] for name in keys.get(table, ("id",)))


def secrets(loot: Loot) -> dict[str, str]:
    """What only people know, also in the shapes in which it is worked with."""
    found = dict(loot.secrets_of_people)
    for name, value in list(found.items()):
        if name.endswith("app"):
            found[f"{name}, raw"] = base64.b32decode(value).decode("latin-1")
        if name.endswith("code"):
            found[f"{name}, without dashes"] = value.replace("-", "")
    return found


def test_no_planted_value_lies_in_the_database_its_journal_or_a_backup(loot: Loot) -> None:
    sought = Search({**PERSON_DATA, **secrets(loot)})
    assert sought.found_in_files(loot.folder / name for name in DATABASES) == set()


def test_no_planted_value_lies_in_what_the_processes_wrote(loot: Loot) -> None:
    """Logs of server, worker and commands; the search of them is no search of nothing."""
    assert (loot.folder / "log" / "server").stat().st_size > 1_000
    assert Search({**PERSON_DATA, **secrets(loot)}).found_in_files([loot.folder / "log"]) == set()


def test_an_upload_leaves_and_passes_through_no_temporary_file(loot: Loot) -> None:
    """Looked at from outside, while a file of more than half a megabyte came in (design 5, step 2)."""
    assert [path for path in (loot.folder / "tmp").rglob("*") if path.is_file()] == []
    assert loot.spooled == set()
    assert any("sqlite3-wal" in name for name in loot.open_files)
    sought = Search({**PERSON_DATA, **secrets(loot)})
    others = {name: data for name, data in loot.open_files.items() if "sqlite3" not in name}
    assert {name: found for name, data in others.items() if (found := sought.found_in(data))} == {}


def test_no_person_is_in_the_mails_that_left(loot: Loot) -> None:
    assert Search(PERSON_DATA).found_in_files([loot.folder / "mail"]) == set()


def test_the_search_finds_what_is_readable(loot: Loot) -> None:
    """The positive control: what is open by design is found in the same files by the same search."""
    open_values = {"function": FUNCTION, "employer": "Bakkerij Mulder", "login name": "frits"}
    assert Search(open_values).found_in_files(loot.folder / name for name in DATABASES) == set(open_values)
    assert Search({"place in the log": "/werknemers/importeren"}).found_in_files([loot.folder / "log"])

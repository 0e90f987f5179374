"""What blind indexes in a stolen database tell: nothing by themselves; to whom remembers their secret, what is here.

The attacker makes the digests anew from what docs/keys.md says of them, without the application.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import MetaData, inspect, select

from database.session import Session
from keys.index_secrets import index_secret
from portal.tables import metadata
from tests.world import World, card, details, make_world
from vault.access import withdraw_access
from vault.records import create_record
from vault.sides import find_vault

BSN, LATER_BSN = "999990019", "999990020"
COLUMNS = {"last_name": "last-name", "birth_month": "birth-month", "postcode": "postcode", "bsn": "bsn"}
# Short enough to try in seconds: that is the point.
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
ALL_BSNS = [
    str(number)
    for number in range(999990000, 1000000000)
    if sum(weight * int(digit) for weight, digit in zip(WEIGHTS, str(number), strict=True)) % 11 == 0
]
ALL_BEGINNINGS = ["".join(letters) for letters in product(ascii_lowercase, repeat=3)]
ALL_MONTHS = [f"{year}-{month:02}" for year in range(1940, 2012) for month in range(1, 13)]
ALL_AREAS = [str(area) for area in range(1000, 10000)]
GUESSES = {"last_name": ALL_BEGINNINGS, "birth_month": ALL_MONTHS, "postcode": ALL_AREAS, "bsn": ALL_BSNS}


@pytest.fixture
def world(session: Session) -> World:
    """Bakkerij Mulder, with Frits as a vault user, one employee whom he could read, and everything in the database."""
    made = make_world(session)
    made.hire_vault_user("Frits", "datakluisgebruiker")
    employ(made, "1", "Yılmaz", BSN)
    return made


def employ(world: World, number: str, name: str, bsn: str | None) -> None:
    """Add somebody to the vault."""
    create_record(
        world.session,
        personnel_number=number,
        card=card(name, birth_date=date(1971, 5, 17), postcode="3511AB" if bsn else None),
        details=details(bsn=bsn),
        employment=world.employment(),
        actor=world.actor("Anna"),
    )


def stolen_index(world: World) -> dict[str, list[bytes]]:
    """The digests in the database, by column."""
    table = metadata.tables["record_index"]
    rows = world.session.execute(select(table)).mappings().all()
    return {column: [bytes(row[column]) for row in rows] for column in COLUMNS}


def every_value(world: World) -> set[bytes]:
    """Every value of bytes in the whole database, and every id: whatever somebody could have taken for a key."""
    world.session.flush()
    found: set[bytes] = set()
    stolen = MetaData()
    stolen.reflect(world.session.connection())
    assert set(inspect(world.session.connection()).get_table_names()) >= set(metadata.tables)
    for table in metadata.tables.values():
        for row in world.session.execute(select(table)):
            for value in row:
                found |= {bytes(value)} if isinstance(value, bytes | memoryview) else set()
                found |= {value.bytes} if hasattr(value, "bytes") else set()
    return found


def digest(key: bytes, value: str) -> bytes:
    """The first eight bytes of HMAC-SHA-256 (docs/keys.md)."""
    return hmac.digest(key, value.encode(), sha256)[:8]


def key_of(secret: bytes, column: str) -> bytes:
    """The key of one column, from an index secret (docs/keys.md)."""
    info = f"datakluis/v1/index/{COLUMNS[column]}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=b"", info=info).derive(secret)


def tried(stolen: Iterable[bytes], key: bytes, guesses: Iterable[str]) -> set[str]:
    """The guesses that are among the stolen digests."""
    wanted = set(stolen)
    return {guess for guess in guesses if digest(key, guess) in wanted}


def test_without_the_index_secret_no_guess_is_a_hit(world: World) -> None:
    """All 909 test BSNs with every value of the database for a key or an index secret, and all else with none."""
    assert len(ALL_BSNS) == 909
    stolen = stolen_index(world)
    for column, guesses in GUESSES.items():
        plain = {sha256(guess.encode()).digest()[:8] for guess in guesses}
        assert not plain & set(stolen[column])
        assert tried(stolen[column], b"", guesses) == set()
    values = every_value(world)
    assert len(values) > 100
    for value in values:
        assert tried(stolen["bsn"], value, ALL_BSNS) == set()
        assert tried(stolen["bsn"], key_of(value, "bsn"), ALL_BSNS) == set()


def test_with_the_index_secret_every_value_is_a_hit(world: World) -> None:
    """The positive control of the one before: the same attack, with what a vault user can open."""
    anna = world.actor("Anna")
    secret = index_secret(world.session, find_vault(world.session, anna).holder_id, anna.keys).reveal()
    stolen = stolen_index(world)
    hits = {column: tried(stolen[column], key_of(secret, column), guesses) for column, guesses in GUESSES.items()}
    assert hits == {"last_name": {"yil"}, "birth_month": {"1971-05"}, "postcode": {"3511"}, "bsn": {BSN}}


def test_a_former_user_who_remembers_the_index_secret_can_test_values_of_later_records_too(world: World) -> None:
    """Design 2.1: it travels along. He reads no name, address or BSN; he learns which guess is right, and of whom."""
    frits = world.actor("Frits")
    remembered = index_secret(world.session, find_vault(world.session, frits).holder_id, frits.keys).reveal()
    withdraw_access(world.session, world.people["Frits"].id, world.actor("Anna"))
    employ(world, "2", "Zonneveld", LATER_BSN)
    stolen = stolen_index(world)
    hits = {column: tried(stolen[column], key_of(remembered, column), guesses) for column, guesses in GUESSES.items()}
    assert hits["bsn"] == {BSN, LATER_BSN}
    assert hits["last_name"] == {"yil", "zon"}
    assert (hits["birth_month"], hits["postcode"]) == ({"1971-05"}, {"3511"})


def test_the_index_secret_of_one_employer_is_of_no_use_at_another(world: World) -> None:
    bram = world.actor("Bram")
    secret = index_secret(world.session, find_vault(world.session, bram).holder_id, bram.keys).reveal()
    assert tried(stolen_index(world)["bsn"], key_of(secret, "bsn"), ALL_BSNS) == set()


def test_nobody_can_tell_who_has_no_bsn(world: World) -> None:
    """Also with the index secret: what is absent looks like a value that was not guessed."""
    employ(world, "2", "Bos", None)
    employ(world, "3", "Vos", None)
    stolen = stolen_index(world)["bsn"]
    assert len(set(stolen)) == 3
    assert {len(value) for value in stolen} == {8}


def test_the_docs_say_how_a_digest_is_made() -> None:
    """Otherwise this attacker would be a straw man once the index is made in another way."""
    docs = (Path(__file__).parents[2] / "docs" / "keys.md").read_text(encoding="utf-8")
    for label in COLUMNS.values():
        assert re.search(rf"`index/{label}`", docs), label

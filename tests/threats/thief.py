"""A thief: a program of its own that tries everything which the stolen bytes allow (issue 2, shown 2; goal E).

    python -m tests.threats.thief LOOT

`LOOT` is a folder: each `*.sqlite3` in it is a copy of a database (with its WAL beside it), `root.key` and `salt.key`
the key files, `mail/` the folder of mails. `known.json`, where it is there, holds what the thief knows besides:
`{"passwords": {login: password}, "backup_codes": {login: code}, "cookies": [...], "secrets": [hex], "papers": [code]}`,
the last being what stands on recovery sheets. What it opens is printed as JSON.

It shares `crypto/` with the application, since that is how the bytes are made, and nothing else: no permission, scope,
filter or session of the application stands between it and the data. The places that values are bound to are written
out here once more. Against every sealed value it tries every secret that it has or finds on the way: with its place
(AES-GCM and HPKE), and without, since who has a key need not look at the tag.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.derivation import derive
from crypto.errors import UnsealError
from crypto.hybrid import KeyPair, open_with
from crypto.one_time import normalise_backup_code
from crypto.passwords import Argon2Parameters, split, stretch
from crypto.recovery_code import read_code
from crypto.root_key import SaltKey
from crypto.sealing import Context
from crypto.secret import Secret
from tests.threats.places import IN_THE_OPEN, PLACES, SECRETS, id_of

PACKAGES = ("accounts", "audit", "delivery", "dialogs", "documents", "keys", "organisation", "vault")
LABELS = (
    "file/about",
    "file/form",
    "holder/wrap",
    "password/key",
    "session/key",
    "root/seal",
    *(f"package/{name}/{purpose}" for name in PACKAGES for purpose in ("seal", "mac", "lookup")),
)
FEW_LABELS = ("holder/wrap",)
BLOCK = 16
SURE = 24
READABLE = re.compile(rb"[\x20-\x7e\r\n\t]{24,32}|(?:PK\x03\x04).{20,28}|\xef\xbb\xbf[\x20-\x7e;]{21,29}", re.DOTALL)


PLAIN_SECRETS = {("record_key", "sealed"), ("employee_import", "file_key_sealed")}
"""Keys that seal as they are; from all others more is derived."""


@dataclass(frozen=True)
class Sealed:
    """A sealed value somewhere in the loot."""

    database: str
    table: str
    column: str
    row: str
    data: bytes = field(repr=False)
    places: tuple[bytes, ...] = field(repr=False)
    contexts: tuple[Context, ...] = field(repr=False)

    @cached_property
    def symmetric(self) -> bytes | None:
        """Nonce and ciphertext under AES-GCM, whoever's key it is; None for what was sealed to a public key."""
        # Behind the id of a root key lies a sealed value with a marker of its own.
        if self.data[:1] == b"\x03":
            return self.data[10:]
        return self.data[1:] if self.data[:1] == b"\x01" else None

    @cached_property
    def is_told_by_tag(self) -> bool:
        """Whether its first bytes can't tell that a key is right: it holds a key, or is too short."""
        return (self.table, self.column) in SECRETS or len(self.symmetric or b"") < 12 + BLOCK + SURE


@dataclass
class Database:
    """A stolen database, read row by row without any model of the application."""

    name: str
    tables: dict[str, list[dict[str, Any]]]

    @classmethod
    def read(cls, path: Path) -> Database:
        """Read every row of every table."""
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        try:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            # The names come from the file itself.
            tables = {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in names}  # noqa: S608
        finally:
            connection.close()
        return cls(path.stem, tables)

    def sealed(self) -> Iterator[Sealed]:
        """Every value that looks sealed: by its column, or by its first byte."""
        for table, rows in self.tables.items():
            for row in rows:
                for column, value in row.items():
                    if isinstance(value, bytes) and _looks_sealed(table, column, value):
                        yield self._sealed(table, column, row)

    def _sealed(self, table: str, column: str, row: dict[str, Any]) -> Sealed:
        contexts = tuple(PLACES[table, column](row)) if (table, column) in PLACES else ()
        named = {name: value for name, value in row.items() if not isinstance(value, bytes) and value is not None}
        places = tuple(b"\x01" + context.encode() for context in contexts)
        return Sealed(self.name, table, column, json.dumps(named), bytes(row[column]), places, contexts)

    def guesses(self) -> Iterator[bytes]:
        """Values of 32 bytes that lie about in the open: hashes and codes, tried as keys."""
        for rows in self.tables.values():
            for value in chain.from_iterable(row.values() for row in rows):
                if isinstance(value, bytes) and len(value) in (32, 40):
                    yield value[-32:]


def _looks_sealed(table: str, column: str, value: bytes) -> bool:
    if (table, column) in PLACES:
        return True
    if (table, column) in IN_THE_OPEN:
        return False
    return column.endswith("sealed") or (value[:1] in (b"\x01", b"\x02", b"\x03") and len(value) >= 45)


@dataclass(frozen=True)
class Opened:
    """A sealed value that gave way; `bound` unless it was read without its place."""

    value: Sealed
    plain: bytes = field(repr=False)
    bound: bool

    def told(self) -> dict[str, Any]:
        """What is printed of it."""
        told = {"database": self.value.database, "table": self.value.table, "column": self.value.column}
        row = json.loads(self.value.row)
        text = self.plain.decode("utf-8", "replace") if _is_text(self.plain) else None
        return {**told, "row": row, "bound": self.bound, "text": text, "size": len(self.plain)}


def _is_text(plain: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        return plain.decode().isprintable() or b"\n" in plain
    return False


class Thief:
    """Tries every secret on every sealed value, until nothing new opens."""

    def __init__(self, databases: Iterable[Database]) -> None:
        self.databases = list(databases)
        self.values = [value for database in self.databases for value in database.sealed()]
        self.opened: dict[int, Opened] = {}
        self._left = list(enumerate(self.values))
        self._symmetric: list[tuple[int, Sealed, bytes]] = []
        self._counters = self._starts = b""
        self._seen = -1
        self._tried: set[tuple[bytes, tuple[str, ...]]] = set()
        self._papers: list[bytes] = []
        self._halves: list[bytes] = []
        self._waiting: list[tuple[bytes, tuple[str, ...], bool]] = []

    def learn(self, secret: bytes, labels: tuple[str, ...] = LABELS, *, pair: bool = True) -> None:
        """Have one more secret to try: as it is, with what derives from it, and as the secret behind a key pair."""
        if secret and (secret, labels) not in self._tried:
            self._tried.add((secret, labels))
            self._waiting.append((secret, labels, pair))

    def find_paper(self, half: bytes) -> None:
        """Have the half that stands on a recovery sheet: a key by itself perhaps, and with every other half."""
        self._papers.append(half)
        self.learn(half)
        for other in self._halves:
            self.learn(_xor(half, other))

    def _find_half(self, half: bytes) -> None:
        self._halves.append(half)
        for paper in self._papers:
            self.learn(_xor(half, paper))

    def try_everything(self) -> None:
        """Try what is known on what is closed, and what comes out of that, until nothing is left to try."""
        while self._waiting:
            secret, labels, pair = self._waiting.pop()
            keys = [secret] if len(secret) == 32 else []
            keys += [derive(Secret(secret), label).reveal() for label in labels]
            for key in keys:
                self._try_key(key)
            if pair:
                self._try_pair(KeyPair.from_secret(Secret(secret)))

    def _closed(self) -> list[tuple[int, Sealed]]:
        if self._seen != len(self.opened):
            self._left = [(number, value) for number, value in self._left if number not in self.opened]
            self._symmetric = [(number, value, text) for number, value in self._left if (text := value.symmetric)]
            self._counters = _counters([text for _, _, text in self._symmetric])
            self._starts = b"".join(text[12 : 12 + 2 * BLOCK].ljust(2 * BLOCK, b"\0") for _, _, text in self._symmetric)
            self._seen = len(self.opened)
        return self._left

    def _try_key(self, key: bytes) -> None:
        self._closed()
        cipher = AESGCM(key)
        plain = _first_blocks(key, self._counters, self._starts)
        for at, (number, value, text) in enumerate(self._symmetric):
            start = plain[at * 2 * BLOCK : at * 2 * BLOCK + min(2 * BLOCK, len(text) - 12 - BLOCK)]
            readable = READABLE.fullmatch(start) is not None
            if readable or value.is_told_by_tag:
                self._try_places(cipher, number, value, text)
            if readable and number not in self.opened:
                self._keep(number, value, _without_place(key, text), bound=False)

    def _try_places(self, cipher: AESGCM, number: int, value: Sealed, text: bytes) -> None:
        for place in value.places:
            with suppress(InvalidTag, ValueError):
                self._keep(number, value, cipher.decrypt(text[:12], text[12:], place), bound=True)
                return

    def _try_pair(self, pair: KeyPair) -> None:
        for number, value in self._closed():
            if value.data[:1] == b"\x02":
                for context in value.contexts:
                    with suppress(UnsealError):
                        self._keep(number, value, open_with(pair, value.data, context), bound=True)

    def _keep(self, number: int, value: Sealed, plain: bytes, *, bound: bool) -> None:
        self.opened[number] = Opened(value, plain, bound)
        if len(plain) in (20, 32):
            if value.table == "recovery_sheet":
                self._find_half(plain)
            plain_key = (value.table, value.column) in PLAIN_SECRETS
            self.learn(plain, () if plain_key else LABELS, pair=not plain_key)


def _counters(texts: list[bytes]) -> bytes:
    """What GCM makes its first two blocks of keystream from: it is counter mode that begins at 2."""
    return b"".join(text[:12] + count.to_bytes(4, "big") for text in texts for count in (2, 3))


def _first_blocks(key: bytes, counters: bytes, starts: bytes) -> bytes:
    """The first 32 bytes of each text under `key`, without a look at its tag."""
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - the keystream of GCM
    return _xor(encryptor.update(counters), starts)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def _without_place(key: bytes, text: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CTR(text[:12] + (2).to_bytes(4, "big")))
    return cipher.decryptor().update(text[12:-BLOCK])


def take(loot: Path) -> dict[str, Any]:
    """Try everything on a folder of stolen files; return what came out."""
    databases = [Database.read(path) for path in sorted(loot.glob("*.sqlite3"))]
    thief = Thief(databases)
    for secret in _from_key_files(loot):
        thief.learn(secret)
    for secret in _from_what_is_known(loot, databases):
        thief.learn(secret)
    for paper in _from_papers(loot):
        thief.find_paper(paper)
    for database in databases:
        for guess in database.guesses():
            thief.learn(guess, FEW_LABELS, pair=False)
    thief.try_everything()
    return {
        "opened": [opened.told() for opened in thief.opened.values()],
        "closed": len(thief.values) - len(thief.opened),
        "unknown": sorted({(value.table, value.column) for value in thief.values} - PLACES.keys()),
        "sealed": len(thief.values),
        "mails": [path.read_text("utf-8", "replace") for path in sorted(loot.glob("mail/*"))],
    }


def _from_key_files(loot: Path) -> Iterator[bytes]:
    for name in ("root.key", "salt.key"):
        if (loot / name).exists():
            content = json.loads((loot / name).read_text())
            texts = [*content.get("keys", []), content.get("index_key"), content.get("key")]
            yield from (base64.b64decode(text) for text in texts if text)


def _from_what_is_known(loot: Path, databases: list[Database]) -> Iterator[bytes]:
    if not (loot / "known.json").exists():
        return
    known = json.loads((loot / "known.json").read_text())
    salt_key = SaltKey.load(loot / "salt.key")
    for login, password in known.get("passwords", {}).items():
        for person, credential in _credentials(databases, login):
            salt = salt_key.salt_for(person)
            yield from _stretched(password, salt, credential["password_parameters"])
    for login, code in known.get("backup_codes", {}).items():
        for person, credential in _credentials(databases, login):
            salt = salt_key.salt_for(person) + b"/back-up code"
            yield from _stretched(normalise_backup_code(code), salt, credential["backup_parameters"])
    for cookie in known.get("cookies", []):
        yield from (cookie.encode(), hashlib.sha256(cookie.encode()).digest())
    yield from (bytes.fromhex(text) for text in known.get("secrets", []))


def _from_papers(loot: Path) -> Iterator[bytes]:
    if (loot / "known.json").exists():
        known = json.loads((loot / "known.json").read_text())
        yield from (read_code(code).reveal() for code in known.get("papers", []))


def _credentials(databases: list[Database], login: str) -> Iterator[tuple[UUID, dict[str, Any]]]:
    seen = set()
    for database in databases:
        people = [row["id"] for row in database.tables["person"] if row["login_name"] == login]
        for row in database.tables["credential"]:
            if row["person_id"] in people and row["password_parameters"] not in seen:
                seen.add(row["password_parameters"])
                yield id_of(row["person_id"]), row


def _stretched(password: str, salt: bytes, parameters: str | None) -> Iterator[bytes]:
    if parameters:
        stretched = stretch(password, salt, Argon2Parameters.decode(parameters))
        yield stretched.reveal()
        yield split(stretched).key.reveal()


if __name__ == "__main__":
    json.dump(take(Path(sys.argv[1])), sys.stdout)

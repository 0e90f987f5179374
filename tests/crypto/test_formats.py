"""What was stored yesterday can be read today: values of every kind, kept in vectors/formats.json."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crypto.derivation import derive
from crypto.one_time import token_hash
from crypto.passwords import Argon2Parameters, split, stretch, verifier_hash
from crypto.root_key import FileRootKey, SaltKey
from crypto.sealing import unseal
from crypto.secret import Secret
from tests.crypto.places import HERE

STORED: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "formats.json").read_text())
SECRET = Secret(bytes(range(32)))
ACCOUNT = UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301")


def test_a_stored_value_under_a_symmetric_key_opens() -> None:
    assert unseal(SECRET, bytes.fromhex(STORED["sealed"]), HERE) == b"plaintext"


def test_stored_values_under_a_stored_root_key_of_two_generations_open(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    path.touch(0o600)
    path.write_text(json.dumps(STORED["root key file"]))
    package = FileRootKey.load(path).for_package("delivery")
    for generation in ("first", "second"):
        assert package.open(bytes.fromhex(STORED[f"{generation} package value"]), HERE) == b"plaintext"
        package.check_mac(b"message", bytes.fromhex(STORED[f"{generation} package code"]))
    assert package.lookup(b"message").hex() == STORED["package lookup"]
    assert FileRootKey.load(path).hmac("label", b"message").hex() == STORED["root hmac"]


def test_a_stored_salt_key_gives_the_stored_salt(tmp_path: Path) -> None:
    path = tmp_path / "salt.key"
    path.touch(0o600)
    path.write_text(json.dumps(STORED["salt key file"]))
    assert SaltKey.load(path).salt_for(ACCOUNT).hex() == STORED["salt"]


def stretched() -> Secret:
    parameters = Argon2Parameters.decode("argon2id$v=19$m=64,t=2,p=2")
    return stretch("Sommige wegen zijn café", bytes(range(32)), parameters)


COMPUTED: dict[str, Callable[[], bytes]] = {
    "context": HERE.encode,
    "derived": lambda: derive(SECRET, "wrap").reveal(),
    "stretched": lambda: stretched().reveal(),
    "password key": lambda: bytes(split(stretched()).key.reveal()),
    "verifier hash": lambda: verifier_hash(split(stretched()).verifier),
    "token hash": lambda: token_hash("token", "reset"),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_the_same_input_still_gives_the_stored_output(name: str) -> None:
    assert COMPUTED[name]().hex() == STORED[name]

"""The server's root key: its file, its rotation, what each package is given (design 2.4)."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from uuid import UUID

import pytest

from crypto.authentication import authenticate
from crypto.errors import MacError, RootKeyFileError, UnsealError
from crypto.root_key import FileRootKey, PackageKey, RootKey, SaltKey, key_id
from crypto.sealing import seal
from crypto.secret import Secret
from crypto.source import SystemSource
from tests.crypto.places import FIELD_NAMES, HERE, cut_or_extended, flipped, moved

SOURCE = SystemSource()
ANNA, BRAM = UUID(int=1), UUID(int=2)
PLAINTEXT = b"anna@bakkerij.example"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "root.key"


@pytest.fixture
def root(path: Path) -> FileRootKey:
    return FileRootKey.create(path, SOURCE)


@pytest.fixture
def delivery(root: FileRootKey) -> PackageKey:
    return root.for_package("delivery")


def test_a_file_root_key_is_a_root_key(root: FileRootKey) -> None:
    provider: RootKey = root
    assert provider.open(provider.seal(PLAINTEXT, HERE), HERE) == PLAINTEXT


def test_what_was_sealed_opens_after_the_file_is_read_again(path: Path, root: FileRootKey) -> None:
    delivery, again = root.for_package("delivery"), FileRootKey.load(path).for_package("delivery")
    assert again.open(delivery.seal(PLAINTEXT, HERE), HERE) == PLAINTEXT
    again.check_mac(PLAINTEXT, delivery.mac(PLAINTEXT))
    assert again.lookup(PLAINTEXT) == delivery.lookup(PLAINTEXT)
    assert FileRootKey.load(path).hmac("label", PLAINTEXT) == root.hmac("label", PLAINTEXT)


def test_a_value_is_marker_key_id_and_a_sealed_value(delivery: PackageKey) -> None:
    sealed = delivery.seal(PLAINTEXT, HERE)
    assert sealed[:1] == b"\x03"
    assert sealed[1:9] == key_id(sealed) == delivery.current_id
    assert sealed[9:10] == b"\x01"
    assert len(sealed) == len(PLAINTEXT) + 38


def test_the_file_shows_no_value_that_is_used_as_a_key(path: Path, root: FileRootKey) -> None:
    assert root.current_id.hex() not in path.read_text()
    assert b"Secret(" not in path.read_bytes()


@pytest.mark.parametrize("field_name", FIELD_NAMES)
def test_a_value_opens_in_no_other_place(delivery: PackageKey, field_name: str) -> None:
    sealed = delivery.seal(PLAINTEXT, HERE)
    for elsewhere in moved(HERE, field_name):
        with pytest.raises(UnsealError):
            delivery.open(sealed, elsewhere)


def test_every_changed_cut_or_extended_value_is_refused(delivery: PackageKey) -> None:
    sealed = delivery.seal(PLAINTEXT, HERE)
    for changed in (*flipped(sealed), *cut_or_extended(sealed)):
        with pytest.raises(UnsealError):
            delivery.open(changed, HERE)


def test_every_changed_cut_or_extended_code_is_refused(delivery: PackageKey) -> None:
    code = delivery.mac(PLAINTEXT)
    delivery.check_mac(PLAINTEXT, code)
    assert len(code) == 40
    for changed in (*flipped(code), *cut_or_extended(code)):
        with pytest.raises(MacError):
            delivery.check_mac(PLAINTEXT, changed)
    with pytest.raises(MacError):
        delivery.check_mac(PLAINTEXT + b"x", code)


def test_packages_can_do_nothing_with_the_keys_of_another(root: FileRootKey, delivery: PackageKey) -> None:
    audit = root.for_package("audit")
    for other in (audit, root):
        with pytest.raises(UnsealError):
            other.open(delivery.seal(PLAINTEXT, HERE), HERE)
    with pytest.raises(MacError):
        audit.check_mac(PLAINTEXT, delivery.mac(PLAINTEXT))
    assert audit.lookup(PLAINTEXT) != delivery.lookup(PLAINTEXT)


def test_two_root_keys_have_nothing_in_common(tmp_path: Path, delivery: PackageKey) -> None:
    other = FileRootKey.create(tmp_path / "other.key", SOURCE).for_package("delivery")
    with pytest.raises(UnsealError):
        other.open(delivery.seal(PLAINTEXT, HERE), HERE)
    with pytest.raises(MacError):
        other.check_mac(PLAINTEXT, delivery.mac(PLAINTEXT))
    assert other.lookup(PLAINTEXT) != delivery.lookup(PLAINTEXT)


def test_sealing_mac_and_lookup_use_different_keys(delivery: PackageKey) -> None:
    assert delivery.mac(PLAINTEXT)[8:] != delivery.lookup(PLAINTEXT)


def test_a_code_for_one_label_is_not_that_for_another(root: FileRootKey) -> None:
    codes = {root.hmac("sessions", b"m"), root.hmac("links", b"m"), root.hmac("sessions", b"n")}
    codes.add(root.for_package("sessions").lookup(b"m"))
    assert len(codes) == 4


@pytest.mark.parametrize("name", ["", "Delivery", "delivery/seal", "9", "délivery", "delivery\n"])
def test_a_package_name_cannot_reach_into_another_label(root: FileRootKey, name: str) -> None:
    with pytest.raises(ValueError, match="package name"):
        root.for_package(name)


def test_after_a_rotation_old_values_open_and_new_ones_carry_the_new_id(path: Path, delivery: PackageKey) -> None:
    old_value, old_code = delivery.seal(PLAINTEXT, HERE), delivery.mac(PLAINTEXT)
    rotated = FileRootKey.rotate(path, SOURCE).for_package("delivery")
    assert rotated.open(old_value, HERE) == PLAINTEXT
    rotated.check_mac(PLAINTEXT, old_code)
    new_value, new_code = rotated.seal(PLAINTEXT, HERE), rotated.mac(PLAINTEXT)
    assert key_id(old_value) == old_code[:8] == delivery.current_id
    assert key_id(new_value) == new_code[:8] == rotated.current_id != delivery.current_id


def test_what_the_new_key_made_is_nothing_to_who_has_only_the_old_one(path: Path, delivery: PackageKey) -> None:
    rotated = FileRootKey.rotate(path, SOURCE).for_package("delivery")
    with pytest.raises(UnsealError):
        delivery.open(rotated.seal(PLAINTEXT, HERE), HERE)
    with pytest.raises(MacError):
        delivery.check_mac(PLAINTEXT, rotated.mac(PLAINTEXT))


def test_many_keys_can_be_live_and_the_last_one_seals(path: Path, root: FileRootKey) -> None:
    values = [root.seal(PLAINTEXT, HERE)]
    for _ in range(3):
        values.append(FileRootKey.rotate(path, SOURCE).seal(PLAINTEXT, HERE))
    loaded = FileRootKey.load(path)
    assert [key_id(value) for value in values] == list(loaded.live_ids)
    assert loaded.current_id == loaded.live_ids[-1]
    assert {loaded.open(value, HERE) for value in values} == {PLAINTEXT}


def test_a_value_with_the_id_of_another_live_key_is_refused(path: Path, delivery: PackageKey) -> None:
    old_value, old_code = delivery.seal(PLAINTEXT, HERE), delivery.mac(PLAINTEXT)
    rotated = FileRootKey.rotate(path, SOURCE).for_package("delivery")
    with pytest.raises(UnsealError):
        rotated.open(old_value[:1] + rotated.current_id + old_value[9:], HERE)
    with pytest.raises(MacError):
        rotated.check_mac(PLAINTEXT, rotated.current_id + old_code[8:])


def test_rotation_leaves_what_is_looked_up_alone(path: Path, root: FileRootKey, delivery: PackageKey) -> None:
    rotated = FileRootKey.rotate(path, SOURCE)
    retired = FileRootKey.retire(path, root.current_id)
    for later in (rotated, retired):
        assert later.for_package("delivery").lookup(PLAINTEXT) == delivery.lookup(PLAINTEXT)
        assert later.hmac("label", PLAINTEXT) == root.hmac("label", PLAINTEXT)


def test_the_index_key_is_renewed_only_when_asked(path: Path, root: FileRootKey, delivery: PackageKey) -> None:
    renewed = FileRootKey.rotate(path, SOURCE, renew_index=True)
    assert renewed.for_package("delivery").lookup(PLAINTEXT) != delivery.lookup(PLAINTEXT)
    assert renewed.hmac("label", PLAINTEXT) != root.hmac("label", PLAINTEXT)
    assert renewed.for_package("delivery").open(delivery.seal(PLAINTEXT, HERE), HERE) == PLAINTEXT


def test_a_retired_key_opens_nothing_any_more(path: Path, root: FileRootKey) -> None:
    FileRootKey.rotate(path, SOURCE)
    retired = FileRootKey.retire(path, root.current_id)
    assert root.current_id not in retired.live_ids
    assert FileRootKey.load(path).live_ids == retired.live_ids
    with pytest.raises(UnsealError):
        retired.open(root.seal(PLAINTEXT, HERE), HERE)
    with pytest.raises(MacError):
        retired.for_package("audit").check_mac(b"m", root.for_package("audit").mac(b"m"))


def test_the_current_key_and_an_unknown_one_cannot_be_retired(path: Path, root: FileRootKey) -> None:
    before = path.read_bytes()
    for retired_id in (root.current_id, bytes(8)):
        with pytest.raises(RootKeyFileError, match="older key"):
            FileRootKey.retire(path, retired_id)
    assert path.read_bytes() == before


def test_a_value_of_another_kind_has_no_key_id() -> None:
    for value in (b"", b"\x03", b"\x03" + bytes(7), seal(Secret(bytes(32)), b"", HERE)):
        with pytest.raises(UnsealError):
            key_id(value)


def change(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, **changes}))


@pytest.mark.parametrize(
    "damage",
    [
        {"keys": []},
        {"keys": "AAAA"},
        {"keys": None},
        {"keys": ["AAAA"]},
        {"keys": ["!" * 44]},
        {"keys": [7]},
        {"index_key": None},
        {"index_key": "AAAA"},
    ],
)
def test_a_damaged_root_key_file_is_refused(path: Path, root: FileRootKey, damage: dict[str, object]) -> None:
    change(path, **damage)
    with pytest.raises(RootKeyFileError, match="damaged"):
        FileRootKey.load(path)


def test_a_key_in_the_file_with_a_foreign_character_is_refused(path: Path, root: FileRootKey) -> None:
    (key,) = json.loads(path.read_text())["keys"]
    change(path, keys=["!" + key])
    with pytest.raises(RootKeyFileError, match="damaged"):
        FileRootKey.load(path)


def test_a_salt_key_file_is_no_root_key_file(tmp_path: Path, path: Path, root: FileRootKey) -> None:
    SaltKey.create(tmp_path / "salt.key", SOURCE)
    with pytest.raises(RootKeyFileError, match="not a file of format"):
        FileRootKey.load(tmp_path / "salt.key")
    with pytest.raises(RootKeyFileError, match="not a file of format"):
        SaltKey.load(path)


def test_a_root_key_shows_nothing_and_cannot_be_pickled(root: FileRootKey, delivery: PackageKey) -> None:
    for value in (root, delivery):
        assert "Secret" not in repr(value)
        with pytest.raises(TypeError):
            pickle.dumps(value)


def test_a_salt_is_fixed_for_an_account_and_its_own(tmp_path: Path) -> None:
    salts = SaltKey.create(tmp_path / "salt.key", SOURCE)
    assert salts.salt_for(ANNA) == salts.salt_for(ANNA) == SaltKey.load(tmp_path / "salt.key").salt_for(ANNA)
    assert salts.salt_for(ANNA) != salts.salt_for(BRAM)
    assert len(salts.salt_for(ANNA)) == 32


def test_without_the_salt_key_a_salt_cannot_be_computed(tmp_path: Path) -> None:
    first, second = (SaltKey.create(tmp_path / name, SOURCE) for name in ("first.key", "second.key"))
    assert first.salt_for(ANNA) != second.salt_for(ANNA)
    assert first.salt_for(ANNA) != authenticate(Secret(b""), ANNA.bytes)


def test_salts_stay_when_the_root_key_is_rotated(tmp_path: Path, path: Path, root: FileRootKey) -> None:
    salts = SaltKey.create(tmp_path / "salt.key", SOURCE)
    before = (tmp_path / "salt.key").read_bytes(), salts.salt_for(ANNA)
    FileRootKey.rotate(path, SOURCE, renew_index=True)
    assert ((tmp_path / "salt.key").read_bytes(), SaltKey.load(tmp_path / "salt.key").salt_for(ANNA)) == before


def test_a_salt_key_cannot_be_rotated() -> None:
    assert not hasattr(SaltKey, "rotate")


@pytest.mark.parametrize("damage", [{"key": None}, {"key": "AAAA"}, {"key": ["A"]}])
def test_a_damaged_salt_key_file_is_refused(tmp_path: Path, damage: dict[str, object]) -> None:
    SaltKey.create(tmp_path / "salt.key", SOURCE)
    change(tmp_path / "salt.key", **damage)
    with pytest.raises(RootKeyFileError, match="damaged"):
        SaltKey.load(tmp_path / "salt.key")

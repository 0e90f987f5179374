"""Sealing to a public key: HPKE with ML-KEM-768 and X25519 (RFC 9180, design 2.1)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from crypto.derivation import derive
from crypto.errors import ContextError, PublicKeyError, UnsealError
from crypto.hybrid import KeyPair, open_with, seal_to
from crypto.sealing import Context, seal
from crypto.secret import Secret
from tests.crypto import hpke_reference
from tests.crypto.places import FIELD_NAMES, HERE, cut_or_extended, flipped, moved, with_field

VECTOR = json.loads((Path(__file__).parent / "vectors" / "hybrid.json").read_text())
SECRET = Secret(bytes(range(32)))
KEY_PAIR = KeyPair.from_secret(SECRET)
OTHER_PAIR = KeyPair.from_secret(Secret(bytes(32)))
PLAINTEXT = bytes(range(100, 132))

# RFC 9180, A.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM; A.1.1 base mode, A.1.1.1 first encryption.
RFC_9180 = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "ephemeral_private": "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
    "recipient_private": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "recipient_public": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    "encapsulation": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "shared_secret": "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
    "key": "4531685d41d65f03dc48f6b8302c05b0",
    "nonce": "56d890e5accaaf011cff4b7d",
    "plaintext": "4265617574792069732074727574682c20747275746820626561757479",
    "associated_data": "436f756e742d30",
    "ciphertext": ("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"),
}
RFC = {name: bytes.fromhex(text) for name, text in RFC_9180.items()}


def rfc_schedule() -> hpke_reference.Schedule:
    ephemeral = X25519PrivateKey.from_private_bytes(RFC["ephemeral_private"])
    agreed = ephemeral.exchange(X25519PublicKey.from_public_bytes(RFC["recipient_public"]))
    shared = hpke_reference.x25519_shared_secret(agreed, RFC["encapsulation"], RFC["recipient_public"])
    assert shared == RFC["shared_secret"]
    kem, cipher = hpke_reference.DHKEM_X25519, hpke_reference.AES_128_GCM
    return hpke_reference.key_schedule(kem, cipher, shared, RFC["info"])


def test_the_reference_of_these_tests_gives_the_answers_of_rfc_9180() -> None:
    schedule = rfc_schedule()
    assert (schedule.key, schedule.nonce) == (RFC["key"], RFC["nonce"])
    assert schedule.seal(RFC["plaintext"], RFC["associated_data"]) == RFC["ciphertext"]


def test_the_library_opens_what_rfc_9180_seals() -> None:
    # The library has no associated data for single messages, so the published schedule seals once more without.
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    sealed = RFC["encapsulation"] + rfc_schedule().seal(RFC["plaintext"], b"")
    recipient = X25519PrivateKey.from_private_bytes(RFC["recipient_private"])
    assert suite.decrypt(sealed, recipient, info=RFC["info"]) == RFC["plaintext"]


def reference_keys(secret: Secret) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    return (
        MLKEM768PrivateKey.from_seed_bytes(derive(secret, "hybrid/ml-kem-768", 64).reveal()),
        X25519PrivateKey.from_private_bytes(derive(secret, "hybrid/x25519").reveal()),
    )


def test_what_we_seal_is_x_wing_and_rfc_9180_with_aes_256_gcm() -> None:
    sealed = seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE)
    marker, encapsulation, ciphertext = sealed[:1], sealed[1:1121], sealed[1121:]
    shared = hpke_reference.x_wing_decapsulate(*reference_keys(SECRET), encapsulation)
    info = b"datakluis/v1/hybrid\x02" + HERE.encode()
    schedule = hpke_reference.key_schedule(hpke_reference.X_WING, hpke_reference.AES_256_GCM, shared, info)
    assert marker == b"\x02"
    assert schedule.open(ciphertext, b"") == PLAINTEXT


def test_a_public_key_is_marker_ml_kem_and_x25519() -> None:
    ml_kem, x25519 = reference_keys(SECRET)
    raw = ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    assert KEY_PAIR.public_key == b"\x02" + raw


def test_the_stored_secret_still_gives_the_stored_public_key() -> None:
    pair = KeyPair.from_secret(Secret(bytes.fromhex(VECTOR["secret"])))
    assert pair.public_key.hex() == VECTOR["public_key"]


def test_the_stored_message_still_opens() -> None:
    pair = KeyPair.from_secret(Secret(bytes.fromhex(VECTOR["secret"])))
    identifiers = {name: UUID(VECTOR["context"][name]) for name in ("row", "holder", "recipient")}
    context = Context(**{**VECTOR["context"], **identifiers})
    assert open_with(pair, bytes.fromhex(VECTOR["sealed"]), context).hex() == VECTOR["plaintext"]


def test_only_the_holder_of_the_secret_opens() -> None:
    for plaintext in (PLAINTEXT, b"", bytes(10_000)):
        sealed = seal_to(KEY_PAIR.public_key, plaintext, HERE)
        assert len(sealed) == len(plaintext) + 1137
        assert open_with(KeyPair.from_secret(SECRET), sealed, HERE) == plaintext
        with pytest.raises(UnsealError):
            open_with(OTHER_PAIR, sealed, HERE)


def test_both_halves_of_the_key_pair_are_needed() -> None:
    ml_kem, x25519 = reference_keys(SECRET)
    other_ml_kem, other_x25519 = reference_keys(Secret(bytes(32)))
    sealed = seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE)
    assert open_with(KeyPair(ml_kem, x25519), sealed, HERE) == PLAINTEXT
    for pair in (KeyPair(ml_kem, other_x25519), KeyPair(other_ml_kem, x25519)):
        with pytest.raises(UnsealError):
            open_with(pair, sealed, HERE)


def test_the_two_halves_share_no_derived_bytes() -> None:
    seed = derive(SECRET, "hybrid/ml-kem-768", 64).reveal()
    assert derive(SECRET, "hybrid/x25519").reveal() not in seed


def test_sealing_twice_never_gives_the_same() -> None:
    sealed = {seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE) for _ in range(200)}
    assert len({value[1:1089] for value in sealed}) == len({value[1089:1121] for value in sealed}) == 200


@pytest.mark.parametrize("field_name", FIELD_NAMES)
def test_a_message_opens_in_no_other_place(field_name: str) -> None:
    sealed = seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE)
    for elsewhere in moved(HERE, field_name):
        with pytest.raises(UnsealError):
            open_with(KEY_PAIR, sealed, elsewhere)


@pytest.mark.parametrize("field_name", ["holder", "recipient"])
def test_a_message_for_a_holder_does_not_open_without_one(field_name: str) -> None:
    sealed = seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE)
    with pytest.raises(UnsealError):
        open_with(KEY_PAIR, sealed, with_field(HERE, field_name, None))


def test_every_changed_byte_of_a_message_is_refused() -> None:
    for changed in flipped(seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE)):
        with pytest.raises(UnsealError):
            open_with(KEY_PAIR, changed, HERE)


def test_a_message_cut_short_or_extended_is_refused() -> None:
    for changed in cut_or_extended(seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE)):
        with pytest.raises(UnsealError):
            open_with(KEY_PAIR, changed, HERE)


def test_a_value_under_a_symmetric_key_is_no_message() -> None:
    with pytest.raises(UnsealError):
        open_with(KEY_PAIR, seal(SECRET, PLAINTEXT, HERE), HERE)


def test_an_impossible_place_is_refused_while_sealing_and_closed_while_opening() -> None:
    impossible = replace(HERE, version=-1)
    with pytest.raises(ContextError):
        seal_to(KEY_PAIR.public_key, PLAINTEXT, impossible)
    with pytest.raises(UnsealError):
        open_with(KEY_PAIR, seal_to(KEY_PAIR.public_key, PLAINTEXT, HERE), impossible)


LOW_ORDER_POINTS = [
    "00" * 32,
    "01" + "00" * 31,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("point", LOW_ORDER_POINTS)
def test_a_public_key_with_a_point_of_low_order_is_refused(point: str) -> None:
    with pytest.raises(PublicKeyError):
        seal_to(KEY_PAIR.public_key[:-32] + bytes.fromhex(point), PLAINTEXT, HERE)


def test_a_malformed_public_key_is_refused() -> None:
    public_key = KEY_PAIR.public_key
    too_large = b"\xff" * 1184
    malformed = [b"", b"\x01" + public_key[1:], public_key[1:], public_key[:-1], public_key + b"\x00"]
    malformed += [b"\x02" + too_large + public_key[-32:], bytes(len(public_key)), b"\x02" * 64]
    for value in malformed:
        with pytest.raises(PublicKeyError):
            seal_to(value, PLAINTEXT, HERE)

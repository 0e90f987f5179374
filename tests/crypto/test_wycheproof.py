"""Project Wycheproof's answers and attacks (Apache-2.0), through our own functions.

Its files lie outside the project, in `../shared/data/wycheproof`; without them these tests are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crypto.authentication import authenticate, check_authentic
from crypto.derivation import hkdf_sha256
from crypto.errors import KeyLengthError, MacError, PublicKeyError, UnsealError
from crypto.hybrid import KeyPair, open_with, seal_to
from crypto.sealing import aes_256_gcm_decrypt, aes_256_gcm_encrypt
from crypto.secret import Secret
from tests.crypto import hpke_reference
from tests.crypto.places import HERE

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "wycheproof"

Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    """Every case of a file with the sizes of its group. Skips the test when the file is not there."""
    path = FOLDER / f"{name}_test.json"
    if not path.exists():
        pytest.skip(f"../shared/data/wycheproof/{path.name} is not there")
    return list(_read(json.loads(path.read_text())))


def _read(content: Any) -> Iterator[Case]:
    for group in content["testGroups"]:
        sizes = {name: value for name, value in group.items() if name.endswith("Size")}
        for case in group["tests"]:
            yield {**sizes, **case}


def octets(case: Case, *names: str) -> list[bytes]:
    return [bytes.fromhex(case[name]) for name in names]


def test_aes_256_gcm_opens_what_is_valid_and_refuses_what_is_not() -> None:
    counted = {"valid": 0, "invalid": 0}
    for case in cases("aes_gcm"):
        if (case["keySize"], case["ivSize"]) != (256, 96):
            continue
        key, nonce, data, plaintext, ciphertext, tag = octets(case, "key", "iv", "aad", "msg", "ct", "tag")
        counted[case["result"]] += 1
        if case["result"] == "valid":
            assert aes_256_gcm_encrypt(Secret(key), nonce, plaintext, data) == ciphertext + tag, case["tcId"]
            assert aes_256_gcm_decrypt(Secret(key), nonce, ciphertext + tag, data) == plaintext, case["tcId"]
        else:
            with pytest.raises(UnsealError):
                aes_256_gcm_decrypt(Secret(key), nonce, ciphertext + tag, data)
    assert counted == {"valid": 39, "invalid": 27}


def test_aes_gcm_with_a_shorter_key_is_refused() -> None:
    shorter = [case for case in cases("aes_gcm") if case["keySize"] != 256]
    for case in shorter:
        key, nonce, data, ciphertext, tag = octets(case, "key", "iv", "aad", "ct", "tag")
        with pytest.raises(KeyLengthError):
            aes_256_gcm_decrypt(Secret(key), nonce, ciphertext + tag, data)
    assert len(shorter) > 200


def test_hkdf_gives_the_valid_answers_and_refuses_impossible_lengths() -> None:
    counted = {"valid": 0, "invalid": 0}
    for case in cases("hkdf_sha256"):
        input_key, salt, info, expected = octets(case, "ikm", "salt", "info", "okm")
        counted[case["result"]] += 1
        if case["result"] == "valid":
            assert hkdf_sha256(input_key, salt=salt, info=info, length=case["size"]) == expected, case["tcId"]
        else:
            with pytest.raises(ValueError, match="large"):
                hkdf_sha256(input_key, salt=salt, info=info, length=case["size"])
    assert counted == {"valid": 83, "invalid": 3}


def test_whole_codes_are_accepted_when_valid_and_refused_when_not() -> None:
    counted = {"valid": 0, "invalid": 0}
    for case in cases("hmac_sha256"):
        key, message, tag = octets(case, "key", "msg", "tag")
        if case["tagSize"] == 256 and case["result"] == "valid":
            counted["valid"] += 1
            assert authenticate(Secret(key), message) == tag
            check_authentic(Secret(key), message, tag)
        else:
            # A truncated code is refused here even where the standard would allow it.
            counted["invalid"] += 1
            with pytest.raises(MacError):
                check_authentic(Secret(key), message, tag)
    assert counted == {"valid": 33, "invalid": 141}


ML_KEM = MLKEM768PrivateKey.from_seed_bytes(bytes(range(64)))
ML_KEM_SECRET, ML_KEM_CIPHERTEXT = ML_KEM.public_key().encapsulate()


def sealed_by_the_reference(private: X25519PrivateKey, ephemeral_public: bytes, agreed: bytes) -> bytes:
    """A message to the pair of `ML_KEM` and `private`, by a sender whose X25519 half is the case's."""
    public = private.public_key().public_bytes_raw()
    shared = hpke_reference.x_wing_combine(ML_KEM_SECRET, agreed, ephemeral_public, public)
    info = b"datakluis/v1/hybrid\x02" + HERE.encode()
    schedule = hpke_reference.key_schedule(hpke_reference.X_WING, hpke_reference.AES_256_GCM, shared, info)
    return b"\x02" + ML_KEM_CIPHERTEXT + ephemeral_public + schedule.seal(b"plaintext", b"")


def test_a_message_opens_for_every_x25519_agreement_but_the_empty_ones() -> None:
    counted = {"opened": 0, "refused": 0}
    for case in cases("x25519"):
        private_octets, ephemeral_public, agreed = octets(case, "private", "public", "shared")
        private = X25519PrivateKey.from_private_bytes(private_octets)
        sealed = sealed_by_the_reference(private, ephemeral_public, agreed)
        if "ZeroSharedSecret" in case["flags"]:
            counted["refused"] += 1
            with pytest.raises(UnsealError):
                open_with(KeyPair(ML_KEM, private), sealed, HERE)
        else:
            counted["opened"] += 1
            assert open_with(KeyPair(ML_KEM, private), sealed, HERE) == b"plaintext", case["tcId"]
    assert counted == {"opened": 487, "refused": 31}


def test_nothing_is_sealed_to_a_public_key_that_agrees_on_nothing() -> None:
    empty = [case for case in cases("x25519") if "ZeroSharedSecret" in case["flags"]]
    for case in empty:
        (public,) = octets(case, "public")
        with pytest.raises(PublicKeyError):
            seal_to(b"\x02" + ML_KEM.public_key().public_bytes_raw() + public, b"plaintext", HERE)
    assert len(empty) == 31

"""Keys from a secret (RFC 5869, design 2.1)."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.derivation import derive, hkdf_sha256
from crypto.secret import Secret

SECRET = Secret(bytes(range(32)))


# RFC 5869, appendix A.1 to A.3: input key, salt, info, length, output key.
RFC_5869 = {
    "A.1": (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    "A.2": (
        bytes(range(0x00, 0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        82,
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    "A.3": (
        "0b" * 22,
        "",
        "",
        42,
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
}


@pytest.mark.parametrize("case", RFC_5869)
def test_hkdf_gives_the_answers_of_rfc_5869(case: str) -> None:
    input_key, salt, info, length, expected = RFC_5869[case]
    result = hkdf_sha256(bytes.fromhex(input_key), salt=bytes.fromhex(salt), info=bytes.fromhex(info), length=length)
    assert result.hex() == expected


@given(st.binary(min_size=1, max_size=80), st.text(min_size=1), st.integers(min_value=1, max_value=100))
def test_a_derived_key_is_hkdf_with_our_prefix_before_the_label(value: bytes, label: str, length: int) -> None:
    # HKDF as RFC 5869 writes it, with HMAC only.
    extracted = hmac.digest(bytes(32), value, "sha256")
    info, output, block = b"datakluis/v1/" + label.encode(), b"", b""
    for counter in range(1, 5):
        block = hmac.digest(extracted, block + info + bytes([counter]), "sha256")
        output += block
    assert derive(Secret(value), label, length) == Secret(output[:length])


def test_each_purpose_and_each_secret_has_its_own_key() -> None:
    keys = {derive(SECRET, label).reveal() for label in ("wrap", "wrap ", "Wrap", "index")}
    keys.add(derive(Secret(bytes(32)), "wrap").reveal())
    assert len(keys) == 5


def test_a_key_has_32_bytes_unless_asked_otherwise() -> None:
    assert len(derive(SECRET, "wrap")) == 32
    assert len(derive(SECRET, "wrap", 8160)) == 8160


def test_a_key_without_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="purpose"):
        derive(SECRET, "")


def test_a_key_longer_than_hkdf_can_make_is_refused() -> None:
    with pytest.raises(ValueError, match="large"):
        derive(SECRET, "wrap", 8161)

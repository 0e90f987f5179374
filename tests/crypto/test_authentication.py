"""Codes that only who has the key can make (RFC 4231 has the answers)."""

from __future__ import annotations

import pytest

from crypto.authentication import authenticate, check_authentic
from crypto.errors import MacError
from crypto.secret import Secret
from tests.crypto.places import cut_or_extended, flipped

KEY = Secret(bytes(range(32)))

# RFC 4231, test cases 1, 2, 3 and 6: key, data, HMAC-SHA-256.
RFC_4231 = {
    1: (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    2: (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    3: (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    6: (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
}


@pytest.mark.parametrize("case", RFC_4231)
def test_a_code_is_hmac_sha_256(case: int) -> None:
    key, data, expected = RFC_4231[case]
    assert authenticate(Secret(key), data).hex() == expected
    check_authentic(Secret(key), data, bytes.fromhex(expected))


def test_every_changed_cut_or_extended_code_is_refused() -> None:
    code = authenticate(KEY, b"message")
    for changed in (*flipped(code), *cut_or_extended(code)):
        with pytest.raises(MacError):
            check_authentic(KEY, b"message", changed)


def test_a_code_of_another_message_or_key_is_refused() -> None:
    code = authenticate(KEY, b"message")
    with pytest.raises(MacError):
        check_authentic(KEY, b"messagf", code)
    with pytest.raises(MacError):
        check_authentic(Secret(bytes(32)), b"message", code)

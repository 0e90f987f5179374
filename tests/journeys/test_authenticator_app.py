"""The app that the people of the journeys use gives the codes of RFC 6238."""

from __future__ import annotations

import base64

import pytest

from tests.journeys.authenticator_app import time_based_code

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_the_codes_are_those_of_the_standard(seconds: int, digits: str) -> None:
    """RFC 6238, appendix B; an app shows the last six of its eight digits."""
    assert time_based_code(SECRET, seconds // 30) == digits[-6:]

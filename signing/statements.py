"""The words that a signer agrees with, by version; evidence names the version and the digest (signing.md 9.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

CURRENT = "2026-11"

STATEMENTS: Mapping[str, str] = {
    "2026-11": (
        "Ik heb dit document helemaal gelezen. Ik ga akkoord met wat erin staat en zet daaronder mijn elektronische"
        " handtekening. Ik weet dat deze handtekening hetzelfde betekent als een handtekening op papier."
    ),
}
"""Each stays as it is for ever, in Dutch: it is what somebody agreed with."""


def statement_sha256(version: str) -> bytes:
    """Return the SHA-256 digest of the words of a version. Raises `KeyError`."""
    return hashlib.sha256(STATEMENTS[version].encode()).digest()

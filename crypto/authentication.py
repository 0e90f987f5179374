"""Codes that only who has the key can make (HMAC-SHA-256, RFC 2104)."""

from __future__ import annotations

import hmac

from crypto.errors import MacError
from crypto.secret import Secret


def authenticate(key: Secret, message: bytes) -> bytes:
    """The code (32 bytes) of a message. Join the parts of a message with their lengths, so that it is unambiguous."""
    return hmac.digest(key.reveal(), message, "sha256")


def check_authentic(key: Secret, message: bytes, code: bytes) -> None:
    """Raises `MacError` unless `code` is the whole code of this message under this key. Compares in constant time."""
    if not hmac.compare_digest(authenticate(key, message), code):
        raise MacError

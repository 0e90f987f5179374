"""Devices that logged in before: each has its own count of wrong tries, so that nobody can lock another out (L-18).

The token in the device's cookie is a random number with a code that only this server can make, for one person. It
gives no access: without it one tries on the count that all unknown devices share.
"""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from crypto.errors import MacError
from crypto.sealing import Context
from database.session import Session

UNKNOWN = "unknown"
_NUMBER_LENGTH = 16


def new_device_token(session: Session, person_id: UUID) -> str:
    """Return a token, in base64url, for the device on which this person has just logged in."""
    number = session.source.token(_NUMBER_LENGTH)
    mac = session.package_key("accounts").mac(_message(person_id, number))
    return base64.urlsafe_b64encode(number + mac).decode()


def device_of(session: Session, token: str | None, person_id: UUID) -> str:
    """Return what to count this device's tries under: its number, or `UNKNOWN` without a token for this person."""
    try:
        raw = base64.b64decode(token or "", altchars=b"-_", validate=True)
        session.package_key("accounts").check_mac(_message(person_id, raw[:_NUMBER_LENGTH]), raw[_NUMBER_LENGTH:])
    except (MacError, binascii.Error, ValueError):
        return UNKNOWN
    return raw[:_NUMBER_LENGTH].hex()


def _message(person_id: UUID, number: bytes) -> bytes:
    return Context("device", person_id, number.hex()).encode()

"""An authenticator app as people have on their phone: written from RFC 6238 alone, not with what the portal uses."""

from __future__ import annotations

import base64
import hmac
import struct
import time

SECONDS_A_STEP = 30


def time_based_code(secret: str, step: int) -> str:
    """The six digits of a step (RFC 6238 with the truncation of RFC 4226, 5.3) for a base32 secret."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class AuthenticatorApp:
    """Shows a code that was not used yet, as the portal takes each code once and none before it."""

    def __init__(self, secret: str, last_step: int = 0) -> None:
        self._secret = secret
        self._last_step = last_step

    def code(self) -> str:
        """The code to type now; waits for the clock where the portal would find it too early."""
        # One step either way is accepted, so that three codes are good at any moment.
        step = max(self._last_step + 1, present_step() - 1)
        while step > present_step() + 1:
            time.sleep(0.5)
        self._last_step = step
        return time_based_code(self._secret, step)


def present_step() -> int:
    """The number of the half minute that it is."""
    return int(time.time()) // SECONDS_A_STEP

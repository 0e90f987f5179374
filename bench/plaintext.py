"""The plaintext twin: the same application with its sealing functions replaced, in the process that asks for it.

It exists to be compared with. Nothing of the application knows of it (tests/rules/test_no_plaintext_switch.py). Modules
take the sealing functions by name when they are imported, so that it works only where `become_plaintext` ran before
anything else of the application was imported.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

SEALED_PACKAGES = ("accounts", "audit", "delivery", "dialogs", "documents", "keys", "organisation", "portal", "vault")
PUBLIC_KEY_BYTES = 1217


class PlainPair:
    """Stands where the key pair of a holder would: its public part is made of the secret itself."""

    def __init__(self, secret: Any) -> None:
        self.public_key = b"\x02" + secret.reveal().ljust(PUBLIC_KEY_BYTES - 1, b"\0")

    @classmethod
    def from_secret(cls, secret: Any) -> PlainPair:
        """The pair of a secret, at no cost."""
        return cls(secret)


def become_plaintext() -> None:
    """Let sealing, opening, deriving keys and indexing leave everything as it is.

    Raises `RuntimeError` when something of the application was imported before.
    """
    early = sorted(name for name in sys.modules if name.split(".")[0] in SEALED_PACKAGES)
    if early:
        raise RuntimeError(f"too late to become plaintext: {', '.join(early[:5])} were imported already")
    replace("crypto.sealing", "seal", lambda _key, plaintext, _context: plaintext)
    replace("crypto.sealing", "unseal", lambda _key, sealed, _context: sealed)
    replace("crypto.derivation", "derive", _derive)
    replace("crypto.hybrid", "seal_to", lambda _public_key, plaintext, _context: plaintext)
    replace("crypto.hybrid", "open_with", lambda _key_pair, sealed, _context: sealed)
    replace("crypto.hybrid", "KeyPair", PlainPair)
    replace("crypto.streams._Chunks", "seal", lambda _self, _number, chunk, *, is_last: chunk + bytes(16))
    replace("crypto.streams._Chunks", "open", lambda _self, _number, sealed, *, is_last: sealed[:-16])
    replace("vault.blind_index", "_digest", lambda _key, value: value.encode())
    replace("vault.blind_index.RecordIndexer", "_or_nothing", lambda _self, _key, value, *_: (value or "").encode())


def keep_no_log() -> None:
    """Let nothing be written in the log, to see what the log itself costs."""
    replace("audit.recording", "_write", lambda *_: None)


def replace(place: str, name: str, stand_in: Callable[..., Any]) -> None:
    """Put `stand_in` where a module or class has `name`. Raises `AttributeError` when it has none."""
    module, _dot, last = place.rpartition(".")
    target = (
        getattr(importlib.import_module(module), last)
        if last.lstrip("_")[0].isupper()
        else importlib.import_module(place)
    )
    getattr(target, name)
    setattr(target, name, stand_in)


def _derive(secret: Any, _label: str, length: int = 32) -> Any:
    from crypto.secret import Secret

    return Secret(secret.reveal()[:length].ljust(length, b"\0"))

"""A secret value that does not show itself."""

from __future__ import annotations

import hmac
from typing import NoReturn

from crypto.errors import SecretNotCopyable
from crypto.source import Source


class Secret:
    """Bytes that appear in no log, traceback, template or JSON: every text of it is `Secret(32 bytes)`.

    Two secrets compare in constant time. A secret is unhashable, so that it cannot become the key of a cache, and
    refuses to be pickled or copied (`SecretNotCopyable`).
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: bytes) -> None:
        """Raises `TypeError` for anything but bytes: a text as a key is a mistake."""
        if not isinstance(value, bytes):
            raise TypeError("a secret is made of bytes")
        self._value = value

    @classmethod
    def random(cls, source: Source, length: int = 32) -> Secret:
        """A new secret of `length` random bytes."""
        return cls(source.token(length))

    def reveal(self) -> bytes:
        """The bytes themselves. Hand them to a cipher, keep them nowhere."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value, other._value)

    def __repr__(self) -> str:
        return f"Secret({len(self._value)} bytes)"

    def __format__(self, specification: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise SecretNotCopyable("a secret cannot be pickled or copied")

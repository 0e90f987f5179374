"""Where moments, identifiers and random tokens come from: one injected source (design 2.6)."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Source(Protocol):
    """Everything outside this package takes time, identifiers and tokens from an object like this, never by itself."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def new_id(self) -> uuid.UUID:
        """A random identifier (UUID version 4)."""

    def token(self, length: int) -> bytes:
        """`length` random bytes that nobody can guess."""


class SystemSource:
    """The real source: the clock and the random generator of the operating system."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> uuid.UUID:
        return uuid.uuid4()

    def token(self, length: int) -> bytes:
        return secrets.token_bytes(length)


class SeededSource:
    """A source that gives the same answers in the same order to whoever knows the seed: for tests and twin worlds only.

    Identifiers and tokens are drawn from separate streams, so that one more token moves no identifier. Time stands
    still until `advance`.
    """

    def __init__(self, seed: bytes | str, start: datetime) -> None:
        """`start` must be aware; raises `ValueError` for a naive moment."""
        if start.tzinfo is None:
            raise ValueError("the start of a seeded source must be an aware moment")
        self._seed = seed.encode() if isinstance(seed, str) else seed
        self._now = start.astimezone(UTC)
        self._ids = itertools.count()
        self._tokens = itertools.count()

    def now(self) -> datetime:
        return self._now

    def new_id(self) -> uuid.UUID:
        return uuid.UUID(bytes=self._draw("id", self._ids, 16), version=4)

    def token(self, length: int) -> bytes:
        return self._draw("token", self._tokens, length)

    def advance(self, duration: timedelta) -> None:
        """Move the clock; a negative duration moves it back, as real clocks sometimes do."""
        self._now += duration

    def _draw(self, stream: str, draws: Iterator[int], length: int) -> bytes:
        key = hmac.digest(self._seed, f"{stream}/{next(draws)}".encode(), "sha256")
        return hashlib.shake_256(key).digest(length)

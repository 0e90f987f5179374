"""Sealing what is too large to lie in memory: a stream of chunks, each of which opens by itself (signing.md 8.7).

STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) on AES-256-GCM: the nonce of a chunk is a random prefix, the number
of the chunk and whether it is the last, so that a chunk that is left out, put elsewhere, doubled or added does not
open. Every chunk but the last has `CHUNK_LENGTH` bytes; an empty stream is one empty chunk.
"""

from __future__ import annotations

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.derivation import derive
from crypto.errors import KeyLengthError, UnsealError
from crypto.sealing import KEY_LENGTH, Context
from crypto.secret import Secret

MARKER = b"\x04"
CHUNK_LENGTH = 64 * 1024
TAG_LENGTH = 16
SEALED_CHUNK_LENGTH = CHUNK_LENGTH + TAG_LENGTH
_PREFIX_LENGTH = 7
HEADER_LENGTH = len(MARKER) + _PREFIX_LENGTH
LONGEST_STREAM = CHUNK_LENGTH * 2**32
"""The bytes that the four of the nonce can number."""

_END_OF_NONCE = struct.Struct(">I?")
_LABEL = "stream"


def sealed_length(length: int) -> int:
    """How many bytes a stream of `length` bytes takes when it is sealed."""
    return HEADER_LENGTH + length + TAG_LENGTH * chunk_count(length)


def chunk_count(length: int) -> int:
    """In how many chunks a stream of `length` bytes is sealed."""
    return max(1, -(-length // CHUNK_LENGTH))


class StreamSealer:
    """Seals one stream, chunk by chunk. `header` comes first in what is kept, then each chunk in its order."""

    def __init__(self, key: Secret, place: Context, prefix: bytes | None = None) -> None:
        """`key` may seal one stream only; `prefix` is given by tests. Raises `KeyLengthError`, `ContextError`."""
        self._chunks = _Chunks(key, place, os.urandom(_PREFIX_LENGTH) if prefix is None else prefix)
        self._number = 0
        self._ended = False

    @property
    def header(self) -> bytes:
        """What the sealed stream begins with."""
        return MARKER + self._chunks.prefix

    def seal(self, chunk: bytes, *, is_last: bool = False) -> bytes:
        """Return the next chunk, sealed.

        Raises `ValueError` for one of the wrong length, or for one after the last.
        """
        if self._ended or len(chunk) > CHUNK_LENGTH or (len(chunk) < CHUNK_LENGTH and not is_last):
            raise ValueError("every chunk but the last has 65,536 bytes")
        sealed = self._chunks.seal(self._number, chunk, is_last=is_last)
        self._number, self._ended = self._number + 1, is_last
        return sealed


class StreamOpener:
    """Opens the chunks of one stream of which the length is known, in any order."""

    def __init__(self, key: Secret, place: Context, header: bytes, *, length: int, kept: int) -> None:
        """`length` is that of the stream in the clear, `kept` how many bytes there are of it, header and all.

        Raises `UnsealError` when the two don't go together or for a header of another kind, `KeyLengthError`,
        `ContextError`.
        """
        if len(header) != HEADER_LENGTH or header[:1] != MARKER or kept != sealed_length(length):
            raise UnsealError
        self._chunks = _Chunks(key, place, header[1:])
        self._length = length
        self._last = chunk_count(length) - 1

    def open(self, number: int, sealed: bytes) -> bytes:
        """Return chunk `number` in the clear, the first is 0.

        Raises `UnsealError` for whatever is not that very chunk of this stream, whole and unchanged.
        """
        is_last = number == self._last
        length = self._length - self._last * CHUNK_LENGTH if is_last else CHUNK_LENGTH
        if not 0 <= number <= self._last or len(sealed) != length + TAG_LENGTH:
            raise UnsealError
        return self._chunks.open(number, sealed, is_last=is_last)


class _Chunks:
    """The cipher of one stream: key, nonces and what every chunk is bound to."""

    def __init__(self, key: Secret, place: Context, prefix: bytes) -> None:
        if len(key) != KEY_LENGTH:
            raise KeyLengthError("the key of a stream has 32 bytes")
        if len(prefix) != _PREFIX_LENGTH:
            raise ValueError("the prefix of the nonces has 7 bytes")
        self.prefix = prefix
        self._cipher = AESGCM(derive(key, _LABEL).reveal())
        self._place = MARKER + place.encode()

    def seal(self, number: int, chunk: bytes, *, is_last: bool) -> bytes:
        end = _END_OF_NONCE.pack(number, is_last)
        return self._cipher.encrypt(self.prefix + end, chunk, self._place + end)

    def open(self, number: int, sealed: bytes, *, is_last: bool) -> bytes:
        end = _END_OF_NONCE.pack(number, is_last)
        try:
            return self._cipher.decrypt(self.prefix + end, sealed, self._place + end)
        except InvalidTag:
            raise UnsealError from None

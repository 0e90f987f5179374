"""Reading a sealed file from any place in it: nothing leaves before its chunk has proved whole (signing.md 8.7)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from crypto.secret import Secret
from crypto.streams import CHUNK_LENGTH, HEADER_LENGTH, SEALED_CHUNK_LENGTH, StreamOpener
from documents.places import place_of_content
from documents.store import KeptFile


class SealedReader(io.RawIOBase):
    """What a sealed file holds, as a file to read in: one chunk of it at a time is in memory."""

    def __init__(self, kept: KeptFile, key: Secret, *, file_id: UUID, organisation_id: UUID, size: int) -> None:
        """`size` is that of the file in the clear. Raises `UnsealError` when another one lies in the store."""
        self._kept = kept
        self.size = size
        self._place = 0
        self._number, self._chunk = -1, b""
        self._opener = StreamOpener(
            key,
            place_of_content(file_id, organisation_id),
            kept.read_at(0, HEADER_LENGTH),
            length=size,
            kept=kept.size,
        )

    def __repr__(self) -> str:
        return f"SealedReader({self.size} bytes)"

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        beginning = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, beginning + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Read at most to the end of a chunk. Raises `UnsealError` when the chunk is not whole and unchanged."""
        if self._place >= self.size:
            return 0
        number, offset = divmod(self._place, CHUNK_LENGTH)
        piece = self._open(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def read_at(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on, fewer at the end. Raises `UnsealError`."""
        return b"".join(self.pieces(offset, min(offset + length, self.size)))

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield what lies from `start` to before `stop`, a chunk at a time. Raises `UnsealError`."""
        while start < stop:
            number, offset = divmod(start, CHUNK_LENGTH)
            piece = self._open(number)[offset : offset + stop - start]
            if not piece:
                return
            yield piece
            start += len(piece)

    def _open(self, number: int) -> bytes:
        if number != self._number:
            sealed = self._kept.read_at(HEADER_LENGTH + number * SEALED_CHUNK_LENGTH, SEALED_CHUNK_LENGTH)
            self._chunk = self._opener.open(number, sealed)
            self._number = number
        return self._chunk

"""Several files as one zip, made while it is sent: nothing is kept, and its length is known before it begins."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

# What zipfile writes around a file whose length stands behind it, in the form for large files.
_AROUND = 30 + 20 + 24 + 46
_END = 22
LARGEST = 2**31 - 1
"""Above this a zip has more behind it, and its length is not told beforehand."""


@dataclass(frozen=True)
class Part:
    """A file to go into a zip: its name in there, its length, and where its pieces come from."""

    name: str = field(repr=False)
    size: int
    pieces: Iterable[bytes] = field(repr=False)


def archive_length(parts: Iterable[Part]) -> int | None:
    """How many bytes `archive` gives for these parts; None for so many that it is not known."""
    length = _END + sum(_AROUND + 2 * len(part.name.encode()) + part.size for part in parts)
    return length if length <= LARGEST else None


def archive(parts: Iterable[Part], moment: datetime) -> Iterator[bytes]:
    """Yield a zip of `parts`, not compressed: documents and pictures are already.

    Raises `ValueError` when the pieces of a part are not as many bytes as it says, and what its pieces raise.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as made:
        for part in parts:
            entry = zipfile.ZipInfo(part.name, moment.timetuple()[:6])
            entry.external_attr = 0o600 << 16
            written = 0
            with made.open(entry, "w", force_zip64=True) as file:
                for piece in part.pieces:
                    written += file.write(piece)
                    yield sink.take()
            if written != part.size:
                raise ValueError("a part has another length than it says")
    yield sink.take()


class _Sink:
    """What was written and not taken yet; it can't go back, so that zipfile puts lengths behind the files."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken

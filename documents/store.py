"""Where sealed files lie: a folder, in which no power cut leaves half a file under a name (security.md, goal B4).

The store knows ids and bytes, no keys. What it does is little, so that another kind of store can take its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from uuid import UUID

from documents.errors import FileGone, StoreUnavailable

SHARDS = 256
"""In how many parts the ids of a store are listed; the first byte of an id says in which it is."""


class KeptFile(Protocol):
    """The bytes of one file in the store, in any order."""

    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        """Return `length` bytes, fewer at the end."""


class IncomingFile(KeptFile, Protocol):
    """A file that is being written; it has no name yet under which anybody could find it.

    Reading it raises `StoreUnavailable` as writing does.
    """

    def write(self, data: bytes) -> None:
        """Add `data`. Raises `StoreUnavailable`."""

    def put_on_disk(self) -> None:
        """Wait until all of it is on disk, which may take seconds. Raises `StoreUnavailable`."""

    def keep(self) -> None:
        """Give the file its name, after all of it is on disk. Raises `StoreUnavailable`."""

    def discard(self) -> None:
        """Destroy it; after `keep` this does nothing."""


class FileStore(Protocol):
    """What keeps sealed files."""

    def receive(self, file_id: UUID) -> IncomingFile:
        """Begin a new file. Raises `StoreUnavailable`."""

    def open(self, file_id: UUID) -> KeptFile:
        """Return a file that was kept. Raises `FileGone`, also while it is read."""

    def remove(self, file_id: UUID) -> None:
        """Destroy a file; one that is not there is no mistake."""

    def kept_before(self, moment: float, shard: int) -> Iterator[UUID]:
        """Yield the files of one of `SHARDS` that were kept before `moment` (seconds since 1970)."""

    def discard_before(self, moment: float) -> int:
        """Destroy what began to come in and was last written before `moment`; return how much that was."""


class FolderStore:
    """A store in a folder: `incoming` for what has no name yet, `kept` with a folder for each shard."""

    def __init__(self, directory: Path) -> None:
        self._incoming = directory / "incoming"
        self._kept = directory / "kept"

    def receive(self, file_id: UUID) -> IncomingFile:
        """Begin a new file. Raises `StoreUnavailable`."""
        with _unavailable():
            _make_folder(self._incoming)
            return _IncomingInFolder(self._incoming / file_id.hex, self._path_of(file_id))

    def open(self, file_id: UUID) -> KeptFile:
        """Return a file that was kept. Raises `FileGone`."""
        try:
            return _InFolder(self._path_of(file_id))
        except OSError:
            raise FileGone from None

    def remove(self, file_id: UUID) -> None:
        """Destroy a file."""
        self._path_of(file_id).unlink(missing_ok=True)

    def kept_before(self, moment: float, shard: int) -> Iterator[UUID]:
        """Yield the files of one shard that were kept before `moment`."""
        return _ids_before(self._kept / f"{shard:02x}", moment)

    def discard_before(self, moment: float) -> int:
        """Destroy what was left behind on its way in."""
        abandoned = list(_ids_before(self._incoming, moment))
        for file_id in abandoned:
            (self._incoming / file_id.hex).unlink(missing_ok=True)
        return len(abandoned)

    def _path_of(self, file_id: UUID) -> Path:
        return self._kept / file_id.hex[:2] / file_id.hex


class _InFolder:
    """A file that was kept. It is opened for each piece, so that nobody has to close it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def read_at(self, offset: int, length: int) -> bytes:
        try:
            with self._path.open("rb", buffering=0) as file:
                file.seek(offset)
                return file.read(length)
        except OSError:
            raise FileGone from None


class _IncomingInFolder:
    """A file under a temporary name, which only its owner can read."""

    def __init__(self, path: Path, kept_path: Path) -> None:
        self._path, self._kept_path = path, kept_path
        # Neither an existing file nor a link that somebody put there is ever opened.
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = os.fdopen(os.open(path, flags, 0o600), "w+b")
        self.size = 0

    def write(self, data: bytes) -> None:
        with _unavailable():
            self._file.write(data)
        self.size += len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        # Looking back writes first what waits in memory.
        with _unavailable():
            self._file.seek(offset)
            found = self._file.read(length)
            self._file.seek(0, os.SEEK_END)
        return found

    def put_on_disk(self) -> None:
        with _unavailable():
            self._file.flush()
            os.fsync(self._file.fileno())

    def keep(self) -> None:
        self.put_on_disk()
        with _unavailable():
            self._file.close()
            _make_folder(self._kept_path.parent)
            self._path.rename(self._kept_path)
            _sync_directory(self._kept_path.parent)

    def discard(self) -> None:
        # What could not be written to the end can't be flushed either.
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


def _ids_before(folder: Path, moment: float) -> Iterator[UUID]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        # A file may be gone by now; one with another name is not ours.
        with suppress(FileNotFoundError, ValueError):
            if entry.stat().st_mtime < moment:
                yield UUID(hex=entry.name)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_directory(folder.parent)


def _sync_directory(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise StoreUnavailable from None

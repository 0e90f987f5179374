"""The zip that a workbook is: looked at before anything is unpacked, and unpacked in pieces under limits."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

from vault.importing.errors import FileRefused

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 500
"""A part of more than 1 MB that shrank further than this was made to be large: deflate's own limit is 1,032."""

_PIECE = 128 * 1024
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, struct.error)


@dataclass(frozen=True)
class Package:
    """A zip in memory whose directory was found in order. Its parts are found without regard to case."""

    data: bytes = field(repr=False)
    entries: Mapping[str, zipfile.ZipInfo] = field(repr=False)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self.entries

    def pieces(self, name: str) -> Generator[bytes, None, None]:
        """The part of this name, unpacked as far as it is asked for. Raises `FileRefused`."""
        entry = self.entries.get(name.casefold())
        if entry is None:
            raise FileRefused("damaged")
        if entry.file_size > 1024 * 1024 and entry.file_size > MAX_RATIO * entry.compress_size:
            raise FileRefused("too_large_inside")
        try:
            # What is read is never more than the directory says, and never something else than its checksum.
            with zipfile.ZipFile(io.BytesIO(self.data)) as package, package.open(entry) as part:
                while piece := part.read(_PIECE):
                    yield piece
        except _DAMAGE:
            raise FileRefused("damaged") from None


def open_package(data: bytes) -> Package:
    """The workbook in `data`.

    Raises `FileRefused` for a zip that is damaged, encrypted, no workbook, or far larger inside than a workbook of
    employees can be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
    except _DAMAGE:
        raise FileRefused("damaged") from None
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise FileRefused("too_large_inside")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("password")
    parts = {entry.filename.casefold(): entry for entry in entries}
    _check_kind(parts)
    if len(parts) != len(entries):
        raise FileRefused("unusual")
    return Package(data, parts)


def _check_kind(parts: Mapping[str, zipfile.ZipInfo]) -> None:
    if "xl/workbook.bin" in parts:
        raise FileRefused("binary_excel")
    if "xl/workbook.xml" in parts:
        return
    raise FileRefused("open_document" if "content.xml" in parts else "not_a_workbook")

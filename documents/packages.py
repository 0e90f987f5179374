"""Documents that are a zip inside (Office, LibreOffice): their directory is read, and nothing is unpacked."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from documents.errors import FileRefused
from documents.kinds import FileKind
from documents.reading import SealedReader

MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 500
"""A part of more than 1 MB that shrank further than this was made to be large: deflate's own limit is 1,032."""

_END = struct.Struct("<4s4H2IH")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
END_LENGTH = _END.size
_STORED, _DEFLATED = 0, 8
_NESTED = (
    ".zip", ".jar", ".7z", ".rar", ".gz", ".tar", ".iso", ".exe", ".dll", ".msi", ".scr", ".com", ".bat", ".cmd", ".js",
    ".vbs", ".ps1", ".hta", ".lnk", ".html", ".htm",
)  # fmt: skip
_MACROS = ("vbaproject.bin", "basic/", "scripts/", "xl/macrosheets/", "word/vbadata.xml")
_OFFICE = (
    ("word/document.xml", FileKind.WORD),
    ("xl/workbook.xml", FileKind.EXCEL),
    ("ppt/presentation.xml", FileKind.POWERPOINT),
)
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": FileKind.TEXT_DOCUMENT,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.SPREADSHEET,
}


@dataclass(frozen=True)
class Entry:
    """One part of a package, as the directory has it."""

    name: bytes
    flags: int
    method: int
    packed: int
    unpacked: int
    offset: int


def check_package(content: SealedReader) -> FileKind:
    """Return which document a zip is. Raises `FileRefused` for any other zip, and for one that is out of order."""
    entries = _directory(content)
    names = [_readable(entry.name) for entry in entries]
    if any(entry.flags & 1 for entry in entries):
        raise FileRefused("password")
    kind = _kind(content, entries, names)
    _refuse_bomb(entries)
    if len(set(names)) != len(names):
        raise FileRefused("damaged")
    _check_places(content, entries)
    for name in names:
        if name.endswith(_MACROS[0]) or name.startswith(_MACROS[1:]):
            raise FileRefused("macros")
        if name.endswith(_NESTED):
            raise FileRefused("nested")
    return kind


def _directory(content: SealedReader) -> list[Entry]:
    end = content.read_at(max(0, content.size - END_LENGTH), END_LENGTH)
    if end[:4] != b"PK\x05\x06":
        # Something stands behind it, or the end is missing.
        raise FileRefused("damaged")
    _mark, disk, first_disk, here, count, length, offset, comment = _END.unpack(end)
    if count > MAX_ENTRIES or length > MAX_DIRECTORY_BYTES:
        raise FileRefused("too_large_inside")
    if disk or first_disk or comment or here != count or not count:
        raise FileRefused("damaged")
    if offset + length + END_LENGTH != content.size:
        raise FileRefused("two_kinds")
    return _entries(content.read_at(offset, length), count, offset)


def _entries(directory: bytes, count: int, end: int) -> list[Entry]:
    entries, place = [], 0
    for _number in range(count):
        mark, _v, _n, flags, method, _t, _d, _crc, packed, unpacked, name, extra, comment, _k, _i, _e, offset = (
            _ENTRY.unpack_from(directory, place)
        )
        place += _ENTRY.size
        if mark != b"PK\x01\x02" or method not in {_STORED, _DEFLATED} or offset >= end:
            raise FileRefused("damaged")
        entries.append(Entry(directory[place : place + name], flags, method, packed, unpacked, offset))
        place += name + extra + comment
    if place != len(directory):
        raise FileRefused("damaged")
    return entries


def _readable(name: bytes) -> str:
    text = name.decode("utf-8", "replace").lower()
    if not text or text.startswith("/") or "\\" in text or ".." in text.split("/") or not text.isprintable():
        raise FileRefused("damaged")
    return text


def _kind(content: SealedReader, entries: list[Entry], names: list[str]) -> FileKind:
    if "[content_types].xml" in names:
        found = [kind for part, kind in _OFFICE if part in names]
        if len(found) > 1:
            raise FileRefused("two_kinds")
        if found:
            return found[0]
    first = min(entries, key=lambda entry: entry.offset)
    if first.name == b"mimetype" and first.method == _STORED and first.packed < 100:
        kind = _OPEN_DOCUMENT.get(content.read_at(first.offset + _LOCAL.size + len(first.name), first.packed))
        if kind is not None and "content.xml" in names:
            return kind
    raise FileRefused("archive")


def _refuse_bomb(entries: list[Entry]) -> None:
    for entry in entries:
        if entry.unpacked > 1024 * 1024 and entry.unpacked > MAX_RATIO * entry.packed:
            raise FileRefused("too_large_inside")
    if sum(entry.unpacked for entry in entries) > MAX_UNPACKED_BYTES:
        raise FileRefused("too_large_inside")


def _check_places(content: SealedReader, entries: list[Entry]) -> None:
    """Each part lies where the directory says, under the same name, and none over another: the first at the start."""
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        head = content.read_at(entry.offset, _LOCAL.size + len(entry.name))
        mark, *_fields, name, extra = _LOCAL.unpack_from(head)
        if entry.offset < free_from:
            raise FileRefused("too_large_inside")
        if (not free_from and entry.offset) or mark != b"PK\x03\x04" or head[_LOCAL.size :][:name] != entry.name:
            raise FileRefused("damaged")
        free_from = entry.offset + _LOCAL.size + name + extra + entry.packed
    if free_from > content.size:
        raise FileRefused("damaged")

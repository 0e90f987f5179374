"""From the bytes of an uploaded file to rows of text; what it is, is seen from its content, never from its name."""

from __future__ import annotations

from typing import BinaryIO

from vault.importing.errors import FileRefused
from vault.importing.separated import read_separated
from vault.importing.table import MAX_FILE_BYTES, Table
from vault.importing.workbook import read_workbook

_PIECE = 256 * 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BINARY_STARTS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x7fELF",
    b"MZ\x90",
)


def read_bounded(stream: BinaryIO) -> bytes:
    """Everything in `stream`, at most 20 MB; it stops reading beyond that.

    Raises `FileRefused` for an empty or a larger file.
    """
    pieces, size = [], 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > MAX_FILE_BYTES:
            raise FileRefused("too_large", megabytes=MAX_FILE_BYTES // 1024 // 1024)
        pieces.append(piece)
    if not size:
        raise FileRefused("empty")
    return b"".join(pieces)


def read_table(data: bytes, sheet: str | None = None) -> Table:
    """The rows of an `.xlsx` workbook or of a text with separators.

    Of a workbook it reads `sheet`, or the first visible one with something in it. The file stays in memory. Raises
    `FileRefused`, at once or while the rows are read, for anything else, for what is damaged or protected, for a sheet
    that is not among `Table.sheets`, and for what is far larger than a list of employees can be.
    """
    if not data.strip():
        raise FileRefused("empty")
    if data.startswith(b"PK"):
        return read_workbook(data, sheet)
    _refuse_other_kinds(data)
    if sheet:
        raise FileRefused("no_such_sheet")
    return read_separated(data)


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLE):
        raise FileRefused(_kind_of_ole_file(data))
    if data.startswith(_BINARY_STARTS):
        raise FileRefused("not_a_table")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise FileRefused("web_page")


def _kind_of_ole_file(data: bytes) -> str:
    # Office puts an encrypted workbook inside the container of its old formats, in a stream of this name.
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "password"
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "old_excel"
    return "not_a_table"

"""Plain text and CSV: a file that can be read as letters from its beginning to its end."""

from __future__ import annotations

import codecs
import csv
import io
import re

from documents.errors import FileRefused
from documents.kinds import FileKind
from documents.reading import SealedReader

_LINES_OF_A_TABLE = 20
# Tab, line ends and page ends belong in a text; the others make it something else.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PAGE_STARTS = ("<!doctype", "<html", "<?xml", "<svg", "<script", "<head", "<body", "<!--", "<?php", "<iframe", "<rss")
_PAGE_PARTS = ("<script", "<html", "<!doctype", "<svg", "<iframe")
_SNIFFED = 1536


def check_text(content: SealedReader, head: bytes) -> FileKind:
    """Return whether a text is a table. Raises `FileRefused` for what is no text, and for a page of the web."""
    if head.startswith(b"{\\rtf"):
        raise FileRefused("unknown")
    table_of_letters = _table_of_letters(content, head)
    beginning = head.decode(table_of_letters, "ignore").lstrip("\ufeff \t\r\n")
    sniffed = beginning[:_SNIFFED].lower()
    if sniffed.startswith(_PAGE_STARTS) or any(part in sniffed for part in _PAGE_PARTS):
        raise FileRefused("web_page")
    return FileKind.CSV if _is_table(beginning) else FileKind.TEXT


def _table_of_letters(content: SealedReader, head: bytes) -> str:
    candidates = ["utf-8", "cp1252"]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    for name in candidates:
        if _is_text(content, name):
            return name
    raise FileRefused("unknown")


def _is_text(content: SealedReader, table_of_letters: str) -> bool:
    decoder = codecs.getincrementaldecoder(table_of_letters)()
    try:
        for piece in content.pieces(0, content.size):
            if _CONTROL.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_table(beginning: str) -> bool:
    lines = [line for line in beginning.splitlines()[: _LINES_OF_A_TABLE + 1] if line.strip()]
    if len(beginning.splitlines()) > _LINES_OF_A_TABLE or len(lines) > 2:
        # The last of what was read may have been cut.
        lines = lines[:-1]
    return len(lines) > 1 and any(_is_table_with(lines, separator) for separator in (";", "\t", ","))


def _is_table_with(lines: list[str], separator: str) -> bool:
    try:
        widths = {len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)}
    except csv.Error:
        return False
    return len(widths) == 1 and widths.pop() > 1


def read_beginning(content: SealedReader, length: int) -> str:
    """Return the letters of the first `length` bytes of a text that was checked when it came in."""
    head = content.read_at(0, min(length, content.size))
    for name in ("utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig", "cp1252"):
        try:
            # The last letter may have been cut through.
            return codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
    raise FileRefused("unknown")

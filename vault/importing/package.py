"""Looking into the zip of a workbook before anything parses it, and packing anew only what a list of employees needs.

The library that reads workbooks is fast because it believes them: it makes room for every cell between the first and
the last, copies a shared text for every cell that refers to it, and ends the process when there is no memory. So every
part is unpacked here under limits, looked through, and packed again; what was not looked at does not reach the library.
"""

from __future__ import annotations

import io
import operator
import re
import struct
import zipfile
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from vault.importing.errors import FileRefused
from vault.importing.table import MAX_CELL_CHARACTERS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 500
"""A part of more than 1 MB that shrank further than this was made to be large: deflate's own limit is 1,032."""
MAX_TEXT_BYTES = 128 * 1024 * 1024
"""All texts of all cells together, a shared text counted for every cell that shows it."""
MAX_TAG_BYTES = 64 * 1024

_PIECE = 512 * 1024
_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?!theme/|drawings/|media/|calcChain)[^\\]*\.(xml|rels)", re.I
)
_NAME = rb"<(?:[^\s<>/]*:)?"
_FILLED_CELL = re.compile(_NAME + rb"c(\s[^<>]*[^<>/]|)>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_SHARED_CELL = re.compile(rb"""\st\s*=\s*["']s["']""")
_SHARED_INDEX = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*""" + _NAME + rb"v>\+?([0-9]{1,9})<")
_SHARED_TEXT = re.compile(_NAME + rb"si[\s/>]")


@dataclass
class Contents:
    """What a look through the parts found: how far the cells reach, and how long the shared texts are, in bytes."""

    last_row: int = 0
    last_column: int = 0
    shared_cells: int = 0
    text_lengths: array[int] = field(default_factory=lambda: array("L"))
    parts_with_texts: int = 0


def repack(data: bytes) -> tuple[bytes, int]:
    """The workbook in `data` with its needed parts only, and the number of its last row.

    Raises `FileRefused` for a zip that is damaged, encrypted or no workbook, for parts with a document type definition
    (entities), and for anything beyond the limits of this module and of `table`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            packed, contents = _copy_parts(package, _check_entries(package))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, struct.error):
        raise FileRefused("damaged") from None
    _check_extent(contents)
    _check_texts(packed, contents)
    return packed, contents.last_row


def _check_entries(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise FileRefused("too_large_inside")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("password")
    names = [entry.filename for entry in entries]
    _check_kind({name.casefold() for name in names})
    if len({name.casefold() for name in names}) != len(names):
        raise FileRefused("unusual")
    return [entry for entry in entries if _NEEDED.fullmatch(entry.filename)]


def _check_kind(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise FileRefused("binary_excel")
    if "xl/workbook.xml" in names:
        return
    raise FileRefused("open_document" if "content.xml" in names else "not_a_workbook")


def _copy_parts(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> tuple[bytes, Contents]:
    output, contents, room = io.BytesIO(), Contents(), MAX_UNPACKED_BYTES
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for entry in entries:
            with packed.open(entry.filename, "w") as part:
                texts_before = len(contents.text_lengths)
                for piece in _unpack(package, entry):
                    room -= len(piece)
                    if room < 0:
                        raise FileRefused("too_large_inside")
                    _look_through(piece, contents, texts_before)
                    part.write(piece)
                contents.parts_with_texts += len(contents.text_lengths) > texts_before
    return output.getvalue(), contents


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that end at the end of a tag, so that no tag is cut in two."""
    if entry.file_size > 1024 * 1024 and entry.file_size > MAX_RATIO * entry.compress_size:
        raise FileRefused("too_large_inside")
    rest = b""
    with package.open(entry) as part:
        while piece := part.read(_PIECE):
            whole, bracket, rest = (rest + piece).rpartition(b">")
            if len(rest) > MAX_TAG_BYTES + 4 * MAX_CELL_CHARACTERS:
                raise FileRefused("text_too_long")
            if bracket:
                yield whole + bracket
    if rest:
        yield rest


def _look_through(piece: bytes, contents: Contents, texts_before: int) -> None:
    # "<!" begins a document type, a comment or CDATA: entities, and tags that this look would read differently.
    if b"<!" in piece or b"\0" in piece:
        raise FileRefused("unusual")
    _note_cells(piece, contents)
    starts = [found.start() for found in _SHARED_TEXT.finditer(piece)]
    if len(contents.text_lengths) > texts_before:
        contents.text_lengths[-1] += starts[0] if starts else len(piece)
    contents.text_lengths.extend(map(operator.sub, [*starts[1:], len(piece)], starts))


def _note_cells(piece: bytes, contents: Contents) -> None:
    cells = _FILLED_CELL.findall(piece)
    if not cells:
        return
    attributes = b"\n".join(cells)
    references = _REFERENCE.findall(attributes)
    if len(references) != len(cells):
        # A cell without its place, or with two: the library would count, or choose, differently.
        raise FileRefused("unusual")
    columns, rows = zip(*references, strict=True)
    contents.last_column = max(contents.last_column, *map(_column_number, set(columns)))
    contents.last_row = max(contents.last_row, *map(int, set(rows)))
    contents.shared_cells += len(_SHARED_CELL.findall(attributes))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_extent(contents: Contents) -> None:
    if contents.last_row > MAX_ROWS:
        raise FileRefused("too_many_rows", limit=MAX_ROWS - 1)
    if contents.last_column > MAX_COLUMNS:
        raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
    if contents.last_row * contents.last_column > MAX_CELLS:
        raise FileRefused("too_many_cells", limit=MAX_CELLS)


def _check_texts(packed: bytes, contents: Contents) -> None:
    if contents.parts_with_texts > 1:
        raise FileRefused("unusual")
    lengths = sorted(contents.text_lengths, reverse=True)
    if not lengths or lengths[0] * contents.shared_cells <= MAX_TEXT_BYTES:
        return
    # Which text a cell shows depends on how the library counts empty ones; no way of counting can give more than the
    # longest text for the index that most cells have, the next for the next, and so on.
    uses = sorted(_count_uses(packed, contents).values(), reverse=True)
    if sum(map(operator.mul, uses, lengths)) > MAX_TEXT_BYTES:
        raise FileRefused("text_too_long")


def _count_uses(packed: bytes, contents: Contents) -> Counter[int]:
    uses: Counter[int] = Counter()
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        for entry in package.infolist():
            rest = b""
            for piece in _unpack(package, entry):
                # A piece may end between the tag of a cell and the index in it.
                text, end = rest + piece, 0
                for found in _SHARED_INDEX.finditer(text):
                    uses[int(found[1])] += 1
                    end = found.end()
                rest = text[max(end, len(text) - MAX_TAG_BYTES) :]
    if uses.total() != contents.shared_cells:
        raise FileRefused("unusual")
    return uses

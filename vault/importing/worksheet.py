"""The rows of one worksheet, made while its part is unpacked (ECMA-376, part 1, 18.3).

Nearly every row in nearly every file looks the same: cells with a value and nothing else. A pattern takes those out of
the part in half the time that a parser needs; whatever it does not know to the letter goes to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vault.importing.cells import CellValues, RowBuilder
from vault.importing.errors import FileRefused
from vault.importing.markup import MAX_DEPTH, Markup, MarkupParser
from vault.importing.table import MAX_CELL_CHARACTERS, MAX_ROWS, Row

_CELL = (
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="([0-9]{1,5})")?(?: t="(s|n|inlineStr)")?'
    r'(?: ?/>|>(?:<v>([^<>&]+)</v>|<is><t(?: xml:space="preserve")?>([^<>&]+)</t></is>)</c>)'
)
_PLAIN_CELLS = re.compile(_CELL)
_UNTAKEN_CELLS = re.sub(r"\((?!\?)", "(?:", _CELL)
_PLAIN_ROW = re.compile(rf'<row r="([0-9]{{1,7}})"[^<>&/]*>((?:{_UNTAKEN_CELLS})*+)</row>'.encode())


class _Sheet(Markup):
    """Puts the elements of a sheet together to rows."""

    def __init__(self, builder: RowBuilder) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.in_rows = self.finished = False
        self._builder = builder
        self._cell: dict[str, str] = {}
        self._value: str | None = None
        self._inline: list[str] = []
        self._formula = self._in_pronunciation = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # What is called for every cell does itself what `Markup` does, for another call would cost as much again.
        if not self.depth:
            super().start(name, attributes)
            return
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FileRefused("unusual")
        if self.prefix:
            name = name.removeprefix(self.prefix)
        match name:
            case "c":
                self._cell, self._value, self._formula = attributes, None, False
            case "v" | "t":
                self.text.clear()
            case "f":
                self._formula = True
            case "row":
                self._builder.begin(_number(attributes["r"]) if "r" in attributes else self._builder.number + 1)
            case "is":
                self._inline.clear()
            case "rPh":
                self._in_pronunciation = True
            case "sheetData":
                self.in_rows = True

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.prefix:
            name = name.removeprefix(self.prefix)
        match name:
            case "c":
                self._end_cell()
            case "v":
                self._value = "".join(self.text)
            case "t" if not self._in_pronunciation:
                self._inline += self.text
            case "is":
                self._value = "".join(self._inline)
            case "rPh":
                self._in_pronunciation = False
            case "row":
                self.end_row()
            case "sheetData":
                self.in_rows, self.finished = False, True

    def end_row(self) -> None:
        """Keep the row, if it has something in it."""
        if row := self._builder.finish():
            self.rows.append(row)

    def check_size(self) -> None:
        """Raises `FileRefused` when the text of a cell becomes too long to be waited for."""
        if sum(map(len, self.text)) + sum(map(len, self._inline)) > 8 * MAX_CELL_CHARACTERS:
            raise FileRefused("cell_too_long", row=self._builder.number, limit=MAX_CELL_CHARACTERS)

    def _end_cell(self) -> None:
        letters = self._cell.get("r", "").rstrip("0123456789")
        kind, style = self._cell.get("t", "n"), self._cell.get("s", "0")
        self._builder.add(letters, kind, style, self._value, formula=self._formula)


def read_rows(pieces: Iterator[bytes], values: CellValues) -> Iterator[Row]:
    """The rows with something in them, from the top.

    Raises `FileRefused` for what is damaged, or larger than `table` allows.
    """
    builder = RowBuilder(values)
    sheet = _Sheet(builder)
    parser, commented = MarkupParser(sheet), False
    for piece in pieces:
        end = 0
        # What looks like a row may be part of a comment.
        commented = commented or b"<!" in piece or piece.startswith(b"!")
        for plain in _PLAIN_ROW.finditer(piece) if sheet.in_rows and not commented else ():
            parser.feed(piece[end : plain.start()])
            _take_plain_row(plain, builder, sheet)
            end = plain.end()
        parser.feed(piece[end:])
        sheet.check_size()
        yield from sheet.rows
        sheet.rows.clear()
        builder.held_characters = 0
        if sheet.finished:
            break
    if not sheet.finished:
        parser.close()
    for _piece in pieces:
        # The checksum of the part is looked at when all of it was read.
        pass


def _take_plain_row(plain: re.Match[bytes], builder: RowBuilder, sheet: _Sheet) -> None:
    builder.begin(int(plain[1]))
    try:
        text = plain[2].decode()
    except UnicodeDecodeError:
        raise FileRefused("damaged") from None
    for letters, style, kind, value, inline in _PLAIN_CELLS.findall(text):
        builder.add(letters, kind or "n", style or "0", value or inline or None)
    sheet.end_row()


def count_rows(pieces: Iterator[bytes]) -> int:
    """How many rows a sheet has at most, without reading them. Raises `FileRefused`."""
    count, end = 0, b""
    for piece in pieces:
        joined = end + piece
        count += joined.count(b"<row") + joined.count(b":row")
        end = joined[-3:]
    return min(count, MAX_ROWS)


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise FileRefused("damaged")
    return int(text)

"""The cells of a sheet as text, put together to rows (ECMA-376, part 1, 18.3.1.4 and 18.18.11)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vault.importing.errors import FileRefused
from vault.importing.number_formats import NumberFormat, number_text
from vault.importing.shared_texts import SharedTexts, unescape
from vault.importing.table import ERROR_TEXTS, MAX_CELL_CHARACTERS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row

LAST_ROW = 1_048_576
"""The last row of a sheet in Excel."""

MAX_HELD_CHARACTERS = 8_000_000
"""The rows in one piece of a part together: one long text that every cell shows would take all memory."""

# A town or a function stands in many cells; a long text there is no reason to hold twice.
_REMEMBERED_TEXTS = 20_000
_REMEMBERED_LENGTH = 40


@dataclass(frozen=True)
class CellValues:
    """What the cells of all sheets refer to.

    Attributes:
        texts: those that cells share.
        formats: what the number of a cell stands for, by its style.
        from_1904: whether days are counted from 1904, as Excel for the Mac did.
        recalculated: whether formulas get their value only when Excel opens the file, as when a program wrote it.
    """

    texts: SharedTexts = field(repr=False)
    formats: Sequence[NumberFormat] = ()
    from_1904: bool = False
    recalculated: bool = False


class RowBuilder:
    """Takes the cells of one row after another. Every method raises `FileRefused` for what is damaged or too much.

    Attributes:
        number: the row that was begun last.
        held_characters: how much text was taken since whoever took the rows set it to 0.
    """

    def __init__(self, values: CellValues) -> None:
        self.number = 0
        self.held_characters = 0
        self._values = values
        self._formats = {str(style): known for style, known in enumerate(values.formats)}
        self._recent_texts: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._column = -1
        self._cell_count = 0
        self._cells: list[str] = []
        self._faults: dict[int, str] = {}

    def begin(self, number: int) -> None:
        """A row begins, below the last one."""
        if not self.number < number <= LAST_ROW:
            raise FileRefused("damaged")
        self.number, self._column = number, -1
        self._cells, self._faults = [], {}

    def finish(self) -> Row | None:
        """The row, if it has something in it."""
        if self._cell_count > MAX_CELLS:
            raise FileRefused("too_many_cells", limit=MAX_CELLS)
        if not self._cells and not self._faults:
            return None
        if self.number > MAX_ROWS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS - 1)
        return Row(self.number, tuple(self._cells), self._faults)

    def add(self, letters: str, kind: str, style: str, value: str | None, *, formula: bool = False) -> None:
        """A cell, from left to right.

        Args:
            letters: its column; nothing for the one beside the last.
            kind: its type, as the attribute `t` has it.
            style: the number of its style.
            value: the text of its value, if it has one.
            formula: whether it is calculated.
        """
        self._cell_count += 1
        column = self._column_of(letters)
        if column <= self._column:
            raise FileRefused("damaged")
        self._column = column
        if value is None and not formula:
            return
        text, fault = self._text(kind, style, value, formula=formula)
        if text in ERROR_TEXTS:
            text, fault = "", "error_value"
        if not text and not fault:
            return
        self._put(column, text)
        if fault:
            self._faults[column] = fault

    def _put(self, column: int, text: str) -> None:
        if column >= MAX_COLUMNS:
            raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
        if len(text) > MAX_CELL_CHARACTERS:
            raise FileRefused("cell_too_long", row=self.number, limit=MAX_CELL_CHARACTERS)
        self.held_characters += len(text)
        if self.held_characters > MAX_HELD_CHARACTERS:
            raise FileRefused("text_too_long")
        if column > len(self._cells):
            self._cells += [""] * (column - len(self._cells))
        self._cells.append(text)

    def _column_of(self, letters: str) -> int:
        if not letters:
            return self._column + 1
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _column_number(letters)
        return column

    def _text(self, kind: str, style: str, value: str | None, *, formula: bool) -> tuple[str, str]:
        """The text of a cell, or a key of `errors.CELL_FAULTS` where its value cannot be known."""
        if kind == "s":
            return self._shared_text(value or ""), ""
        if kind == "e":
            return "", "error_value"
        if value is None or (formula and self._is_not_calculated(kind, value)):
            return "", "formula_without_value"
        return self._plain_text(kind, style, value), ""

    def _plain_text(self, kind: str, style: str, value: str) -> str:
        if kind in {"str", "inlineStr"}:
            return unescape(value).strip()
        value = value.strip()
        if kind == "b":
            return "WAAR" if value == "1" else "ONWAAR"
        if not value or kind == "d":
            return value
        known = self._formats.get(style, NumberFormat.NUMBER)
        return number_text(value, known, from_1904=self._values.from_1904)

    def _is_not_calculated(self, kind: str, value: str) -> bool:
        # The value of a formula may be an empty text; a number it is never.
        if kind == "str":
            return False
        return not value.strip() or (self._values.recalculated and value == "0")

    def _shared_text(self, number: str) -> str:
        text = self._recent_texts.get(number)
        if text is None:
            try:
                text = self._values.texts[int(number)]
            except (ValueError, IndexError):
                raise FileRefused("damaged") from None
            if len(self._recent_texts) >= _REMEMBERED_TEXTS:
                self._recent_texts.clear()
            if len(text) <= _REMEMBERED_LENGTH:
                self._recent_texts[number] = text
        return text


def _column_number(letters: str) -> int:
    """The column from 0 behind A to XFD. Raises `FileRefused`."""
    if not re.fullmatch(r"[A-Z]{1,3}", letters):
        raise FileRefused("damaged")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1

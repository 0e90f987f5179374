"""Numbers of a workbook as text: what looks like a day there is a day here (ECMA-376, part 1, 18.8.30)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum

from vault.importing.errors import FileRefused
from vault.importing.markup import Markup, follow

LAST_DAY = 2_958_466
"""The day after 31 December 9999."""

_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a day in a spreadsheet is nowhere on earth.
_DAYS_TO_1904 = 1_462
# Excel counts 29 February 1900, which never was.
_LAST_SHIFTED_DAY = 60
_NO_LETTERS_OF_TIME = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
_LETTERS_OF_TIME = re.compile(r"[dmyhs]", re.I)
_ELAPSED = re.compile(r"\[h+\]", re.I)


class NumberFormat(Enum):
    """What a number in a cell stands for."""

    NUMBER = "number"
    MOMENT = "moment"
    HOURS = "hours"


# The formats that every workbook has without naming them; 27 to 36 and 50 to 58 are those of East Asia.
_MOMENTS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_HOURS = frozenset((46,))


class _Styles(Markup):
    """Collects the format of each style that a cell can have."""

    def __init__(self) -> None:
        super().__init__()
        self.formats: list[NumberFormat] = []
        self._codes: dict[str, NumberFormat] = {}
        self._in_cell_formats = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        name = name.removeprefix(self.prefix)
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = format_of(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._in_cell_formats = True
        elif name == "xf" and self._in_cell_formats:
            self.formats.append(self._format_of(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        super().end(name)
        if name == self.prefix + "cellXfs":
            self._in_cell_formats = False

    def _format_of(self, number: str) -> NumberFormat:
        if number in self._codes:
            return self._codes[number]
        known = int(number) if re.fullmatch(r"[0-9]{1,4}", number) else 0
        if known in _MOMENTS:
            return NumberFormat.MOMENT
        return NumberFormat.HOURS if known in _HOURS else NumberFormat.NUMBER


def read_formats(pieces: Iterator[bytes]) -> list[NumberFormat]:
    """What `styles.xml` says of the numbers in cells, by the number of the style. Raises `FileRefused`."""
    styles = _Styles()
    for _ in follow(pieces, styles):
        styles.text.clear()
    return styles.formats


def format_of(code: str) -> NumberFormat:
    """What a format such as `dd-mm-yyyy` makes of a number."""
    code = _NO_LETTERS_OF_TIME.sub("", code)
    if _ELAPSED.search(code):
        return NumberFormat.HOURS
    return NumberFormat.MOMENT if _LETTERS_OF_TIME.search(code) else NumberFormat.NUMBER


def number_text(value: str, number_format: NumberFormat, *, from_1904: bool) -> str:
    """A number as text: a day as `1990-12-31`, with a time behind it where there is one; a length of time in hours.

    Raises `FileRefused` for what is no number.
    """
    try:
        number = float(value)
    except ValueError:
        raise FileRefused("damaged") from None
    if not math.isfinite(number):
        raise FileRefused("damaged")
    if number_format is NumberFormat.HOURS:
        number = round(number * 24, 2)
    elif number_format is NumberFormat.MOMENT and 0 <= number < LAST_DAY - _DAYS_TO_1904 * from_1904:
        return _moment_text(number, from_1904=from_1904)
    return str(int(number)) if number.is_integer() else str(number)


def _moment_text(number: float, *, from_1904: bool) -> str:
    if from_1904:
        number += _DAYS_TO_1904
    elif 1 <= number < _LAST_SHIFTED_DAY:
        number += 1
    moment = _FIRST_DAY + timedelta(seconds=round(number * 86_400))
    if number < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if number.is_integer() else moment.isoformat(" ")

"""Reading text with separators (`.csv`): which letters, which separator, and rows (X-22)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import partial

from vault.importing.errors import FileRefused
from vault.importing.table import ERROR_TEXTS, MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Row, Table

_SEPARATORS = ";,\t"
_GUESSED = "cp1252"
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# An accented Latin letter in UTF-8; in Windows-1252 these two bytes are a pair that no name has.
_UTF_8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What a name becomes that was written in another table of letters: a sign inside a word, three strange characters in a
# row, or the letters of Iceland, in whose place Turkish ones stand in the table of Turkey.
_UNLIKELY = re.compile(
    r"[^\W\d_][\u201a\u201c-\u201e\u2020-\u2026\u2030\u2039\u203aˆ˜™€¡-¬®-¶¸-¿×÷][^\W\d_]"
    r"|[^\x00-\x7f\xa0]{3}|[ÐðÝýÞþ]"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# What is UTF-8 by chance, or became it twice, has another script inside a Latin word, or the signs of its bytes.
_MIXED = re.compile(
    r"(?<=[A-Za-z])[\u0250-\u02ff\u0370-\u07ff]|[\u0250-\u02ff\u0370-\u07ff](?=[A-Za-z])|Ã[\u0080-\u00bf]"
)
_LENGTH_AROUND = 30
# Excel keeps leading zeros in a text file as a formula: ="0612345678".
_TEXT_FORMULA = re.compile(r'="([^"]*)"')


def read_separated(data: bytes) -> Table:
    """The rows of a text whose separator is `;`, `,` or a tab, in UTF-8, UTF-16, UTF-32 or Windows-1252.

    Raises `FileRefused`, also while the rows are read.
    """
    encoding = _encoding(data)
    text = _decode(data, encoding).rstrip("\x1a")
    if not text.strip():
        raise FileRefused("empty")
    if _CONTROL.search(text):
        raise FileRefused("not_a_table")
    separator, text = _find_separator(text)
    row_count = text.count("\n") + (not text.endswith("\n"))
    in_doubt = {_GUESSED: _NOT_ASCII, "utf-8": _MIXED}.get(encoding)
    doubtful = _words_with_each(in_doubt, text) if in_doubt else ()
    return Table("csv", row_count, partial(_rows, text, separator), doubtful_words=doubtful)


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise FileRefused("encoding") from None
    if encoding == _GUESSED and _UNLIKELY.search(text):
        raise FileRefused("encoding")
    return text


def _words_with_each(letter: re.Pattern[str], text: str) -> tuple[str, ...]:
    """For each such letter in the text the first word that has it."""
    words: dict[str, str] = {}
    for found in letter.finditer(text):
        if found[0] not in words:
            before = re.split(r"[\s;,\"]", text[max(0, found.start() - _LENGTH_AROUND) : found.start()])[-1]
            after = re.split(r"[\s;,\"]", text[found.end() : found.end() + _LENGTH_AROUND])[0]
            words[found[0]] = before + found[0] + after
    return tuple(dict.fromkeys(words.values()))


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    beginning = data[:4096]
    if beginning.count(0) > len(beginning) / 4:
        # Every other byte of Western text in UTF-16 is zero; without its mark only their place tells the order.
        return "utf-16-be" if beginning[::2].count(0) > beginning[1::2].count(0) else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if _UTF_8_LETTER.search(data):
            raise FileRefused("mixed_encoding") from None
        return _GUESSED
    return "utf-8"


def _find_separator(text: str) -> tuple[str, str]:
    # Excel writes and obeys a first line that only names the separator.
    if found := re.match(r'"?sep=([;,\t])"?\r?\n', text, re.IGNORECASE):
        return found[1], "\n" + text[found.end() :]
    headings = text.lstrip("\r\n;,\t ")[:MAX_CELL_CHARACTERS].partition("\n")[0]
    outside_quotes = re.sub(r'"[^"]*"', "", headings)
    return max(_SEPARATORS, key=outside_quotes.count), text


def _rows(text: str, separator: str) -> Iterator[Row]:
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refusal(error, number + 1) from None
        number += 1
        _check_size(record, number)
        cells = tuple(_plain(cell) for cell in record)
        if any(cells):
            yield _row(number, cells)


def _row(number: int, cells: tuple[str, ...]) -> Row:
    if ERROR_TEXTS.isdisjoint(cells):
        return Row(number, cells)
    faults = {index: "error_value" for index, cell in enumerate(cells) if cell in ERROR_TEXTS}
    return Row(number, tuple("" if index in faults else cell for index, cell in enumerate(cells)), faults)


def _refusal(error: csv.Error, row: int) -> FileRefused:
    if "limit" in str(error):
        return FileRefused("cell_too_long", row=row, limit=MAX_CELL_CHARACTERS)
    return FileRefused("quotes", row=row)


def _check_size(record: list[str], number: int) -> None:
    if number > MAX_ROWS:
        raise FileRefused("too_many_rows", limit=MAX_ROWS - 1)
    if len(record) > MAX_COLUMNS:
        raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
    if any(len(cell) > MAX_CELL_CHARACTERS for cell in record):
        raise FileRefused("cell_too_long", row=number, limit=MAX_CELL_CHARACTERS)


def _plain(cell: str) -> str:
    cell = cell.strip()
    found = _TEXT_FORMULA.fullmatch(cell)
    return found[1] if found else cell

"""An export as text with `;` between the cells, as a Dutch Excel opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from vault.exporting.columns import Cell

MEDIA_TYPE = "text/csv; charset=utf-8"
BROKEN_OFF = b"De export is afgebroken: dit bestand is niet compleet.\r\n"
"""The last line of a file that could not be finished: text is readable up to wherever it ends."""
# What a spreadsheet takes for the beginning of a formula, or for one after it has skipped white space (CSV injection).
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def write_separated(headings: Sequence[str], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """The file in pieces, one for each batch; a spreadsheet takes no cell of it for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([_text(heading) for heading in headings])
    for rows in batches:
        writer.writerows([_text(cell) for cell in row] for row in rows)
        yield _taken(buffer)
    yield _taken(buffer)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    # A foreign phone number means the same with 00 in front, and needs no apostrophe that an import would stumble over.
    if cell.startswith("+") and cell[1:].isdecimal():
        return f"00{cell[1:]}"
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()

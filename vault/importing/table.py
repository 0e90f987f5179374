"""What a file becomes: numbered rows of text, within limits that keep the memory of a process bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_001
"""100,000 employees and their headings."""
MAX_COLUMNS = 200
MAX_CELLS = 3_000_000
"""A workbook is held as a block of cells of about 64 bytes each while it is read: 3 million of them are 190 MB."""
MAX_CELL_CHARACTERS = 32_767
"""The most that Excel itself keeps in a cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it; its repr shows nothing of that.

    Attributes:
        number: the row as the spreadsheet shows it, from 1.
        cells: the texts, from the first column.
        faults: cells whose value cannot be known: index from 0, and a key of `errors.CELL_FAULTS`; empty in `cells`.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    faults: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A file that was recognised, and the sheet of it that is read.

    Attributes:
        kind: `xlsx` or `csv`.
        row_count: how many rows it has at most, headings and empty rows included.
        rows: gives the rows that are not empty, from the top each time it is called; raises `FileRefused`.
        sheet: the name of the worksheet; empty for a csv, and for a workbook with nothing in it.
        sheets: the names of all visible worksheets with something in them, in their order; none for a csv.
    """

    kind: str
    row_count: int
    rows: Callable[[], Iterator[Row]] = field(repr=False)
    sheet: str = ""
    sheets: tuple[str, ...] = ()

"""What a file becomes: numbered rows of text, within limits that keep the memory of a process bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_001
"""100,000 employees and their headings."""
MAX_COLUMNS = 200
MAX_CELLS = 3_000_000
"""Empty ones with a style count: each takes time to read."""
MAX_CELL_CHARACTERS = 32_767
"""The most that Excel itself keeps in a cell."""

ERROR_TEXTS = frozenset(
    (
        "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!",
        "#N/B", "#VERW!", "#WAARDE!", "#DEEL/0!", "#NAAM?", "#GETAL!", "#LEEG!", "#OVERLOOP!", "#BEREKENEN!", "#VELD!",
    )
)  # fmt: skip
"""What Excel shows where a formula failed, in English and in Dutch; copied or saved as text it is still no value."""


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
        doubtful_words: words of a csv that does not tell its table of letters, one for each letter that another table
            would read differently: when these are right all are, and only whoever knows the people can say so.
    """

    kind: str
    row_count: int
    rows: Callable[[], Iterator[Row]] = field(repr=False)
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    doubtful_words: tuple[str, ...] = field(default=(), repr=False)


def without_hidden_characters(text: str) -> str:
    """A text that is shown though nothing checked it, such as a heading: what cannot be seen is left out."""
    shown = (character if character.isprintable() else " " for character in text)
    return " ".join("".join(shown).split())

"""What somebody needs to see to say which column is which: sheets, rows that may be headings, some values (X-22)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from organisation.errors import NotFound
from vault import value_checks
from vault.fields import mask_bsn
from vault.importing.layout import SEARCHED_ROWS, Layout, find_layout, layout_options, layout_without_headings
from vault.importing.opening import OpenedImport
from vault.importing.reading import read_table
from vault.importing.table import Row, without_hidden_characters
from vault.value_checks import ValueFault

SAMPLES = 3
SAMPLE_LENGTH = 40
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True)
class ColumnChoice:
    """What there is to choose from, and what is chosen for now; its repr shows nothing of the file.

    Attributes:
        sheets: the names of the worksheets; none for a csv.
        sheet_number: the chosen one, from 1.
        options: each row, or two together, that may be the headings; the last one is *no headings*.
        layout: the chosen one of those, with its columns.
        samples: for each column some values under the headings; a BSN is masked.
    """

    sheets: tuple[str, ...] = field(repr=False)
    sheet_number: int
    options: tuple[Layout, ...] = field(repr=False)
    layout: Layout
    samples: tuple[tuple[str, ...], ...] = field(repr=False)


def column_choice(
    opened: OpenedImport,
    remembered: Mapping[str, str],
    sheet_number: int | None = None,
    rows: tuple[int, int] | None = None,
) -> ColumnChoice:
    """What to choose from on a sheet; without `sheet_number` and `rows` as the file is read now.

    `rows` are the first and last row of headings, zeros for none. No transaction is needed for it. Raises `NotFound`
    for a sheet or rows that are not there, and `FileRefused`.
    """
    sheets = read_table(opened.data).sheets
    sheet = _sheet(sheets, sheet_number, opened.layout.sheet)
    top = list(islice(read_table(opened.data, sheet or None).rows(), SEARCHED_ROWS + SAMPLES))
    options = (*layout_options(top, remembered, sheet), layout_without_headings(top, sheet))
    chosen = _option(options, rows) if rows is not None else find_layout(top, remembered, sheet)
    is_present = sheet == opened.layout.sheet and rows in {None, (opened.layout.first_row, opened.layout.row)}
    layout = opened.layout if is_present else chosen
    return ColumnChoice(
        sheets=sheets,
        sheet_number=sheets.index(sheet) + 1 if sheet else 0,
        options=options,
        layout=layout,
        samples=_samples(top, layout),
    )


def _sheet(sheets: Sequence[str], number: int | None, present: str) -> str:
    if number is None or not sheets:
        return present
    if not 1 <= number <= len(sheets):
        raise NotFound
    return sheets[number - 1]


def _option(options: Sequence[Layout], rows: tuple[int, int]) -> Layout:
    for option in options:
        if (option.first_row, option.row) == rows:
            return option
    raise NotFound


def _samples(top: Sequence[Row], layout: Layout) -> tuple[tuple[str, ...], ...]:
    under = [row.cells for row in top if row.number > layout.row][:SAMPLES]
    columns = ([cells[index] for cells in under if index < len(cells)] for index in range(len(layout.labels)))
    return tuple(tuple(dict.fromkeys(shown_cell(cell) for cell in column if cell)) for column in columns)


def shown_cell(value: str) -> str:
    """A cell to know its column by: short, a date as people write it, and of a BSN the last two digits."""
    if found := _ISO_DATE.fullmatch(value):
        return f"{found[3]}-{found[2]}-{found[1]}"
    try:
        return mask_bsn(value_checks.check_bsn(value))
    except ValueFault:
        value = without_hidden_characters(value)
        return value if len(value) <= SAMPLE_LENGTH else f"{value[:SAMPLE_LENGTH]}…"

"""Which sheet of a file has the employees (X-22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from vault.importing.errors import FileRefused
from vault.importing.headings import REQUIRED
from vault.importing.layout import SEARCHED_ROWS, Layout, find_layout
from vault.importing.reading import read_table
from vault.importing.table import Table

MOST_SHEETS = 10
"""So many sheets are looked at by themselves; any other can still be chosen."""


@dataclass(frozen=True)
class _Sheet:
    layout: Layout
    has_rows: bool

    @property
    def rank(self) -> tuple[bool, bool, int]:
        return self.layout.is_complete and self.has_rows, self.layout.is_complete, len(self.layout.fields)


def find_sheet(data: bytes, remembered: Mapping[str, str]) -> tuple[str, Layout]:
    """The kind of a file, and the layout of the first sheet whose columns are all known, else of the most alike.

    Each sheet is read to its end, so that what cannot be read is refused now. Raises `FileRefused`, also where there
    are too few columns for what must be known of an employee, or no rows under the headings.
    """
    table = read_table(data)
    best = _read_to_end(table, remembered)
    for name in table.sheets[1:MOST_SHEETS]:
        if best.rank[0]:
            break
        best = max(best, _read_to_end(read_table(data, name), remembered), key=lambda sheet: sheet.rank)
    if len(best.layout.labels) < len(REQUIRED):
        best.layout.require_known()
    if not best.has_rows:
        raise FileRefused("no_rows")
    return table.kind, best.layout


def _read_to_end(table: Table, remembered: Mapping[str, str]) -> _Sheet:
    rows = table.rows()
    top = list(islice(rows, SEARCHED_ROWS))
    layout = find_layout(top, remembered, table.sheet)
    last = max((row.number for row in rows), default=top[-1].number)
    return _Sheet(layout, last > layout.row)

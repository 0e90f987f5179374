"""Where in a file the headings stand and which column is which field: found by itself or chosen by somebody (X-22)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any, Self

from vault.importing.errors import FileRefused
from vault.importing.headings import COLUMNS, REQUIRED, Headings, heading_of, normalise, recognise
from vault.importing.table import Row, without_hidden_characters

SEARCHED_ROWS = 10
"""The headings are looked for in this many rows with something in them: some files have a title above."""
LONGEST_LABEL = 60
_FIELDS = frozenset(column.field for column in COLUMNS)


@dataclass(frozen=True)
class Layout:
    """The headings of a sheet and what each column is; its repr shows nothing of the file.

    Attributes:
        sheet: the name of the worksheet; empty for a csv.
        first_row: the number of the row of headings, or of the upper one of two; 0 without headings.
        row: the number of the last row of headings; 0 without.
        labels: the heading of each column, from the first on; empty where it has none.
        fields: the field of each column that is used, by its index from 0.
    """

    sheet: str = field(repr=False)
    first_row: int
    row: int
    labels: tuple[str, ...] = field(repr=False)
    fields: Mapping[int, str]

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """The required fields that no column is."""
        present = set(self.fields.values())
        return tuple(name for name in REQUIRED if name not in present)

    @property
    def missing(self) -> tuple[str, ...]:
        """Their headings, as in the template."""
        return tuple(heading_of(name) for name in self.missing_fields)

    @property
    def doubled(self) -> dict[int, int]:
        """The columns that are a field which an earlier column is too, each with that earlier one."""
        first: dict[str, int] = {}
        for index in sorted(self.fields):
            first.setdefault(self.fields[index], index)
        return {index: first[name] for index, name in self.fields.items() if first[name] != index}

    @property
    def is_complete(self) -> bool:
        """Whether employees can be read with it."""
        return not self.missing and not self.doubled

    def label(self, index: int) -> str:
        """What a column is called: its heading, or its letter as a spreadsheet shows it."""
        written = self.labels[index] if index < len(self.labels) else ""
        return written or f"Kolom {column_letter(index)}"

    def headings(self) -> Headings:
        """The columns to read employees with. Raises `FileRefused` when one is missing or stands there twice."""
        if self.missing:
            raise FileRefused("missing_headings", names=", ".join(self.missing))
        for index in self.doubled:
            raise FileRefused("double_heading", names=self.label(self.doubled[index]))
        places = {name: index for index, name in self.fields.items()}
        return Headings(
            row=self.row,
            places=places,
            written={name: self.label(index) for name, index in places.items()},
            ignored=tuple(text for index, text in enumerate(self.labels) if text and index not in self.fields),
        )

    def require_known(self) -> None:
        """Raises `FileRefused` unless the columns of employees are known by their headings."""
        if len(self.fields) < 2:
            raise FileRefused("no_headings")
        self.headings()

    def with_fields(self, fields: Mapping[int, str]) -> Layout:
        """The same headings with other columns. Raises `ValueError` for a field that is none."""
        if not set(fields.values()) <= _FIELDS:
            raise ValueError("no such field")
        return Layout(self.sheet, self.first_row, self.row, self.labels, dict(fields))

    def to_bytes(self) -> bytes:
        """The layout as JSON."""
        fields = {str(index): name for index, name in self.fields.items()}
        return json.dumps([self.sheet, self.first_row, self.row, self.labels, fields]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The layout that `to_bytes` gave."""
        sheet, first_row, row, labels, fields = json.loads(data)
        return cls(sheet, first_row, row, tuple(labels), {int(index): name for index, name in fields.items()})


def column_letter(index: int) -> str:
    """The letters over a column in a spreadsheet, from `A` for 0."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def find_headings(rows: Iterable[Row], remembered: Mapping[str, str] | None = None) -> Headings:
    """The columns of a file whose headings are known words. Raises `FileRefused` as `find_layout` and `headings`."""
    layout = find_layout(rows, remembered or {})
    layout.require_known()
    return layout.headings()


def find_layout(rows: Iterable[Row], remembered: Mapping[str, str], sheet: str = "") -> Layout:
    """The headings that look most like some, in the first ten rows with something in them, or in two rows together.

    `remembered` has the field for each normalised heading that somebody chose before, empty for *not used*; what is not
    in it is looked up among the known words. Raises `FileRefused` when there is no row at all.
    """
    options = list(layout_options(rows, remembered, sheet))
    if not options:
        raise FileRefused("empty")
    most = max(sum(map(bool, option.labels)) for option in options)
    # Of the rows that look alike the first that is filled about as far as any: above it stands a title.
    return max(options, key=lambda option: _likeness(option, most))


def layout_options(rows: Iterable[Row], remembered: Mapping[str, str], sheet: str = "") -> Iterator[Layout]:
    """Each row near the top as the headings, and then each two that may have merged cells, from the top."""
    candidates = list(islice(rows, SEARCHED_ROWS))
    width = max((len(row.cells) for row in candidates), default=0)
    cells = {row.number: (*map(_short, row.cells), *[""] * (width - len(row.cells))) for row in candidates}
    for number, written in cells.items():
        yield _layout(sheet, number, number, [(heading, "") for heading in written], remembered)
    for upper, lower in pairwise(cells):
        # A merged cell leaves others empty.
        if lower == upper + 1 and any(
            bool(above) != bool(below) for above, below in zip(cells[upper], cells[lower], strict=True)
        ):
            yield _layout(sheet, upper, lower, _joined(cells[upper], cells[lower]), remembered)


def layout_without_headings(rows: Iterable[Row], sheet: str = "") -> Layout:
    """A sheet whose first row is an employee: nothing is known of its columns but how many there are."""
    width = max((len(row.cells) for row in islice(rows, SEARCHED_ROWS)), default=0)
    return Layout(sheet, 0, 0, ("",) * width, {})


def _likeness(option: Layout, most: int) -> tuple[bool, int, bool, bool]:
    filled = sum(map(bool, option.labels))
    single = option.first_row == option.row
    return option.is_complete, len(set(option.fields.values())), filled * 5 >= most * 4, single


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, str]]:
    """The headings of two rows: a merged heading of a group above belongs to all columns under it.

    Each is the whole heading, and the part of it that stands in the lower row.
    """
    joined, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        joined.append((_short(f"{group} {below}") if below else above, below))
    return joined


def _layout(
    sheet: str, first_row: int, row: int, headings: Sequence[tuple[str, str]], remembered: Mapping[str, str]
) -> Layout:
    found: dict[str, list[tuple[int, int]]] = {}
    for index, (whole, below) in enumerate(headings):
        known = _known(whole, below, remembered)
        if known is not None:
            found.setdefault(known[0], []).append((known[1], index))
    fields: dict[int, str] = {}
    for name, candidates in found.items():
        best = min(rank for rank, _ in candidates)
        fields |= {index: name for rank, index in candidates if rank == best}
    return Layout(sheet, first_row, row, tuple(whole for whole, _ in headings), dict(sorted(fields.items())))


def _known(whole: str, below: str, remembered: Mapping[str, str]) -> tuple[str, int] | None:
    chosen: Any = remembered.get(normalise(whole)) if normalise(whole) else None
    if chosen is not None:
        return (chosen, -1) if chosen in _FIELDS else None
    return recognise(whole) or (recognise(below) if below else None)


def _short(heading: str) -> str:
    return without_hidden_characters(heading)[:LONGEST_LABEL]

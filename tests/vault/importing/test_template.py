"""The workbook to fill in: what it asks is what the import reads (X-22)."""

from __future__ import annotations

import io
from datetime import date

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from vault.importing.checking import GoodRow, RowChecker
from vault.importing.headings import COLUMNS
from vault.importing.layout import find_headings
from vault.importing.reading import read_table
from vault.importing.table import Row
from vault.importing.template import make_template


def test_each_heading_is_recognised_and_none_is_ignored() -> None:
    headings = find_headings(read_table(make_template()).rows())
    assert list(headings.places) == [column.field for column in COLUMNS]
    assert headings.ignored == ()


def test_the_empty_template_holds_no_employees() -> None:
    assert len(list(read_table(make_template()).rows())) == 1


def test_required_headings_are_marked_and_bold() -> None:
    sheet = load_workbook(io.BytesIO(make_template()))["Werknemers"]
    marked = {str(cell.value) for cell in sheet[1] if str(cell.value).endswith("*")}
    assert marked == {f"{column.heading}*" for column in COLUMNS if column.required}
    assert all(cell.font.bold for cell in sheet[1])


def test_numbers_that_may_begin_with_a_zero_are_kept_as_text() -> None:
    book = load_workbook(io.BytesIO(make_template()))
    letters = {
        str(cell.value).rstrip("*"): get_column_letter(index) for index, cell in enumerate(book["Werknemers"][1], 1)
    }
    for heading in ("Personeelsnummer", "BSN", "Tel. mobiel", "Huisnummer"):
        column = book["Werknemers"].column_dimensions[letters[heading]]
        assert column.number_format == "@"


def test_the_example_on_the_second_sheet_is_a_good_row_of_nobody() -> None:
    sheet = load_workbook(io.BytesIO(make_template()))["Uitleg"]
    texts = [["" if cell is None else str(cell) for cell in found] for found in sheet.iter_rows(values_only=True)]
    rows = [Row(number, tuple(cells)) for number, cells in enumerate(texts, 1) if any(cells)]
    headings = find_headings(rows)
    checker = RowChecker(headings, today=date(2026, 3, 2), departments={})
    [example] = [checker.check(found) for found in rows if found.number > headings.row]
    assert isinstance(example, GoodRow)
    assert example.details.bsn is not None
    assert "999990000" <= example.details.bsn <= "999999999"


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    for sheet in load_workbook(io.BytesIO(make_template())).worksheets:
        assert not [cell for found in sheet.iter_rows() for cell in found if cell.data_type == "f"]

"""Reading good files of every kind: what is in them comes out, under the row numbers that one sees (X-22)."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from xlsxwriter import Workbook

from tests.vault.importing.files import change_parts, text_file, workbook, zip_of
from vault.importing.errors import FileRefused
from vault.importing.reading import read_table

NAMES = ["Çelik", "Müller", "O’Neill", "Nuñez", "Åkesson", "Dvořák"]
WESTERN = NAMES[:-1]


def cells(data: bytes) -> list[tuple[int, tuple[str, ...]]]:
    return [(found.number, found.cells) for found in read_table(data).rows()]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
def test_a_text_is_read_with_each_separator_and_encoding(separator: str, encoding: str) -> None:
    names = WESTERN if encoding == "cp1252" else NAMES[:2] if encoding == "latin-1" else NAMES
    rows = [["Naam", "Adres", "Plaats"], *([name, 'Dorp, straat; 1\t"a"', "Ede"] for name in names)]
    read = cells(text_file(rows, separator, encoding))
    assert [found[0] for _, found in read[1:]] == names
    assert read[1] == (2, ("Çelik", 'Dorp, straat; 1\t"a"', "Ede"))


def test_a_cell_may_hold_the_end_of_a_line() -> None:
    data = text_file([["Naam", "Straat"], ["Dijk", "Dorp\r\n12"], ["Berg", "Weg"]])
    assert cells(data) == [(1, ("Naam", "Straat")), (2, ("Dijk", "Dorp\r\n12")), (3, ("Berg", "Weg"))]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(end: str) -> None:
    assert cells(f"Naam;BSN{end}Dijk;1{end}".encode()) == [(1, ("Naam", "BSN")), (2, ("Dijk", "1"))]


def test_the_line_that_names_the_separator_is_obeyed_and_counted() -> None:
    assert cells(b"sep=,\r\nNaam,A;B;C;D\r\nDijk,1\r\n") == [(2, ("Naam", "A;B;C;D")), (3, ("Dijk", "1"))]


def test_empty_rows_are_skipped_and_counted() -> None:
    assert [number for number, _ in cells(b";;\r\n\r\nNaam;BSN\r\n;\r\nDijk;1\r\n")] == [3, 5]
    data = workbook([["Naam"], [""], ["Dijk"]], first_row=3)
    assert cells(data) == [(4, ("Naam",)), (6, ("Dijk",))]
    data = workbook([["", "", "Naam"], ["", "", "Dijk"]], first_row=1)
    assert cells(data) == [(2, ("", "", "Naam")), (3, ("", "", "Dijk"))]


def test_a_number_that_excel_keeps_as_a_formula_of_text_keeps_its_zero() -> None:
    assert cells(b'Naam;Tel\r\nDijk;"=""0612345678"""\r\n')[1] == (2, ("Dijk", "0612345678"))


def test_a_workbook_gives_dates_numbers_and_texts_as_text() -> None:
    data = workbook(
        [
            ["a", "b", "c", "d", "e"],
            [date(1990, 12, 31), 36.5, 99999019, "007", datetime(2020, 1, 2, 3, 4)],  # noqa: DTZ001 - as Excel has it
        ]
    )
    assert cells(data)[1] == (2, ("1990-12-31", "36.5", "99999019", "007", "2020-01-02 03:04:00"))


def test_a_formula_counts_as_the_value_that_was_saved_with_it() -> None:
    sheet = b'<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"x"</f><v>HR</v></c><c r="C2" t="e"><v>#N/A</v></c>'
    data = change_parts(
        workbook([["a", "b", "c"]]),
        {"xl/worksheets/sheet1.xml": (b"</row></sheetData>", b'</row><row r="2">' + sheet + b"</row></sheetData>")},
    )
    assert cells(data)[1] == (2, ("2", "HR", ""))


def three_sheets() -> bytes:
    """An empty sheet, one with an employee, a hidden one, and one with another employee."""
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True}) as book:
        sheets = [book.add_worksheet(name) for name in ("Voorblad", "Vast", "Lijstjes", "Flex & co")]
        sheets[2].hide()
        for number, sheet in enumerate(sheets[1:], 1):
            sheet.write_string(0, 0, "Naam")
            sheet.write_string(number, 0, f"Dijk {number}")
    return output.getvalue()


def test_the_first_visible_sheet_with_something_in_it_is_read() -> None:
    table = read_table(three_sheets())
    assert (table.sheet, table.sheets) == ("Vast", ("Vast", "Flex & co"))
    assert [found.cells for found in table.rows()] == [("Naam",), ("Dijk 1",)]


def test_another_sheet_is_read_by_its_name() -> None:
    table = read_table(three_sheets(), "Flex & co")
    assert (table.sheet, table.sheets) == ("Flex & co", ("Vast", "Flex & co"))
    assert [(found.number, found.cells) for found in table.rows()] == [(1, ("Naam",)), (4, ("Dijk 3",))]


@pytest.mark.parametrize("name", ["Voorblad", "Lijstjes", "", "vast", "Blad1"])
def test_a_sheet_that_is_empty_hidden_or_not_there_is_refused(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_table(three_sheets(), name)
    assert refused.value.code == "no_such_sheet"


def test_a_text_has_no_sheets() -> None:
    data = text_file([["Naam"], ["Dijk"]])
    assert (read_table(data).sheet, read_table(data).sheets) == ("", ())
    with pytest.raises(FileRefused):
        read_table(data, "Blad1")


def test_a_workbook_with_nothing_in_it_has_no_rows() -> None:
    table = read_table(workbook([]))
    assert (table.sheet, table.sheets, list(table.rows())) == ("", (), [])


def test_far_cells_with_a_style_but_nothing_in_them_do_no_harm() -> None:
    styled = b'<row r="1048576" ht="12.8"/><row r="1048575"><c r="XFD1048575" s="0"/></row></sheetData>'
    data = change_parts(workbook([["Naam"], ["Dijk"]]), {"xl/worksheets/sheet1.xml": (b"</sheetData>", styled)})
    assert cells(data) == [(1, ("Naam",)), (2, ("Dijk",))]


def test_a_macro_a_picture_and_a_theme_do_not_reach_the_library() -> None:
    data = change_parts(
        workbook([["Naam"], ["Dijk"]]),
        {"xl/vbaProject.bin": b"<!DOCTYPE x>" + bytes(999), "xl/media/a.png": bytes(99), "xl/theme/theme1.xml": b"<!"},
    )
    assert len(cells(data)) == 2


def test_what_a_file_is_follows_from_its_content() -> None:
    assert read_table(text_file([["Naam"], ["Dijk"]])).kind == "csv"
    assert read_table(workbook([["Naam"], ["Dijk"]])).kind == "xlsx"
    with pytest.raises(FileRefused):
        read_table(zip_of({"x": b"y"}))


def test_the_number_of_rows_is_known_before_they_are_read() -> None:
    assert read_table(b"Naam\nDijk\nBerg").row_count == read_table(b"Naam\nDijk\nBerg\n").row_count == 3
    assert read_table(workbook([["Naam"], ["Dijk"], ["Berg"]])).row_count == 3


def test_a_table_and_its_rows_show_nothing_of_themselves() -> None:
    table = read_table(b"Naam\nDijk\n")
    assert "Dijk" not in repr(table) + repr(list(table.rows()))

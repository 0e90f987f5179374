"""Reading good files of every kind: what is in them comes out, under the row numbers that one sees (X-22)."""

from __future__ import annotations

import io
import random
import re
import zipfile
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from xlsxwriter import Workbook

from tests.vault.importing.files import change_parts, text_file, workbook, zip_of
from vault.importing.errors import FileRefused
from vault.importing.reading import read_table
from vault.importing.table import Row

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


def with_rows(rows: bytes) -> bytes:
    """A workbook with a heading and these rows below it."""
    return change_parts(workbook([["a"]]), {"xl/worksheets/sheet1.xml": (b"</sheetData>", rows + b"</sheetData>")})


def second_row(cells_of_row: bytes) -> Row:
    [_, found] = read_table(with_rows(b'<row r="2">' + cells_of_row + b"</row>")).rows()
    return found


def test_a_formula_counts_as_the_value_that_was_saved_with_it() -> None:
    found = second_row(
        b'<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"x"</f><v>HR</v></c>'
        b'<c r="C2" t="str"><f>""</f><v></v></c><c r="D2" t="b"><f>1=1</f><v>1</v></c>'
    )
    assert (found.cells, found.faults) == (("2", "HR", "", "WAAR"), {})


def test_a_formula_without_a_saved_value_is_a_fault_of_its_cell() -> None:
    found = second_row(
        b'<c r="A2"><f>1</f></c><c r="B2"><f>2</f><v></v></c><c r="C2"><f>3</f><v/></c><c r="D2"><v>4</v></c>'
    )
    assert found.cells == ("", "", "", "4")
    assert found.faults == dict.fromkeys(range(3), "formula_without_value")


def test_a_formula_that_openpyxl_wrote_is_a_fault_of_its_cell() -> None:
    book, output = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Naam", "Uren"])  # type: ignore[union-attr]
    book.active.append(["Dijk", "=18*2"])  # type: ignore[union-attr]
    book.save(output)
    [_, found] = read_table(output.getvalue()).rows()
    assert (found.cells, found.faults) == (("Dijk", ""), {1: "formula_without_value"})


def test_a_formula_that_xlsxwriter_wrote_with_its_made_up_zero_is_a_fault_of_its_cell() -> None:
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Uren", "Uren", "Uren"])
        sheet.write_formula(1, 0, "=18*2")
        sheet.write_formula(1, 1, "=18*2", value=36)
        sheet.write_number(1, 2, 0)
    data = output.getvalue()
    [_, found] = read_table(data).rows()
    assert (found.cells, found.faults) == (("", "36", "0"), {0: "formula_without_value"})
    # Excel leaves this mark out once it has calculated.
    [_, found] = read_table(change_parts(data, {"xl/workbook.xml": (b' fullCalcOnLoad="1"', b"")})).rows()
    assert (found.cells, found.faults) == (("0", "36", "0"), {})


def test_an_error_in_a_cell_is_a_fault_and_no_text() -> None:
    found = second_row(b'<c r="A2" t="e"><v>#N/A</v></c><c r="C2" t="e"><f>B9</f><v>#REF!</v></c>')
    assert (found.cells, found.faults) == (("", "", ""), {0: "error_value", 2: "error_value"})


@pytest.mark.parametrize("error", ["#N/A", "#N/B", "#REF!", "#VERW!", "#WAARDE!", "#DEEL/0!", "#NAAM?"])
def test_an_error_that_became_text_is_a_fault_as_well(error: str) -> None:
    rows = [["Naam", "Uren"], ["Dijk", error]]
    for data in (text_file(rows), workbook(rows)):
        [_, found] = read_table(data).rows()
        assert (found.cells, found.faults) == (("Dijk", ""), {1: "error_value"})


def test_only_the_first_of_merged_cells_has_the_value() -> None:
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "Persoon")
        sheet.write_row(1, 0, ["Naam", "Straat", "Plaats"])
    assert cells(output.getvalue()) == [(1, ("Persoon",)), (2, ("Naam", "Straat", "Plaats"))]


def test_cells_and_rows_without_a_place_follow_each_other() -> None:
    data = with_rows(b"<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>")
    assert cells(data)[1:] == [(2, ("1", "", "3")), (4, ("4",))]


def test_texts_in_the_cell_with_runs_escapes_and_pronunciations_are_read() -> None:
    found = second_row(
        b'<c r="A2" t="inlineStr"><is><t> Van </t></is></c>'
        b'<c r="B2" t="inlineStr"><is><r><t xml:space="preserve">D </t></r><r><rPr/><t>&amp; Z</t></r></is></c>'
        b'<c r="C2" t="inlineStr"><is><t>x</t><rPh sb="0" eb="1"><t>ekkusu</t></rPh></is></c>'
        b'<c r="D2" t="str"><v>a_x000A_b_xD800_</v></c><c r="E2" t="d"><v>1990-12-31T00:00:00</v></c>'
    )
    assert found.cells == ("Van", "D & Z", "x", "a\nb_xD800_", "1990-12-31T00:00:00")


def test_shared_texts_with_runs_and_pronunciations_are_read() -> None:
    table = b"<sst><si><r><t>Van </t></r><r><t>Dijk</t></r><rPh><t>no</t></rPh></si><si/><si><t>b_x0041_</t></si></sst>"
    shared = b"".join(b'<c r="%c2" t="s"><v>%d</v></c>' % (65 + number, number) for number in range(3))
    data = change_parts(
        workbook([["a"]]),
        {
            "xl/worksheets/sheet1.xml": (b"</sheetData>", b'<row r="2">' + shared + b"</row></sheetData>"),
            "xl/sharedStrings.xml": table,
        },
    )
    assert cells(data)[1] == (2, ("Van Dijk", "", "bA"))


def test_comments_and_cdata_are_understood() -> None:
    # So many rows come before that the pattern is at work where the comment stands.
    plain = [b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(2, 6_002)]
    data = with_rows(b"".join(plain[:-2]) + b"<!-- " + plain[-2] + b" -->" + plain[-1])
    assert cells(data)[-2:] == [(5_999, ("5999",)), (6_001, ("6001",))]
    found = second_row(b'<c r="A2" t="inlineStr"><is><t><![CDATA[<Dijk>]]></t></is></c>')
    assert found.cells == ("<Dijk>",)


def with_prefixes(data: bytes) -> bytes:
    """The same workbook as a program writes it that gives every element the prefix of its namespace."""
    changes: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
            part = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", package.read(name))
            changes[name] = part.replace(b' xmlns="', b' xmlns:x="')
    return change_parts(data, changes)


def spread_out(data: bytes) -> bytes:
    """The same workbook with each element of the sheet on a line of its own."""
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return change_parts(data, {name: package.read(name).replace(b"<c ", b"\n  <c ").replace(b"<v>", b"\n    <v>")})


def test_rows_that_the_pattern_knows_and_rows_that_the_parser_reads_are_the_same() -> None:
    """2,000 rows are more than one piece, so that both ways of reading are used, and rows are cut in two."""
    chance = random.Random(8)
    names = [*NAMES, "D & Z", "<b>", " spatie ", "x" * 300, "=1+1", "_x0041_"]
    rows: list[tuple[str, int, date, None]] = [
        (chance.choice(names), chance.randrange(10**9), date(1960, 1, 1) + timedelta(chance.randrange(9000)), None)
        for _ in range(2_000)
    ]
    data = workbook(rows)
    expected = [
        (number, (name.strip(), str(whole), day.isoformat())) for number, (name, whole, day, _) in enumerate(rows, 1)
    ]
    read = cells(data)
    assert read == expected
    assert cells(with_prefixes(data)) == cells(spread_out(data)) == read


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("General", 33238, "33238"), ("0.00", 0.5, "0.5"), ('0 "dagen"', 12, "12"), ("[Red]0", 3, "3"),
        ("dd-mm-yyyy", 33238, "1990-12-31"), ("[$-413]d mmmm yyyy;@", 33238, "1990-12-31"),
        ("mm/yy", 33238, "1990-12-31"), ("hh:mm", 0.75, "18:00:00"),
        ("yyyy-mm-dd hh:mm", 33238.75, "1990-12-31 18:00:00"),
        ("[h]:mm", 1.5, "36"), ("[hh]:mm", 1.520833333333, "36.5"), ("dd-mm-yyyy", 59, "1900-02-28"),
        ("dd-mm-yyyy", 61, "1900-03-01"), ("dd-mm-yyyy", 4_000_000, "4000000"), ("dd-mm-yyyy", -1, "-1"),
    ],
)  # fmt: skip
def test_a_format_says_what_a_number_stands_for(code: str, number: float, text: str) -> None:
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True}) as book:
        book.add_worksheet().write_number(0, 0, number, book.add_format({"num_format": code}))
    assert cells(output.getvalue()) == [(1, (text,))]


def test_days_may_be_counted_from_1904() -> None:
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True, "date_1904": True}) as book:
        book.add_worksheet().write_datetime(0, 0, date(1990, 12, 31), book.add_format({"num_format": "dd-mm-yyyy"}))
    assert cells(output.getvalue()) == [(1, ("1990-12-31",))]


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
    styled = b'<row r="1048575" ht="12.8"/><row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
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

"""The two kinds of file, by themselves: what a spreadsheet reads from them, and that they leave piece by piece."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from vault.exporting.columns import Cell
from vault.exporting.separated import write_separated
from vault.exporting.workbook import write_workbook
from vault.importing.separated import read_separated
from vault.importing.workbook import read_workbook

HEADINGS = ["Achternaam", "Startdatum", "Aantal uren", "Voornaam"]
HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://kwaad.example","klik")',
    "+31612345678; =cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "＝1+1",
    'O\'Brien & <b>Zoon</b> "x"',
    'regel1\nregel2; en "meer"',
    ']]>&amp;<c r="A1"><f>1+1</f></c>',
    "Yılmaz-Çelik Łukasz 王 🙂",
    "_x0041_",
]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def rows_with(names: list[str]) -> list[list[Cell]]:
    return [[name, date(2020, 3, 1), Decimal("36.50"), None] for name in names]


def separated(names: list[str]) -> list[list[str]]:
    text = b"".join(write_separated(HEADINGS, [rows_with(names)])).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def workbook(names: list[str]) -> bytes:
    return b"".join(write_workbook(HEADINGS, [rows_with(names[:3]), [], rows_with(names[3:])]))


def test_no_cell_of_the_text_is_taken_for_a_formula() -> None:
    """CSV injection: what begins like a formula gets an apostrophe, and nothing else changes."""
    heads, *lines = separated(HOSTILE)
    assert heads == HEADINGS
    read = [line[0] for line in lines]
    assert [name for name in read if name.lstrip(" ").startswith(FORMULA_STARTS)] == []
    assert [name.removeprefix("'") for name in read] == HOSTILE
    assert lines[0][1:] == ["01-03-2020", "36,50", ""]


def test_a_dutch_excel_opens_the_text() -> None:
    data = b"".join(write_separated(HEADINGS, [rows_with(["Yılmaz"])]))
    assert data.startswith("\ufeffAchternaam;Startdatum;".encode())
    assert data.endswith(b"\r\n")


def test_a_foreign_phone_number_needs_no_apostrophe() -> None:
    assert separated(["+32470123456"])[1][0] == "0032470123456"


def test_every_cell_of_the_workbook_is_a_text_a_day_or_a_number() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(HOSTILE)))["Werknemers"]
    heads, *lines = sheet.iter_rows()
    assert [cell.value for cell in heads] == HEADINGS
    # XML has one line end, and openpyxl reads an escape of Excel's; both are no formula.
    expected = [name.replace("\r", "\n").replace("_x0041_", "A") for name in HOSTILE]
    assert [str(line[0].value).replace("_x0041_", "A") for line in lines] == expected
    assert {cell.data_type for line in lines for cell in line[:3]} == {"s", "d", "n"}
    assert {line[0].data_type for line in lines} == {"s"}
    assert (str(lines[0][1].value), lines[0][2].value) == ("2020-03-01 00:00:00", 36.5)
    assert sheet.freeze_panes == "A2"


def test_what_xml_cannot_hold_is_left_out() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(["a\x00b\x08c\ufffed"]))).active
    assert sheet is not None
    assert sheet["A2"].value == "abcd"


def test_our_own_import_reads_both() -> None:
    names = ["Yılmaz-Çelik", "O'Brien & Zoon"]
    text = b"".join(write_separated(HEADINGS, [rows_with(names)]))
    for table in (read_separated(text), read_workbook(workbook(names), None)):
        assert [row.cells[0] for row in table.rows()] == ["Achternaam", *names]


def test_an_export_of_nobody_is_a_file_with_headings() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(write_workbook(HEADINGS, [])))).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [HEADINGS]
    assert b"".join(write_separated(HEADINGS, [])).decode("utf-8-sig") == ";".join(HEADINGS) + "\r\n"


def test_a_workbook_without_its_last_piece_opens_nowhere() -> None:
    pieces = list(write_workbook(HEADINGS, [rows_with(["A"] * 500)] * 3))
    with pytest.raises(zipfile.BadZipFile):
        openpyxl.load_workbook(io.BytesIO(b"".join(pieces[:-1])))


@pytest.mark.parametrize("write", [write_separated, write_workbook])
def test_memory_does_not_grow_with_the_number_of_people(write: object) -> None:
    """Design 2.7: 100,000 rows leave piece by piece; nothing is written to a disk."""

    def batches() -> Iterator[list[list[Cell]]]:
        for number in range(200):
            yield rows_with([f"Naam{number:06}{index:06}" for index in range(500)])

    peaks = []
    tracemalloc.start()
    try:
        for number, piece in enumerate(write(HEADINGS, batches())):  # type: ignore[operator]
            assert len(piece) < 200_000
            if number in {20, 199}:
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2 + 500_000


def test_libreoffice_calculates_nothing(tmp_path: Path) -> None:
    """A real spreadsheet program opens both files and writes what it sees."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: hostile names were read with openpyxl and csv only")
    (tmp_path / "boek.xlsx").write_bytes(workbook(HOSTILE))
    (tmp_path / "tekst.csv").write_bytes(b"".join(write_separated(HEADINGS, [rows_with(HOSTILE)])))
    for name in ("boek.xlsx", "tekst.csv"):
        command = [program, "--headless", "--convert-to", "html", "--outdir", str(tmp_path), str(tmp_path / name)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert "1+1" in (tmp_path / name).with_suffix(".html").read_text()

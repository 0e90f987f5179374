"""Every odd file gets a sentence of its own that says what to do, and costs little memory (X-22, goal G)."""

from __future__ import annotations

import gzip
import io
import random
import struct
import sys
import zipfile
from collections.abc import Callable

import pytest

from tests.vault.importing.files import (
    EXAMPLE,
    HEADINGS,
    change_parts,
    example_workbook,
    large_workbook,
    row,
    text_file,
    workbook,
    zip_of,
)
from tests.vault.importing.small_process import read_in_small_process
from vault.importing.errors import REFUSALS, FileRefused
from vault.importing.jobs import read_upload
from vault.importing.reading import read_bounded
from vault.importing.table import MAX_FILE_BYTES

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MEGABYTE = 1024 * 1024


def ole_file(stream_name: str) -> bytes:
    return (
        OLE + bytes(504) + "Root Entry".encode("utf-16-le") + bytes(64) + stream_name.encode("utf-16-le") + bytes(900)
    )


def sheet_with(rows: bytes) -> bytes:
    """The example with more rows below it."""
    return change_parts(example_workbook(), {SHEET: (b"</sheetData>", rows + b"</sheetData>")})


def cell_at(place: str) -> bytes:
    digits = "".join(character for character in place if character.isdigit())
    return f'<row r="{digits}"><c r="{place}"><v>1</v></c></row>'.encode()


def many_cells() -> bytes:
    """16,000 rows of 200 cells with nothing but a style."""
    chance = random.Random(4)
    rows = [b"<row>" + b"".join(b'<c s="%d"/>' % chance.randrange(90) for _ in range(200)) + b"</row>" for _ in "1234"]
    return sheet_with(b"".join(rows) * 4_000)


def many_texts() -> bytes:
    """68 MB of texts that no cell shows."""
    noise = b"<si><t>" + random.Random(6).randbytes(10_000).hex().encode() + b"</t></si>"
    return change_parts(example_workbook(), {STRINGS: (b"</sst>", noise * 3_400 + b"</sst>")})


def deep_nesting(name: bytes) -> bytes:
    return sheet_with(b'<row r="9">' + (b"<" + name + b">") * 100_000)


def entity_bomb() -> bytes:
    entities = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    declaration = b'<!DOCTYPE sst [<!ENTITY a "ha">' + entities + b"]><sst"
    return change_parts(example_workbook(), {STRINGS: (b"<sst", declaration)})


def zip_bomb() -> bytes:
    return change_parts(example_workbook(), {SHEET: b"<worksheet>" + b" " * 120 * MEGABYTE})


def flat_bomb() -> bytes:
    """Many parts that each stay below the ratio, together above the limit."""
    noise = random.Random(1).randbytes(20_000) * 700
    return change_parts(example_workbook(), {f"xl/worksheets/sheet{n}.xml": noise for n in range(2, 20)})


def lying_zip() -> bytes:
    """The directory says that the sheet has 100 bytes; the sheet itself has more."""
    data = bytearray(example_workbook())
    place = data.rindex(SHEET.encode()) - 46
    assert data[place : place + 4] == b"PK\x01\x02"
    data[place + 24 : place + 28] = struct.pack("<I", 100)
    return bytes(data)


def doubled_part() -> bytes:
    output = io.BytesIO(example_workbook())
    with zipfile.ZipFile(output, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(SHEET, b"<worksheet/>")
    return output.getvalue()


def locked_zip() -> bytes:
    data = bytearray(example_workbook())
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(marker, place + 1)) >= 0:
            data[place + offset] |= 1
    return bytes(data)


def copied_text() -> bytes:
    """One text of 30,000 characters that 40,000 cells show: 1.2 GB once each has its copy."""
    long_text = b"<si><t>" + b"x" * 30_000 + b"</t></si></sst>"
    with zipfile.ZipFile(io.BytesIO(example_workbook())) as package:
        number = package.read(STRINGS).count(b"<si>")
    cells = (b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (n, n, number) for n in range(4, 40_004))
    return change_parts(sheet_with(b"".join(cells)), {STRINGS: (b"</sst>", long_text)})


def recompressed_with(method: int) -> bytes:
    data = bytearray(example_workbook())
    for marker, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = -1
        while (place := data.find(marker, place + 1)) >= 0:
            data[place + offset : place + offset + 2] = struct.pack("<H", method)
    return bytes(data)


def text_of(*rows: list[object]) -> bytes:
    return text_file([HEADINGS, *rows])


BINARY = random.Random(7).randbytes(4000)

ODD_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    # Nothing in it.
    "no bytes": (lambda: b"", "empty"),
    "spaces only": (lambda: b"  \r\n \t ", "empty"),
    "byte order mark only": (lambda: b"\xef\xbb\xbf", "empty"),
    "separators only": (lambda: b";;;;\r\n;;;;\r\n", "empty"),
    "workbook with an empty sheet": (lambda: workbook([]), "empty"),
    "only headings in text": (text_of, "no_rows"),
    "only headings in a workbook": (lambda: workbook([HEADINGS]), "no_rows"),
    "headings and empty rows": (lambda: text_of() + b";;;;\r\n;;;;\r\n", "no_rows"),
    # Another kind of file, whatever it is called.
    "PDF": (lambda: b"%PDF-1.7\n" + BINARY, "not_a_table"),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n" + BINARY, "not_a_table"),
    "gzip": (lambda: gzip.compress(text_of(row())), "not_a_table"),
    "program": (lambda: b"\x7fELF" + BINARY, "not_a_table"),
    "control characters in text": (lambda: text_of(row()) + b"\x01\x02\x03", "not_a_table"),
    "NUL in a name": (lambda: text_of(row(last_name="van\0Dijk")), "not_a_table"),
    "web page called xls": (lambda: b"<html><table><tr><td>Achternaam</td></tr></table></html>", "web_page"),
    "XML spreadsheet of 2003": (lambda: b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "web_page"),
    "zip of a text": (lambda: zip_of({"werknemers.csv": text_of(row())}), "not_a_workbook"),
    "zip in a zip": (lambda: zip_of({"werknemers.xlsx": example_workbook()}), "not_a_workbook"),
    "Word document": (lambda: zip_of({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<T/>"}), "not_a_workbook"),
    "OpenDocument": (
        lambda: zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        "open_document",
    ),
    "binary workbook": (lambda: zip_of({"xl/workbook.bin": BINARY, "[Content_Types].xml": b"<T/>"}), "binary_excel"),
    "Excel 97": (lambda: ole_file("Workbook"), "old_excel"),
    "Outlook message": (lambda: ole_file("__properties_version1.0"), "not_a_table"),
    # Protected.
    "encrypted workbook": (lambda: ole_file("EncryptedPackage"), "password"),
    "zip with a password": (locked_zip, "password"),
    # Damaged.
    "workbook cut in half": (lambda: example_workbook()[: len(example_workbook()) // 2], "damaged"),
    "workbook without its end": (lambda: example_workbook()[:-30], "damaged"),
    "zip marker and noise": (lambda: b"PK\x03\x04" + BINARY, "damaged"),
    "zip that lies about a length": (lying_zip, "damaged"),
    "unknown compression": (lambda: recompressed_with(97), "damaged"),
    "sheet that is no XML": (lambda: change_parts(example_workbook(), {SHEET: b"<worksheet><<<"}), "damaged"),
    "sheet that is not there": (lambda: change_parts(example_workbook(), {SHEET: None}), "damaged"),
    "workbook part that is empty": (lambda: change_parts(example_workbook(), {"xl/workbook.xml": b""}), "damaged"),
    "hidden sheet only": (
        lambda: change_parts(
            example_workbook(), {"xl/workbook.xml": (b'<sheet name="Blad1"', b'<sheet state="hidden" name="Blad1"')}
        ),
        "no_sheet",
    ),
    "rows in disorder": (lambda: sheet_with(cell_at("A9") + cell_at("A8")), "damaged"),
    "cells in disorder": (
        lambda: sheet_with(b'<row r="9"><c r="B9"><v>1</v></c><c r="A9"><v>1</v></c></row>'),
        "damaged",
    ),
    "a cell with two places": (lambda: sheet_with(b'<row r="9"><c r="A9" r="B9"><v>1</v></c></row>'), "damaged"),
    "a cell in no column": (lambda: sheet_with(b'<row r="9"><c r="?9"><v>1</v></c></row>'), "damaged"),
    "a text that is not in the table": (
        lambda: sheet_with(b'<row r="9"><c r="A9" t="s"><v>9999</v></c></row>'),
        "damaged",
    ),
    "a text before the table": (lambda: sheet_with(b'<row r="9"><c r="A9" t="s"><v>-1</v></c></row>'), "damaged"),
    "a number that is none": (lambda: sheet_with(b'<row r="9"><c r="A9"><v>nan</v></c></row>'), "damaged"),
    "letters that are no UTF-8": (
        lambda: sheet_with(b'<row r="9"><c r="A9" t="inlineStr"><is><t>\xff</t></is></c></row>'),
        "damaged",
    ),
    # Made to do harm.
    "entities in the texts": (entity_bomb, "unusual"),
    "document type in the sheet": (
        lambda: change_parts(
            example_workbook(),
            {SHEET: (b"<worksheet", b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet')},
        ),
        "unusual",
    ),
    "document type in UTF-16": (
        lambda: change_parts(example_workbook(), {SHEET: "<!DOCTYPE w [<!ENTITY x 'y'>]><w/>".encode("utf-16")}),
        "unusual",
    ),
    "encoding that hides a document type": (
        lambda: change_parts(
            example_workbook(),
            {SHEET: b"<?xml version='1.0' encoding='cp037'?>" + "<!DOCTYPE w [<!ENTITY x 'y'>]><w/>".encode("cp037")},
        ),
        "damaged",
    ),
    "nested 100,000 deep": (lambda: deep_nesting(b"x"), "unusual"),
    "formulas nested 100,000 deep": (lambda: deep_nesting(b"f"), "unusual"),
    "a tag of 2 MB": (lambda: sheet_with(b'<row r="9" x="' + BINARY.hex().encode() * 250 + b'"/>'), "unusual"),
    "two parts of one name": (doubled_part, "unusual"),
    "zip bomb": (zip_bomb, "too_large_inside"),
    "bomb in many parts": (flat_bomb, "too_large_inside"),
    "3,000 parts": (
        lambda: change_parts(example_workbook(), {f"xl/media/{n}.png": b"x" for n in range(3000)}),
        "too_large_inside",
    ),
    "one cell in the last row": (lambda: sheet_with(cell_at("A1048576")), "too_many_rows"),
    "one cell in the last column": (lambda: sheet_with(cell_at("XFD9")), "too_many_columns"),
    "a row below the last": (lambda: sheet_with(cell_at("A1048577")), "damaged"),
    "500 columns in a workbook": (lambda: workbook([[*HEADINGS, *map(str, range(500))], row()]), "too_many_columns"),
    "500 columns in text": (lambda: text_file([[*HEADINGS, *map(str, range(500))], row()]), "too_many_columns"),
    "3.2 million cells": (many_cells, "too_many_cells"),
    "a text that every cell copies": (copied_text, "text_too_long"),
    "68 MB of texts": (many_texts, "text_too_long"),
    "100,002 rows": (lambda: text_of() + b"a;b\n" * 100_002, "too_many_rows"),
    "a cell of 10 MB in text": (lambda: text_of(row(last_name="x" * 10 * MEGABYTE)), "cell_too_long"),
    "a cell of 10 MB in a workbook": (
        lambda: change_parts(
            example_workbook(),
            {STRINGS: (b"<si><t>", b"<si><t>" + random.Random(3).randbytes(5 * MEGABYTE).hex().encode())},
        ),
        "cell_too_long",
    ),
    "a cell of 10 MB in the sheet": (
        lambda: sheet_with(
            b'<row r="9"><c r="A9" t="inlineStr"><is><t>'
            + random.Random(3).randbytes(5 * MEGABYTE).hex().encode()
            + b"</t></is></c></row>"
        ),
        "cell_too_long",
    ),
    "a cell of 40,000 characters": (
        lambda: change_parts(example_workbook(), {STRINGS: (b"<t>Dijk", b"<t>" + b"x" * 40_000)}),
        "cell_too_long",
    ),
    "a file of 21 MB": (lambda: b"x" * 21 * MEGABYTE, "too_large"),
    # Letters and quotes.
    "UTF-8 and Windows-1252 mixed": (
        lambda: text_of(row(last_name="Müller")) + text_file([row(last_name="Müller")], encoding="cp1252"),
        "mixed_encoding",
    ),
    "bytes of no Western letters": (lambda: text_of(row()).replace(b"Dijk", b"D\x81jk"), "encoding"),
    "half a UTF-16 letter": (lambda: text_file([HEADINGS, row()], encoding="utf-16") + b"x", "encoding"),
    "a quote in the middle": (lambda: text_of(row()).replace(b"Dijk", b'"Dijk"x'), "quotes"),
    "a quote that never closes": (lambda: text_of(row()).replace(b"Dijk", b'"Dijk'), "quotes"),
    # Headings.
    "prose": (lambda: b"Beste collega,\r\nhierbij de lijst.\r\nGroet", "no_headings"),
    "headings in pictures": (lambda: workbook([["", "", ""], ["1", "2"]]), "no_headings"),
    "fewer columns than must be known": (
        lambda: workbook([["Persoon", "", "", "Dienstverband"], ["Achternaam", "Geboortedatum"], ["x", "y"]]),
        "missing_headings",
    ),
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_an_odd_file_is_refused_with_a_sentence_that_says_what_to_do(name: str) -> None:
    make, code = ODD_FILES[name]
    with pytest.raises(FileRefused) as refused:
        read_upload(io.BytesIO(make()))
    assert refused.value.code == code
    assert "%(" not in refused.value.sentence
    assert refused.value.sentence.count(".") >= 2
    assert all(str(value) not in refused.value.sentence for value in ("Dijk", "999990019"))


def test_the_example_that_the_odd_files_are_made_of_is_good() -> None:
    """The positive control: without its oddity each of them would be read."""
    assert read_upload(io.BytesIO(example_workbook())).kind == "xlsx"
    assert read_upload(io.BytesIO(text_of(row()))).kind == "csv"
    assert read_upload(io.BytesIO(sheet_with(b""))).kind == "xlsx"
    assert set(EXAMPLE) == set(HEADINGS)


def test_every_refusal_has_two_sentences_and_a_file_that_gets_it() -> None:
    used = {code for _, code in ODD_FILES.values()}
    # A sheet is asked for by its name, see test_reading; of a heading that stands there twice is asked which is meant.
    assert used == set(REFUSALS) - {"no_such_sheet", "double_heading"}
    assert all(what.endswith(".") and advice.endswith(".") for what, advice in REFUSALS.values())


def test_reading_stops_at_the_limit() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(FileRefused):
        read_bounded(stream)  # type: ignore[arg-type]
    assert stream.given <= MAX_FILE_BYTES + MEGABYTE


@pytest.mark.skipif(sys.platform != "linux", reason="the limit and the measure of memory are those of Linux")
@pytest.mark.parametrize(
    "name",
    [
        "zip bomb", "bomb in many parts", "one cell in the last row", "3.2 million cells",
        "a text that every cell copies", "68 MB of texts",
        "entities in the texts", "nested 100,000 deep", "a tag of 2 MB", "a cell of 10 MB in a workbook",
        "a cell of 10 MB in the sheet", "a cell of 10 MB in text", "500 columns in a workbook",
    ],
)  # fmt: skip
def test_a_bomb_costs_no_memory(name: str) -> None:
    make, code = ODD_FILES[name]
    answer, megabytes = read_in_small_process(make())
    assert answer == code
    assert megabytes < 100


@pytest.mark.skipif(sys.platform != "linux", reason="the measure of memory is that of Linux")
def test_many_employees_cost_no_memory() -> None:
    """20,000 take what the file takes twice, and 10 MB; a library that reads a whole sheet takes 70 MB."""
    data = large_workbook(20_000)
    answer, megabytes = read_in_small_process(data)
    assert answer == "read"
    assert megabytes < 10 + 2 * len(data) // MEGABYTE

"""Bad files sent to the portal: each gets a sentence, and nothing of it stays (security.md, goal G; X-22)."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image

from tests.bad_files.door import Door
from tests.vault.importing.files import HEADINGS, change_parts, example_workbook, row, text_file, workbook, zip_of
from tests.vault.importing.test_odd_files import ODD_FILES, SHEET, ole_file, sheet_with
from vault.importing.errors import REFUSALS

# Which column is which somebody may say by hand: then such a file is no bad one.
_ABOUT_HEADINGS = {"no_headings", "missing_headings", "double_heading"}
_NO_SENTENCES_ABOUT_CONTENT = [what.split("%")[0] for what, _ in REFUSALS.values()]


def bomb_in_a_bomb() -> bytes:
    """A zip in a zip in a zip, five deep, each ten times the same."""
    data = b"0" * 1_000_000
    for depth in range(5):
        data = zip_of({f"{depth}-{number}.zip": data for number in range(10)})
    return data


def overlapping_parts() -> bytes:
    """A directory in which 200 sheets are one and the same run of bytes."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            package.writestr(name, b"<x/>")
        package.writestr(SHEET, random.Random(2).randbytes(1000) * 5_000)
        sheet = package.getinfo(SHEET)
        for number in range(2, 200):
            copy = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml")
            copy.header_offset, copy.compress_type, copy.CRC = sheet.header_offset, sheet.compress_type, sheet.CRC
            copy.compress_size, copy.file_size = sheet.compress_size, sheet.file_size
            package.filelist.append(copy)
            package.NameToInfo[copy.filename] = copy
    return output.getvalue()


def picture(kind: str) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(output, kind)
    return output.getvalue()


def external_entity() -> bytes:
    declaration = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]><workbook'
    return change_parts(example_workbook(), {"xl/workbook.xml": (b"<workbook", declaration)})


def entity_in(part: str) -> bytes:
    """A document type before the first element of a part."""
    with zipfile.ZipFile(io.BytesIO(example_workbook())) as package:
        content = package.read(part)
    head, root = content.split(b"?>", 1)
    declaration = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return change_parts(example_workbook(), {part: head + b"?>" + declaration + root})


def two_million_rows_in_workbook() -> bytes:
    chance = random.Random(9)
    rows = [b"<row><c><v>%d</v></c></row>" % chance.randrange(10**9) for _ in range(10_000)]
    return sheet_with(b"".join(rows) * 200)


MORE_BAD_FILES: dict[str, Callable[[], bytes]] = {
    "a bomb in a bomb in a bomb": bomb_in_a_bomb,
    "two hundred sheets that are one": overlapping_parts,
    "an entity outside the file": external_entity,
    **{
        f"entities in {part}": lambda part=part: entity_in(part)  # type: ignore[misc]
        for part in ("xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", SHEET, "xl/_rels/workbook.xml.rels")
    },
    **{f"a picture ({kind})": lambda kind=kind: picture(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF")},  # type: ignore[misc]
    "a program for Windows": lambda: b"MZ\x90\0" + bytes(200) + b"This program cannot be run in DOS mode",
    "a script": lambda: b"#!/bin/sh\nrm -rf /\n",
    "an old workbook named xlsx": lambda: ole_file("Workbook"),
    "a protected workbook": lambda: ole_file("EncryptedPackage"),
    "JSON": lambda: b'[{"Personeelsnummer": "1", "Achternaam": "Dijk"}]',
    "2 million rows of text": lambda: text_file([HEADINGS]) + b"a;b\r\n" * 2_000_000,
    "2 million rows in a workbook": two_million_rows_in_workbook,
    "one row of 10 MB": lambda: text_file([HEADINGS]) + b"x;" * 5_000_000,
    "a line of quotes": lambda: text_file([HEADINGS]) + b'"' * 1_000_001,
    "a thousand NULs": lambda: text_file([HEADINGS, row()]) + bytes(1000),
    "only NULs": lambda: bytes(5000),
    "noise": lambda: random.Random(5).randbytes(20_000),
}


@pytest.mark.parametrize("name", [name for name, (_, code) in ODD_FILES.items() if code not in _ABOUT_HEADINGS])
def test_an_odd_file_gets_a_sentence_and_leaves_nothing(door: Door, name: str) -> None:
    make, code = ODD_FILES[name]
    must_be_refused(door, make(), REFUSALS[code][0].split("%")[0])


@pytest.mark.parametrize("name", MORE_BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_leaves_nothing(door: Door, name: str) -> None:
    must_be_refused(door, MORE_BAD_FILES[name]())


@pytest.mark.parametrize("percent", range(0, 100, 5))
def test_a_workbook_that_is_cut_off_is_refused(door: Door, percent: int) -> None:
    data = workbook([HEADINGS, *(row(number=str(number)) for number in range(50))])
    must_be_refused(door, data[: len(data) * percent // 100])


@pytest.mark.parametrize("percent", range(0, 100, 5))
def test_a_sheet_that_is_cut_off_inside_a_whole_package_is_refused(door: Door, percent: int) -> None:
    data = workbook([HEADINGS, *(row(number=str(number)) for number in range(50))])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read(SHEET)
    must_be_refused(door, change_parts(data, {SHEET: sheet[: len(sheet) * percent // 100]}))


@pytest.mark.parametrize("name", [b"", b"werknemers.pdf"])
def test_the_same_portal_takes_good_files(door: Door, name: bytes) -> None:
    """The positive control: nothing above was refused at the login, by its token, or for its name."""
    before, reached = door.counts(), door.reached()
    for data in (example_workbook(), text_file([HEADINGS, row()])):
        answer = door.send(data, name or b"x.xlsx")
        assert answer.status == 303
        preview = door.look(answer.response.location)
        assert preview.status == 200
        assert door.press(f"{answer.response.location}/verwijderen").status == 303
    after = door.counts()
    assert door.reached() == reached + 2
    assert (after.employees, after.pieces, after.imports) == (before.employees, before.pieces, before.imports + 2)


def must_be_refused(door: Door, data: bytes, words: str | None = None) -> None:
    before, reached = door.counts(), door.reached()
    answer = door.send(data)
    if len(data) > 20 * 1024 * 1024:
        assert (answer.status, door.reached()) == (413, reached)
    else:
        assert (answer.status, door.reached()) == (422, reached + 1)
        assert words is None or words in answer.complaint, answer.complaint
        assert any(sentence in answer.complaint for sentence in _NO_SENTENCES_ABOUT_CONTENT), answer.complaint
    assert door.counts() == before

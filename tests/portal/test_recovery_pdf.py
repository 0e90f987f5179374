"""The recovery sheet on paper: scanned, read, tagged, and whole whatever people are called (design 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2 as pdfium
import pytest
import zxingcpp
from flask import Flask
from flask_babel import Babel
from PIL.Image import Image

from crypto.recovery_code import lines_of, read_code, write_code
from crypto.secret import Secret
from portal.recovery_pdf import PrintedSheet, render_sheet

HALF = Secret(bytes(range(100, 132)))
SHEET = PrintedSheet(
    number="3F2A-91BC",
    organisation="Bakkerij Mulder",
    opens="de datakluis van Bakkerij Mulder",
    named="Petra de Wit",
    made_by="Anna Zandstra",
    made_at=datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC),
    becomes="is datakluisbeheerder",
    address="https://datakluis.example/herstel",
    code=write_code(HALF),
)
HOSTILE = [
    '#import "x.typ"',
    "#panic()",
    "$x$ *b* _c_ `d` \\ <e> @f // g",
    '"], evil: true, [',
    "李小龍",
    "مرحبا",
    "😀",
    "a\u202eb\u200bc",
    "a\nb\tc",
    "x" * 120,
    "Łódź Yılmaz Ωмир",
]


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    """The words and dates of the portal need an application, and nothing else of it."""
    app = Flask("sheet")
    Babel(app, default_locale="nl", default_timezone="Europe/Amsterdam")
    with app.test_request_context():
        yield


def page_of(pdf: bytes) -> tuple[str, Image, float]:
    """The text of the only page, how it looks at 144 dots an inch, and the width of a dot in millimetres."""
    document = pdfium.PdfDocument(pdf)
    try:
        assert len(document) == 1
        page = document[0]
        width, height = page.get_size()
        assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)
        return page.get_textpage().get_text_range(), page.render(scale=2).to_pil(), 25.4 / 144
    finally:
        document.close()


def flat(text: str) -> str:
    return " ".join(text.split())


def test_what_is_scanned_is_what_is_printed_and_opens_the_right_page() -> None:
    text, image, _ = page_of(render_sheet(SHEET))
    (found,) = zxingcpp.read_barcodes(image)

    assert found.text == f"https://datakluis.example/herstel#{SHEET.code}"
    printed = re.findall(r"Regel \d\s+((?:[0-9A-Z]{4}\s+){3}[0-9A-Z]{4})", text)
    assert [line.split() for line in printed] == lines_of(SHEET.code)
    assert read_code(" ".join(printed)) == HALF


def test_the_code_is_large_enough_bears_a_fold_and_has_room_around_it() -> None:
    """At least four centimetres, correction level Q, and a quiet zone of four modules (ISO/IEC 18004)."""
    _, image, millimetre = page_of(render_sheet(SHEET))
    (found,) = zxingcpp.read_barcodes(image)
    corners = found.position
    side = corners.top_right.x - corners.top_left.x

    assert side * millimetre >= 40
    assert found.ec_level in {"Q", "H"}
    module = side / 53
    left, top = round(corners.top_left.x - 3.5 * module), round(corners.top_left.y - 3.5 * module)
    beside = image.convert("L").crop((left, top, left + 1, round(corners.bottom_left.y)))
    assert beside.getextrema() == (255, 255)


def test_a_stain_on_the_code_does_no_harm() -> None:
    _, image, _ = page_of(render_sheet(SHEET))
    (found,) = zxingcpp.read_barcodes(image)
    at = found.position.top_left
    size = (found.position.top_right.x - at.x) // 5
    image.paste((255, 255, 255), (at.x + 2 * size, at.y + 2 * size, at.x + 3 * size, at.y + 3 * size))

    (again,) = zxingcpp.read_barcodes(image)
    assert again.text == found.text


def test_it_says_what_it_opens_for_whom_and_what_to_do() -> None:
    text = flat(page_of(render_sheet(SHEET))[0])

    for words in (
        "Dit blad opent de datakluis van Bakkerij Mulder, samen met de login van Petra de Wit.",
        "Op naam van Petra de Wit",
        "Gemaakt op 22 november 2026",
        "Nummer 3F2A-91BC",
        "ga naar https://datakluis.example/herstel",
        "Log in als Petra de Wit",
    ):
        assert words in text


def test_it_is_tagged_for_screen_readers_in_dutch() -> None:
    """PDF/UA-1: typst refuses what would break it, and says so in the file."""
    pdf = render_sheet(SHEET)

    assert re.search(rb"/Marked\s+true", pdf)
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"/Lang\s*\(nl", pdf)
    assert b"pdfuaid:part" in pdf


def test_the_code_is_nowhere_in_what_the_file_says_about_itself() -> None:
    """Its title, author, subject and keywords end up in the list of files of a computer."""
    document = pdfium.PdfDocument(render_sheet(SHEET))
    told = " ".join(document.get_metadata_dict().values())
    document.close()

    assert "3F2A-91BC" in told
    assert SHEET.code[:4] not in told


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_whatever_is_in_it(name: str) -> None:
    sheet = replace(SHEET, named=name, organisation=name, opens=f"de datakluis van {name}", made_by=name)

    text, image, _ = page_of(render_sheet(sheet))

    assert [found.text for found in zxingcpp.read_barcodes(image)] == [f"{SHEET.address}#{SHEET.code}"]
    assert "Zo komt u weer binnen" in text
    if name.isascii() and len(name) < 60:
        assert "".join(name.split()) in "".join(text.split())


def test_a_name_in_letters_that_the_font_lacks_is_printed_as_far_as_it_can_be() -> None:
    text = flat(page_of(render_sheet(replace(SHEET, named="Zoë 李")))[0])

    assert "Op naam van Zoë ?" in text


def test_nothing_of_it_shows_the_code() -> None:
    assert SHEET.code not in repr(SHEET)

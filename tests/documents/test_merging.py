"""Files become one PDF in their order, and what can't is named (DOC-17)."""

from __future__ import annotations

import base64
import io
import struct
import threading
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from documents import file_joining, merging
from documents.errors import MergeRefused
from documents.kinds import FileKind
from documents.merging import merge_to_pdf
from documents.orientation import orientation
from tests.documents.files import gif, heic, office, pdf, png, webp

# 32 by 16 dots, of which the left half is red and the right half blue.
PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQ"
    "YEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAQACAD"
    "ASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABYBAQEBAAAAAAAAAAAAAAAAAAcFBv/EABQR"
    "AQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AMqAmNykAEwev//Z"
)
WEBP = base64.b64decode("UklGRiYAAABXRUJQVlA4TBoAAAAvH8ADAA8Qg3wc5PkPBwKBJH/pARaI6H8ULw==")


def held(turned: int, order: str = ">") -> bytes:
    """The photo as a camera writes it that was held in this way."""
    beginning = b"II*\0" if order == "<" else b"MM\0*"
    notes = beginning + struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
    part = b"Exif\0\0" + notes
    return PHOTO[:2] + b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part + PHOTO[2:]


def texts(data: bytes) -> list[str]:
    """What each page says."""
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)]


def colours(data: bytes) -> tuple[tuple[str, str], tuple[str, str]]:
    """The colours in the four quarters of what is on the only page: above and below, left and right."""
    (page,) = pypdfium2.PdfDocument(data)
    drawn = page.render(scale=0.5, rev_byteorder=True)
    dots = bytes(drawn.buffer)
    shown = {}
    for y in range(drawn.height):
        for x in range(drawn.width):
            red, _green, blue = dots[y * drawn.stride + x * drawn.n_channels :][:3]
            if red > 150 > blue + 50 or blue > 150 > red + 50:
                shown[x, y] = "red" if red > blue else "blue"
    across, down = sorted({x for x, _y in shown}), sorted({y for _x, y in shown})
    left, right = across[len(across) // 4], across[3 * len(across) // 4]
    upper, lower = down[len(down) // 4], down[3 * len(down) // 4]
    return (shown[left, upper], shown[right, upper]), (shown[left, lower], shown[right, lower])


def test_files_of_every_kind_become_one_pdf_in_their_order() -> None:
    made = merge_to_pdf(
        [
            (
                "brief.txt",
                FileKind.TEXT,
                'Geachte heer Çelik,\n\n  tot morgen. #read("/etc/passwd") <b>'.encode("cp1252"),
            ),
            ("verslag.pdf", FileKind.PDF, pdf(pages=2)),
            ("foto.png", FileKind.PNG, png()),
            ("foto.jpg", FileKind.JPEG, PHOTO),
            ("plaatje.gif", FileKind.GIF, gif()),
            ("foto.webp", FileKind.WEBP, WEBP),
            ("unicode.txt", FileKind.TEXT, "Tot morgen, Şahin".encode("utf-16")),
            ("bijlage.pdf", FileKind.PDF, pdf(text="Bijlage")),
        ]
    )
    pages = texts(made)
    assert len(pages) == 9
    assert [line.strip() for line in pages[0].splitlines()] == [
        "Geachte heer Çelik,",
        'tot morgen. #read("/etc/passwd") <b>',
    ]
    assert ["Verslag van het gesprek 1" in pages[1], "Verslag van het gesprek 2" in pages[2]] == [True, True]
    assert pages[3:7] == [""] * 4
    assert [pages[7], "Bijlage 1" in pages[8]] == ["Tot morgen, Şahin", True]
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert not opened.check_pdf_syntax()


@pytest.mark.parametrize(
    ("turned", "shown"),
    [
        (1, (("red", "blue"), ("red", "blue"))),
        (2, (("blue", "red"), ("blue", "red"))),
        (3, (("blue", "red"), ("blue", "red"))),
        (4, (("red", "blue"), ("red", "blue"))),
        (5, (("red", "red"), ("blue", "blue"))),
        (6, (("red", "red"), ("blue", "blue"))),
        (7, (("blue", "blue"), ("red", "red"))),
        (8, (("blue", "blue"), ("red", "red"))),
    ],
)
def test_a_photo_is_shown_upright(turned: int, shown: object) -> None:
    assert colours(merge_to_pdf([("foto.jpg", FileKind.JPEG, held(turned))])) == shown


def test_how_a_camera_was_held_is_read_in_both_orders_of_bytes() -> None:
    assert [orientation(held(6, order)) for order in "<>"] == [6, 6]
    assert [orientation(data) for data in (PHOTO, held(9), held(6)[:30], b"\xff\xd8\xff", png())] == [1] * 5


def test_a_line_without_end_goes_on_below() -> None:
    words = " ".join(f"woord{number}" for number in range(200))
    (page,) = texts(merge_to_pdf([("lang.txt", FileKind.TEXT, f"{words}\n{'x' * 500}".encode())]))
    assert [word for word in page.split() if word.startswith("woord")] == words.split()
    assert page.count("x") == 500


def filled_in() -> bytes:
    """A PDF with a form in which a word was filled in."""
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        page = opened.pages[0]
        shown = opened.make_stream(b"BT /F1 12 Tf 2 5 Td (Ingevuld) Tj ET")
        shown.Type, shown.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        shown.BBox, shown.Resources = [0, 0, 200, 20], page.Resources
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("naam"),
            V=pikepdf.String("Ingevuld"),
            F=4,
            Rect=[60, 500, 260, 520],
            AP=pikepdf.Dictionary(N=shown),
        )
        page.Annots = [opened.make_indirect(field)]
        opened.Root.AcroForm = pikepdf.Dictionary(Fields=[page.Annots[0]])
        written = io.BytesIO()
        opened.save(written)
    return written.getvalue()


def test_what_was_filled_in_in_a_form_stays_to_be_seen() -> None:
    assert "Ingevuld" not in texts(filled_in())[0], "it lies in the form, not on the page"
    assert "Ingevuld" in texts(merge_to_pdf([("formulier.pdf", FileKind.PDF, filled_in())]))[0]


def locked(password: str) -> bytes:
    """A PDF that only its owner may change, and with `password` one that only who has it may read."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        opened.save(written, encryption=pikepdf.Encryption(owner="eigenaar", user=password))
    return written.getvalue()


def signed() -> bytes:
    """A PDF that says that it was signed."""
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        value = opened.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3], Contents=pikepdf.String(b"x"))
        )
        field = opened.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("a"), V=value))
        opened.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)
        written = io.BytesIO()
        opened.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "data", "code"),
    [
        ("brief.docx", FileKind.WORD, office(), "not_mergeable"),
        ("foto.heic", FileKind.HEIC, heic(), "not_mergeable"),
        ("lijst.csv", FileKind.CSV, b"a;b\n1;2\n", "not_mergeable"),
        ("groot.png", FileKind.PNG, png(9000, 9000), "too_many_pixels"),
        ("kapot.png", FileKind.PNG, png().replace(b"IDAT", b"IDAX"), "not_merged"),
        ("kapot.webp", FileKind.WEBP, webp(), "not_merged"),
        ("half.png", FileKind.PNG, png()[:-20], "damaged"),
        ("kapot.pdf", FileKind.PDF, pdf()[:200], "not_merged"),
        ("dicht.pdf", FileKind.PDF, locked("geheim"), "password"),
        ("op_slot.pdf", FileKind.PDF, locked(""), "password"),
        ("getekend.pdf", FileKind.PDF, signed(), "signed_pdf"),
        ("boek.pdf", FileKind.PDF, pdf(pages=file_joining.MOST_PAGES), "too_many_pages"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_what_cannot_be_merged_is_named(name: str, kind: FileKind, data: bytes, code: str) -> None:
    with pytest.raises(MergeRefused) as refused:
        merge_to_pdf([("goed.pdf", FileKind.PDF, pdf()), (name, kind, data)])
    assert (refused.value.name, refused.value.code) == (name, code)
    assert refused.value.what % refused.value.parameters
    assert name not in repr(refused.value)


def test_files_that_are_too_much_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "LARGEST_MIB", 0)
    with pytest.raises(MergeRefused) as refused:
        merge_to_pdf([("verslag.pdf", FileKind.PDF, pdf())])
    assert (refused.value.code, refused.value.parameters) == ("too_large_together", {"megabytes": 0})


def test_who_takes_too_long_is_ended() -> None:
    with pytest.raises(MergeRefused, match="not_merged_together"):
        merge_to_pdf([("verslag.pdf", FileKind.PDF, pdf())], seconds=0.001)


def test_so_many_are_merged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(merging, "SECONDS_TO_WAIT", 0.01)
    with merging._place(), pytest.raises(MergeRefused, match="merging_busy"):
        merge_to_pdf([("verslag.pdf", FileKind.PDF, pdf())])
    assert len(texts(merge_to_pdf([("verslag.pdf", FileKind.PDF, pdf())]))) == 1


def test_the_process_that_joins_gets_nothing_of_the_application() -> None:
    told = Path(file_joining.__file__).read_text()
    for package in ("accounts", "crypto", "database", "documents.", "keys", "portal"):
        assert f"import {package}" not in told
        assert f"from {package}" not in told
    assert told.index('["limit_process"]()') < told.index("joined(sys.stdin.buffer)")

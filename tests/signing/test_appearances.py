"""What people see: names in any European letters, in their frame, and nothing but data reaches the drawing."""

from __future__ import annotations

import io
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from documents.page_rendering import PIECE, Pieces, draw
from signing import pades
from signing.appearances import A4, Appearance, SignatureField, draw_appearance, draw_pages
from tests.signing.signed_documents import FIELDS, authority, plain_document, signed_document, timestamper

HOSTILE = (
    '#read("/etc/passwd")',
    '#image("/etc/passwd")',
    "<b>vet</b> <script>alert(1)</script>",
    '<img src="http://127.0.0.1:9/x">',
    '] #import "@preview/x:1.0.0" [',
    '"); #sys.inputs',
)


def text_of(pdf: bytes, page: int) -> str:
    return str(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_bounded())


def drawn_here(pdf: bytes, page: int) -> bytes:
    """The picture of a page as the portal shows it."""
    asked = io.BytesIO(pdf)
    pieces = Pieces(len(pdf), asked, io.BytesIO())
    pieces._piece = lambda number: pdf[number * PIECE : (number + 1) * PIECE]  # type: ignore[method-assign]
    return draw(pieces, page)[1]


def test_names_in_other_letters_are_shown_and_their_fonts_are_in_the_file() -> None:
    page = draw_pages(FIELDS, A4).pdf
    frame = draw_appearance(Appearance(("Ünal Çelik", "Đặng Żółć", "Sms-code op 06-****0001")), 480, 84)

    assert "Ünal Çelik" in text_of(page, 0)
    assert "Đặng Żółć" in text_of(frame, 0)
    with pikepdf.open(io.BytesIO(signed_document().closed)) as opened:
        described = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary) and "/FontName" in one]
        assert described
        assert all("/FontFile3" in one or "/FontFile2" in one for one in described)


def test_the_frame_of_each_signer_is_filled_when_that_one_signs() -> None:
    made = signed_document()
    shown = [drawn_here(pdf, 3) for pdf in (made.certified, made.signed[0], made.closed)]

    with pikepdf.open(io.BytesIO(made.closed)) as opened:
        widgets = [field for field in opened.Root.AcroForm.Fields if "Ondertekenaar" in str(field.T)]
        assert [str(field.TU) for field in widgets] == [
            "Handtekening: Ünal Çelik, werknemer",
            "Handtekening: Đặng Żółć, werkgever",
        ]
        for field in widgets:
            left, bottom, right, top = (float(side) for side in field.Rect)
            assert 0 <= left < right <= A4[0]
            assert 0 <= bottom < top <= A4[1]
            assert "/N" in field.AP
    assert len(set(shown)) == 3


@pytest.mark.parametrize(("size", "expected"), [(A4, A4), ((842.0, 595.0), (842.0, 595.0)), ((100.0, 9000.0), A4)])
def test_the_page_has_the_size_of_the_last_one_where_that_is_a_page(
    size: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert draw_pages(FIELDS, size).size == expected


def test_no_frame_leaves_its_page_or_lies_over_another() -> None:
    fields = [SignatureField(f"Ondertekenaar{number}", ("Naam",)) for number in range(12)]
    for size in (A4, (842.0, 595.0), (400.0, 400.0)):
        frames = draw_pages(fields, size).frames
        for frame in frames:
            assert frame.box[1] >= 0
            assert frame.box[3] <= size[1]
        for one, other in pairwise(frames):
            assert one.sheet != other.sheet or other.box[3] <= one.box[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_is_text_whatever_is_in_it(text: str) -> None:
    frame = draw_appearance(Appearance((text, text)), 480, 84)
    page = draw_pages([SignatureField("Ondertekenaar1", (text,))], A4).pdf

    for drawn in (frame, page):
        shown = text_of(drawn, 0).replace("\ufffe", "").replace("\r\n", " ")
        assert text[:20] in shown
        assert "root:" not in shown


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("drawing", [b"", b"<svg/>", PNG + b"\xff" * 40, PNG + b"\0" * 600_000])
def test_what_is_no_small_picture_is_no_drawing(drawing: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        draw_appearance(Appearance(("Naam",), drawing), 480, 84)


def test_a_page_turned_by_the_document_is_not_turned_here() -> None:
    with pikepdf.open(io.BytesIO(plain_document(1))) as opened:
        opened.pages[0].obj["/Rotate"] = 90
        opened.Root.Pages["/Rotate"] = 270
        output = io.BytesIO()
        opened.save(output)

    certified = pades.certify(output.getvalue(), FIELDS, authority(), timestamper())
    added = pypdfium2.PdfDocument(certified)[1]
    assert added.get_rotation() == 0
    assert added.get_size() == pytest.approx((841.89, 595.28), abs=0.1)


def test_a_document_that_is_pdf_a_still_says_so_and_keeps_what_it_says() -> None:
    with pikepdf.open(io.BytesIO(signed_document().closed)) as opened:
        metadata = opened.Root.Metadata.read_bytes()
        assert b"pdfaid" in metadata
        assert "/OutputIntents" in opened.Root
        assert "/StructTreeRoot" in opened.Root

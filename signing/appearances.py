"""What people see of signatures: the pages put behind a document, with a frame for each signer, and what fills a frame.

Both are drawn by typst. What people are called reaches it as data (JSON), never as source (signing.md 8.3), and it
reads no file. Where a frame stands is computed here, since the field of the PDF lies exactly there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import typst

_SOURCES = Path(__file__).resolve().parent.parent / "templates" / "signing"
A4 = (595.28, 841.89)
SMALLEST_PAGE, LARGEST_PAGE = 400.0, 1300.0
MARGIN = 56.0
HEADING, TITLE, FRAME, GAP = 92.0, 30.0, 84.0, 20.0
LARGEST_DRAWING = 512 * 1024
"""In bytes. A drawing is made with a finger: the picture of it is small."""
_PNG = b"\x89PNG\r\n\x1a\n"
_WIDEST_DRAWING = 4000


@dataclass(frozen=True)
class SignatureField:
    """A place for one signature: the name of the field, and the lines above its frame, such as who is to sign as what.

    The first line should be the person's name.
    """

    name: str
    lines: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Appearance:
    """What stands in the frame of a signature: lines, the first of them bold, and perhaps a drawing (PNG)."""

    lines: tuple[str, ...] = field(repr=False)
    drawing: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Frame:
    """Where a field lies: on which of the added pages, the first is 0, and in points from the bottom left."""

    field: SignatureField
    sheet: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class SignaturePages:
    """The pages to add: a PDF of its own, and where on them each field lies."""

    pdf: bytes = field(repr=False)
    size: tuple[float, float]
    frames: tuple[Frame, ...]


def draw_pages(fields: Sequence[SignatureField], size: tuple[float, float]) -> SignaturePages:
    """Return pages of `size` with a frame for each field; A4 where `size` is no size for a page to read."""
    if not all(SMALLEST_PAGE <= side <= LARGEST_PAGE for side in size):
        size = A4
    width, height = size
    inside = width - 2 * MARGIN
    frames: list[Frame] = []
    sheets: list[list[dict[str, object]]] = []
    for wanted, (number, top) in zip(fields, _places(height, len(fields)), strict=True):
        # The numbers of a field are whole; what is lost is less than a point.
        bottom = round(height - top - TITLE - FRAME)
        frames.append(Frame(wanted, number, (round(MARGIN), bottom, round(MARGIN + inside), bottom + round(FRAME))))
        sheets += [[] for _ in range(number + 1 - len(sheets))]
        sheets[number].append({"top": top, "lines": [_one_line(line) for line in wanted.lines]})
    page = {
        "width": width,
        "height": height,
        "margin": MARGIN,
        "inside": inside,
        "title": TITLE,
        "frame": FRAME,
        "sheets": sheets,
    }
    return SignaturePages(_compiled("signature_page.typ", page=json.dumps(page)), size, tuple(frames))


def draw_appearance(appearance: Appearance, width: float, height: float) -> bytes:
    """Return a PDF of one page with what fills a frame. Raises `ValueError` for a drawing that is none or too large."""
    content = {
        "width": width,
        "height": height,
        "lines": [_one_line(line) for line in appearance.lines],
        "drawing": None if appearance.drawing is None else _as_svg(appearance.drawing),
    }
    return _compiled("appearance.typ", appearance=json.dumps(content))


def _places(height: float, count: int) -> list[tuple[int, float]]:
    """The sheet of each frame, and how far from the top of it its title begins."""
    step = TITLE + FRAME + GAP
    on_a_sheet = max(1, int((height - 2 * MARGIN - HEADING + GAP) // step))
    return [(number // on_a_sheet, MARGIN + HEADING + number % on_a_sheet * step) for number in range(count)]


def _as_svg(png: bytes) -> str:
    # typst takes no bytes from outside but text; within an SVG they are a picture and can be nothing else.
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    is_picture = png.startswith(_PNG) and 0 < width <= _WIDEST_DRAWING and 0 < height <= _WIDEST_DRAWING
    if not is_picture or len(png) > LARGEST_DRAWING:
        raise ValueError("a drawn signature is a PNG of at most half a mebibyte")
    encoded = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{encoded}"/></svg>'
    )


def _compiled(template: str, **inputs: str) -> bytes:
    return typst.compile(
        _source(template), format="pdf", sys_inputs=inputs, font_paths=_fonts(), pdf_tags=False, timestamp=0
    )


@cache
def _source(template: str) -> bytes:
    return (_SOURCES / template).read_bytes()


@cache
def _fonts() -> typst.Fonts:
    # The fonts within the library, so that a page looks the same whoever made it.
    return typst.Fonts(include_system_fonts=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())

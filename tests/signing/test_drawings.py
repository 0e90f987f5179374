"""A drawn signature: only its pixels come in (G-01)."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest

from signing.drawings import HIGHEST, LARGEST, WIDEST, clean_drawing, read_drawing
from signing.errors import DrawingRefused

BEGINNING = b"\x89PNG\r\n\x1a\n"
BLACK, NOTHING = b"\0\0\0\xff", bytes(4)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int = 8,
    height: int = 4,
    *,
    depth: int = 8,
    kind: int = 6,
    lace: int = 0,
    pixels: bytes | None = None,
    between: bytes = b"",
) -> bytes:
    """A picture with one black pixel, or another one."""
    lines = b"".join(b"\0" + BLACK + NOTHING * (width - 1) for _ in range(height)) if pixels is None else pixels
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, lace)
    return BEGINNING + chunk(b"IHDR", header) + between + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def address(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def test_only_the_pixels_are_kept() -> None:
    sent = png(between=chunk(b"tEXt", b"Comment\0KANARIE")) + b"<script>KANARIE</script>"
    kept = clean_drawing(sent)
    assert kept is not None
    assert b"KANARIE" not in kept
    assert clean_drawing(kept) == kept
    assert zlib.decompress(kept.split(b"IDAT")[1][: -4 - 12]) == b"".join(b"\0" + BLACK + NOTHING * 7 for _ in range(4))


def test_what_a_form_sends_is_read() -> None:
    assert read_drawing(address(png())) == clean_drawing(png())


@pytest.mark.parametrize("filtering", [0, 1, 2, 3, 4])
def test_an_empty_canvas_is_no_drawing(filtering: int) -> None:
    assert read_drawing("") is None
    assert read_drawing(address(png(pixels=(bytes([filtering]) + NOTHING * 8) * 4))) is None


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GIF89a",
        BEGINNING,
        png()[:-20],
        png().replace(b"IDAT", b"IDAS"),
        png(width=WIDEST + 1, height=1),
        png(width=1, height=HIGHEST + 1),
        png(depth=16),
        png(kind=3),
        png(lace=1),
        png(pixels=b"\5" + BLACK * 8 + (b"\0" + BLACK * 8) * 3),
        png(pixels=b"\0" + BLACK * 8),
        png(pixels=(b"\0" + BLACK * 8) * 5),
        png(width=8, height=4, pixels=bytes(50_000_000)),
        BEGINNING + chunk(b"IDAT", b"") + png()[8:],
        png() + bytes(LARGEST),
    ],
    ids=[
        "nothing", "GIF", "only the beginning", "cut off", "a wrong check", "too wide", "too high", "sixteen bits",
        "a palette", "interlaced", "no such filter", "lines too few", "lines too many", "unpacks without end",
        "pixels before the size", "too large",
    ],
)  # fmt: skip
def test_whatever_else_is_refused(sent: bytes) -> None:
    with pytest.raises(DrawingRefused):
        clean_drawing(sent)


@pytest.mark.parametrize("sent", ["https://example.org/a.png", "data:image/svg+xml;base64,PHN2Zz4=", address(b"")[:-1]])
def test_an_address_that_is_none_of_a_png_is_refused(sent: str) -> None:
    with pytest.raises(DrawingRefused):
        read_drawing(sent)


def test_more_than_a_drawing_is_not_even_decoded() -> None:
    with pytest.raises(DrawingRefused):
        read_drawing("data:image/png;base64," + "A" * (LARGEST * 2))
    with pytest.raises(DrawingRefused):
        read_drawing("data:image/png;base64,not base64!")

"""A signature that was drawn with finger or mouse: a small PNG, made anew from its pixels only (G-01).

Nothing of what a browser sent is kept as it came. What a PNG can carry beside its pixels is left behind.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator

from signing.errors import DrawingRefused

LARGEST = 200_000
"""In bytes, as a browser sends it."""
WIDEST, HIGHEST = 1600, 800
"""In pixels."""
_BEGINNING = b"\x89PNG\r\n\x1a\n"
_ADDRESS = "data:image/png;base64,"
_HEADER = struct.Struct(">IIBBBBB")
# What a canvas gives: eight bits for each of red, green, blue and how opaque, or the same without the last.
_BYTES_A_PIXEL = {6: 4, 2: 3}
_FILTERS = 5


def read_drawing(sent: str) -> bytes | None:
    """Return the PNG that a form has as a data address; None where nobody drew anything.

    Raises `DrawingRefused` for whatever is no small PNG of a drawing.
    """
    if not sent:
        return None
    if not sent.startswith(_ADDRESS) or len(sent) > len(_ADDRESS) + LARGEST * 4 // 3 + 4:
        raise DrawingRefused
    try:
        return clean_drawing(base64.b64decode(sent[len(_ADDRESS) :], validate=True))
    except binascii.Error:
        raise DrawingRefused from None


def clean_drawing(png: bytes) -> bytes | None:
    """Return a PNG of the same pixels and nothing else; None for one without a line. Raises `DrawingRefused`."""
    if len(png) > LARGEST or not png.startswith(_BEGINNING):
        raise DrawingRefused
    try:
        (name, header), *others = _chunks(png)
        width, height, depth, kind, *methods = _HEADER.unpack(header)
    except (struct.error, ValueError):
        raise DrawingRefused from None
    is_small = 0 < width <= WIDEST and 0 < height <= HIGHEST
    if not is_small or (name, depth, methods) != (b"IHDR", 8, [0, 0, 0]) or kind not in _BYTES_A_PIXEL:
        raise DrawingRefused
    line = 1 + width * _BYTES_A_PIXEL[kind]
    pixels = _unpacked(b"".join(data for name, data in others if name == b"IDAT"), line * height)
    if max(pixels[::line]) >= _FILTERS:
        raise DrawingRefused
    # What is drawn on a canvas has nothing behind it: without a line each pixel is nothing, however it is filtered.
    if not pixels.translate(None, b"\0\1\2\3\4"):
        return None
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")
    return _BEGINNING + b"".join(_chunk(name, data) for name, data in parts)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_BEGINNING)
    while place < len(png):
        length, name = struct.unpack_from(">I4s", png, place)
        data = png[place + 8 : place + 8 + length]
        (check,) = struct.unpack_from(">I", png, place + 8 + length)
        if zlib.crc32(name + data) != check:
            raise DrawingRefused
        yield name, data
        place += 12 + length
        if name == b"IEND":
            break


def _unpacked(packed: bytes, wanted: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, wanted + 1)
    except zlib.error:
        raise DrawingRefused from None
    if len(pixels) != wanted or not unpacker.eof:
        raise DrawingRefused
    return pixels


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

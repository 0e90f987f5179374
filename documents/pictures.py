"""Pictures: their size in pixels by the header, and whether they end where they say. Nothing is decoded.

Each check returns the width and the height, but for a HEIC, which holds several pictures.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from documents.errors import FileRefused
from documents.store import KeptFile

MAX_PIXELS = 100_000_000
MAX_SIDE = 65_535
_MOST_CHUNKS = 200_000
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
HEIC_BEGINNINGS = frozenset(b"ftyp" + brand for brand in _HEIC_BRANDS)
_LONGEST_META = 4 * 1024 * 1024
# Start of frame: which of its kinds has the size in it (ITU-T T.81, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def check_png(content: KeptFile, head: bytes, _tail: bytes) -> tuple[int, int]:
    """Raises `FileRefused` for a PNG that is too large, damaged, or more than a PNG."""
    if head[8:16] != b"\0\0\0\rIHDR":
        raise FileRefused("damaged")
    size = _check_size(*struct.unpack_from(">II", head, 16))
    place = 8
    for _number in range(_MOST_CHUNKS):
        length, name = struct.unpack(">I4s", content.read_at(place, 8))
        place += 12 + length
        if name == b"IEND":
            if place != content.size:
                raise FileRefused("two_kinds" if place < content.size else "damaged")
            return size
    raise FileRefused("damaged")


def check_jpeg(content: KeptFile, _head: bytes, tail: bytes) -> tuple[int, int]:
    """Raises `FileRefused` for a JPEG that is too large or damaged; cameras add more pictures and films behind it."""
    place = 2
    for _number in range(_MOST_CHUNKS):
        mark, kind = content.read_at(place, 2)
        if mark != 0xFF:
            raise FileRefused("damaged")
        if kind == 0xFF or kind in _WITHOUT_LENGTH:
            place += 1 if kind == 0xFF else 2
            continue
        if kind in _FRAMES:
            height, width = struct.unpack(">HH", content.read_at(place + 5, 4))
            if content.size <= len(tail) and b"\xff\xd9" not in tail:
                raise FileRefused("damaged")
            return _check_size(width, height)
        place += 2 + struct.unpack(">H", content.read_at(place + 2, 2))[0]
    raise FileRefused("damaged")


def check_gif(_content: KeptFile, head: bytes, tail: bytes) -> tuple[int, int]:
    """Raises `FileRefused` for a GIF that is too large, damaged, or more than a GIF."""
    size = _check_size(*struct.unpack_from("<HH", head, 6))
    if tail.rstrip(b"\0")[-1:] != b";":
        raise FileRefused("damaged")
    return size


def check_webp(content: KeptFile, head: bytes, _tail: bytes) -> tuple[int, int]:
    """Raises `FileRefused` for a WebP that is too large, damaged, or more than a WebP."""
    (length,) = struct.unpack_from("<I", head, 4)
    if content.size not in {length + 8, length + 9}:
        raise FileRefused("two_kinds" if length + 9 < content.size else "damaged")
    return _check_size(*_size_of_webp(head))


def _size_of_webp(head: bytes) -> tuple[int, int]:
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", head, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    raise FileRefused("damaged")


def check_heic(content: KeptFile, _head: bytes, _tail: bytes) -> None:
    """Raises `FileRefused` for a HEIC that is too large, damaged, or more than a HEIC (ISO/IEC 23008-12)."""
    sizes: list[tuple[int, int]] = []
    place = 0
    while place < content.size:
        length, kind = _box(content.read_at(place, 16), content.size - place)
        if kind == b"meta":
            if length > _LONGEST_META:
                raise FileRefused("damaged")
            sizes += _sizes_in(content.read_at(place, length))
        place += length
    if place != content.size or not sizes:
        raise FileRefused("damaged")
    for width, height in sizes:
        _check_size(width, height)


def _box(head: bytes, left: int) -> tuple[int, bytes]:
    length, kind = struct.unpack_from(">I4s", head)
    if length == 1:
        (length,) = struct.unpack_from(">Q", head, 8)
    length = length or left
    if not 8 <= length <= left or not kind.isalnum():
        raise FileRefused("damaged")
    return length, kind


def _sizes_in(meta: bytes) -> Iterator[tuple[int, int]]:
    place = meta.find(b"ispe")
    while place >= 0:
        yield struct.unpack_from(">II", meta, place + 8)
        place = meta.find(b"ispe", place + 4)


def _check_size(width: int, height: int) -> tuple[int, int]:
    if not width or not height:
        raise FileRefused("damaged")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise FileRefused("too_many_pixels", limit=MAX_PIXELS // 1_000_000)
    return width, height

"""How a camera was held when it took a picture, so that the picture can be shown upright (Exif 2.32, 4.6.4)."""

from __future__ import annotations

import struct

UPRIGHT = 1
_ORIENTATION = 0x0112
_APPLICATION_PART, _SCAN = 0xE1, 0xDA


def orientation(picture: bytes) -> int:
    """Return 1 to 8 for a JPEG that says it, otherwise 1: upright."""
    try:
        notes = _notes(picture)
        found = _orientation_in(notes) if notes else UPRIGHT
    except (struct.error, IndexError):
        return UPRIGHT
    return found if 1 <= found <= 8 else UPRIGHT


def _notes(picture: bytes) -> bytes:
    """The part of a JPEG in which a camera wrote what it knew."""
    place = 2
    while picture.startswith(b"\xff\xd8") and place < len(picture):
        mark, kind, length = struct.unpack_from(">BBH", picture, place)
        if mark != 0xFF or kind == _SCAN:
            break
        part = picture[place + 4 : place + 2 + length]
        if kind == _APPLICATION_PART and part.startswith(b"Exif\0\0"):
            return part[6:]
        place += 2 + max(length, 2)
    return b""


def _orientation_in(notes: bytes) -> int:
    order = "<" if notes.startswith(b"II") else ">"
    (start,) = struct.unpack_from(f"{order}I", notes, 4)
    (count,) = struct.unpack_from(f"{order}H", notes, start)
    for number in range(count):
        name, _type, _count, value = struct.unpack_from(f"{order}HHIH", notes, start + 2 + 12 * number)
        if name == _ORIENTATION:
            return int(value)
    return UPRIGHT

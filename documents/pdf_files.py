"""PDF: whether it has a password, and whether it would make somebody's computer do something.

Names are looked for in the file as it lies and in its object streams, which are unpacked under a limit; whatever can't
be unpacked so is refused, except where a password hides it (ISO 32000-2, 7.3.5, 7.5.7, 7.6).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from documents.errors import FileRefused
from documents.reading import SealedReader

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
_WINDOW = 1024 * 1024
# What is looked for is never longer, and neither is the dictionary of an object stream.
_OVERLAP = 4096
_PIECE = 64 * 1024


def _name(text: str) -> bytes:
    """A pattern for a name of PDF, in which each letter may stand as its number."""
    letters = (f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in text)
    return f"/{''.join(letters)}(?![A-Za-z0-9#])".encode()


_ACTIVE = re.compile(b"|".join(map(_name, ("JavaScript", "Launch", "RichMedia"))))
_OBJECT_STREAM = re.compile(_name("ObjStm"))
_ENCRYPTED = re.compile(_name("Encrypt") + rb"\s*(?:[0-9]+\s+[0-9]+\s+R|<<)")
_STREAM = re.compile(rb"stream(?:\r\n|\n)")
_FILTER = re.compile(_name("Filter") + rb"\s*(\[\s*)?/FlateDecode\s*(?(1)\])")


def check_pdf(content: SealedReader, tail: bytes) -> bool:
    """Return whether a PDF has a password. Raises `FileRefused`."""
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise FileRefused("damaged")
    is_protected, streams = False, []
    for start, window in _windows(content):
        if _ACTIVE.search(window):
            raise FileRefused("active_pdf")
        is_protected = is_protected or _ENCRYPTED.search(window) is not None
        streams += [start + found.start() for found in _OBJECT_STREAM.finditer(window)]
    if not is_protected:
        _check_object_streams(content, sorted(set(streams)))
    return is_protected


def _windows(content: SealedReader) -> Iterator[tuple[int, bytes]]:
    for start in range(0, content.size, _WINDOW):
        yield start, content.read_at(start, _WINDOW + _OVERLAP)


def _check_object_streams(content: SealedReader, places: list[int]) -> None:
    left = MAX_UNPACKED_BYTES
    for place in places:
        around = content.read_at(max(0, place - _OVERLAP), 2 * _OVERLAP)
        middle = min(place, _OVERLAP)
        found = _STREAM.search(around, middle)
        begins = around.rfind(b" obj", 0, middle)
        if found is None or begins < 0:
            raise FileRefused("unreadable_pdf")
        dictionary = around[begins : found.start()]
        start = max(0, place - _OVERLAP) + found.end()
        left -= _check_object_stream(content, dictionary, start, left)


def _check_object_stream(content: SealedReader, dictionary: bytes, start: int, most: int) -> int:
    """Look into one object stream; return how large it is unpacked."""
    has_filter = re.search(_name("Filter"), dictionary) is not None
    if re.search(_name("DecodeParms"), dictionary) or (has_filter and not _FILTER.search(dictionary)):
        raise FileRefused("unreadable_pdf")
    size, before = 0, b""
    for piece in _unpacked(content, start) if has_filter else _plain(content, start):
        size += len(piece)
        if size > most:
            raise FileRefused("too_large_inside")
        if _ACTIVE.search(before + piece):
            raise FileRefused("active_pdf")
        before = piece[-_OVERLAP:]
    return size


def _unpacked(content: SealedReader, start: int) -> Iterator[bytes]:
    unpacking = zlib.decompressobj()
    try:
        for packed in content.pieces(start, content.size):
            waiting = packed
            while waiting:
                yield unpacking.decompress(waiting, _PIECE)
                waiting = unpacking.unconsumed_tail
            if unpacking.eof:
                return
    except zlib.error:
        raise FileRefused("unreadable_pdf") from None


def _plain(content: SealedReader, start: int) -> Iterator[bytes]:
    for piece in content.pieces(start, content.size):
        yield piece.partition(b"endstream")[0]
        if b"endstream" in piece:
            return

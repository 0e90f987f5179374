"""What a file is, by what it holds; whatever is no kind that can be shared, or more than one, is refused (D-06).

Nothing is unpacked, drawn or run: sizes, directories and headers are read where they stand (security.md, goal G).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from documents import packages, pdf_files, pictures, texts
from documents.errors import FileRefused
from documents.kinds import FileKind
from documents.reading import SealedReader

HEAD_LENGTH = 4096
TAIL_LENGTH = 66 * 1024
"""The end of a zip and the longest comment behind it fit in here."""

_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MARKUP = (b"<script", b"<html", b"<!doctype html", b"<svg", b"<?php", b"<iframe")
_PDF_START_WITHIN = 1024


@dataclass(frozen=True)
class Checked:
    """What a file turned out to be; `is_protected`: it has a password, so that nobody could look inside."""

    kind: FileKind
    is_protected: bool = False


def check_content(content: SealedReader) -> Checked:
    """Return what a file is. Raises `FileRefused` for what can't be shared."""
    head = content.read_at(0, HEAD_LENGTH)
    tail = content.read_at(max(0, content.size - TAIL_LENGTH), TAIL_LENGTH)
    _refuse_by_beginning(head)
    try:
        return _check_kind(content, head, tail)
    except (struct.error, IndexError, ValueError):
        # Whatever ends in the middle of a header.
        raise FileRefused("damaged") from None


def _refuse_by_beginning(head: bytes) -> None:
    for starts, code in ((_ARCHIVES, "archive"), (_PROGRAMS, "program"), ((_OLE,), "old_office")):
        if head.startswith(starts):
            raise FileRefused(code)


def _check_kind(content: SealedReader, head: bytes, tail: bytes) -> Checked:
    if head.startswith(_ZIP_STARTS):
        return Checked(packages.check_package(content))
    _refuse_hidden_zip(tail)
    if head.startswith(b"%PDF-"):
        return Checked(FileKind.PDF, pdf_files.check_pdf(content, tail))
    if b"%PDF-" in head[:_PDF_START_WITHIN]:
        raise FileRefused("two_kinds")
    for start, kind, check in _PICTURES:
        if head.startswith(start) and _fits(kind, head):
            check(content, head, tail)
            _refuse_markup(head, tail)
            return Checked(kind)
    return Checked(texts.check_text(content, head))


def _fits(kind: FileKind, head: bytes) -> bool:
    """Tell two kinds apart that begin alike."""
    if kind is FileKind.WEBP:
        return head[8:12] == b"WEBP"
    return kind is not FileKind.HEIC or head[4:12] in pictures.HEIC_BEGINNINGS


def _refuse_hidden_zip(tail: bytes) -> None:
    # Whoever unpacks looks for the end of a zip, whatever stands before it.
    place = tail.rfind(b"PK\x05\x06")
    if place >= 0 and len(tail) >= place + packages.END_LENGTH:
        raise FileRefused("two_kinds")


def _refuse_markup(head: bytes, tail: bytes) -> None:
    for part in (head.lower(), tail.lower()):
        if any(mark in part for mark in _MARKUP):
            raise FileRefused("two_kinds")


_PictureCheck = Callable[[SealedReader, bytes, bytes], object]
_PICTURES: tuple[tuple[bytes, FileKind, _PictureCheck], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG, pictures.check_png),
    (b"\xff\xd8\xff", FileKind.JPEG, pictures.check_jpeg),
    (b"GIF87a", FileKind.GIF, pictures.check_gif),
    (b"GIF89a", FileKind.GIF, pictures.check_gif),
    (b"RIFF", FileKind.WEBP, pictures.check_webp),
    (b"\0\0\0", FileKind.HEIC, pictures.check_heic),
)

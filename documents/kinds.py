"""The kinds of files that can be shared. What a file is, its content says, never its name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class FileKind(StrEnum):
    """A kind of file, as the log and `StoredFile.about_sealed` name it."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"
    HEIC = "heic"
    WORD = "docx"
    EXCEL = "xlsx"
    POWERPOINT = "pptx"
    TEXT_DOCUMENT = "odt"
    SPREADSHEET = "ods"
    CSV = "csv"
    TEXT = "text"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.GIF: "image/gif",
    FileKind.WEBP: "image/webp",
    FileKind.HEIC: "image/heic",
    FileKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.POWERPOINT: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.TEXT_DOCUMENT: "application/vnd.oasis.opendocument.text",
    FileKind.SPREADSHEET: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.CSV: "text/csv",
    FileKind.TEXT: "text/plain",
}

EXTENSIONS: Mapping[FileKind, tuple[str, ...]] = {
    FileKind.PDF: ("pdf",),
    FileKind.PNG: ("png",),
    FileKind.JPEG: ("jpg", "jpeg"),
    FileKind.GIF: ("gif",),
    FileKind.WEBP: ("webp",),
    FileKind.HEIC: ("heic", "heif"),
    FileKind.WORD: ("docx",),
    FileKind.EXCEL: ("xlsx",),
    FileKind.POWERPOINT: ("pptx",),
    FileKind.TEXT_DOCUMENT: ("odt",),
    FileKind.SPREADSHEET: ("ods",),
    FileKind.CSV: ("csv", "txt"),
    FileKind.TEXT: ("txt", "md", "log"),
}
"""The extensions that a file of a kind may have; one with another gets the first behind it."""

SHOWN_PICTURES = frozenset({FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.WEBP})
"""The pictures that every browser shows."""

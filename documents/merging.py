"""Several files to one PDF, in their order (DOC-17: *De bestanden samenvoegen en opslaan als één pdf*).

Another process joins them, and gets no more than the files (`documents.file_joining`): PDFs as they are, pictures on a
page of their own, text as it stands. What else it is, or what would lose something, is refused by name.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from documents import file_joining, pictures
from documents.errors import FileRefused, MergeRefused
from documents.file_joining import DONE, LENGTH, MOST_PAGES, REFUSAL, REFUSED
from documents.kinds import FileKind
from documents.orientation import UPRIGHT, orientation
from documents.storing import MEBIBYTE

AT_ONCE = 1
"""How many merges one process of the portal has done at a time; each may take as much memory as its limit says."""
SECONDS = 30.0
SECONDS_TO_WAIT = 15.0
LARGEST_MIB = 100
"""How much files may be together, in MiB."""
MOST_PIXELS = 60_000_000
_SCRIPT = Path(file_joining.__file__)
_CHECKS = {
    FileKind.PNG: pictures.check_png,
    FileKind.JPEG: pictures.check_jpeg,
    FileKind.GIF: pictures.check_gif,
    FileKind.WEBP: pictures.check_webp,
}
MERGEABLE = frozenset({FileKind.PDF, FileKind.TEXT, *_CHECKS})
"""The kinds of files that can become part of one PDF."""

_places = BoundedSemaphore(AT_ONCE)


def merge_to_pdf(files: Sequence[tuple[str, FileKind, bytes]], *, seconds: float = SECONDS) -> bytes:
    """Return one PDF of files that were checked before: name, kind and what they hold. It takes seconds.

    Bookmarks and tags of the PDFs are lost; what was filled in in a form stays to be seen. Raises
    `documents.errors.MergeRefused`, which says which file can't be merged.
    """
    if sum(len(data) for _name, _kind, data in files) > LARGEST_MIB * MEBIBYTE:
        raise MergeRefused("too_large_together", megabytes=LARGEST_MIB)
    parts = [_part(name, kind, data) for name, kind, data in files]
    description = json.dumps([about for about, _data in parts]).encode()
    with _place():
        answer = _answer(b"".join((LENGTH.pack(len(description)), description, *(data for _, data in parts))), seconds)
    if answer.startswith(DONE):
        return answer[len(DONE) :]
    raise _refusal(answer, files)


def _part(name: str, kind: FileKind, data: bytes) -> tuple[dict[str, Any], bytes]:
    if kind is FileKind.TEXT:
        data = _letters(data).encode()
    about = {"kind": kind.value, "length": len(data)}
    if kind in _CHECKS:
        width, height = _size(name, kind, data)
        turned = orientation(data) if kind is FileKind.JPEG else UPRIGHT
        return {**about, "width": width, "height": height, "orientation": turned}, data
    if kind not in MERGEABLE:
        raise MergeRefused("not_mergeable", name)
    return about, data


def _letters(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _size(name: str, kind: FileKind, data: bytes) -> tuple[int, int]:
    try:
        width, height = _CHECKS[kind](_Held(data, len(data)), data[:4096], data[-4096:])
    except FileRefused as refusal:
        raise MergeRefused(refusal.code, name, **refusal.parameters) from None
    except (struct.error, IndexError):
        # It ends in the middle of a header.
        raise MergeRefused("damaged", name) from None
    if width * height > MOST_PIXELS:
        raise MergeRefused("too_many_pixels", name, limit=MOST_PIXELS // 1_000_000)
    return width, height


@dataclass
class _Held:
    data: bytes
    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=SECONDS_TO_WAIT):
        raise MergeRefused("merging_busy")
    try:
        yield
    finally:
        _places.release()


def _answer(told: bytes, seconds: float) -> bytes:
    # One thread of its own: each more takes room that the limit on memory counts.
    process = subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-I", str(_SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"RAYON_NUM_THREADS": "1"},
        cwd="/",
    )
    try:
        return process.communicate(told, timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        return b""
    finally:
        process.kill()
        process.communicate()


def _refusal(answer: bytes, files: Sequence[tuple[str, FileKind, bytes]]) -> MergeRefused:
    if not answer.startswith(REFUSED):
        # It was ended by its limits, and nobody knows at which file.
        return MergeRefused("not_merged_together")
    _letter, number = REFUSAL.unpack(answer[: REFUSAL.size])
    code = answer[REFUSAL.size :].decode()
    parameters = {"limit": MOST_PAGES} if code == "too_many_pages" else {}
    return MergeRefused(code, files[number][0], **parameters)

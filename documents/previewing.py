"""Showing a page of a PDF without opening it here: another process draws it, and gets no more than the document.

It runs with a limit on time and memory (`documents.page_rendering`), and is ended by the clock of this one (D-06).
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO

from crypto.errors import UnsealError
from documents import page_rendering
from documents.errors import NoPreview
from documents.reading import SealedReader

AT_ONCE = 2
"""How many pages one process of the portal has drawn at a time; each may take as much memory as its limit says."""
SECONDS_TO_WAIT = 10.0
LARGEST_PICTURE = 32 * 1024 * 1024
_LARGEST_HEADER = 1024 * 1024
_SCRIPT = Path(page_rendering.__file__)

_places = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Page:
    """One page of a document: its number, of how many, what it says, and its picture as PNG."""

    number: int
    count: int
    width: int
    height: int
    text: str = field(repr=False)
    picture: bytes = field(repr=False)


def draw_page(content: SealedReader, number: int, *, seconds: float = page_rendering.SECONDS) -> Page:
    """Return page `number` of a PDF, the first is 1; beyond the last it is the last.

    Raises `NoPreview` for a document that can't be drawn within the limits, or when too many ask at once.
    """
    with _place(), _process(content, number, seconds) as (answers, asks):
        try:
            return _answer(content, number, answers, asks)
        except (OSError, ValueError, KeyError, TypeError, struct.error, UnsealError):
            raise NoPreview from None


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=SECONDS_TO_WAIT):
        raise NoPreview(busy=True)
    try:
        yield
    finally:
        _places.release()


@contextmanager
def _process(content: SealedReader, number: int, seconds: float) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    command = [sys.executable, "-I", str(_SCRIPT), str(content.size), str(number)]
    process = subprocess.Popen(  # noqa: S603 - our own program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    )
    clock = Timer(seconds, process.kill)
    clock.start()
    try:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
        yield process.stdin, process.stdout
    finally:
        clock.cancel()
        process.kill()
        # What could not be written to it any more does not matter.
        process.communicate()


def _answer(content: SealedReader, number: int, answers: IO[bytes], asks: IO[bytes]) -> Page:
    while True:
        kind, first, second = page_rendering.ASK.unpack(asks.read(page_rendering.ASK.size))
        if kind == page_rendering.READ:
            answers.write(content.read_at(first, min(second, page_rendering.PIECE)))
            answers.flush()
            continue
        if kind != page_rendering.RESULT or first > LARGEST_PICTURE or second > _LARGEST_HEADER:
            raise ValueError
        return _page(json.loads(asks.read(second)), asks.read(first), first, number)


def _page(header: dict[str, object], picture: bytes, length: int, number: int) -> Page:
    pages, width, height, text = (header[name] for name in ("pages", "width", "height", "text"))
    if not (isinstance(pages, int) and isinstance(width, int) and isinstance(height, int) and isinstance(text, str)):
        raise TypeError
    if len(picture) != length or not picture.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError
    return Page(min(max(number, 1), pages), pages, width, height, text, picture)

"""Uploads that are too large are refused before they are in memory (design 5, step 2; security.md, goal G)."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.bad_files.door import BORDER, Door

MEGABYTE = 1024 * 1024
LARGE = 300 * MEGABYTE


class Body(io.RawIOBase):
    """A form with a file of 300 MB; it counts what was asked for."""

    def __init__(self) -> None:
        self.given = self._place = 0
        self._head = (
            f'--{BORDER}\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\nPK\x03\x04'
        ).encode()

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:
        # The test client goes to the end and back, to see how much there is.
        self._place = LARGE if whence == io.SEEK_END else offset
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = min(len(buffer), 64 * 1024, LARGE - self.given)
        piece = (self._head if not self.given else b"x" * count)[:count]
        buffer[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def memory() -> int:
    """The most memory that this process had, in bytes."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="the measure of memory is that of Linux")
def test_300_megabytes_that_say_so_are_refused_unread(door: Door) -> None:
    before, reached, body, memory_before = door.counts(), door.reached(), Body(), memory()
    answer = door.stream(body)
    assert answer.status == 413
    assert "Dit bestand is te groot" in answer.text
    assert body.given < MEGABYTE
    assert memory() - memory_before < 10 * MEGABYTE
    assert (door.counts(), door.reached()) == (before, reached)


@pytest.mark.skipif(sys.platform != "linux", reason="the measure of memory is that of Linux")
def test_300_megabytes_that_do_not_say_so_are_read_as_far_as_the_limit(door: Door) -> None:
    before, reached, body, memory_before = door.counts(), door.reached(), Body(), memory()
    answer = door.stream(body, chunked=True)
    assert answer.status == 413
    assert body.given < 22 * MEGABYTE
    assert memory() - memory_before < 80 * MEGABYTE
    assert (door.counts(), door.reached()) == (before, reached)


def test_300_megabytes_to_a_page_that_takes_no_file_are_refused_unread(door: Door) -> None:
    body = Body()
    answer = door.post("/inloggen", input_stream=body)
    assert answer.status == 413
    assert body.given < MEGABYTE

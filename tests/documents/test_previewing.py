"""A page of a PDF is drawn by a process that has nothing, takes little, and is ended in time (D-06)."""

from __future__ import annotations

import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from documents import page_rendering, previewing
from documents.errors import NoPreview
from documents.previewing import draw_page
from documents.reading import SealedReader
from tests.documents.files import gif, pdf
from tests.documents.sealed import FILE_ID, KEY, ORGANISATION_ID, InMemory, sealed, sealed_reader


def test_a_page_comes_with_its_text_and_the_number_of_pages() -> None:
    document = sealed_reader(pdf(pages=3))
    page = draw_page(document, 2)
    assert (page.number, page.count) == (2, 3)
    assert "Verslag van het gesprek 2" in page.text
    assert page.picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", page.picture[16:24]) == (page.width, page.height) == (1200, 1699)
    other = draw_page(document, 3)
    assert other.picture != page.picture
    assert draw_page(document, 99).number == 3


def test_a_large_document_is_read_by_the_piece() -> None:
    """Nobody holds the whole of it: what is asked for is what a page needs."""
    padding = b"<< /Length 5000000 >>\nstream\n" + bytes(5_000_000) + b"\nendstream"
    content = CountedReader(pdf(padding))
    assert draw_page(content, 1).count == 1
    assert content.given < 1_000_000


class CountedReader(SealedReader):
    """A sealed file that counts what was asked of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(InMemory(sealed(data)), KEY, file_id=FILE_ID, organisation_id=ORGANISATION_ID, size=len(data))
        self.given = 0

    def read_at(self, offset: int, length: int) -> bytes:
        self.given += length
        return super().read_at(offset, length)


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing %%EOF", gif(), pdf()[:200]], ids=["empty", "gif", "cut"])
def test_what_is_no_document_has_no_page(data: bytes) -> None:
    with pytest.raises(NoPreview) as refused:
        draw_page(sealed_reader(data), 1)
    assert not refused.value.busy


def test_a_page_of_enormous_size_is_drawn_small() -> None:
    large = pdf().replace(b"[0 0 595 842]", b"[0 0 20000 20000]")
    page = draw_page(sealed_reader(large), 1)
    assert page.width <= page_rendering.WIDEST
    assert page.height <= page_rendering.HIGHEST


def test_who_takes_too_long_is_ended() -> None:
    with pytest.raises(NoPreview):
        draw_page(sealed_reader(pdf()), 1, seconds=0.001)


def test_so_many_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(previewing, "SECONDS_TO_WAIT", 0.01)
    with previewing._place(), pytest.raises(NoPreview) as refused:
        draw_page(sealed_reader(pdf()), 1)
    assert refused.value.busy
    assert draw_page(sealed_reader(pdf()), 1).count == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
@pytest.mark.parametrize(
    "act",
    [
        "bytearray(2 * 1024 ** 3)",
        "open('/tmp/datakluis-was-here', 'wb', 0).write(b'x')",
        "[open('/dev/null') for _ in range(100)]",
    ],
    ids=["memory", "files", "descriptors"],
)
def test_the_process_that_draws_is_limited(act: str) -> None:
    code = f"import runpy; runpy.run_path({str(Path(page_rendering.__file__))!r})['limit_process'](); {act}"
    assert subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False).returncode != 0
    without_limits = code.replace("['limit_process']()", "")
    assert (
        subprocess.run([sys.executable, "-I", "-c", without_limits], capture_output=True, check=False).returncode == 0
    )
    Path("/tmp/datakluis-was-here").unlink(missing_ok=True)


def test_the_process_that_draws_gets_no_environment_and_nothing_of_the_application() -> None:
    told = Path(page_rendering.__file__).read_text()
    for package in ("accounts", "crypto", "database", "documents.", "keys", "portal"):
        assert f"import {package}" not in told
        assert f"from {package}" not in told

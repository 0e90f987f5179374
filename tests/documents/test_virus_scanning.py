"""Viruses: found while a file streams in; and whatever was not scanned to its end is refused (signing.md 8.6)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from documents.errors import FileRefused
from documents.virus_scanning import VirusScanner
from tests.documents.files import EICAR, office
from tests.documents.scanners import CLAMD, read_stream, running_clamd, scanner_that

PIECE = 64 * 1024


def scan(address: str, data: bytes, *, seconds: float = 10.0) -> str:
    """What becomes of a file: ``clean``, or the code of the refusal."""
    try:
        scanning = VirusScanner(address, seconds=seconds).begin()
        for start in range(0, len(data), PIECE):
            scanning.feed(data[start : start + PIECE])
        scanning.finish()
    except FileRefused as refusal:
        return refusal.code
    return "clean"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real clamd."""
    if CLAMD is None:
        pytest.skip("there is no clamd on this machine")
    with running_clamd(tmp_path_factory.mktemp("clamd")) as address:
        yield address


def test_clamd_finds_the_virus_and_passes_what_has_none(clamd: str) -> None:
    assert scan(clamd, b"Tot morgen.") == "clean"
    assert scan(clamd, bytes(900_000)) == "clean"
    assert scan(clamd, EICAR) == "virus"
    assert scan(clamd, office(more={"word/media/a.txt": EICAR})) == "virus"


def test_clamd_scans_no_file_that_is_too_large_for_it(clamd: str) -> None:
    assert scan(clamd, bytes(3_000_000)) == "too_large_to_scan"


def test_a_scanner_that_is_not_there_has_said_nothing(tmp_path: Path) -> None:
    assert scan(str(tmp_path / "no-socket"), b"text") == "not_scanned"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert scan(f"127.0.0.1:{taken.getsockname()[1]}", b"text") == "not_scanned"


def answering(answer: bytes) -> Callable[[socket.socket], None]:
    """Read the file, then say this."""

    def answers(connection: socket.socket) -> None:
        read_stream(connection)
        connection.sendall(answer)

    return answers


def say_at_once(connection: socket.socket) -> None:
    """Say that all is well before anything was sent, and read nothing."""
    connection.sendall(b"stream: OK\0")


def stop_in_the_middle(connection: socket.socket) -> None:
    """Take a little and go."""
    connection.recv(100)


def refuse_the_size(connection: socket.socket) -> None:
    """Say as clamd does that the file is too large, and go."""
    connection.recv(100)
    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")


def hang(connection: socket.socket) -> None:
    """Read the file and never answer."""
    read_stream(connection)
    connection.recv(1)


MISBEHAVING = {
    "nothing": (answering(b""), "not_scanned"),
    "garbage": (answering(b"\xff\xfe hello\0"), "not_scanned"),
    "half an answer": (answering(b"stream: OK"), "not_scanned"),
    "an error": (answering(b"stream: Can't allocate memory ERROR\0"), "not_scanned"),
    "of another file": (answering(b"/etc/passwd: OK\0"), "not_scanned"),
    "more than an answer": (answering(b"stream: OK\0stream: OK\0"), "not_scanned"),
    "without an end": (answering(b"x" * 100_000), "not_scanned"),
    "going away": (stop_in_the_middle, "not_scanned"),
    "too large": (refuse_the_size, "too_large_to_scan"),
    "hanging": (hang, "not_scanned"),
    "a virus": (answering(b"stream: Eicar FOUND\0"), "virus"),
    "well": (answering(b"stream: OK\0"), "clean"),
}


@pytest.mark.parametrize("how", MISBEHAVING)
def test_whatever_is_no_sentence_of_clamd_passes_nothing(how: str) -> None:
    answers, expected = MISBEHAVING[how]
    with scanner_that(answers) as address:
        assert scan(address, bytes(5 * PIECE), seconds=0.5) == expected


def test_an_answer_that_came_before_the_file_is_not_about_it() -> None:
    with scanner_that(say_at_once) as address:
        assert scan(address, bytes(200 * PIECE), seconds=2) == "not_scanned"


def test_the_scanner_gets_the_whole_file() -> None:
    received: list[bytes] = []

    def keep(connection: socket.socket) -> None:
        received.append(read_stream(connection))
        connection.sendall(b"stream: OK\0")

    data = bytes(range(256)) * 1000
    with scanner_that(keep) as address:
        assert scan(address, data) == "clean"
    assert received == [data]

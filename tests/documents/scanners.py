"""Virus scanners for tests: a real clamd with a database of one line, and a server that misbehaves in each way."""

from __future__ import annotations

import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.documents.files import EICAR

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
SECONDS_TO_START = 30


@contextmanager
def running_clamd(folder: Path, *, largest: str = "1M") -> Iterator[str]:
    """Yield the address of a clamd that knows one virus, that of EICAR, and takes files up to a size."""
    assert CLAMD is not None
    (folder / "database").mkdir()
    (folder / "database" / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n")
    path = folder / "clamd.socket"
    configuration = folder / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {folder / 'database'}\nLocalSocket {path}\nForeground yes\nStreamMaxLength {largest}\n"
    )
    command = [CLAMD, "--config-file", str(configuration)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(path, process)
        yield str(path)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as attempt, suppress(OSError):
            attempt.connect(str(path))
            return
        time.sleep(0.05)
    raise AssertionError("clamd did not start")


@contextmanager
def scanner_that(answers: Callable[[socket.socket], None]) -> Iterator[str]:
    """Yield the address of a server that does with each connection what `answers` does."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                answers(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def read_stream(connection: socket.socket) -> bytes:
    """Read a file as clamd does (clamd(8), INSTREAM)."""
    assert _exactly(connection, 10) == b"zINSTREAM\0"
    found = b""
    while length := struct.unpack(">I", _exactly(connection, 4))[0]:
        found += _exactly(connection, length)
    return found


def _exactly(connection: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        piece = connection.recv(length - len(found))
        if not piece:
            raise ConnectionError
        found += piece
    return found

"""Looking for viruses with clamd while a file streams in (signing.md 8.6; clamd(8), INSTREAM).

What was not scanned to its end is refused: a scanner that is down, that takes no file so large, or that answers
something else than one of its sentences has said nothing about the file.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress

from documents.errors import FileRefused

SECONDS_TO_ANSWER = 30.0
_LENGTH = struct.Struct(">I")
_LONGEST_ANSWER = 4096


class VirusScanner:
    """A clamd at an address: ``host:port`` or the path of a socket."""

    def __init__(self, address: str, *, seconds: float = SECONDS_TO_ANSWER) -> None:
        self._address, self._seconds = address, seconds

    def begin(self) -> Scan:
        """Begin to scan one file. Raises `FileRefused` when no scanner answers."""
        try:
            connection = self._connect()
            connection.sendall(b"zINSTREAM\0")
        except (OSError, AttributeError):
            # Windows has no sockets with a path.
            raise FileRefused("not_scanned") from None
        return Scan(connection)

    def _connect(self) -> socket.socket:
        host, colon, port = self._address.rpartition(":")
        if colon and port.isdecimal():
            return socket.create_connection((host.strip("[]"), int(port)), self._seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._seconds)
        try:
            connection.connect(self._address)
        except OSError:
            connection.close()
            raise
        return connection


class Scan:
    """One file on its way through the scanner; call `finish`, or `close` when it will not be kept."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def feed(self, data: bytes) -> None:
        """Hand the next piece over. Raises `FileRefused` when the scanner takes no more."""
        if not data:
            # A length of nothing is how a stream ends.
            return
        try:
            self._connection.sendall(_LENGTH.pack(len(data)))
            self._connection.sendall(data)
        except OSError:
            self._refuse(self._answer())

    def finish(self) -> None:
        """Return when the scanner found nothing in the whole file; else raise `FileRefused`."""
        with suppress(OSError):
            self._connection.sendall(_LENGTH.pack(0))
        answer = self._answer()
        if answer != b"stream: OK\0":
            self._refuse(answer)
        self.close()

    def close(self) -> None:
        """Let go of the scanner."""
        self._connection.close()

    def _answer(self) -> bytes:
        # clamd says why it takes no more before it closes, and then the rest of what was sent makes it a reset.
        found = b""
        with suppress(OSError):
            while b"\0" not in found and len(found) < _LONGEST_ANSWER:
                piece = self._connection.recv(_LONGEST_ANSWER)
                if not piece:
                    break
                found += piece
        return found

    def _refuse(self, answer: bytes) -> None:
        self.close()
        if answer.startswith(b"stream: ") and answer.endswith(b" FOUND\0"):
            raise FileRefused("virus")
        raise FileRefused("too_large_to_scan" if b"size limit exceeded" in answer else "not_scanned")

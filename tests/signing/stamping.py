"""Timestamp services as they should not be: one that is not there, one that never answers, one that says nonsense."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from crypto.source import SystemSource
from signing.timestamping import HttpTimestamper, TimestampService
from tests.signing.signed_documents import authority

SECONDS = 0.4
"""How long an answer may take."""


@contextmanager
def stamping(kind: str) -> Iterator[HttpTimestamper]:
    """A service that is `refusing`, `hanging` or `garbage`, as the portal speaks to it."""
    with {"refusing": _refusing, "hanging": _hanging, "garbage": _garbage}[kind]() as port:
        service = TimestampService(f"http://127.0.0.1:{port}/", (authority().root,), SECONDS)
        yield HttpTimestamper(service, SystemSource())


@contextmanager
def _refusing() -> Iterator[int]:
    with socket.socket() as taken:
        # Nobody listens there, and nobody else can.
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def _hanging() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


class _Nonsense(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(b"0\x82\xff\xffnonsense")

    def log_message(self, *_args: object) -> None:
        """Nothing is told."""


@contextmanager
def _garbage() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Nonsense) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()

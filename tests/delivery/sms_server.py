"""A real HTTP server on this machine that takes text messages, or fails in the ways of goal H."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Behaviour:
    """What the server answers. `taken` holds the body of every request that it took, also when its answer got lost.

    `hang` never answers, `drip` sends a letter of its answer now and then, `lose_answer` hangs up after taking one.
    """

    status: int = 200
    answer: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drip: bool = False
    lose_answer: bool = False
    taken: list[bytes] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    stop: Event = field(default_factory=Event)
    hanging: Event = field(default_factory=Event)

    def taken_json(self) -> list[Any]:
        """What was taken, read as JSON."""
        return [json.loads(body) for body in self.taken]


CM_TAKEN = b'{"details": "Created 1 message(s)", "errorCode": 0, "messages": [{"status": "Accepted", "parts": 1}]}'
SPRYNG_TAKEN = b'{"id": "9dbc5ffb-7524-4fae-9514-51decd94a44f", "encoding": "plain", "credits": 1}'


@contextmanager
def sms_server(behaviour: Behaviour, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[int]:
    """Run a server and give its port; with `tls` it speaks HTTPS only."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(behaviour))
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        behaviour.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler_of(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            behaviour.asked.append({"path": self.path, **{name.lower(): text for name, text in self.headers.items()}})
            if behaviour.hang:
                behaviour.hanging.set()
                behaviour.stop.wait(60)
                return
            if 200 <= behaviour.status < 300:
                behaviour.taken.append(body)
            if behaviour.lose_answer:
                self.connection.close()
                return
            with suppress(OSError):
                self._answer()

        def _answer(self) -> None:
            self.send_response(behaviour.status)
            for name, text in behaviour.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(behaviour.answer)))
            self.end_headers()
            for letter in behaviour.answer if behaviour.drip else b"":
                self.wfile.write(bytes([letter]))
                behaviour.stop.wait(0.1)
            self.wfile.write(b"" if behaviour.drip else behaviour.answer)

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler

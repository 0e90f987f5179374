"""One request over HTTPS with the standard library, which ends in time whatever the other side does.

Redirects are not followed, so that a secret never goes to another host than the one that was set.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket
from threading import Timer
from urllib.parse import urlsplit

from delivery.errors import DeliveryFailed, Reason

SECONDS_FOR_AN_ANSWER = 10.0
SECONDS_FOR_AN_SMS = 30.0
_LONGEST_ANSWER = 65536


@dataclass(frozen=True)
class HttpsPost:
    """One address that takes a message. An answer may take `answer_timeout` seconds, a whole message `sms_timeout`.

    That is less than the lease under which it is sent, since after that another worker takes it. `tls` holds the
    authorities to trust, by default those of the system. A plain address raises `ValueError` unless it is on this
    machine: what is sent is a way in. `may_be_plain` is for what says nothing to who listens, and is checked by its
    signature. Of an answer `longest_answer` bytes are read.
    """

    url: str
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    answer_timeout: float = SECONDS_FOR_AN_ANSWER
    sms_timeout: float = SECONDS_FOR_AN_SMS
    may_be_plain: bool = False
    longest_answer: int = _LONGEST_ANSWER

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        is_plain = self.may_be_plain or parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and is_plain)):
            raise ValueError("an address on the internet begins with https://")

    def send(self, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> tuple[int, bytes]:
        """Return status and body of the answer, whatever they say. Raises `DeliveryFailed` when there is none."""
        connection = self._connection()
        try:
            connection.connect()
            with _watch(connection.sock, self.sms_timeout):
                connection.request(method, _path_of(self.url), body, dict(headers))
                answer = connection.getresponse()
                return answer.status, answer.read(self.longest_answer)
        except (OSError, http.client.HTTPException):
            raise DeliveryFailed(Reason.UNREACHABLE) from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self.answer_timeout)
        tls = self.tls or ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=self.answer_timeout, context=tls)


@contextmanager
def _watch(opened: socket, seconds: float) -> Iterator[None]:
    # A server that answers a letter every few seconds never exceeds the time for one answer.
    watch = Timer(seconds, _break_off, [opened])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _break_off(opened: socket) -> None:
    with suppress(OSError):
        opened.shutdown(SHUT_RDWR)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

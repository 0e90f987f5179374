"""A real mail server on this machine that takes mail, or fails in the ways of goal H."""

from __future__ import annotations

import asyncio
import email.policy
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession


@dataclass
class Behaviour:
    """What the server answers. `taken` holds every mail that it accepted, also when its answer got lost.

    `recipient` and `data` are answers instead of 250, the first only to those of `refuses` where it names some;
    `lose_answer` hangs up after taking a mail, `hang` never answers.
    """

    recipient: str | None = None
    refuses: frozenset[str] = frozenset()
    data: str | None = None
    lose_answer: bool = False
    hang: bool = False
    password: str | None = None
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    hanging: Event = field(default_factory=Event)

    async def handle_RCPT(
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.recipient and (not self.refuses or address in self.refuses):
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        if self.data:
            return self.data
        if self.hang:
            self.hanging.set()
            await asyncio.sleep(60)
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        if self.lose_answer:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 taken"

    def authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password.decode() == self.password)

    @property
    def identities(self) -> list[str]:
        """The Message-IDs of what was taken."""
        return [str(mail["Message-ID"]) for mail in self.taken]


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mail_server(behaviour: Behaviour, port: int | None = None, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run a server and give its port. With `tls` it demands STARTTLS, and with a password also AUTH."""
    controller = Controller(
        behaviour,
        hostname="127.0.0.1",
        port=port or free_port(),
        tls_context=tls,
        require_starttls=tls is not None,
        auth_required=behaviour.password is not None,
        authenticator=behaviour.authenticate if behaviour.password else None,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def rude_server(*words: bytes, seconds_between: float = 0.0) -> Iterator[int]:
    """Run a server that says `words` whatever it hears, and then nothing more; give its port."""
    stop = Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = Thread(target=_say, args=[listener, words, seconds_between, stop])
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def _say(listener: socket.socket, words: tuple[bytes, ...], seconds_between: float, stop: Event) -> None:
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection, suppress(OSError):
            for word in words:
                connection.sendall(word)
                stop.wait(seconds_between)
            while not stop.is_set() and connection.recv(1024):
                pass

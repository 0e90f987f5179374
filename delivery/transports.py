"""Handing a mail over: to a mail server, or to a folder that is the mailbox of the demo."""

from __future__ import annotations

import email.policy
import os
import re
import smtplib
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from socket import SHUT_RDWR
from threading import Timer
from typing import Protocol

from delivery.errors import DeliveryFailed, MailNotFound, Reason

SECONDS_FOR_AN_ANSWER = 15.0
SECONDS_FOR_A_MAIL = 90.0

# Refusals that say something of the server or of us as its client (RFC 5321, RFC 4954), nothing of this mail.
_NOT_ABOUT_THE_MAIL = frozenset({421, 454, 530, 534, 535, 538})

_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{32}")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@[^<>]+>")


class Transport(Protocol):
    """Where mails go. `sender` is the address that they come from; its domain is that of the Message-ID."""

    @property
    def sender(self) -> str:
        """The address that mails come from."""

    def send(self, message: EmailMessage) -> Collection[str]:
        """Hand over one mail; when this returns, someone else keeps it. Raises `DeliveryFailed`.

        Returned are those of its recipients that were refused, while others were not.
        """


@dataclass(frozen=True)
class SmtpTransport:
    """A mail server, spoken to with SMTP (RFC 5321) and, with `starttls`, never without TLS (RFC 3207).

    `tls` holds the authorities to trust, by default those of the system. A password goes over TLS only: a user without
    `starttls` raises `ValueError`. An answer may take `answer_timeout` seconds, a whole mail `mail_timeout`: less than
    the lease under which it is sent, since after that another worker takes it.
    """

    host: str
    port: int
    sender: str
    starttls: bool = True
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    answer_timeout: float = SECONDS_FOR_AN_ANSWER
    mail_timeout: float = SECONDS_FOR_A_MAIL

    def __post_init__(self) -> None:
        if self.user and not self.starttls:
            raise ValueError("a user name and password go to a mail server over TLS only: switch STARTTLS on")

    def send(self, message: EmailMessage) -> Collection[str]:
        """Hand over one mail. Raises `DeliveryFailed` without the server's words, which may quote the address."""
        try:
            with self._connection() as connection:
                return connection.send_message(message).keys()
        except smtplib.SMTPRecipientsRefused as refusal:
            raise DeliveryFailed(_reason(max(code for code, _ in refusal.recipients.values()))) from None
        except smtplib.SMTPDataError as refusal:
            raise DeliveryFailed(_reason(refusal.smtp_code)) from None
        except (OSError, smtplib.SMTPException):
            # Also when our greeting, password or own address is refused: a wrong setting must not cost anyone a mail.
            raise DeliveryFailed(Reason.UNREACHABLE) from None

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        own_name = self.sender.rpartition("@")[2]
        connection = smtplib.SMTP(self.host, self.port, local_hostname=own_name, timeout=self.answer_timeout)
        # A server that answers a letter every few seconds never exceeds the time for one answer.
        watch = Timer(self.mail_timeout, _break_off, [connection])
        watch.daemon = True
        watch.start()
        try:
            if self.starttls:
                connection.starttls(context=self.tls or ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password or "")
            yield connection
            # The mail was taken; a farewell that gets lost must not make it leave twice.
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
        finally:
            watch.cancel()
            connection.close()


def _reason(code: int) -> Reason:
    if code in _NOT_ABOUT_THE_MAIL:
        return Reason.UNREACHABLE
    return Reason.NEVER if code >= 500 else Reason.LATER


def _break_off(connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(SHUT_RDWR)


@dataclass(frozen=True)
class FolderTransport:
    """Puts each mail in `folder` as ``<moment>-<Message-ID>.eml``, readable by this user only; a repeat replaces it."""

    folder: Path
    sender: str = "noreply@datakluis.invalid"

    def send(self, message: EmailMessage) -> Collection[str]:
        """Store one mail, whole or not at all. Raises `DeliveryFailed` when the folder cannot be written."""
        target = self.folder / f"{_name(message)}.eml"
        unfinished = target.with_suffix(".part")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
            unfinished.replace(target)
        except OSError:
            raise DeliveryFailed(Reason.UNREACHABLE) from None
        return ()


@dataclass(frozen=True)
class StoredMail:
    """A mail in the folder. `name` is what `read_mail` takes."""

    name: str
    to: str
    subject: str
    date: datetime
    text: str
    html: str


def list_mails(folder: Path) -> list[StoredMail]:
    """Return the mails in `folder`, the newest first; none when there is no such folder."""
    names = sorted((path.stem for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True)
    return [read_mail(folder, name) for name in names]


def read_mail(folder: Path, name: str) -> StoredMail:
    """Return one mail of `folder`. Raises `MailNotFound`, also for a name that points elsewhere."""
    if not _NAME.fullmatch(name):
        raise MailNotFound
    try:
        content = (folder / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        raise MailNotFound from None
    message = message_from_bytes(content, policy=email.policy.default)
    return StoredMail(
        name, message["To"], message["Subject"], _date(message), _part(message, "plain"), _part(message, "html")
    )


def _name(message: EmailMessage) -> str:
    identity = _MESSAGE_ID.fullmatch(message["Message-ID"])
    if identity is None:
        raise ValueError("this Message-ID was not made by the outbox")
    return f"{_date(message):%Y%m%dT%H%M%S%fZ}-{identity[1]}"


def _date(message: EmailMessage) -> datetime:
    moment: datetime = message["Date"].datetime
    return moment.astimezone(UTC)


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return "" if body is None else str(body.get_content())

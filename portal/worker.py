"""The worker: seals the log, sends mail, and throws away what has run out. It opens no holder (design 2.7)."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from threading import Event

from accounts.sessions import purge_expired
from audit.chaining import seal_pending
from crypto.secret import Secret
from database.session import Session, SessionFactory
from delivery.sending import send_due
from delivery.transports import FolderTransport, SmtpTransport, Transport
from portal.logs import log_failure
from portal.services import Services
from portal.settings import Settings

# An entry is sealed within a second after its commit (design 3).
PAUSE_SECONDS = 0.5
BETWEEN_CLEANINGS = timedelta(minutes=1)
DEMO_SENDER = "datakluis@datakluis.invalid"


def run_worker(services: Services, parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until the process `parent`, which started this one, is gone.

    What fails in one task is logged and tried again at the next turn; it never keeps the other tasks from being done.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = Worker(services)
    while not stop.is_set() and (parent is None or os.getppid() == parent):
        worker.turn()
        stop.wait(PAUSE_SECONDS)


class Worker:
    """Does what is due, a turn at a time."""

    def __init__(self, services: Services) -> None:
        self._factory = services.factory
        self._transport = make_transport(services.settings)
        self._cleaned_at = services.source.now() - BETWEEN_CLEANINGS

    def turn(self) -> None:
        """Seal what was logged and send what is due; once a minute, remove what has expired."""
        _try(lambda: in_transaction(self._factory, seal_pending))
        _try(lambda: send_due(self._factory, self._transport))
        now = self._factory.source.now()
        if now - self._cleaned_at >= BETWEEN_CLEANINGS:
            self._cleaned_at = now
            for clean in CLEANINGS:
                _try(lambda clean=clean: in_transaction(self._factory, clean))  # type: ignore[misc]


CLEANINGS: tuple[Callable[[Session], object], ...] = (purge_expired,)


def make_transport(settings: Settings) -> Transport:
    """Return where mails go by the settings."""
    if settings.mail_folder is not None:
        return FolderTransport(settings.mail_folder, sender=DEMO_SENDER)
    smtp = settings.smtp
    assert smtp is not None  # noqa: S101 - parse_settings sees to it that one of the two is set
    return SmtpTransport(
        host=smtp.host,
        port=smtp.port,
        sender=smtp.sender,
        starttls=smtp.starttls,
        user=smtp.user or None,
        password=_text(smtp.password) or None,
    )


def in_transaction(factory: SessionFactory, task: Callable[[Session], object]) -> None:
    """Do `task` in a transaction of its own."""
    with factory() as session, session.begin():
        task(session)


def _try(task: Callable[[], object]) -> None:
    try:
        task()
    except Exception as error:
        log_failure(type(error), sys.exc_info()[2])


def _text(secret: Secret) -> str:
    return secret.reveal().decode()

"""What goes on while nobody asks for a page: sealing the log, sending mail and SMS, destroying what has run out.

No job opens a holder: whatever needs a key waits for a person (design 2.7).
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial, update_wrapper
from threading import Event, Thread
from time import monotonic

from accounts.failed_tries import purge_old_tries
from accounts.forgotten import answer_requests
from accounts.sessions import purge_expired
from accounts.sms_codes import purge_sms_codes
from accounts.used_once import purge_used_once
from audit.chaining import seal_pending
from database.session import Session, SessionFactory
from delivery.gateways import SmsGateway
from delivery.sending import send_due, send_due_sms
from delivery.sms_budgets import purge_sms_counts
from delivery.transports import FolderTransport, SmtpTransport, Transport
from dialogs.attachments import purge_unposted
from dialogs.codes import purge_invitation_codes
from dialogs.invitations import close_expired
from dialogs.notices import send_weekly_overviews
from documents.handing_over import take_back_documents
from documents.sweeping import sweep_files
from organisation.ending_accounts import end_expired
from organisation.substitution import end_overdue
from organisation.unused_accounts import block_unused, warn_unused
from portal.logs import log
from portal.services import Services
from portal.settings import Settings
from portal.sms import make_gateway
from signing.archiving import archive_past_years
from signing.authority_keys import load_authority
from signing.codes import purge_signing_codes
from signing.expiring import expire_requests as expire_signing_requests
from signing.reminding import remind_signers
from vault.ending_agreements import end_requests, end_shares
from vault.importing.jobs import expire as expire_imports
from vault.share_requests import expire_requests
from vault.unlinking import end_lapsed_links

# An entry is sealed within a second after its commit (design 3).
SECONDS_BETWEEN_SEALINGS = 0.25
SECONDS_BETWEEN_MAILINGS = 1.0
SECONDS_BETWEEN_PURGES = 60.0
SECONDS_BETWEEN_ARCHIVINGS = 3600.0
LONGEST_PAUSE_AFTER_FAILURE = 30.0
SECONDS_TO_STOP = 10.0
SECONDS_BETWEEN_LOOKS_AT_PARENT = 0.5
DEMO_SENDER = "datakluis@datakluis.invalid"

Purge = Callable[[Session], int]

# Each destroys or sends what its time has come for, without a key, and returns how much that was.
PURGES: tuple[Purge, ...] = (
    purge_expired,
    purge_invitation_codes,
    purge_old_tries,
    purge_sms_codes,
    purge_signing_codes,
    purge_sms_counts,
    purge_used_once,
    close_expired,
    end_overdue,
    expire_imports,
    expire_requests,
    expire_signing_requests,
    end_shares,
    end_requests,
    end_expired,
    purge_unposted,
    take_back_documents,
    end_lapsed_links,
    send_weekly_overviews,
)


@dataclass(frozen=True)
class Job:
    """Something that is done again and again.

    `run` returns how much it did: it is called again at once as long as that is not zero, else after `pause` seconds.
    """

    name: str
    run: Callable[[], int]
    pause: float


def run_worker(services: Services, parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until the process `parent`, which started this one, is gone."""
    settings = services.settings
    purges = (
        *PURGES,
        *purges_of_unused(settings.unused_account_days),
        sweeping(services),
        reminding(settings.base_url),
    )
    others = jobs(services.factory, make_transport(settings), purges, make_gateway(settings), settings.base_url)
    worker = Worker([*others, archiving(services)])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    worker.start()
    while parent is None or os.getppid() == parent:
        if worker.stopping.wait(SECONDS_BETWEEN_LOOKS_AT_PARENT):
            break
    worker.stop()


def purges_of_unused(days: int) -> list[Purge]:
    """Return what warns and blocks whoever has not logged in for so many days (L-19)."""
    return [update_wrapper(partial(task, days=days), task) for task in (warn_unused, block_unused)]


def sweeping(services: Services) -> Purge:
    """Return what destroys the files that nobody can reach any more (D-06)."""
    return update_wrapper(partial(sweep_files, store=services.intake.store), sweep_files)


def reminding(base_url: str) -> Purge:
    """Return what reminds whoever was asked to sign; `base_url` is where the link leads."""
    return update_wrapper(partial(remind_signers, base_url=base_url), remind_signers)


def archiving(services: Services) -> Job:
    """Return what stamps, once a year, what was signed in the years before."""
    archive = partial(
        archive_past_years, services.factory, lambda session: services.timestamper(load_authority(session))
    )
    return Job("archive what was signed", archive, SECONDS_BETWEEN_ARCHIVINGS)


def jobs(
    factory: SessionFactory,
    transport: Transport,
    purges: Iterable[Purge] = (),
    gateway: SmsGateway | None = None,
    base_url: str | None = None,
) -> list[Job]:
    """Return the jobs of this application; a purge neither commits nor opens anything.

    With `base_url`, where links lead, what visitors have forgotten is answered too.
    """
    sms = [Job("send SMS", lambda: send_due_sms(factory, gateway), SECONDS_BETWEEN_MAILINGS)] if gateway else []
    answering = [_answering(factory, base_url)] if base_url else []
    return [
        Job("seal the log", lambda: _in_transaction(factory, seal_pending), SECONDS_BETWEEN_SEALINGS),
        Job("send mail", lambda: send_due(factory, transport), SECONDS_BETWEEN_MAILINGS),
        *sms,
        *answering,
        *(_purging(factory, purge) for purge in purges),
    ]


class Worker:
    """Runs jobs, each in a thread of its own: a mail server that hangs delays no seal, a failure stops no other."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.stopping = Event()
        self._threads = [Thread(target=self._repeat, args=[job], name=job.name, daemon=True) for job in jobs]

    def start(self) -> None:
        """Start working and return."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each job finish its turn, for at most ten seconds in all.

        A turn that takes longer ends with the process: its transaction is rolled back, a mail that was on its way is
        sent again after its lease, with the same Message-ID.
        """
        self.stopping.set()
        deadline = monotonic() + SECONDS_TO_STOP
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _repeat(self, job: Job) -> None:
        failures = 0
        while not self.stopping.is_set():
            try:
                pause = 0.0 if job.run() else job.pause
                failures = 0
            except Exception as error:
                failures += 1
                # The exponent is bounded, for a number too large to be a float would end the thread.
                pause = min(job.pause * 2 ** min(failures, 20), LONGEST_PAUSE_AFTER_FAILURE)
                _log_failure(job, error)
            self.stopping.wait(pause)


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
        password=smtp.password.reveal().decode() or None,
    )


def _answering(factory: SessionFactory, base_url: str) -> Job:
    answer = partial(answer_requests, base_url=base_url)
    return Job("answer forgotten", lambda: _in_transaction(factory, answer), SECONDS_BETWEEN_MAILINGS)


def _purging(factory: SessionFactory, purge: Purge) -> Job:
    name = f"{purge.__module__}.{purge.__qualname__}"
    return Job(name, lambda: _in_transaction(factory, purge), SECONDS_BETWEEN_PURGES)


def _in_transaction(factory: SessionFactory, task: Callable[[Session], int]) -> int:
    with factory() as session, session.begin():
        return task(session)


def _log_failure(job: Job, error: Exception) -> None:
    # Only where it happened: the text of a database's error repeats the values of the statement.
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("job failed", job=job.name, error=type(error).__name__, places=places[-8:])

"""What goes on while nobody asks for a page: each job by itself, in time, and until it is told to stop."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
import structlog
from sqlalchemy import Engine, delete, func, select
from structlog.testing import LogCapture

from audit import PLATFORM_ID
from audit.actions import Action
from audit.models import AuditPending, AuditSeal
from audit.recording import Who, record
from crypto.root_key import FileRootKey, SaltKey
from crypto.source import SeededSource, SystemSource
from database.session import Session, SessionFactory
from delivery.outbox import MailKind, queue_mail
from delivery.transports import FolderTransport, list_mails
from portal.worker import SECONDS_BETWEEN_SEALINGS, Job, Worker, jobs

OPERATOR = Who.system("test")
LONG = 30.0


@pytest.fixture
def factory(engine: Engine, tmp_path: Path) -> SessionFactory:
    root_key = FileRootKey.create(tmp_path / "root.key", SystemSource())
    keys = {name: root_key.for_package(name) for name in ("audit", "delivery")}
    return SessionFactory(engine, SeededSource("worker", datetime(2026, 11, 22, tzinfo=UTC)), keys)


def act(factory: SessionFactory) -> None:
    """Do something that leaves an entry and asks for a mail."""
    with factory() as session:
        record(session, Action.TERMS_ACCEPT, by=OPERATOR, details={"version": "1"})
        queue_mail(session, organisation_id=PLATFORM_ID, kind=MailKind.ACCESS_REQUEST, to="eva@voorbeeld.nl")
        session.commit()


def seals(factory: SessionFactory) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).select_from(AuditSeal)) or 0


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@contextmanager
def working(made: list[Job]) -> Iterator[Worker]:
    worker = Worker(made)
    worker.start()
    yield worker
    worker.stop()


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Yield a process that is gone afterwards, also where a test fails: else its end would be waited for in vain."""
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


class SilentServer:
    """A transport that never comes back until it is let go."""

    sender = "noreply@datakluis.invalid"

    def __init__(self) -> None:
        self.called = Event()
        self.let_go = Event()

    def send(self, _message: EmailMessage) -> tuple[str, ...]:
        self.called.set()
        self.let_go.wait(3 * LONG)
        return ()


def test_entries_are_sealed_and_mail_leaves(factory: SessionFactory, tmp_path: Path) -> None:
    with working(jobs(factory, FolderTransport(tmp_path / "mail"))):
        act(factory)
        wait_until(lambda: seals(factory) == 1 and list_mails(tmp_path / "mail"))


def test_an_entry_is_sealed_within_a_second_though_the_mail_server_hangs(factory: SessionFactory) -> None:
    """Design 3: within a second."""
    server = SilentServer()
    with working(jobs(factory, server)):
        act(factory)
        assert server.called.wait(LONG)
        act(factory)
        wait_until(lambda: seals(factory) == 2)
        server.let_go.set()
    assert SECONDS_BETWEEN_SEALINGS < 1


def test_purges_run_in_transactions_of_their_own(factory: SessionFactory, tmp_path: Path) -> None:
    def purge_all(session: Session) -> int:
        return len(session.scalars(delete(AuditPending).returning(AuditPending.entry_id)).all())

    act(factory)
    (purge,) = [job for job in jobs(factory, FolderTransport(tmp_path), [purge_all]) if "purge_all" in job.name]

    assert [purge.run(), purge.run()] == [1, 0]
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(AuditPending)) == 0


def test_a_job_that_fails_stops_no_other_and_is_tried_again(
    factory: SessionFactory, tmp_path: Path, captured: LogCapture
) -> None:
    tries = []

    def fail(_session: Session) -> int:
        tries.append(1)
        raise RuntimeError("Eva de Vries, 999990019")

    made = jobs(factory, FolderTransport(tmp_path / "mail"), [fail])
    quick = [Job(job.name, job.run, min(job.pause, 0.05)) for job in made]
    with working(quick):
        wait_until(lambda: len(tries) > 1)
        act(factory)
        wait_until(lambda: seals(factory) == 1 and list_mails(tmp_path / "mail"))

    assert {entry["error"] for entry in captured.entries} == {"RuntimeError"}
    assert "Vries" not in str(captured.entries)
    assert "999990019" not in str(captured.entries)


def test_a_job_that_keeps_failing_is_tried_less_and_less_often() -> None:
    moments: list[float] = []

    def fail() -> int:
        moments.append(time.monotonic())
        raise RuntimeError

    with working([Job("fail", fail, 0.02)]):
        wait_until(lambda: len(moments) >= 5)

    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert pauses[3] > 2 * pauses[0]


def test_a_job_with_more_to_do_does_not_pause() -> None:
    left = iter(range(50, -1, -1))
    done = Event()

    def work() -> int:
        remaining = next(left, 0)
        if not remaining:
            done.set()
        return remaining

    with working([Job("work", work, LONG)]):
        assert done.wait(2)


def test_stopping_lets_a_turn_finish() -> None:
    began, finished = Event(), Event()

    def work() -> int:
        began.set()
        time.sleep(0.3)
        finished.set()
        return 0

    with working([Job("work", work, 0.01)]):
        assert began.wait(LONG)

    assert finished.is_set()


def settings_for(database_url: str, folder: Path) -> dict[str, str]:
    """Return the settings of a worker, with its keys in the folder of the test."""
    SaltKey.create(folder / "salt.key", SystemSource())
    return {
        **os.environ,
        "DATAKLUIS_DATA_DIRECTORY": str(folder),
        "DATAKLUIS_BASE_URL": "http://127.0.0.1:8000",
        "DATAKLUIS_DATABASE_URL": database_url,
        "DATAKLUIS_MAIL_FOLDER": str(folder / "mail"),
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_process_works_until_it_is_told_to_stop(
    database_url: str, factory: SessionFactory, tmp_path: Path, number: signal.Signals
) -> None:
    act(factory)
    command = [sys.executable, "-m", "portal", "worker"]
    with started(command, settings_for(database_url, tmp_path)) as process:
        wait_until(lambda: seals(factory) == 1 and list_mails(tmp_path / "mail"))
        os.kill(process.pid, number)
        _, complaints = process.communicate(timeout=LONG)

    assert (process.returncode, complaints) == (0, "")


def test_a_worker_ends_when_the_process_is_gone_that_started_it(
    database_url: str, factory: SessionFactory, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "portal", "worker", "--parent", str(os.getpid() + 1)]
    with started(command, settings_for(database_url, tmp_path)) as process:
        assert process.wait(LONG) == 0


@pytest.fixture
def captured() -> Iterator[LogCapture]:
    """What is written in the technical log."""
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(**before)


def test_the_platform_has_a_chain_like_any_organisation(factory: SessionFactory, tmp_path: Path) -> None:
    with working(jobs(factory, FolderTransport(tmp_path / "mail"))):
        act(factory)
        wait_until(lambda: seals(factory) == 1)
    with factory() as session:
        assert session.scalars(select(AuditSeal.organisation_id)).all() == [UUID(int=0)]

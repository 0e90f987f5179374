"""The folder of the demo: made, recognised, made anew when it is not finished or of another release."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from accounts.invitations import LIFETIME, send_invitation
from accounts.models import AccountState
from accounts.people import person_by_login_name
from audit.recording import Who
from crypto.source import SystemSource
from delivery.sending import send_due
from delivery.transports import FolderTransport
from portal.demo.accounts import INVITED, Kept, read_kept, write_kept
from portal.services import open_services
from portal.settings import PREFIX, Settings, parse_settings
from portal.worker import DEMO_SENDER

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

MARK = ".datakluis-demo"
_ROOT = Path(__file__).resolve().parents[2]
_LEAST_LEFT = timedelta(hours=2)


class NotADemo(Exception):
    """The folder holds something else, which the demo leaves alone."""


class DemoInUse(Exception):
    """The demo in this folder is running, so that it cannot be made anew."""


class FolderLock:
    """Keeps a folder for whoever makes the demo in it, or lets all share it who use the finished one.

    It ends with the process, however that ends. Where files cannot be locked in this way, it keeps nobody out.
    """

    def __init__(self, folder: Path) -> None:
        """Raises `NotADemo` for a folder with anything else in it."""
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
            raise NotADemo
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(folder / MARK, os.O_RDWR | os.O_CREAT, 0o600)

    def share(self) -> None:
        """Use the folder beside others; waits while it is being made."""
        if fcntl:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def take(self) -> None:
        """Have the folder alone. Raises `DemoInUse`."""
        try:
            if fcntl:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoInUse from None

    def release(self) -> None:
        """Leave the folder to others."""
        os.close(self._descriptor)


def demo_variables(folder: Path, port: int) -> dict[str, str]:
    """The settings of the demo as environment variables; the worker beside the server reads them there."""
    values = {
        "DATA_DIRECTORY": str(folder),
        "BASE_URL": f"http://localhost:{port}",
        "LISTEN": f"127.0.0.1:{port}",
        "MAIL_FOLDER": str(folder / "mail"),
        "DEMO": "yes",
    }
    return {PREFIX + name: value for name, value in values.items()}


class Maker(Protocol):
    """Makes a world; the real one is `world.make_world`."""

    def __call__(self, settings: Settings, mailbox: Path, made_by: str, say: Callable[[str], None]) -> Kept:
        """Make it in the folder of `settings`, which holds nothing yet, and tell what is to be remembered."""


def make_from_nothing(settings: Settings, mailbox: Path, made_by: str, say: Callable[[str], None]) -> Kept:
    """Make the real world; what only that needs is imported here, so that a later start is quick."""
    from portal.demo.world import make_world

    return make_world(settings, mailbox, made_by, say)


@contextmanager
def ready_demo(
    folder: Path, port: int, say: Callable[[str], None], *, fresh: bool = False, make: Maker = make_from_nothing
) -> Iterator[tuple[Settings, Kept]]:
    """The settings and accounts of a finished demo in `folder`: what is there, or a new one. None takes it away inside.

    Raises `NotADemo` for a folder with anything else in it, `DemoInUse` when a running demo would have to be made anew.
    """
    lock = FolderLock(folder)
    try:
        lock.share()
        settings = parse_settings(demo_variables(folder, port))
        present, made_by = read_kept(folder), release()
        if present is not None and present.made_by == made_by and not fresh:
            kept = _with_fresh_invitation(settings, present)
        else:
            lock.take()
            kept = _make(settings, made_by, say, make)
            lock.share()
        yield settings, kept
    finally:
        lock.release()


def release() -> str:
    """A digest of what decides how the world and its tables look: another one is another demo."""
    digest = hashlib.sha256()
    for path in sorted([*_ROOT.glob("portal/demo/*.py"), *_ROOT.glob("database/migrations/versions/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make(settings: Settings, made_by: str, say: Callable[[str], None], make: Maker) -> Kept:
    for path in settings.data_directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    kept = make(settings, _mailbox(settings), made_by, say)
    # Written last: a demo without this file was never finished.
    write_kept(settings.data_directory, kept)
    return kept


def _with_fresh_invitation(settings: Settings, kept: Kept) -> Kept:
    """Send the visitor's invitation again where its link has run out or leads to another port."""
    now = SystemSource().now()
    runs_out = datetime.fromisoformat(kept.invitation_sent_at) + LIFETIME
    if kept.base_url == settings.base_url and now < runs_out - _LEAST_LEFT:
        return kept
    services = open_services(settings)
    with services.factory() as session, session.begin():
        person = person_by_login_name(session, INVITED.login)
        if person is not None and person.state == AccountState.INVITED:
            send_invitation(session, person, base_url=settings.base_url, by=Who.system("demo"))
    send_due(services.factory, FolderTransport(_mailbox(settings), DEMO_SENDER))
    services.factory.engine.dispose()
    renewed = replace(kept, base_url=settings.base_url, invitation_sent_at=now.isoformat())
    write_kept(settings.data_directory, renewed)
    return renewed


def _mailbox(settings: Settings) -> Path:
    return settings.mail_folder or settings.data_directory / "mail"

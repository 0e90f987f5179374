"""A portal as an operator runs it: its commands, its server with the worker, and the mail that it sends."""

from __future__ import annotations

import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"https?://\S+")
SECONDS_TO_WAIT = 40.0
Found = TypeVar("Found")


@dataclass
class RunningPortal:
    """A portal with a data directory of its own; `environment` holds its settings and nothing of another's."""

    folder: Path
    port: int
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """The address at which people reach it."""
        return f"http://localhost:{self.port}"

    @property
    def log_file(self) -> Path:
        """What the server and its worker wrote."""
        return self.folder / "server.log"

    def command(self, *words: str) -> str:
        """Run `datakluis ...` as a process of its own; return what it printed. Fails when it does."""
        done = subprocess.run(
            [sys.executable, "-m", "portal", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"datakluis {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def serve(self) -> None:
        """Start the server and wait until it answers."""
        with open(self.log_file, "ab") as log:
            command = [sys.executable, "-m", "portal", "serve"]
            self.processes.append(subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log))
        wait_for(self._answers, "the server to answer")

    def stop(self) -> None:
        """Stop the server with its worker."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(timeout=30)

    def mail_to(self, address: str, subject: str) -> str:
        """Wait for the mail to `address` with `subject` in its subject; return its text."""
        return wait_for(lambda: self._find_mail(address, subject), f"a mail to {address} about {subject}")

    def link_in_mail_to(self, address: str, subject: str) -> str:
        """Return the first link in the mail to `address`."""
        return first_link(self.mail_to(address, subject))

    def _find_mail(self, address: str, subject: str) -> str | None:
        for path in sorted((self.folder / "mail").glob("*.eml"), reverse=True):
            mail = message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if mail["To"] == address and subject in mail["Subject"]:
                return text_of_mail(mail)
        return None

    def _answers(self) -> bool:
        assert self.processes[-1].poll() is None, self.log_file.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def new_portal(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[RunningPortal]:
    """Yield a portal on a free port, not yet initialised, that is stopped afterwards.

    `settings` are put over the usual ones, without the prefix; an empty value takes one away.
    """
    port = free_port()
    values = {
        "DATA_DIRECTORY": str(folder / "data"),
        "BASE_URL": f"http://localhost:{port}",
        "LISTEN": f"127.0.0.1:{port}",
        "MAIL_FOLDER": str(folder / "mail"),
        **(settings or {}),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATAKLUIS_")}
    environment |= {f"DATAKLUIS_{name}": value for name, value in values.items() if value}
    portal = RunningPortal(folder, port, environment)
    try:
        yield portal
    finally:
        portal.stop()


def free_port() -> int:
    """Return a port of the loopback address on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def text_of_mail(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def first_link(text: str) -> str:
    """Return the first address in a text."""
    found = LINK.search(text)
    assert found, f"no link in: {text}"
    return found[0]


def wait_for(look: Callable[[], Found | None], what: str) -> Found:
    """Look again and again until something is found; fail with `what` after too long."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.1)
    return found

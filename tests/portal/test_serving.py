"""The server as the operator starts it: pages, the worker beside it, and nothing left behind (design 6)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="gunicorn needs processes that fork")

ROOT = Path(__file__).resolve().parents[2]


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def is_running(process_id: int) -> bool:
    status = Path("/proc", str(process_id), "stat")
    return status.exists() and status.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"


def children(process_id: int) -> list[int]:
    listed = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="utf-8")
    return [int(number) for number in listed.split()]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    port = free_port()
    return {
        **os.environ,
        "DATAKLUIS_DATA_DIRECTORY": str(tmp_path / "data"),
        "DATAKLUIS_BASE_URL": f"http://localhost:{port}",
        "DATAKLUIS_MAIL_FOLDER": str(tmp_path / "mail"),
        "DATAKLUIS_LISTEN": f"127.0.0.1:{port}",
    }


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "portal"]
    subprocess.run([*command, "init"], cwd=ROOT, env=environment, check=True, capture_output=True)
    process = subprocess.Popen([*command, "serve"], cwd=ROOT, env=environment)
    port = int(environment["DATAKLUIS_LISTEN"].rpartition(":")[2])
    wait_for(lambda: answers(port))
    yield process
    for number in [*children(process.pid), process.pid] if process.poll() is None else []:
        os.kill(number, signal.SIGKILL)
    process.wait()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the children of a process are looked up in /proc")
def test_the_worker_seals_the_log_comes_back_and_goes_with_the_server(
    server: subprocess.Popen[bytes], environment: dict[str, str]
) -> None:
    engine = create_engine(f"sqlite:///{environment['DATAKLUIS_DATA_DIRECTORY']}/datakluis.sqlite3")

    def is_sealed() -> bool:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT count(*) FROM audit_seal")))

    wait_for(is_sealed)
    engine.dispose()
    wait_for(lambda: len(children(server.pid)) == 2)
    worker = max(children(server.pid), key=lambda number: "worker" in command_of(number))
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: worker not in children(server.pid) and len(children(server.pid)) == 2)

    left = children(server.pid)
    server.kill()
    server.wait()
    wait_for(lambda: not any(is_running(number) for number in left))


def test_the_server_stops_when_it_is_told_to(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)

    assert server.wait(timeout=30) == 0


def command_of(process_id: int) -> str:
    return Path(f"/proc/{process_id}/cmdline").read_bytes().replace(b"\0", b" ").decode()

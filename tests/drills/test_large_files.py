"""100,000 employees in one file (issue 3: memory growing by less than 200 MB; security.md, goal G)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.authenticator_app import AuthenticatorApp, present_step
from tests.journeys.bakery import open_bakery
from tests.journeys.running_portal import ROOT, RunningPortal, new_portal
from tests.vault.importing.files import large_workbook
from tests.vault.importing.small_process import read_in_small_process
from vault.importing.reading import read_table

EMPLOYEES = 100_000
MEGABYTE = 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="the measure of memory is that of Linux")
def test_reading_a_hundred_thousand_employees_costs_little_memory(tell: Callable[[object], None]) -> None:
    data = large_workbook(EMPLOYEES)
    answer, megabytes = read_in_small_process(data)
    began = time.process_time()
    count = sum(1 for _ in read_table(data).rows())
    seconds = time.process_time() - began

    size = f"{EMPLOYEES:,} employees in {len(data) / 1e6:.1f} MB"
    tell(f"{size}: read with {megabytes} MB of memory, {count / seconds:,.0f} rows a second")
    assert (answer, count) == ("read", EMPLOYEES + 1)
    assert megabytes < 100


@pytest.mark.skipif(sys.platform != "linux", reason="the measure of memory is that of Linux")
def test_importing_a_hundred_thousand_employees_costs_less_than_200_mb(
    tmp_path: Path, tell: Callable[[object], None]
) -> None:
    with new_portal(tmp_path) as portal:
        anna = open_bakery(portal)["Anna"]
        app = AuthenticatorApp(anna.totp_secret, last_step=present_step() - 1)
        few, _, _ = import_at_once(portal, large_workbook(10), anna.password, app)
        many, seconds, told = import_at_once(portal, large_workbook(EMPLOYEES), anna.password, app)

    tell(f"{told} in {seconds:.0f} s, with {(many - few) / MEGABYTE:.0f} MB more than for ten")
    assert many - few < 200 * MEGABYTE


def import_at_once(portal: RunningPortal, data: bytes, password: str, app: AuthenticatorApp) -> tuple[int, float, str]:
    """Import a file by the command; return the most memory of its process in bytes, the seconds, the last line."""
    file, output = portal.folder / "werknemers.xlsx", portal.folder / "told"
    file.write_bytes(data)
    began = time.monotonic()
    with output.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal", "import", "--yes", "--make-departments", str(file)],
            cwd=ROOT,
            env=portal.environment,
            stdin=subprocess.PIPE,
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(f"Anna\n{password}\n{app.code()}\n".encode())
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    lines = output.read_text().splitlines()
    assert process.returncode == 0, lines[-5:]
    assert lines[-1].startswith("Geïmporteerd: ")
    return usage.ru_maxrss * 1024, time.monotonic() - began, lines[-1]

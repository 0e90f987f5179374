"""100,000 employees in one file (issue 3: memory growing by less than 200 MB; security.md, goal G)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest

from tests.vault.importing.files import large_workbook
from tests.vault.importing.small_process import read_in_small_process
from vault.importing.reading import read_table

EMPLOYEES = 100_000


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

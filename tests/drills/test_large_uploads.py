"""Twenty people upload 100 MB each at one moment, in little memory (issue 5, shown 4; goal G)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bad_files.test_large_uploads import memory
from tests.bad_files.test_shared_files import LIMIT, stream
from tests.portal.company import make_company
from tests.portal.dialogue_files import start_talk

PEOPLE = 20
MEGABYTE = 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="the measure of memory is that of Linux")
def test_twenty_uploads_of_a_hundred_megabytes_at_once_cost_little_memory(
    tmp_path: Path, sqlite_url: str, tell: Callable[[object], None]
) -> None:
    company = make_company(tmp_path, sqlite_url)
    talk = start_talk(company)
    # Each has a window of his or her own; what counts is that all are on their way together.
    assert stream(talk, MEGABYTE).status_code == 201
    before, began = memory(), time.monotonic()
    with ThreadPoolExecutor(PEOPLE) as people:
        statuses = list(people.map(lambda _number: stream(talk, LIMIT).status_code, range(PEOPLE)))
    grown = (memory() - before) / MEGABYTE
    tell(f"{PEOPLE} uploads of 100 MB at once: {grown:.0f} MB more memory, {time.monotonic() - began:.0f} s")
    assert statuses == [201] * PEOPLE
    assert grown < 5 * PEOPLE
    company.portal.services.factory.engine.dispose()

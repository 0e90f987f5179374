"""What is measured of shared files: the whole request as the application handles it, without the network around it."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from database.engine import make_engine
from database.migrations import upgrade
from tests.portal.company import make_company
from tests.portal.dialogue_files import Talk, start_talk

REPEATED = 5
MEGABYTE = 1024 * 1024
HEAD, TAIL = b"%PDF-1.7\n", b"\nstartxref\n0\n%%EOF\n"


def measure(folder: Path, megabytes: int) -> dict[str, float]:
    """Milliseconds of each act with a PDF of so many MB, which is looked through as every file is."""
    company = make_company(folder, _database(folder))
    talk = start_talk(company)
    size = megabytes * MEGABYTE - MEGABYTE
    middle = random.Random(6).randbytes(MEGABYTE)
    data = HEAD + middle * (size // MEGABYTE) + TAIL
    shared = talk.share(data, "groot.pdf")
    return {
        f"uploading {megabytes} MB": _median(lambda: _upload(talk, data)),
        f"downloading {megabytes} MB": _median(lambda: _download(talk, f"/{shared}")),
    }


def _database(folder: Path) -> str:
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def _upload(talk: Talk, data: bytes) -> None:
    headers = {
        "Content-Type": "application/octet-stream",
        "X-CSRF-Token": talk.company.token(talk.anna),
        "X-File-Name": "groot.pdf",
    }
    environment: dict[str, Any] = {**talk.anna.environment, "CONTENT_LENGTH": str(len(data))}
    response = talk.anna.client.post(
        talk.url(),
        input_stream=io.BytesIO(data),
        headers=headers,
        base_url=talk.anna.base_url,
        environ_overrides=environment,
    )
    if response.status_code != 201:
        raise RuntimeError(response.text)


def _download(talk: Talk, rest: str) -> None:
    response = talk.get(talk.url(rest))
    count = sum(map(len, response.iter_encoded()))
    response.close()
    if count != response.content_length:
        raise RuntimeError("the file did not come whole")


def _median(act: Callable[[], None]) -> float:
    act()
    return median(_milliseconds(act) for _ in range(REPEATED))


def _milliseconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000

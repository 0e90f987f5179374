"""Signing goes on in whatever thread it is asked for, also where a loop of events runs."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from signing.coroutines import run_to_end
from signing.errors import TimestampUnavailable
from tests.signing.signed_documents import plain_document, sign_all, timestamper


async def answer() -> int:
    await asyncio.sleep(0)
    return 7


async def failing() -> None:
    raise TimestampUnavailable("refused")


async def asked_within_a_loop() -> tuple[int, bytes]:
    with pytest.raises(TimestampUnavailable):
        run_to_end(failing())
    return run_to_end(answer()), sign_all(plain_document(1), timestamper()).closed


def test_it_returns_and_raises_what_the_coroutine_does() -> None:
    assert run_to_end(answer()) == 7
    with pytest.raises(TimestampUnavailable):
        run_to_end(failing())


def test_it_does_so_too_where_a_loop_of_events_runs() -> None:
    with ThreadPoolExecutor(1) as apart:
        # The browser of another test may have a loop in this thread already.
        found, closed = apart.submit(asyncio.run, asked_within_a_loop()).result()

    assert found == 7
    assert closed.startswith(plain_document(1))

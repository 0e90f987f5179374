"""Servers with a mistake, which the tests must show (negative controls).

`python -m tests.reliability.careless late-log` serves like `datakluis serve`, but commits what was done before it
writes what the log tells of it; `early-answer` acknowledges what it commits a moment later; `own-count` counts wrong
tries in each process for itself; `kept-sessions` remembers in each process which sessions there are.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from threading import Lock, Timer
from typing import Any

from flask import g

import portal.session
from accounts import failed_tries
from accounts.errors import TooManyTries
from accounts.sessions import OpenSession
from audit import recording
from database.session import Session
from portal import transactions
from portal.serving import serve
from portal.settings import settings_from_environment

MOMENT = 0.15
LATE = 1.0
"""How long an entry stays away: longer than the rest of a change takes, so that most kills find somebody waiting."""
WRITE, COMMIT = recording._write, transactions.commit
LOAD = portal.session._load
SESSIONS: dict[str, OpenSession | None] = {}
COUNTS: Counter[tuple[str, bytes]] = Counter()
LOCK = Lock()


def log_late() -> None:
    """Write entries after the commit of what they tell about."""
    recording._write = _keep_for_later  # type: ignore[assignment]
    transactions.commit = _commit_and_log


def answer_early() -> None:
    """Commit when the answer has left."""
    transactions.commit = _commit_soon


def count_for_oneself() -> None:
    """Count tries in the memory of the process."""
    failed_tries.count_try = _count_here


def keep_sessions() -> None:
    """Look a session up once in each process."""
    portal.session._load = _load_once


MISTAKES: dict[str, Callable[[], None]] = {
    "late-log": log_late,
    "early-answer": answer_early,
    "own-count": count_for_oneself,
    "kept-sessions": keep_sessions,
}


def _keep_for_later(session: Session, *entry: Any) -> None:
    session.flush()
    session.info.setdefault("later", []).append(entry)


def _commit_and_log() -> None:
    COMMIT()
    later = g.database.info.pop("later", []) if "database" in g else []
    if later:
        time.sleep(LATE)
        with transactions.separately() as session:
            for entry in later:
                WRITE(session, *entry)


def _commit_soon() -> None:
    session = g.pop("database", None)
    if session is not None:
        Timer(MOMENT, _commit, [session]).start()


def _count_here(session: Session, budget: failed_tries.Budget, subject: bytes) -> None:
    with LOCK:
        COUNTS[budget.kind, subject] += 1
        if COUNTS[budget.kind, subject] > budget.in_window:
            raise TooManyTries(session.source.now())


def _load_once(cookie: str) -> OpenSession | None:
    if cookie not in SESSIONS:
        SESSIONS[cookie] = LOAD(cookie)
    return SESSIONS[cookie]


def _commit(session: Session) -> None:
    session.commit()
    session.close()


if __name__ == "__main__":
    MISTAKES[sys.argv[1]]()
    serve(settings_from_environment())

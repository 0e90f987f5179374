"""Two servers with a mistake, which the kills must show: `late-log` and `early-answer` (negative controls).

`python -m tests.reliability.careless late-log` serves like `datakluis serve`. The first commits what was done before it
writes what the log tells of it; the second acknowledges what it commits a moment later.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import Timer
from typing import Any

from flask import g

from audit import recording
from database.session import Session
from portal import transactions
from portal.serving import serve
from portal.settings import settings_from_environment

MOMENT = 0.15
WRITE, COMMIT = recording._write, transactions.commit


def log_late() -> None:
    """Write entries after the commit of what they tell about."""
    recording._write = _keep_for_later  # type: ignore[assignment]
    transactions.commit = _commit_and_log


def answer_early() -> None:
    """Commit when the answer has left."""
    transactions.commit = _commit_soon


MISTAKES: dict[str, Callable[[], None]] = {"late-log": log_late, "early-answer": answer_early}


def _keep_for_later(session: Session, *entry: Any) -> None:
    session.flush()
    session.info.setdefault("later", []).append(entry)


def _commit_and_log() -> None:
    COMMIT()
    later = g.database.info.pop("later", []) if "database" in g else []
    if later:
        time.sleep(MOMENT)
        with transactions.separately() as session:
            for entry in later:
                WRITE(session, *entry)


def _commit_soon() -> None:
    session = g.pop("database", None)
    if session is not None:
        Timer(MOMENT, _commit, [session]).start()


def _commit(session: Session) -> None:
    session.commit()
    session.close()


if __name__ == "__main__":
    MISTAKES[sys.argv[1]]()
    serve(settings_from_environment())

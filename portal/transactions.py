"""One transaction a request (design 3 and 4): opened when first used, committed in one place, else rolled back.

`Portal.full_dispatch_request` commits after the view returned and before the response leaves. There are two other
doors: `release` lets go of the database while a password is stretched or a file is read, and `separately` keeps what
must outlive a rollback, such as the entry of a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g

from database.session import Session
from portal.services import current_services


def database() -> Session:
    """Return this request's session of the database, opened at the first call."""
    session: Session | None = g.get("database")
    if session is None:
        session = g.database = current_services().factory()
    return session


def commit() -> None:
    """Keep what this request did. Raises what the database raises; then nothing is kept."""
    if "database" in g:
        g.database.commit()


def rollback() -> None:
    """Undo what this request did since it began or last released the database."""
    if "database" in g:
        g.database.rollback()


def release() -> None:
    """Commit what the request did so far, and let go of the database while others can do without waiting for it.

    That is as long as Argon2id takes (design 2.3), a file is read, or an import is written in transactions of its own.
    """
    commit()


@contextmanager
def separately() -> Iterator[Session]:
    """Yield a session whose transaction ends with the block, whatever becomes of the request.

    The request's own transaction must have been rolled back or released: SQLite has one writer at a time.
    """
    with current_services().factory() as session, session.begin():
        yield session


def end_with_request(app: Flask) -> None:
    """Close the session of the database at the end of each request of `app`; what was not committed is undone."""
    app.teardown_request(_close)


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database", None)
    if session is not None:
        session.close()

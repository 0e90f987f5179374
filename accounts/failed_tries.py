"""Counting wrong tries in the database, before the result of a try is known (L-18; security.md, goal I).

A try is counted by one statement that also decides whether it is allowed. So tries that run at the same time, in any
number of processes, can't be more than the budget, and a restart forgets nothing. A right try is forgotten afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update

from accounts.errors import TooManyTries
from accounts.models import FailedTries
from database.insertion import insert_into
from database.session import Session

WINDOW = timedelta(minutes=5)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
FEW = 3
LEAST_ATTEMPTS, MOST_ATTEMPTS = 3, 5


@dataclass(frozen=True)
class Budget:
    """How many tries of one kind are allowed.

    At most `in_window` within `window`, five minutes unless told otherwise. After the numbers of tries in a row that
    `waits` names, nothing is tried for that time. After `in_a_row` of them the count is closed until `forget`; None:
    never.
    """

    kind: str
    in_window: int
    waits: Mapping[int, timedelta]
    in_a_row: int | None
    window: timedelta = WINDOW


def _rising(steps: list[int]) -> dict[int, timedelta]:
    """Return a wait, in minutes, after each fifth try in a row; the last one holds for all that follow."""
    padded = steps + steps[-1:] * (19 - len(steps))
    return {5 * (number + 1): timedelta(minutes=minutes) for number, minutes in enumerate(padded)}


# NIST SP 800-63B-4, 3.2.2: at most 100 in a row, waits up to an hour in between.
PASSWORD = Budget("password", 5, _rising([5, 10, 20, 40, 60]), 100)
# At most 5 in five minutes, 20 an hour, 50 a day: who gets here knows the password.
SECOND_FACTOR = Budget("second_factor", 5, _rising([5, 10, 20, 60, 240]), 100)
BACKUP_CODE = Budget("backup_code", 5, _rising([5, 10, 20, 60, 240]), 100)
# No one can guess half of a key, nor can anybody who is trusted open the count again: it is never closed for good.
RECOVERY_CODE = Budget("recovery_code", 5, _rising([5, 10, 20, 60]), None)
# Three new invitations a day for who let one expire; after ten such days whoever invited has to send one.
INVITATION = Budget("invitation", 3, {number: timedelta(days=1) for number in range(3, 30, 3)}, 30)
# Who gets here has the link of a mail; whoever invited sends another one, which begins a count of its own.
INVITATION_CODE = Budget("invitation_code", 5, _rising([5, 10, 20, 60, 240]), 100)
# Who gets here is logged in and asked to sign; a new code begins no new count.
SIGNING_CODE = Budget("signing_code", 15, _rising([5, 10, 20, 60, 240]), 100)
COUPLING = Budget("coupling", 10, {}, None)
# All who share a network address share this one, so it has no waits: who tries elsewhere is not held up.
ADDRESS = Budget("address", 10, {}, None)


# Each one that is sent may wake somebody; whoever asks in vain a few times asks a person (L-22, L-23).
FORGOTTEN = Budget("forgotten", 5, {}, None, DAY)
FORGOTTEN_ADDRESS = Budget("forgotten_address", 5, {}, None, DAY)


def password_budget(attempts: int) -> Budget:
    """Return how many passwords devices that are not known may try: so many in a row close the count (L-18)."""
    return Budget(PASSWORD.kind, PASSWORD.in_window, {}, attempts)


def is_closed(session: Session, budget: Budget, subject: bytes) -> bool:
    """Tell whether a count is closed until `forget`."""
    row = session.scalar(select(FailedTries.in_a_row).where(*_row(budget, subject)))
    return row is not None and budget.in_a_row is not None and row >= budget.in_a_row


def subject_of(session: Session, *parts: str) -> bytes:
    """Return the keyed digest under which tries are counted: of a name, person, device or address."""
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return session.package_key("accounts").lookup(b"tries/" + message)


def count_try(session: Session, budget: Budget, subject: bytes) -> None:
    """Count one try. Raises `TooManyTries` when it is not allowed; then it is not counted either."""
    now = session.source.now()
    first = insert_into(session, FailedTries).values(
        kind=budget.kind, subject=subject, in_a_row=1, window_started_at=now, in_window=1, not_before=now
    )
    counted = first.on_conflict_do_update(
        index_elements=[FailedTries.kind, FailedTries.subject],
        set_=_one_more(budget, now),
        where=_is_allowed(budget, now),
    ).returning(FailedTries.in_a_row)
    if session.execute(counted).first() is None:
        _refuse(session, budget, subject)


def forget(session: Session, budget: Budget, subject: bytes) -> None:
    """Forget what was counted, after a right try or when someone has helped."""
    session.execute(delete(FailedTries).where(*_row(budget, subject)))


def give_back(session: Session, budget: Budget, subject: bytes) -> None:
    """Take back one try that turned out right, where others share the count."""
    more_than_none = FailedTries.in_window > 0
    session.execute(
        update(FailedTries)
        .where(*_row(budget, subject), more_than_none)
        .values(in_window=FailedTries.in_window - 1)
        .execution_options(synchronize_session=False)
    )


def purge_old_tries(session: Session) -> int:
    """Delete counts of a few tries after which nothing was tried for a month; return how many.

    Whoever comes back after a month to try four times gets nowhere; closed counts and waits stay.
    """
    forgotten = delete(FailedTries).where(
        FailedTries.in_a_row < FEW, FailedTries.window_started_at <= session.source.now() - MONTH
    )
    return len(session.scalars(forgotten.returning(FailedTries.kind)).all())


def _row(budget: Budget, subject: bytes) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return FailedTries.kind == budget.kind, FailedTries.subject == subject


def _window_is_over(budget: Budget, now: datetime) -> ColumnElement[bool]:
    return FailedTries.window_started_at <= now - budget.window


def _is_allowed(budget: Budget, now: datetime) -> ColumnElement[bool]:
    allowed = and_(
        FailedTries.not_before <= now,
        or_(_window_is_over(budget, now), FailedTries.in_window < budget.in_window),
    )
    return and_(allowed, FailedTries.in_a_row < budget.in_a_row) if budget.in_a_row else allowed


def _one_more(budget: Budget, now: datetime) -> dict[str, Any]:
    waits = [(FailedTries.in_a_row + 1 == number, now + wait) for number, wait in budget.waits.items()]
    return {
        "in_a_row": FailedTries.in_a_row + 1,
        "in_window": case((_window_is_over(budget, now), 1), else_=FailedTries.in_window + 1),
        "window_started_at": case((_window_is_over(budget, now), now), else_=FailedTries.window_started_at),
        "not_before": case(*waits, else_=FailedTries.not_before) if waits else FailedTries.not_before,
    }


def _refuse(session: Session, budget: Budget, subject: bytes) -> NoReturn:
    row = session.scalar(select(FailedTries).where(*_row(budget, subject)).execution_options(populate_existing=True))
    if row is None:
        # Someone succeeded, and so wiped the count, between the two statements.
        raise TooManyTries(session.source.now())
    if budget.in_a_row and row.in_a_row >= budget.in_a_row:
        raise TooManyTries(None)
    window_ends = row.window_started_at + budget.window if row.in_window >= budget.in_window else row.not_before
    raise TooManyTries(max(row.not_before, window_ends))

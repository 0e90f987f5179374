"""Wrong tries: counted in the database before their result is known (L-18; security.md, goal I)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from accounts.errors import TooManyTries
from accounts.failed_tries import (
    ADDRESS,
    PASSWORD,
    SECOND_FACTOR,
    Budget,
    count_try,
    forget,
    give_back,
    purge_old_tries,
    subject_of,
)
from accounts.models import FailedTries
from crypto.source import SeededSource
from database.session import Session, SessionFactory

ANNA = b"anna"


def tries_until_closed(session: Session, source: SeededSource, budget: Budget) -> Iterator[datetime]:
    """Try as often as the budget allows, at the first moment it allows; yield the moment of each try."""
    while True:
        try:
            count_try(session, budget, ANNA)
        except TooManyTries as error:
            if error.until is None:
                return
            source.advance(error.until - source.now())
        else:
            yield source.now()


def most_within(moments: list[datetime], duration: timedelta) -> int:
    """Return the largest number of moments in any stretch of that duration."""
    return max(sum(first <= moment < first + duration for moment in moments) for first in moments)


def test_the_sixth_wrong_password_must_wait(session: Session, source: SeededSource) -> None:
    for _ in range(5):
        count_try(session, PASSWORD, ANNA)

    with pytest.raises(TooManyTries) as refused:
        count_try(session, PASSWORD, ANNA)
    assert refused.value.until == source.now() + timedelta(minutes=5)
    with pytest.raises(TooManyTries):
        count_try(session, PASSWORD, ANNA)

    source.advance(timedelta(minutes=5))
    count_try(session, PASSWORD, ANNA)


def test_the_waits_rise_to_an_hour(session: Session, source: SeededSource) -> None:
    moments = list(tries_until_closed(session, source, PASSWORD))

    waits = [later - earlier for earlier, later in pairwise(moments) if later > earlier]
    assert [wait / timedelta(minutes=1) for wait in waits[:6]] == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize("budget", [PASSWORD, SECOND_FACTOR], ids=lambda budget: budget.kind)
def test_after_a_hundred_in_a_row_the_count_is_closed(session: Session, source: SeededSource, budget: Budget) -> None:
    """NIST SP 800-63B-4, 3.2.2: then only someone who helps opens it."""
    moments = list(tries_until_closed(session, source, budget))
    source.advance(timedelta(days=400))

    assert len(moments) == 100
    with pytest.raises(TooManyTries) as refused:
        count_try(session, budget, ANNA)
    assert refused.value.until is None
    forget(session, budget, ANNA)
    count_try(session, budget, ANNA)


def test_a_second_factor_can_be_tried_5_times_in_5_minutes_20_an_hour_50_a_day(
    session: Session, source: SeededSource
) -> None:
    """However an attacker times it: the budget is used at the first moment it allows."""
    moments = list(tries_until_closed(session, source, SECOND_FACTOR))

    assert most_within(moments, timedelta(minutes=5)) == 5
    assert most_within(moments, timedelta(hours=1)) <= 20
    assert most_within(moments, timedelta(days=1)) <= 50


def test_slow_tries_count_too(session: Session, source: SeededSource) -> None:
    """One try a minute never fills a window of five minutes, but is the fifth in a row all the same."""
    for _ in range(5):
        count_try(session, PASSWORD, ANNA)
        source.advance(timedelta(minutes=1))

    with pytest.raises(TooManyTries):
        count_try(session, PASSWORD, ANNA)


def test_a_right_try_forgets_the_wrong_ones(session: Session) -> None:
    for _ in range(20):
        count_try(session, PASSWORD, ANNA)
        forget(session, PASSWORD, ANNA)


def test_kinds_and_subjects_have_counts_of_their_own(session: Session) -> None:
    for _ in range(5):
        count_try(session, PASSWORD, ANNA)

    count_try(session, PASSWORD, b"bram")
    count_try(session, SECOND_FACTOR, ANNA)


def test_an_address_gets_back_what_turned_out_right(session: Session) -> None:
    """Ten colleagues behind one address log in; an eleventh can too, and ten wrong ones can't."""
    for _ in range(30):
        count_try(session, ADDRESS, ANNA)
        give_back(session, ADDRESS, ANNA)
    for _ in range(10):
        count_try(session, ADDRESS, ANNA)

    with pytest.raises(TooManyTries):
        count_try(session, ADDRESS, ANNA)


def test_giving_back_never_makes_room_for_more_than_the_budget(session: Session) -> None:
    count_try(session, ADDRESS, ANNA)
    for _ in range(5):
        give_back(session, ADDRESS, ANNA)
    for _ in range(10):
        count_try(session, ADDRESS, ANNA)

    with pytest.raises(TooManyTries):
        count_try(session, ADDRESS, ANNA)


def test_a_few_tries_are_purged_after_a_month_and_many_never_are(session: Session, source: SeededSource) -> None:
    """Whoever types names that nobody has must not fill the table for good; a closed count stays closed."""
    count_try(session, PASSWORD, b"once, long ago")
    for _ in range(5):
        count_try(session, PASSWORD, ANNA)
    source.advance(timedelta(days=30))
    count_try(session, PASSWORD, b"once, just now")

    assert purge_old_tries(session) == 1
    rows = {row.subject: row.in_a_row for row in session.scalars(select(FailedTries))}
    assert rows == {ANNA: 5, b"once, just now": 1}


@pytest.mark.parametrize("already", [0, 3])
def test_tries_at_the_same_time_are_no_more_than_the_budget(session_factory: SessionFactory, already: int) -> None:
    """64 at once, each in a transaction of its own, on a count that exists and on one that does not."""
    with session_factory() as session:
        for _ in range(already):
            count_try(session, PASSWORD, ANNA)
        session.commit()

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                count_try(session, PASSWORD, ANNA)
            except TooManyTries:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(64))) == 5 - already


def test_the_subject_is_a_keyed_digest_that_mixes_up_nothing(session: Session) -> None:
    """The table names nobody, and no name can be made to look like a name and a device."""
    assert b"anna" not in subject_of(session, "anna")
    assert subject_of(session, "anna", "unknown") != subject_of(session, "annaunknown", "")
    assert subject_of(session, "anna") == subject_of(session, "anna")

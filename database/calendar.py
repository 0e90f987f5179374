"""Which day it is where the organisations are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from babel.dates import get_timezone

from database.session import Session

# Babel brings the rules along; the standard library would look for them on the machine, where they may be absent.
DUTCH_TIME = get_timezone("Europe/Amsterdam")


def day_of(moment: datetime) -> date:
    """The Dutch calendar day of a moment."""
    return moment.astimezone(DUTCH_TIME).date()


def midnight(day: date) -> datetime:
    """The moment at which a day begins in the Netherlands."""
    evening_before = day - timedelta(days=1)
    moments = (datetime.combine(evening_before, time(hour), UTC) for hour in (22, 23))
    return next(moment for moment in moments if day_of(moment) == day)


def today(session: Session) -> date:
    """The Dutch calendar day of now: agreements and employments start and end at Dutch midnight."""
    return day_of(session.source.now())

"""Which day it is where the organisations are."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import get_timezone

from database.session import Session

# Babel brings the rules along; the standard library would look for them on the machine, where they may be absent.
DUTCH_TIME = get_timezone("Europe/Amsterdam")


def day_of(moment: datetime) -> date:
    """The Dutch calendar day of a moment."""
    return moment.astimezone(DUTCH_TIME).date()


def today(session: Session) -> date:
    """The Dutch calendar day of now: agreements and employments start and end at Dutch midnight."""
    return day_of(session.source.now())

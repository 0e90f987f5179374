"""A source whose clock stands in the past, so that a demo has a history of weeks."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta

from crypto.source import Source
from organisation.calendar import DUTCH_TIME, day_of

_SATURDAY = 5


class PastSource:
    """Ids and tokens of the real source, moments of a past that is told in order.

    Implements `crypto.source.Source`.
    """

    def __init__(self, source: Source) -> None:
        """`source` is the real one, which also says up to when the past may be told."""
        self._source = source
        self._moment: datetime | None = None

    def now(self) -> datetime:
        """The moment that was set, and the real one before anything was set."""
        return self._moment or self._source.now()

    def new_id(self) -> uuid.UUID:
        """A random identifier of the real source."""
        return self._source.new_id()

    def token(self, length: int) -> bytes:
        """Random bytes of the real source."""
        return self._source.token(length)

    def move_to(self, moment: datetime) -> None:
        """Set the clock. Raises `ValueError` for a moment before the one it shows, or one that is still to come."""
        if moment > self._source.now() or (self._moment is not None and moment < self._moment):
            raise ValueError("the past of the demo is told in order, and ends now")
        self._moment = moment

    def pass_time(self, duration: timedelta) -> None:
        """Let time pass, at most until the real moment."""
        self._moment = min(self.now() + duration, self._source.now())


def workday(today: date, ago: int) -> date:
    """The working day that lies `ago` working days before `today`, which itself does not count."""
    day = today
    while ago > 0:
        day -= timedelta(days=1)
        ago -= day.weekday() < _SATURDAY
    return day


def dutch_moment(day: date, clock: str) -> datetime:
    """The moment of a Dutch day at which the clock in the Netherlands shows `clock` (``09:30``), in UTC."""
    as_utc = datetime.combine(day, time.fromisoformat(clock), tzinfo=UTC)
    offset = as_utc.astimezone(DUTCH_TIME).utcoffset()
    return as_utc - (offset or timedelta())


class Agenda:
    """Moments told as working days ago and a time of day, seen from the moment that the demo was made."""

    def __init__(self, now: datetime) -> None:
        """`now` is the real moment."""
        self.now = now
        self.today = day_of(now)

    def moment(self, ago: int, clock: str) -> datetime:
        """The moment `clock` (Dutch time) on the day that lies `ago` working days back, one or more."""
        return dutch_moment(workday(self.today, ago), clock)

    def minutes_ago(self, minutes: int) -> datetime:
        """The moment that many minutes back."""
        return self.now - timedelta(minutes=minutes)

"""The clock of the demo, by which weeks are told in seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from crypto.source import SeededSource
from portal.demo.clock import PastSource, dutch_moment, workday

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_the_past_is_told_in_order_and_ends_now() -> None:
    clock = PastSource(SeededSource("clock", NOW))
    clock.move_to(NOW - timedelta(days=2))
    clock.pass_time(timedelta(days=1))

    assert clock.now() == NOW - timedelta(days=1)
    with pytest.raises(ValueError, match="in order"):
        clock.move_to(NOW - timedelta(days=2))
    with pytest.raises(ValueError, match="ends now"):
        clock.move_to(NOW + timedelta(seconds=1))
    clock.pass_time(timedelta(days=5))
    assert clock.now() == NOW


def test_ids_and_tokens_are_those_of_the_real_source() -> None:
    real, same = SeededSource("clock", NOW), SeededSource("clock", NOW)
    clock = PastSource(real)
    clock.move_to(NOW - timedelta(weeks=8))

    assert (clock.new_id(), clock.token(8)) == (same.new_id(), same.token(8))


def test_working_days_skip_weekends() -> None:
    sunday = date(2026, 11, 22)

    assert [workday(sunday, ago) for ago in (1, 2, 6)] == [date(2026, 11, 20), date(2026, 11, 19), date(2026, 11, 13)]


def test_a_dutch_clock_shows_another_hour_than_utc_in_winter_and_summer() -> None:
    assert dutch_moment(date(2026, 11, 20), "09:30") == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert dutch_moment(date(2026, 7, 20), "09:30") == datetime(2026, 7, 20, 7, 30, tzinfo=UTC)

"""How dates, times and numbers are written (screens.md, *Words*)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from portal import formats
from tests.portal.world import START, World


@pytest.fixture(autouse=True)
def _within_a_request(world: World) -> Iterator[None]:
    with world.app.test_request_context():
        yield


def test_dates_and_times_are_dutch_and_of_amsterdam() -> None:
    winter, summer = datetime(2026, 1, 31, 23, 30, tzinfo=UTC), datetime(2026, 7, 1, 13, 5, tzinfo=UTC)

    assert formats.short_date(date(2026, 11, 22)) == "22-11-2026"
    assert formats.long_date(date(2018, 3, 15)) == "15 maart 2018"
    assert formats.long_date(winter) == "1 februari 2026"
    assert formats.date_and_time(summer) == "01-07-2026 om 15:05"
    assert formats.clock_time(winter) == "00:30"


@pytest.mark.parametrize(
    ("passed", "told"), [(timedelta(days=92), "3 maanden geleden"), (timedelta(hours=2), "2 uur geleden")]
)
def test_an_age_is_told_as_on_the_start_page(passed: timedelta, told: str) -> None:
    """K-11."""
    assert formats.ago(START - passed) == told


@pytest.mark.parametrize(
    ("birth_date", "age"), [(date(1990, 11, 22), 36), (date(1990, 11, 23), 35), (date(2004, 2, 29), 22)]
)
def test_an_age_in_years_grows_on_the_birthday(birth_date: date, age: int) -> None:
    assert formats.age(birth_date) == age


def test_a_name_goes_on_at_the_next_line_after_an_underscore_and_is_escaped() -> None:
    assert formats.breakable("Plan_<b>_1.pdf") == "Plan_<wbr>&lt;b&gt;_<wbr>1.pdf"


def test_a_bsn_is_masked_until_asked_for() -> None:
    assert formats.spaced_bsn("999990019") == "9999 90 019"


@pytest.mark.parametrize(
    "write", [formats.short_date, formats.long_date, formats.date_and_time, formats.clock_time, formats.ago]
)
def test_what_is_not_there_is_written_as_nothing(write: object) -> None:
    assert write(None) == ""  # type: ignore[operator]

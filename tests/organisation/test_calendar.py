"""Days begin at Dutch midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from organisation.calendar import day_of


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 1, 22, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_a_day_begins_at_dutch_midnight_in_winter_and_summer(moment: datetime, day: date) -> None:
    """Settled: known shares end on the end date of the agreement, which people read as a Dutch date."""
    assert day_of(moment) == day

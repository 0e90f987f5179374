"""The census of `tests.census` with everybody, also who is at one organisation what another is elsewhere (goal A)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.census.oracle import ROUTES
from tests.census.test_every_route import OF_NOBODY_HERE
from tests.census.town import make_town
from tests.census.walking import EVERYBODY, EVERYDAY, Walker


def test_nobody_of_any_organisation_sees_or_does_what_the_role_may_not(
    tmp_path: Path, tell: Callable[[object], None]
) -> None:
    walker = Walker(make_town(tmp_path))

    report = walker.walk()

    walker.town.portal.services.factory.engine.dispose()
    tell(f"{report.requests} requests, {len(report.faults)} faults")
    assert report.faults == []
    assert {f"{endpoint} {method}" for endpoint, method in ROUTES} - report.allowed.keys() == OF_NOBODY_HERE
    walked = set().union(*report.allowed.values())
    assert walked == set(EVERYBODY)
    assert walked > set(EVERYDAY)

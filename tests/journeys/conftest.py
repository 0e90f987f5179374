"""What the journeys share: a portal from nothing, and browser windows that are closed and judged at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.running_portal import RunningPortal, new_portal
from tests.journeys.visit import DESKTOP, Visit

NewVisit = Callable[..., Visit]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    """A portal that nothing has been done with yet."""
    with new_portal(tmp_path) as made:
        yield made


@pytest.fixture
def inspected() -> set[str]:
    """The kinds of page that axe has seen in this test."""
    return set()


@pytest.fixture
def new_visit(browser: Browser, portal: RunningPortal, inspected: set[str]) -> Iterator[NewVisit]:
    """Opens a browser window on the portal; whatever went wrong in one fails the test."""
    visits: list[Visit] = []

    def open_window(*, width: int = DESKTOP, scripts: bool = True) -> Visit:
        visit = Visit(browser, portal.base_url, inspected=inspected, width=width, scripts=scripts)
        visits.append(visit)
        return visit

    yield open_window
    for visit in visits:
        visit.close()

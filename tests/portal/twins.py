"""Two portals that differ in one thing only, and draw the same ids and tokens at the same request of the same visitor.

Nothing is masked when they are compared (design 2.6): what differs, differs because of that one thing.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from crypto.source import SeededSource
from portal.app import create_app
from portal.services import open_services
from tests.people import CHEAP_ARGON2, SALT_KEY
from tests.portal.company import Company
from tests.portal.world import make_settings


class SourceOfEach:
    """A source with a stream of its own for each act of each client, and one clock that can be set."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._clock = SeededSource("clock", start)
        self._acts: Counter[str] = Counter()
        self.act("the world")

    def act(self, client: str) -> None:
        """From here on draw for the next act of a client."""
        self._acts[client] += 1
        self._drawn = SeededSource(f"{client}/{self._acts[client]}", self._start)

    def at(self, since_start: timedelta) -> None:
        """Set the clock."""
        self._clock.advance(self._start + since_start - self._clock.now())

    def advance(self, duration: timedelta) -> None:
        """Move the clock."""
        self._clock.advance(duration)

    def now(self) -> datetime:
        """The moment of the clock."""
        return self._clock.now()

    def new_id(self) -> UUID:
        """An id of the act."""
        return self._drawn.new_id()

    def token(self, length: int) -> bytes:
        """A token of the act."""
        return self._drawn.token(length)


def twin_of(original: Company, folder: Path) -> tuple[Company, SourceOfEach]:
    """Return another portal with the same people, in which each network address is a client."""
    folder.mkdir()
    database = folder / "company.sqlite3"
    shutil.copyfile(original.portal.services.settings.database_url.removeprefix("sqlite:///"), database)
    shutil.copytree(original.portal.services.settings.data_directory, folder / "data")
    source = SourceOfEach(original.portal.source.now())
    settings = make_settings(folder, f"sqlite:///{database}", SMS_FOLDER=str(folder / "sms"))
    services = replace(open_services(settings, source), salt_key=SALT_KEY, argon2=CHEAP_ARGON2)
    app = create_app(settings, services=services)
    app.wsgi_app = _drawing_for_each(app.wsgi_app, source)  # type: ignore[method-assign]
    portal = replace(original.portal, app=app, services=services, source=source)  # type: ignore[arg-type]
    world = replace(original.world, people=dict(original.world.people), departments=dict(original.world.departments))
    portal.people = world.people
    return Company(portal, world, dict(original.employees)), source


def _drawing_for_each(application: Callable[..., Iterable[bytes]], source: SourceOfEach) -> Any:
    def drawing(environment: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        source.act(environment["REMOTE_ADDR"])
        return application(environment, start_response)

    return drawing

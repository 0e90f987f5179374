"""What a group may do, whom and what a user may see, announcements (T-06; U-10..U-18; part C)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import Route

MANAGERS = frozenset({"klantbeheer"})

OF_SERVICES = ("announcements.",)

ANNOUNCEMENT = {
    "title": "Onderhoud", "text": "Zaterdag dicht.", "audience": "both", "starts_on": "01-03-2026", "ends_on": "",
}  # fmt: skip

ROUTES: Mapping[tuple[str, str], Route] = {
    ("announcements.show", "GET"): Route(MANAGERS),
    ("announcements.show_new", "GET"): Route(MANAGERS),
    ("announcements.add", "POST"): Route(MANAGERS, values=ANNOUNCEMENT),
    ("announcements.show_one", "GET"): Route(MANAGERS),
    ("announcements.change", "POST"): Route(MANAGERS, values=ANNOUNCEMENT),
    ("announcements.show_removal", "GET"): Route(MANAGERS),
    ("announcements.remove", "POST"): Route(MANAGERS),
}

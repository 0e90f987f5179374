"""Beheer and Instellingen: the routes on which the others of them hang."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import EVERYBODY, Route

OF_BOTH = ("administration.", "own_settings.")

ROUTES: Mapping[tuple[str, str], Route] = {
    ("administration.show", "GET"): Route(frozenset({"gebruikersbeheer", "klantbeheer", "werkgever"})),
    ("own_settings.save_language", "POST"): Route(EVERYBODY, values={"language": "nl"}),
    ("own_settings.save_notices", "POST"): Route(EVERYBODY, values={"wanted": "share_request"}),
    ("own_settings.show", "GET"): Route(EVERYBODY),
    ("own_settings.show_email", "GET"): Route(EVERYBODY),
    ("own_settings.show_tasks", "GET"): Route(EVERYBODY),
}

"""Plaatsvervanging: only for whoever was given the right to register one, which nobody of the town has."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import Route

OF_BOTH = ("substitution.",)

ROUTES: Mapping[tuple[str, str], Route] = {
    ("substitution.show", "GET"): Route(frozenset({"plaatsvervanging"})),
    ("substitution.register", "POST"): Route(frozenset({"plaatsvervanging"})),
    ("substitution.ask_end", "GET"): Route(frozenset({"plaatsvervanging"})),
    ("substitution.end", "POST"): Route(frozenset({"plaatsvervanging"})),
}

"""Checking a signed document: for everybody, logged in or not."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import PUBLIC, Route

ROUTES: Mapping[tuple[str, str], Route] = {
    ("signing_check.show", "GET"): Route(stage=PUBLIC),
    # No file is sent along.
    ("signing_check.check", "POST"): Route(stage=PUBLIC, is_wrong=True),
}

"""The password asked again, and Instellingen > Beveiliging: everybody's own, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import EVERYBODY, Route

OF_BOTH = ("confirmation.",)

ROUTES: Mapping[tuple[str, str], Route] = {
    ("confirmation.show", "GET"): Route(EVERYBODY, queries=("next=/log", "next=//elders.example")),
    ("confirmation.confirm", "POST"): Route(EVERYBODY, values={"confirmed_password": "{own_password}"}),
}

"""What a group may do, whom and what a user may see, announcements (T-06; U-10..U-18; part C)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import Route

MANAGERS = frozenset({"klantbeheer"})
GIVERS = MANAGERS | {"gebruikersbeheer"}

OF_SERVICES = ("announcements.", "session_settings.")
OF_BOTH = ("authorisations.", "scopes.")

ANNOUNCEMENT = {
    "title": "Onderhoud", "text": "Zaterdag dicht.", "audience": "both", "starts_on": "01-03-2026", "ends_on": "",
}  # fmt: skip

TREE = {"whole": "nee", "takes_over": "nee", "shown": "", "bevestigd": "ja"}

ROUTES: Mapping[tuple[str, str], Route] = {
    ("announcements.show", "GET"): Route(MANAGERS),
    ("announcements.show_new", "GET"): Route(MANAGERS),
    ("announcements.add", "POST"): Route(MANAGERS, values=ANNOUNCEMENT),
    ("announcements.show_one", "GET"): Route(MANAGERS),
    ("announcements.change", "POST"): Route(MANAGERS, values=ANNOUNCEMENT),
    ("announcements.show_removal", "GET"): Route(MANAGERS),
    ("announcements.remove", "POST"): Route(MANAGERS),
    # Who administers sees the users and groups of the employers in scope; medical rights and session settings are for
    # a superbeheerder, who does not live in the town.
    ("authorisations.show_group", "GET"): Route(GIVERS, shows=Kind.STAFF),
    ("authorisations.change_group", "POST"): Route(GIVERS, values={"bevestigd": "ja"}),
    ("authorisations.show_user", "GET"): Route(GIVERS, shows=Kind.STAFF),
    ("authorisations.change_user", "POST"): Route(GIVERS, values={"bevestigd": "ja"}),
    ("authorisations.give_medical_rights", "POST"): Route(),
    ("authorisations.ask_take_medical", "GET"): Route(),
    ("authorisations.take_medical_rights", "POST"): Route(),
    ("scopes.show_user", "GET"): Route(GIVERS, shows=Kind.STAFF, queries=("open={department}", "open={employer}")),
    ("scopes.change_user", "POST"): Route(GIVERS, values=TREE, others=({"ticked": "{department}"},)),
    ("scopes.show_group", "GET"): Route(GIVERS, shows=Kind.STAFF, queries=("open={department}",)),
    ("scopes.change_group", "POST"): Route(GIVERS, values=TREE),
    ("scopes.show_people_of_user", "GET"): Route(GIVERS, shows=Kind.STAFF),
    ("scopes.change_people_of_user", "POST"): Route(GIVERS, values=TREE, others=({"ticked": "{person}"},)),
    ("scopes.show_people_of_group", "GET"): Route(GIVERS, shows=Kind.STAFF),
    ("scopes.change_people_of_group", "POST"): Route(GIVERS, values=TREE),
    ("admissions.ask_for_circle", "POST"): Route(),
    ("session_settings.show_user", "GET"): Route(),
    ("session_settings.change_user", "POST"): Route(),
    ("session_settings.show_group", "GET"): Route(),
    ("session_settings.change_group", "POST"): Route(),
}

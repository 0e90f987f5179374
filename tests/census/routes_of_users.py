"""Beheer > Gebruikers (U-01..U-09, U-18..U-22): Klantbeheer, and whoever administers users at an employer."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import Route

OF_BOTH = ("user_accounts.", "user_groups.", "users.")
USER_ADMINISTRATORS = frozenset({"gebruikersbeheer", "klantbeheer"})

USER = {
    "given_name": "", "initials": "", "infix": "", "last_name": "Nieuweling", "gender": "other",
    "email": "nieuweling@example.org", "login_name": "nieuweling", "period": "nee",
}  # fmt: skip

ROUTES: Mapping[tuple[str, str], Route] = {
    ("users.show_tree", "GET"): Route(
        USER_ADMINISTRATORS, shows=Kind.STAFF, queries=("organisatie={employer}", "groep={group}")
    ),
    ("users.search", "POST"): Route(USER_ADMINISTRATORS, values={"words": "Zqvx"}, shows=Kind.STAFF),
    ("users.show_new", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("users.add", "POST"): Route(USER_ADMINISTRATORS, values=USER),
    ("users.show", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("users.change", "POST"): Route(USER_ADMINISTRATORS, values=USER, others=({"group_id": "{group}"},)),
    ("user_accounts.lift", "POST"): Route(USER_ADMINISTRATORS),
    ("user_accounts.ask_block", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("user_accounts.block", "POST"): Route(USER_ADMINISTRATORS),
    ("user_accounts.show_reset", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("user_accounts.reset", "POST"): Route(USER_ADMINISTRATORS, values={"email": "nieuweling@example.org"}),
    ("user_accounts.ask_deactivate", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("user_accounts.end", "POST"): Route(USER_ADMINISTRATORS),
    ("user_accounts.reopen", "POST"): Route(USER_ADMINISTRATORS),
    ("user_accounts.ask_remove", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("user_accounts.remove", "POST"): Route(USER_ADMINISTRATORS),
    ("user_groups.show_new", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.ORGANISATION, queries=("groep={group}",)),
    ("user_groups.add", "POST"): Route(
        USER_ADMINISTRATORS,
        values={"name": "Nieuwe groep", "role_id": "{role_of_group}", "parent_id": ""},
        others=({"parent_id": "{group}"},),
    ),
    ("user_groups.show", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("user_groups.change", "POST"): Route(USER_ADMINISTRATORS, values={"name": "Andere naam", "parent_id": ""}),
    ("user_groups.ask_remove", "GET"): Route(USER_ADMINISTRATORS, shows=Kind.STAFF),
    ("user_groups.remove", "POST"): Route(USER_ADMINISTRATORS),
}

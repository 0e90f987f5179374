"""Answering an invitation into a dialogue: of each step nothing is shown to who has not opened a link (D-rule 32)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import EVERYBODY, PUBLIC, Route

TWICE = {"password": "vijf lauwe koffers op zolder", "repeated": "vijf lauwe koffers op zolder"}
NAMES = {"initials": "N.", "given_name": "Nora", "infix": "", "last_name": "Nieuw"}

# Nobody of the town was sent a link: each page leads to the one that asks for it.
ROUTES: Mapping[tuple[str, str], Route] = {
    ("joining.show_link", "GET"): Route(stage=PUBLIC),
    ("joining.open_link", "POST"): Route(stage=PUBLIC, values={"link": "x" * 43}, is_wrong=True),
    ("joining.show_choice", "GET"): Route(stage=PUBLIC),
    ("joining.ask_anew", "POST"): Route(stage=PUBLIC),
    ("joining.show_terms", "GET"): Route(stage=PUBLIC),
    ("joining.accept_terms", "POST"): Route(stage=PUBLIC, values={"version": "2026-1"}),
    ("joining.show_password", "GET"): Route(stage=PUBLIC),
    ("joining.choose_password", "POST"): Route(stage=PUBLIC, values=TWICE),
    ("joining.show_number", "GET"): Route(stage=PUBLIC),
    ("joining.send_sms", "POST"): Route(stage=PUBLIC, values={"number": "06 00000001"}),
    ("joining.show_code", "GET"): Route(stage=PUBLIC),
    ("joining.show_right_code", "POST"): Route(stage=PUBLIC, values={"code": "222222"}),
    ("joining.show_name", "GET"): Route(stage=PUBLIC),
    ("joining.sign_up", "POST"): Route(stage=PUBLIC, values=NAMES),
    ("joining.show_join", "GET"): Route(EVERYBODY),
    ("joining.join", "POST"): Route(EVERYBODY),
}

"""Forgotten login details and the new password that follows: the same for everybody (L-20..L-23)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import INVITED, PASSWORD, PUBLIC, Route

MAIL = {"email": "iemand@example.org", "altcha": "{proof}"}
NAME = {"login_name": "iemand", "altcha": "{proof}"}
TWICE = {"password": "vijf lauwe koffers op zolder", "repeated": "vijf lauwe koffers op zolder"}

# Who has only given a password, and follows no link, is sent back to log in.
ROUTES: Mapping[tuple[str, str], Route] = {
    ("forgotten.show", "GET"): Route(stage=PUBLIC),
    ("forgotten.show_login_name", "GET"): Route(stage=PUBLIC),
    ("forgotten.ask_login_name", "POST"): Route(stage=PUBLIC, values=MAIL),
    ("forgotten.show_password", "GET"): Route(stage=PUBLIC),
    ("forgotten.ask_password", "POST"): Route(stage=PUBLIC, values=NAME),
    ("forgotten.show_sent", "GET"): Route(stage=PUBLIC),
    ("forgotten.challenge", "GET"): Route(stage=PUBLIC),
    ("resetting.open_link", "GET"): Route(stage=PUBLIC),
    ("resetting.show", "GET"): Route(stage=INVITED),
    ("resetting.start", "POST"): Route(stage=INVITED),
    ("resetting.show_choice", "GET"): Route(stage=PASSWORD),
    ("resetting.keep_key", "POST"): Route(stage=PASSWORD, values={**TWICE, "code": "{backup_code}"}),
    ("resetting.show_cost", "GET"): Route(stage=PASSWORD),
    ("resetting.renew_key", "POST"): Route(stage=PASSWORD, values=TWICE),
}

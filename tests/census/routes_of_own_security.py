"""The password asked again, and Instellingen > Beveiliging: everybody's own, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import EVERYBODY, Route

OF_BOTH = ("confirmation.", "factor_checks.", "factor_settings.", "phone_settings.", "security_settings.")

NEW = "vijf lauwe koffers op zolder"
NEW_PASSWORD = {"present": "{own_password}", "password": NEW, "repeated": NEW}
ANSWER = {"answer": "{}", "name": "Sleutelbos"}
CODE = {"code": "abc234"}

ROUTES: Mapping[tuple[str, str], Route] = {
    ("confirmation.show", "GET"): Route(EVERYBODY, queries=("next=/log", "next=//elders.example")),
    ("confirmation.confirm", "POST"): Route(EVERYBODY, values={"confirmed_password": "{own_password}"}),
    ("security_settings.show", "GET"): Route(EVERYBODY),
    ("security_settings.show_password", "GET"): Route(EVERYBODY),
    ("security_settings.change_password", "POST"): Route(EVERYBODY, values=NEW_PASSWORD),
    ("security_settings.ask_backup_code", "GET"): Route(EVERYBODY),
    ("security_settings.make_code", "POST"): Route(EVERYBODY),
    ("security_settings.end_session", "POST"): Route(EVERYBODY),
    ("security_settings.end_sessions", "POST"): Route(EVERYBODY),
    # What changes a way in leads to the second factor first: the walker has shown none in its sessions.
    ("factor_checks.show", "GET"): Route(EVERYBODY, queries=("manier=backup_code", "manier=iets", "next=//elders")),
    ("factor_checks.check_app", "POST"): Route(EVERYBODY, values={"code": "000000"}, is_wrong=True),
    ("factor_checks.send_sms", "POST"): Route(EVERYBODY),
    ("factor_checks.check_sms", "POST"): Route(EVERYBODY, values=CODE),
    ("factor_checks.check_key", "POST"): Route(EVERYBODY, values=ANSWER, is_wrong=True),
    ("factor_checks.check_backup_code", "POST"): Route(EVERYBODY, values=CODE, is_wrong=True),
    ("factor_settings.show_preference", "GET"): Route(EVERYBODY),
    ("factor_settings.prefer", "POST"): Route(EVERYBODY, values={"factor": "security_key"}),
    ("factor_settings.show_app", "GET"): Route(EVERYBODY),
    ("factor_settings.couple_app", "POST"): Route(EVERYBODY, values=CODE),
    ("factor_settings.ask_remove_app", "GET"): Route(EVERYBODY),
    ("factor_settings.remove_own_app", "POST"): Route(EVERYBODY),
    ("factor_settings.show_new_key", "GET"): Route(EVERYBODY),
    ("factor_settings.add_key", "POST"): Route(EVERYBODY, values=ANSWER),
    ("factor_settings.show_name", "GET"): Route(EVERYBODY),
    ("factor_settings.rename", "POST"): Route(EVERYBODY, values={"name": "Thuis"}),
    ("factor_settings.ask_remove_key", "GET"): Route(EVERYBODY),
    ("factor_settings.remove_own_key", "POST"): Route(EVERYBODY),
    ("phone_settings.show", "GET"): Route(EVERYBODY),
    ("phone_settings.send", "POST"): Route(EVERYBODY, values={"number": "+31600000001"}),
    ("phone_settings.show_code", "GET"): Route(EVERYBODY),
    ("phone_settings.send_again", "POST"): Route(EVERYBODY),
    ("phone_settings.confirm", "POST"): Route(EVERYBODY, values=CODE),
    ("phone_settings.ask_remove", "GET"): Route(EVERYBODY),
    ("phone_settings.remove", "POST"): Route(EVERYBODY),
}

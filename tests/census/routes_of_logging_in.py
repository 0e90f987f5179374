"""The second factors: asked for at login, and set up by who has none (L-05..L-15, L-35)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import PASSWORD, PUBLIC, SETTING_UP, Route

ANSWER = {"answer": "{}", "name": "Sleutelbos"}

ROUTES: Mapping[tuple[str, str], Route] = {
    ("invitations.ask_anew", "POST"): Route(stage=PUBLIC),
    ("login_factors.show_app", "GET"): Route(stage=PASSWORD),
    ("login_factors.check_app", "POST"): Route(stage=PASSWORD, values={"code": "{code}"}),
    ("login_factors.show_key", "GET"): Route(stage=PASSWORD),
    ("login_factors.check_key", "POST"): Route(stage=PASSWORD, values=ANSWER, is_wrong=True),
    ("login_factors.show_sms", "GET"): Route(stage=PASSWORD),
    ("login_factors.check_sms", "POST"): Route(stage=PASSWORD, values={"code": "abc234"}),
    ("login_factors.send_sms", "POST"): Route(stage=PASSWORD),
    ("login_factors.show_backup_code", "GET"): Route(stage=PASSWORD),
    ("login_factors.check_backup_code", "POST"): Route(stage=PASSWORD, values={"code": "{backup_code}"}),
    ("login_factors.show_others", "GET"): Route(stage=PASSWORD),
    ("onboarding_factors.show", "GET"): Route(stage=SETTING_UP),
    ("onboarding_factors.finish", "GET"): Route(stage=SETTING_UP),
    ("onboarding_factors.show_phone", "GET"): Route(stage=SETTING_UP),
    ("onboarding_factors.send_phone_code", "POST"): Route(stage=SETTING_UP, values={"number": "+31600000001"}),
    ("onboarding_factors.show_phone_code", "GET"): Route(stage=SETTING_UP),
    ("onboarding_factors.send_phone_code_anew", "POST"): Route(stage=SETTING_UP),
    ("onboarding_factors.couple_phone", "POST"): Route(stage=SETTING_UP, values={"code": "abc234"}),
    ("onboarding_factors.show_key", "GET"): Route(stage=SETTING_UP),
    ("onboarding_factors.add_key", "POST"): Route(stage=SETTING_UP, values=ANSWER, is_wrong=True),
    ("onboarding_factors.show_coupling", "GET"): Route(stage=SETTING_UP),
    ("onboarding_factors.couple", "POST"): Route(stage=SETTING_UP, values={"code": "000000"}, is_wrong=True),
}

"""Every route says who may use it; one that does not answers 403 and fails here (design 4; habits 4 and 5)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from crypto.source import SystemSource
from portal.app import create_app
from portal.authorisation import Access, Stage, access_of, public
from portal.commands.initialising import make_files
from tests.portal.world import make_settings

ADVICE = (
    "write @requires(Permission.<WHAT IT TAKES>) under the route, and take `*, actor: Actor` as an argument; "
    "@public only for what nobody's data is on"
)

# Whoever adds to these lists opens something to everyone: say in the commit why that must be.
PUBLIC = {
    "demo_accounts.show",
    "demo_mailbox.show_all",
    "demo_mailbox.show_one",
    "forgotten.ask_login_name",
    "forgotten.ask_password",
    "forgotten.challenge",
    "forgotten.show",
    "forgotten.show_login_name",
    "forgotten.show_password",
    "forgotten.show_sent",
    "health.show",
    "invitations.accept",
    "invitations.ask_anew",
    "invitations.open_link",
    "invitations.show",
    "joining.accept_terms",
    "joining.ask_anew",
    "joining.choose_password",
    "joining.open_link",
    "joining.send_sms",
    "joining.show_choice",
    "joining.show_code",
    "joining.show_link",
    "joining.show_name",
    "joining.show_number",
    "joining.show_password",
    "joining.show_right_code",
    "joining.show_terms",
    "joining.sign_up",
    "languages.choose",
    "sms_receipts.note",
    "login.check_password",
    "login.leave",
    "login.show_password",
    "resetting.open_link",
    "resetting.show",
    "resetting.start",
    "signing_check.check",
    "signing_check.show",
}
AFTER_PASSWORD = {
    "login_factors.check_app",
    "login_factors.check_backup_code",
    "login_factors.check_key",
    "login_factors.check_sms",
    "login_factors.send_sms",
    "login_factors.show_app",
    "login_factors.show_backup_code",
    "login_factors.show_key",
    "login_factors.show_others",
    "login_factors.show_sms",
    "resetting.keep_key",
    "resetting.renew_key",
    "resetting.show_choice",
    "resetting.show_cost",
}
SETTING_UP = {
    "onboarding_factors.add_key",
    "onboarding_factors.couple",
    "onboarding_factors.couple_phone",
    "onboarding_factors.finish",
    "onboarding_factors.send_phone_code",
    "onboarding_factors.send_phone_code_anew",
    "onboarding_factors.show",
    "onboarding_factors.show_coupling",
    "onboarding_factors.show_key",
    "onboarding_factors.show_phone",
    "onboarding_factors.show_phone_code",
}
SIGNED_IN = {
    "onboarding.accept",
    "onboarding.download_code",
    "onboarding.keep_code",
    "onboarding.make_code",
    "onboarding.show_code",
    "onboarding.show_terms",
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    settings = make_settings(
        tmp_path, f"sqlite:///{tmp_path / 'empty.sqlite3'}", BASE_URL="http://localhost", DEMO="yes"
    )
    make_files(settings, SystemSource())
    return create_app(settings)


def undeclared(views: dict[str, Callable[..., Any]]) -> list[str]:
    """Return the endpoints whose views declare nothing; static files are the same for everyone."""
    return sorted(name for name, view in views.items() if name != "static" and access_of(view) is None)


def at_stage(app: Flask, stage: Stage) -> set[str]:
    declared = {name: access_of(view) for name, view in app.view_functions.items()}
    return {name for name, access in declared.items() if access is not None and access.stage is stage}


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    assert undeclared(app.view_functions) == [], ADVICE


def test_what_is_open_without_permission_is_known_by_name(app: Flask) -> None:
    assert at_stage(app, Stage.VISITOR) == PUBLIC, ADVICE
    assert at_stage(app, Stage.PASSWORD) == AFTER_PASSWORD, ADVICE
    assert at_stage(app, Stage.SETTING_UP) == SETTING_UP, ADVICE
    assert at_stage(app, Stage.SIGNED_IN) == SIGNED_IN, ADVICE


def test_every_other_route_asks_for_a_permission(app: Flask) -> None:
    accesses = [access_of(view) for name, view in app.view_functions.items() if name in at_stage(app, Stage.READY)]

    assert accesses
    assert all(access is not None and access.permissions for access in accesses)


def test_the_rule_sees_a_view_that_forgot() -> None:
    def forgotten() -> str:
        return "everyone's data"

    assert undeclared({"new.forgotten": forgotten, "static": forgotten}) == ["new.forgotten"]


def test_the_rule_leaves_a_declared_view_alone() -> None:
    @public
    def open_to_all() -> str:
        return "nobody's data"

    assert access_of(open_to_all) == Access(Stage.VISITOR)
    assert undeclared({"new.open_to_all": open_to_all}) == []

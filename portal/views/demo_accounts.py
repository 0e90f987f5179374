"""The accounts of the demo, with what is needed to log in without a phone. This route exists in the demo only."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from pyotp import TOTP

from accounts.authenticators import STEP_SECONDS
from portal.authorisation import public
from portal.demo.accounts import PASSWORD, DemoAccount, read_kept
from portal.role_words import role_label
from portal.services import current_services

blueprint = Blueprint("demo_accounts", __name__)


@dataclass(frozen=True)
class AccountLine:
    """An account as the page shows it; `code` is what the app on a phone would show now."""

    name: str
    login: str
    roles: str
    sees: str
    code: str


@blueprint.get("/demo")
@public
def show() -> ResponseReturnValue:
    """List the accounts by organisation, each with its code of this moment."""
    services = current_services()
    kept = read_kept(services.settings.data_directory)
    if kept is None:
        abort(404)
    now = int(services.source.now().timestamp())
    lines = [(account.organisation, _line(account, now // STEP_SECONDS)) for account in kept.accounts]
    return render_template(
        "demo_accounts/list.html",
        password=PASSWORD,
        # A code is still accepted in the half minute after its own (RFC 6238, 5.2).
        seconds_left=2 * STEP_SECONDS - now % STEP_SECONDS,
        organisations=[(name, [line for _, line in group]) for name, group in groupby(lines, key=lambda each: each[0])],
    )


def _line(account: DemoAccount, step: int) -> AccountLine:
    code = TOTP(account.totp_secret).generate_otp(step)
    roles = [role_label(role) for role in account.role.split(", ")]
    return AccountLine(account.name, account.login, ", ".join(roles), account.sees, f"{code[:3]} {code[3:]}")

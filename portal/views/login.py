"""Logging in and out: name and password, and the end of it (L-01, L-17, L-28; design 2.3)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from accounts.errors import TooManyTries, WrongLogin
from accounts.login import PasswordAccepted, begin_login, finish_password
from accounts.models import SessionStage
from accounts.people import person_by_id, who_is
from accounts.second_factors import factors_of
from accounts.sessions import FIRST_STEPS, PASSWORD_STAGE
from audit.actions import Action
from audit.recording import record
from crypto.passwords import stretch
from portal.arrival import NEXT, access_point
from portal.authorisation import public, safe_next
from portal.forms.base import typed
from portal.forms.login import PasswordForm
from portal.services import current_services
from portal.session import current_session, device_token, enter_password_stage, person_in_session, stage
from portal.transactions import database, release
from portal.views.login_factors import begin_second_step

blueprint = Blueprint("login", __name__)


@blueprint.get("/inloggen")
@public
def show_password() -> ResponseReturnValue:
    """Ask for name and password; who has logged in already goes on."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get(NEXT)), 303)
    return _password_page(PasswordForm())


@blueprint.post("/inloggen")
@public
def check_password() -> ResponseReturnValue:
    """Check name and password; go on to the second factor, or to setting one up (L-05)."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _password_page(form)
    try:
        accepted = _check(typed(form.login_name), typed(form.password))
    except (WrongLogin, TooManyTries):
        return _password_page(form, refused=True)
    wanted = request.args.get(NEXT)
    is_newcomer = not factors_of(database(), accepted.person_id)
    enter_password_stage(accepted.person_id, accepted.password_key, FIRST_STEPS if is_newcomer else PASSWORD_STAGE)
    if wanted:
        current_session()[NEXT] = safe_next(wanted)
    return begin_second_step()


@blueprint.post("/uitloggen")
@public
def leave() -> ResponseReturnValue:
    """Log out: the session ends at once (L-28)."""
    if stage() is SessionStage.COMPLETE:
        person = person_by_id(database(), person_in_session())
        record(database(), Action.LOGOUT_DO, by=who_is(person, access_point()))
    current_session().end()
    flash(_("U bent uitgelogd."), "success")
    return redirect(url_for("login.show_password"), 303)


def _check(login_name: str, password: str) -> PasswordAccepted:
    services = current_services()
    challenge = begin_login(
        database(),
        login_name,
        access_point(),
        device_token(),
        salt_key=services.salt_key,
        parameters=services.argon2,
        attempts=services.settings.login_attempts,
    )
    release()
    stretched = stretch(password, challenge.salt, challenge.parameters)
    return finish_password(database(), challenge, stretched)


def _password_page(form: PasswordForm, *, refused: bool = False) -> ResponseReturnValue:
    page = render_template("login/password.html", form=form, refused=refused, next=request.args.get(NEXT))
    return page, 422 if refused or form.errors else 200

"""Logging in and out (L-01, L-12, L-15, L-17; design 2.3)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from accounts.authenticators import check_code as check_app_code
from accounts.authenticators import is_coupled
from accounts.backup_codes import begin_backup_code, use_backup_code
from accounts.errors import NotCoupled, TooManyTries, WrongCode, WrongLogin
from accounts.login import PasswordAccepted, begin_login, finish_password
from accounts.models import SessionStage
from accounts.people import person_by_id, who_is
from accounts.sessions import FIRST_STEPS, PASSWORD_STAGE
from audit.actions import Action
from audit.recording import record
from crypto.errors import MalformedCode
from crypto.one_time import normalise_backup_code
from crypto.passwords import stretch
from portal.arrival import NEXT, access_point, arrive
from portal.authorisation import after_password, public, safe_next
from portal.formats import clock_time
from portal.forms.base import typed
from portal.forms.login import BackupCodeForm, CodeForm, PasswordForm
from portal.services import current_services
from portal.session import current_session, device_token, enter_password_stage, person_in_session, stage
from portal.transactions import database, release

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
    """Check name and password; go on to the second factor, or to coupling one (L-05)."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _password_page(form)
    try:
        accepted = _check(typed(form.login_name), typed(form.password))
    except (WrongLogin, TooManyTries):
        return _password_page(form, refused=True)
    wanted = request.args.get(NEXT)
    coupled = is_coupled(database(), accepted.person_id)
    enter_password_stage(accepted.person_id, accepted.password_key, PASSWORD_STAGE if coupled else FIRST_STEPS)
    if wanted:
        current_session()[NEXT] = safe_next(wanted)
    return redirect(url_for("login.show_code" if coupled else "onboarding.show_coupling"), 303)


@blueprint.get("/inloggen/code")
@after_password
def show_code() -> ResponseReturnValue:
    """Ask for the code of the authenticator app (L-12)."""
    return _code_page(CodeForm())


@blueprint.post("/inloggen/code")
@after_password
def check_code() -> ResponseReturnValue:
    """Check the code of the app and complete the login."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(form)
    try:
        factor = check_app_code(
            database(), person_in_session(), typed(form.code), access_point=access_point(), device=device_token()
        )
    except WrongCode:
        return _code_page(form, _("Deze code klopt niet, of is al gebruikt. Wacht op de volgende code in uw app."))
    except TooManyTries as refusal:
        return _code_page(form, _too_many(refusal))
    except NotCoupled:
        return redirect(url_for("onboarding.show_coupling"), 303)
    return arrive(factor)


@blueprint.get("/inloggen/back-upcode")
@after_password
def show_backup_code() -> ResponseReturnValue:
    """Ask for the back-up code instead (L-14, L-15)."""
    return _backup_code_page(BackupCodeForm())


@blueprint.post("/inloggen/back-upcode")
@after_password
def check_backup_code() -> ResponseReturnValue:
    """Use up the back-up code and complete the login."""
    form = BackupCodeForm()
    if not form.validate_on_submit():
        return _backup_code_page(form)
    try:
        code = normalise_backup_code(typed(form.code))
        challenge = begin_backup_code(
            database(), person_in_session(), access_point(), device_token(), salt_key=current_services().salt_key
        )
        release()
        used = use_backup_code(database(), challenge, stretch(code, challenge.salt, challenge.parameters))
    except (MalformedCode, WrongCode):
        return _backup_code_page(form, _("Deze back-up code klopt niet, of is al gebruikt."))
    except TooManyTries as refusal:
        return _backup_code_page(form, _too_many(refusal))
    return arrive(used.second_factor)


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


def _code_page(form: CodeForm, refused: str | None = None) -> ResponseReturnValue:
    page = render_template("login/code.html", form=form, refused=refused)
    return page, 422 if refused or form.errors else 200


def _backup_code_page(form: BackupCodeForm, refused: str | None = None) -> ResponseReturnValue:
    page = render_template("login/backup_code.html", form=form, refused=refused)
    return page, 422 if refused or form.errors else 200


def _too_many(refusal: TooManyTries) -> str:
    if refusal.until is None:
        return str(_("Het is te vaak mislukt. Vraag de beheerder van uw organisatie om hulp."))
    return str(_("Het is een paar keer mislukt. Probeer het om %(time)s opnieuw.", time=clock_time(refusal.until)))

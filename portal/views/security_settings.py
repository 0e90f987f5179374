"""Instellingen > Beveiliging: the password, the back-up code, the open sessions, and what there is besides (T-01)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.actor import Actor
from accounts.backup_codes import make_backup_code, new_backup_code
from accounts.credentials import PersonSecret, backup_salt, password_salt, set_password
from accounts.errors import TooManyTries, WeakPassword, WrongLogin
from accounts.open_sessions import end_all_others, end_other, open_sessions
from accounts.passwords import check_new_password
from accounts.people import person_by_id, shown_login_name
from accounts.permissions import Permission
from accounts.second_factors import Factor
from accounts.ways_in import ways_in
from crypto.passwords import stretch
from portal.arrival import access_point
from portal.authorisation import requires
from portal.confirmation import check_password_again, refused_password
from portal.device_names import device_in_words
from portal.forms.base import typed
from portal.forms.security import ChangePasswordForm
from portal.new_passwords import context_words, refused_as
from portal.second_factors import factors_in_use, is_denied_sms, offered_to
from portal.services import current_services
from portal.session import opened_session, renew_current_session
from portal.transactions import database, release

blueprint = Blueprint("security_settings", __name__, url_prefix="/instellingen/beveiliging")


@blueprint.get("")
@requires(Permission.START_SEE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show all ways in of the visitor, and where he or she is logged in."""
    return render_template(
        "own_settings/security.html",
        ways=ways_in(database(), actor.person_id),
        in_use=factors_in_use(actor.person_id),
        offered=offered_to(actor.person_id),
        is_denied_sms=is_denied_sms(actor.person_id),
        sessions=open_sessions(database(), opened_session()),
        device_in_words=device_in_words,
        Factor=Factor,
    )


@blueprint.get("/wachtwoord")
@requires(Permission.START_SEE)
def show_password(*, actor: Actor) -> ResponseReturnValue:
    """Ask for the present password and a new one."""
    return _password_page(ChangePasswordForm(), actor)


@blueprint.post("/wachtwoord")
@requires(Permission.START_SEE)
def change_password(*, actor: Actor) -> ResponseReturnValue:
    """Change the password; all other sessions end, and this one goes on under another cookie (L-25, goal M)."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _password_page(form, actor)
    words = context_words(person_by_id(database(), actor.person_id))
    # Guessing at a password and stretching it take long; nobody has to wait for that.
    release()
    try:
        check_new_password(typed(form.password), words)
        check_password_again(typed(form.present))
    except WeakPassword as refusal:
        form.password.errors = [refused_as(refusal)]
        return _password_page(form, actor)
    except (WrongLogin, TooManyTries) as refusal:
        form.present.errors = [refused_password(refusal)]
        return _password_page(form, actor)
    _set_password(typed(form.password))
    flash(_("Uw wachtwoord is gewijzigd. Op andere apparaten bent u uitgelogd."), "success")
    return redirect(url_for("security_settings.show"), 303)


@blueprint.get("/back-upcode")
@requires(Permission.START_SEE, fresh=True)
def ask_backup_code(*, actor: Actor) -> ResponseReturnValue:
    """Say what a new back-up code does to the one before, and ask once."""
    return render_template("own_settings/backup_code.html", ways=ways_in(database(), actor.person_id))


@blueprint.post("/back-upcode")
@requires(Permission.START_SEE, fresh=True)
def make_code(*, actor: Actor) -> ResponseReturnValue:
    """Make a new back-up code and show it this one time; the one before is void (L-13, L-14)."""
    services, opened = current_services(), _own_secret()
    release()
    code = new_backup_code(services.source)
    stretched = stretch(code, backup_salt(services.salt_key, actor.person_id), services.argon2)
    make_backup_code(database(), opened, stretched, services.argon2, access_point=access_point())
    return render_template("own_settings/backup_code_shown.html", code=code)


@blueprint.post("/sessies/<uuid:reference>/afmelden")
@requires(Permission.START_SEE)
def end_session(reference: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Afmelden*: end one of the visitor's other sessions."""
    end_other(database(), reference, opened_session(), actor)
    flash(_("U bent op dat apparaat uitgelogd."), "success")
    return redirect(url_for("security_settings.show"), 303)


@blueprint.post("/sessies/afmelden")
@requires(Permission.START_SEE)
def end_sessions(*, actor: Actor) -> ResponseReturnValue:
    """*Overal elders afmelden*."""
    count = end_all_others(database(), opened_session(), actor)
    told = ngettext(
        "U bent op %(num)s ander apparaat uitgelogd.", "U bent op %(num)s andere apparaten uitgelogd.", count
    )
    flash(told, "success")
    return redirect(url_for("security_settings.show"), 303)


def _own_secret() -> PersonSecret:
    row = opened_session()
    keys = row.opened_keys()
    return PersonSecret(keys.person_id, keys.generation, row.person_secret)


def _set_password(password: str) -> None:
    services, opened = current_services(), _own_secret()
    release()
    stretched = stretch(password, password_salt(services.salt_key, opened.person_id), services.argon2)
    set_password(database(), opened, stretched, services.argon2, access_point=access_point(), sparing=opened_session())
    renew_current_session()


def _password_page(form: ChangePasswordForm, actor: Actor) -> ResponseReturnValue:
    name = shown_login_name(database(), person_by_id(database(), actor.person_id))
    page = render_template("own_settings/password.html", form=form, login_name=name)
    return page, 422 if form.errors else 200

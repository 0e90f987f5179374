"""A new password by the link of a mail: second factor, then the back-up code or a new key (design 2.3, L-23, U-20)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.backup_codes import begin_backup_code, use_backup_code
from accounts.credentials import PersonSecret, password_salt
from accounts.errors import (
    ResetError,
    ResetExpired,
    ResetUsed,
    TooManyTries,
    WeakPassword,
    WrongCode,
)
from accounts.login import SecondFactor
from accounts.models import PasswordReset
from accounts.passwords import check_new_password
from accounts.people import person_by_id, shown_login_name, who_is
from accounts.recovering import find_reset
from accounts.resetting import PasswordReplaced, reset_password
from accounts.sessions import FIRST_STEPS
from crypto.errors import MalformedCode
from crypto.one_time import normalise_backup_code
from crypto.passwords import split, stretch
from crypto.secret import Secret
from organisation.readmission import ask_again, what_closes
from portal.arrival import access_point, arrive
from portal.authorisation import after_password, public
from portal.forms.base import typed
from portal.forms.forgotten import KeptKeyForm
from portal.forms.login import RenewedPasswordForm
from portal.new_passwords import context_words, refused_as
from portal.password_reset import (
    TOKEN,
    begin,
    factor_in_session,
    is_under_way,
    reset_in_session,
    token_in_session,
)
from portal.services import current_services
from portal.session import current_session, device_token, enter_password_stage, person_in_session, undo_request
from portal.transactions import database, release
from portal.views.login_factors import begin_second_step, to_first_way

blueprint = Blueprint("resetting", __name__, url_prefix="/wachtwoord-herstellen")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@blueprint.get("/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """Take the token out of the address at once, so that it stays in no history (security.md 1.3); use nothing up."""
    try:
        find_reset(database(), token)
    except ResetError as error:
        return _unusable_page(error)
    current_session()[TOKEN] = token
    return redirect(url_for("resetting.show"), 303)


@blueprint.get("")
@public
def show() -> ResponseReturnValue:
    """Say what will be asked for."""
    try:
        reset = reset_in_session()
    except ResetError as error:
        return _unusable_page(error)
    return render_template("resetting/begin.html", renews_factors=reset.renews_factors)


@blueprint.post("")
@public
def start() -> ResponseReturnValue:
    """Go on to the second factor, or past it where an administrator has renewed it."""
    try:
        reset = reset_in_session()
    except ResetError as error:
        return _unusable_page(error)
    begin(reset)
    if reset.renews_factors:
        return redirect(url_for("resetting.show_choice"), 303)
    return begin_second_step()


def proven(view: View) -> View:
    """Let only those use a view who have a link that is good, and their second factor where it is asked for."""

    @wraps(view)
    def with_reset(*arguments: Any, **values: Any) -> ResponseReturnValue:
        if not is_under_way():
            return redirect(url_for("login.show_password"), 303)
        try:
            reset = reset_in_session()
        except ResetError as error:
            return _unusable_page(error)
        if reset.person_id != person_in_session():
            return redirect(url_for("login.show_password"), 303)
        if not reset.renews_factors and factor_in_session(reset.person_id) is None:
            return to_first_way()
        return view(*arguments, reset=reset, **values)

    return with_reset  # type: ignore[return-value]


@blueprint.get("/back-upcode")
@after_password
@proven
def show_choice(*, reset: PasswordReset) -> ResponseReturnValue:
    """Ask for the back-up code, which keeps the key, and a new password; or lead on without the code."""
    return _kept_page(KeptKeyForm(), reset)


@blueprint.post("/back-upcode")
@after_password
@proven
def keep_key(*, reset: PasswordReset) -> ResponseReturnValue:
    """Use up the back-up code: the person's key survives the new password."""
    form = KeptKeyForm()
    if not form.validate_on_submit():
        return _kept_page(form, reset)
    person = person_by_id(database(), reset.person_id)
    words = context_words(person)
    try:
        code = normalise_backup_code(typed(form.code))
        challenge = begin_backup_code(
            database(), person.id, access_point(), device_token(), salt_key=current_services().salt_key
        )
        release()
        check_new_password(typed(form.password), words)
        stretched = _stretch(typed(form.password), reset)
        used = use_backup_code(database(), challenge, stretch(code, challenge.salt, challenge.parameters))
    except (MalformedCode, WrongCode):
        form.code.errors = [_("Deze back-up code klopt niet, of is al gebruikt.")]
    except TooManyTries:
        form.code.errors = [_("Het is een paar keer mislukt. Wacht een paar minuten en probeer het opnieuw.")]
    except WeakPassword as refusal:
        form.password.errors = [refused_as(refusal)]
    else:
        return _replace(reset, stretched, used.opened)
    return _kept_page(form, reset)


@blueprint.get("/zonder-back-upcode")
@after_password
@proven
def show_cost(*, reset: PasswordReset) -> ResponseReturnValue:
    """Say what a new key costs, and ask once."""
    return _cost_page(RenewedPasswordForm(), reset)


@blueprint.post("/zonder-back-upcode")
@after_password
@proven
def renew_key(*, reset: PasswordReset) -> ResponseReturnValue:
    """Make a new key under the new password, and ask again for all that closed."""
    form = RenewedPasswordForm()
    if not form.validate_on_submit():
        return _cost_page(form, reset)
    words = context_words(person_by_id(database(), reset.person_id))
    release()
    try:
        check_new_password(typed(form.password), words)
    except WeakPassword as refusal:
        form.password.errors = [refused_as(refusal)]
        return _cost_page(form, reset)
    return _replace(reset, _stretch(typed(form.password), reset), None)


def _replace(reset: PasswordReset, stretched: Secret, kept: PersonSecret | None) -> ResponseReturnValue:
    """Replace the password, and go on as someone who has just given it, with the second factor checked already."""
    token, factor = token_in_session(), factor_in_session(reset.person_id)
    # All sessions of the person end; this one must not be saved any more.
    current_session().end()
    try:
        replaced = reset_password(
            database(), token, factor, stretched, current_services().argon2, kept=kept, access_point=access_point()
        )
    except ResetError as error:
        undo_request()
        return _unusable_page(error)
    ask_again(database(), replaced.person.id, replaced.closed, by=who_is(replaced.person, access_point()))
    enter_password_stage(replaced.person.id, split(stretched).key, FIRST_STEPS)
    return _go_on(replaced, factor)


def _go_on(replaced: PasswordReplaced, factor: SecondFactor | None) -> ResponseReturnValue:
    if replaced.renews_factors or factor is None:
        return redirect(url_for("onboarding_factors.show"), 303)
    return arrive(factor)


def _stretch(password: str, reset: PasswordReset) -> Secret:
    services = current_services()
    return stretch(password, password_salt(services.salt_key, reset.person_id), services.argon2)


def _kept_page(form: KeptKeyForm, reset: PasswordReset) -> ResponseReturnValue:
    login_name = shown_login_name(database(), person_by_id(database(), reset.person_id))
    page = render_template("resetting/backup_code.html", form=form, login_name=login_name)
    return page, 422 if form.errors else 200


def _cost_page(form: RenewedPasswordForm, reset: PasswordReset) -> ResponseReturnValue:
    page = render_template(
        "resetting/new_key.html",
        form=form,
        login_name=shown_login_name(database(), person_by_id(database(), reset.person_id)),
        closing=what_closes(database(), reset.person_id),
    )
    return page, 422 if form.errors else 200


def _unusable_page(error: ResetError) -> ResponseReturnValue:
    reasons = {ResetExpired: "expired", ResetUsed: "used"}
    return render_template("resetting/unusable.html", reason=reasons.get(type(error), "unknown")), 404

"""The second step of logging in: the way used last, or another one (L-08, L-09, L-11, L-12, L-14, L-15)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.authenticators import check_code as check_app_code
from accounts.backup_codes import begin_backup_code, use_backup_code
from accounts.errors import NotCoupled, TooManyTries, WrongCode
from accounts.people import person_by_id
from accounts.phones import masked_phone, phone_of
from accounts.second_factors import Factor, factors_of
from accounts.security_keys import Challenge, begin_check, finish_check
from accounts.sms_codes import SmsPurpose, send_code
from accounts.sms_codes import check_code as check_sms_code
from crypto.errors import MalformedCode
from crypto.one_time import normalise_backup_code
from crypto.passwords import stretch
from delivery.errors import TooManySms
from portal import password_reset
from portal.arrival import access_point, arrive
from portal.authorisation import after_password
from portal.forms.base import PortalForm, typed
from portal.forms.login import BackupCodeForm, CodeForm, KeyForm, SmsCodeForm
from portal.login_words import too_many, too_many_sms
from portal.second_factors import site, ways
from portal.services import current_services
from portal.session import current_session, device_token, person_in_session
from portal.transactions import database, release

blueprint = Blueprint("login_factors", __name__)

CHALLENGE = "key_check"
PAGES = {
    Factor.SMS: "login_factors.show_sms",
    Factor.SECURITY_KEY: "login_factors.show_key",
    Factor.APP: "login_factors.show_app",
}


def begin_second_step() -> ResponseReturnValue:
    """Lead on to the second factor of someone whose password was right a moment ago, by POST.

    Where that is a code by SMS it is sent now: a page that a browser may fetch ahead never sends one.
    """
    own = ways(person_in_session())
    if own and own[0] is Factor.SMS:
        _send_sms()
    return to_first_way()


@blueprint.get("/inloggen/code")
@after_password
def show_app() -> ResponseReturnValue:
    """Ask for the code of the authenticator app (L-12)."""
    return to_first_way() if _lacks(Factor.APP) else _app_page(CodeForm())


@blueprint.post("/inloggen/code")
@after_password
def check_app() -> ResponseReturnValue:
    """Check the code of the app and complete the login."""
    form = CodeForm()
    if _lacks(Factor.APP):
        return to_first_way()
    if not form.validate_on_submit():
        return _app_page(form)
    try:
        factor = check_app_code(
            database(), person_in_session(), typed(form.code), access_point=access_point(), device=device_token()
        )
    except WrongCode:
        return _app_page(form, _("Deze code klopt niet, of is al gebruikt. Wacht op de volgende code in uw app."))
    except TooManyTries as refusal:
        return _app_page(form, too_many(refusal))
    return arrive(factor)


@blueprint.get("/inloggen/beveiligingssleutel")
@after_password
def show_key() -> ResponseReturnValue:
    """Ask for a security key or passkey (L-09)."""
    return to_first_way() if _lacks(Factor.SECURITY_KEY) else _key_page(KeyForm())


@blueprint.post("/inloggen/beveiligingssleutel")
@after_password
def check_key() -> ResponseReturnValue:
    """Check what the key answered and complete the login."""
    form = KeyForm()
    kept = current_session().pop(CHALLENGE, None)
    if _lacks(Factor.SECURITY_KEY):
        return to_first_way()
    if kept is None or not form.validate_on_submit():
        return _key_page(form, _("Deze sleutel is niet herkend. Probeer het opnieuw, of kies een andere manier."))
    try:
        factor = finish_check(
            database(),
            person_in_session(),
            typed(form.answer),
            Challenge.from_kept(kept),
            site=site(),
            access_point=access_point(),
            device=device_token(),
        )
    except WrongCode:
        return _key_page(form, _("Deze sleutel is niet herkend. Probeer het opnieuw, of kies een andere manier."))
    except TooManyTries as refusal:
        return _key_page(form, too_many(refusal))
    return arrive(factor)


@blueprint.get("/inloggen/sms")
@after_password
def show_sms() -> ResponseReturnValue:
    """Ask for the code that was sent by SMS (L-08); this sends none."""
    return to_first_way() if _lacks(Factor.SMS) else _sms_page(SmsCodeForm())


@blueprint.post("/inloggen/sms")
@after_password
def check_sms() -> ResponseReturnValue:
    """Check the code of the SMS and complete the login."""
    form = SmsCodeForm()
    if _lacks(Factor.SMS):
        return to_first_way()
    if not form.validate_on_submit():
        return _sms_page(form)
    try:
        factor = check_sms_code(
            database(),
            person_in_session(),
            typed(form.code),
            SmsPurpose.LOGIN,
            access_point=access_point(),
            device=device_token(),
        )
    except WrongCode:
        return _sms_page(
            form, _("Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms.")
        )
    except TooManyTries as refusal:
        return _sms_page(form, too_many(refusal))
    return arrive(factor)


@blueprint.post("/inloggen/sms/versturen")
@after_password
def send_sms() -> ResponseReturnValue:
    """Send a new code by SMS (*SMS opnieuw versturen*, L-15)."""
    if _lacks(Factor.SMS):
        return to_first_way()
    if _send_sms():
        flash(_("Er is een nieuwe sms verstuurd. De code uit een eerdere sms werkt niet meer."), "success")
    return redirect(url_for("login_factors.show_sms"), 303)


@blueprint.get("/inloggen/back-upcode")
@after_password
def show_backup_code() -> ResponseReturnValue:
    """Ask for the back-up code instead (L-14, L-15); behind the link of a mail it is asked for later."""
    return _keep_it_for_later() if password_reset.is_under_way() else _backup_code_page(BackupCodeForm())


@blueprint.post("/inloggen/back-upcode")
@after_password
def check_backup_code() -> ResponseReturnValue:
    """Use up the back-up code and complete the login."""
    form = BackupCodeForm()
    if password_reset.is_under_way():
        return _keep_it_for_later()
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
        return _backup_code_page(form, too_many(refusal))
    return arrive(used.second_factor)


@blueprint.get("/inloggen/mislukt")
@after_password
def show_others() -> ResponseReturnValue:
    """Offer every way in that this person has (*Inloggen mislukt?*, L-15)."""
    return render_template("login/others.html", ways=ways(person_in_session()), Factor=Factor)


@blueprint.errorhandler(NotCoupled)
def ask_another_way(_error: NotCoupled) -> ResponseReturnValue:
    """Ask for another factor where the one that was asked for has been taken away."""
    return to_first_way()


def _lacks(factor: Factor) -> bool:
    """Whether the person in the session can't log in with a factor: has it not, or not any more (L-35)."""
    return factor not in ways(person_in_session())


def to_first_way() -> ResponseReturnValue:
    """Lead on to the page of the factor used last; this sends no SMS.

    Whoever has a factor that this environment does not use any more has the back-up code; a newcomer chooses one, but
    not with the link of a mail instead of a password.
    """
    own = ways(person_in_session())
    if own:
        return redirect(url_for(PAGES[own[0]]), 303)
    is_newcomer = not factors_of(database(), person_in_session()) and not password_reset.is_under_way()
    return redirect(url_for("onboarding_factors.show" if is_newcomer else "login_factors.show_others"), 303)


def _send_sms() -> bool:
    try:
        send_code(
            database(),
            person_in_session(),
            SmsPurpose.LOGIN,
            access_point=access_point(),
            rules=current_services().sms_rules,
        )
    except TooManySms as refusal:
        flash(too_many_sms(refusal), "error")
        return False
    return True


def _app_page(form: CodeForm, refused: str | None = None) -> ResponseReturnValue:
    return _page("login/app.html", form, refused)


def _key_page(form: KeyForm, refused: str | None = None) -> ResponseReturnValue:
    ceremony = begin_check(database(), person_in_session(), site())
    form.answer.data = ""
    current_session()[CHALLENGE] = ceremony.challenge.kept()
    return _page("login/security_key.html", form, refused, options=ceremony.options)


def _sms_page(form: SmsCodeForm, refused: str | None = None) -> ResponseReturnValue:
    number = phone_of(database(), person_by_id(database(), person_in_session())) or ""
    return _page("login/sms.html", form, refused, number=masked_phone(number))


def _keep_it_for_later() -> ResponseReturnValue:
    """For a new password the code is asked for besides the second factor: here it would be used up for nothing."""
    flash(
        _(
            "Bewaar uw back-up code: die vraagt Datakluis hierna, voor uw sleutel. Kunt u geen van uw andere manieren "
            "gebruiken? Vraag dan de beheerder van uw organisatie om uw login te resetten, of, als werknemer, "
            "degene die u uitnodigde om een nieuwe uitnodiging."
        ),
        "info",
    )
    return redirect(url_for("login_factors.show_others"), 303)


def _backup_code_page(form: BackupCodeForm, refused: str | None = None) -> ResponseReturnValue:
    return _page("login/backup_code.html", form, refused)


def _page(template: str, form: PortalForm, refused: str | None, **values: str) -> ResponseReturnValue:
    page = render_template(template, form=form, refused=refused, **values)
    return page, 422 if refused or form.errors else 200

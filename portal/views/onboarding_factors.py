"""Setting up second factors after the first password: SMS, security key, app, at least one (L-05..L-10, L-35)."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from accounts.authenticators import Coupling, begin_coupling, confirm_coupling, waiting_coupling
from accounts.errors import AlreadyCoupled, MalformedNumber, NotCoupled, TooManyTries, WrongCode
from accounts.login import SecondFactor
from accounts.models import SessionStage
from accounts.people import person_by_id
from accounts.phones import phone_of
from accounts.second_factors import Factor
from accounts.security_keys import Challenge, begin_registration, finish_registration, keys_of
from accounts.sms_codes import begin_phone, confirm_phone, send_phone_code_again, waiting_phone
from delivery.errors import TooManySms
from portal.arrival import access_point, arrive
from portal.authorisation import SETTING_UP, setting_up
from portal.forms.base import PortalForm, typed
from portal.forms.login import CouplingForm, NewKeyForm, PhoneForm, SmsCodeForm
from portal.login_words import too_many, too_many_sms
from portal.second_factors import factors_in_use, is_denied_sms, must_set_up, offered_to, site
from portal.services import current_services
from portal.session import current_session, person_in_session, stage
from portal.transactions import database
from portal.views.onboarding import go_on

blueprint = Blueprint("onboarding_factors", __name__)

CHALLENGE = "key_registration"
PAGES = {
    Factor.SMS: "onboarding_factors.show_phone",
    Factor.SECURITY_KEY: "onboarding_factors.show_key",
    Factor.APP: "onboarding_factors.show_coupling",
}


@blueprint.get("/tweede-stap")
@setting_up
def show() -> ResponseReturnValue:
    """Lead to the first option."""
    return redirect(url_for(PAGES[offered_to(person_in_session())[0]]), 303)


@blueprint.get("/tweede-stap/klaar")
@setting_up
def finish() -> ResponseReturnValue:
    """Go on after the last option, or begin again with the first where none was chosen (L-05)."""
    if stage() is SessionStage.PASSWORD or must_set_up(person_in_session()):
        flash(_("Kies ten minste één manier. Alleen met uw wachtwoord kunt u niet inloggen."), "error")
        return redirect(url_for("onboarding_factors.show"), 303)
    current_session().pop(SETTING_UP, None)
    return go_on(person_in_session())


@blueprint.get("/tweede-stap/sms")
@setting_up
def show_phone() -> ResponseReturnValue:
    """Ask for the mobile number, with the one that is known filled in (L-07)."""
    number = phone_of(database(), person_by_id(database(), person_in_session()))
    return _elsewhere(Factor.SMS) or _phone_page(PhoneForm(number=number))


@blueprint.post("/tweede-stap/sms")
@setting_up
def send_phone_code() -> ResponseReturnValue:
    """Send a code to the number, to confirm it (L-07)."""
    form = PhoneForm()
    if (other := _elsewhere(Factor.SMS)) is not None:
        return other
    if not form.validate_on_submit():
        return _phone_page(form)
    try:
        begin_phone(
            database(),
            person_in_session(),
            typed(form.number),
            access_point=access_point(),
            rules=current_services().sms_rules,
            adding=_has_logged_in(),
        )
    except MalformedNumber:
        form.number.errors = [_("Dit is geen mobiel nummer. Vul het in zoals 06 12345678 of +32 470 12 34 56.")]
        return _phone_page(form)
    except TooManySms as refusal:
        form.number.errors = [too_many_sms(refusal)]
        return _phone_page(form)
    return redirect(url_for("onboarding_factors.show_phone_code"), 303)


@blueprint.get("/tweede-stap/sms/code")
@setting_up
def show_phone_code() -> ResponseReturnValue:
    """Ask for the code that was sent to the number."""
    return _elsewhere(Factor.SMS) or _phone_code_page(SmsCodeForm())


@blueprint.post("/tweede-stap/sms/opnieuw")
@setting_up
def send_phone_code_anew() -> ResponseReturnValue:
    """Send another code to the same number (*SMS opnieuw versturen*)."""
    if (other := _elsewhere(Factor.SMS)) is not None:
        return other
    try:
        send_phone_code_again(
            database(),
            person_in_session(),
            access_point=access_point(),
            rules=current_services().sms_rules,
            adding=_has_logged_in(),
        )
    except TooManySms as refusal:
        flash(too_many_sms(refusal), "error")
    else:
        flash(_("Er is een nieuwe sms verstuurd. De code uit een eerdere sms werkt niet meer."), "success")
    return redirect(url_for("onboarding_factors.show_phone_code"), 303)


@blueprint.post("/tweede-stap/sms/code")
@setting_up
def couple_phone() -> ResponseReturnValue:
    """Let the number count, once its code was typed."""
    form = SmsCodeForm()
    if (other := _elsewhere(Factor.SMS)) is not None:
        return other
    if not form.validate_on_submit():
        return _phone_code_page(form)
    try:
        factor = confirm_phone(
            database(),
            person_in_session(),
            typed(form.code),
            access_point=access_point(),
            adding=_has_logged_in(),
        )
    except WrongCode:
        form.code.errors = [_("Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms.")]
        return _phone_code_page(form)
    except TooManyTries as refusal:
        form.code.errors = [too_many(refusal)]
        return _phone_code_page(form)
    return _go_on(factor, Factor.SMS)


@blueprint.get("/tweede-stap/beveiligingssleutel")
@setting_up
def show_key() -> ResponseReturnValue:
    """Ask for a security key or passkey, and a name for it (L-09)."""
    return _elsewhere(Factor.SECURITY_KEY) or _key_page(NewKeyForm(name=_key_name()))


@blueprint.post("/tweede-stap/beveiligingssleutel")
@setting_up
def add_key() -> ResponseReturnValue:
    """Keep the key, once it has answered."""
    form = NewKeyForm()
    kept = current_session().pop(CHALLENGE, None)
    if (other := _elsewhere(Factor.SECURITY_KEY)) is not None:
        return other
    if kept is None or not form.validate_on_submit():
        return _key_page(form, None if form.name.errors else _not_recognised())
    try:
        factor = finish_registration(
            database(),
            person_in_session(),
            typed(form.answer),
            Challenge.from_kept(kept),
            name=typed(form.name),
            site=site(),
            access_point=access_point(),
            adding=_has_logged_in(),
        )
    except WrongCode:
        return _key_page(form, _not_recognised())
    except TooManyTries as refusal:
        return _key_page(form, too_many(refusal))
    return _go_on(factor, Factor.SECURITY_KEY)


@blueprint.get("/tweede-stap/app")
@setting_up
def show_coupling() -> ResponseReturnValue:
    """Show the QR code and the secret key of an app to couple (L-10)."""
    return _elsewhere(Factor.APP) or _coupling_page(CouplingForm())


@blueprint.post("/tweede-stap/app")
@setting_up
def couple() -> ResponseReturnValue:
    """Let the app count, once it shows the right token (L-10)."""
    form = CouplingForm()
    if (other := _elsewhere(Factor.APP)) is not None:
        return other
    if not form.validate_on_submit():
        return _coupling_page(form)
    try:
        factor = confirm_coupling(
            database(),
            person_in_session(),
            typed(form.code),
            access_point=access_point(),
            replacing=_has_logged_in(),
        )
    except WrongCode:
        form.code.errors = [_("Deze cijfers kloppen niet. Wacht op de volgende in uw app en probeer het opnieuw.")]
        return _coupling_page(form)
    except TooManyTries as refusal:
        form.code.errors = [too_many(refusal)]
        return _coupling_page(form)
    return _go_on(factor, Factor.APP)


@blueprint.errorhandler(AlreadyCoupled)
@blueprint.errorhandler(NotCoupled)
def begin_again(_error: AlreadyCoupled | NotCoupled) -> ResponseReturnValue:
    """Begin again where another request has changed what is set up, or nothing waits to be confirmed."""
    return redirect(url_for("onboarding_factors.show"), 303)


def _has_logged_in() -> bool:
    return stage() is SessionStage.COMPLETE


def _elsewhere(option: Factor) -> ResponseReturnValue | None:
    """Lead on from an option that this person is not offered, or has set up: of keys one can have several."""
    if option not in offered_to(person_in_session()):
        return redirect(url_for("onboarding_factors.show"), 303)
    if option in factors_in_use(person_in_session()) and option is not Factor.SECURITY_KEY:
        return redirect(_after(option), 303)
    return None


def _after(option: Factor) -> str:
    options = offered_to(person_in_session())
    later = options[options.index(option) + 1 :]
    return url_for(PAGES[later[0]] if later else "onboarding_factors.finish")


def _go_on(factor: SecondFactor, option: Factor) -> ResponseReturnValue:
    """Go on to the next option; the first factor that was set up completes the login."""
    target = _after(option)
    if _has_logged_in():
        return redirect(target, 303)
    response = arrive(factor, to=target)
    current_session()[SETTING_UP] = True
    return response


def _key_name() -> str:
    number = len(keys_of(database(), person_in_session())) + 1
    return str(_("Sleutel %(number)s", number=number))


def _not_recognised() -> str:
    return str(
        _("Deze sleutel is niet toegevoegd. Probeer het opnieuw, neem een andere sleutel of kies een andere manier.")
    )


def _phone_page(form: PhoneForm) -> ResponseReturnValue:
    return _page("onboarding/phone.html", form, Factor.SMS)


def _phone_code_page(form: SmsCodeForm) -> ResponseReturnValue:
    number = waiting_phone(database(), person_in_session())
    if number is None:
        return redirect(url_for("onboarding_factors.show_phone"), 303)
    return _page("onboarding/phone_code.html", form, Factor.SMS, number=number)


def _key_page(form: NewKeyForm, refused: str | None = None) -> ResponseReturnValue:
    ceremony = begin_registration(database(), person_in_session(), site(), adding=_has_logged_in())
    current_session()[CHALLENGE] = ceremony.challenge.kept()
    form.answer.data = ""
    return _page("onboarding/security_key.html", form, Factor.SECURITY_KEY, refused=refused, options=ceremony.options)


def _coupling_page(form: CouplingForm) -> ResponseReturnValue:
    coupling = _coupling()
    qr_code = Markup(segno.make(coupling.provisioning_uri, error="m").svg_inline(scale=4, border=2))  # noqa: S704
    return _page("onboarding/authenticator.html", form, Factor.APP, qr_code=qr_code, secret=coupling.secret)


def _coupling() -> Coupling:
    try:
        return waiting_coupling(database(), person_in_session())
    except NotCoupled:
        return begin_coupling(database(), person_in_session(), replacing=_has_logged_in())


def _page(
    template: str, form: PortalForm, option: Factor, *, refused: str | None = None, **values: str
) -> ResponseReturnValue:
    page = render_template(
        template,
        form=form,
        refused=refused,
        skip_url=_after(option),
        has_factor=not must_set_up(person_in_session()),
        is_denied_sms=is_denied_sms(person_in_session()),
        **values,
    )
    return page, 422 if refused or form.errors else 200

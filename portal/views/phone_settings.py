"""Instellingen > Beveiliging: the phone number that codes are sent to (L-07, L-32).

Another number wants the password and a second factor that counts now; the number before and the mail address are told.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.errors import LastFactor, MalformedNumber, NotCoupled, TooManyTries, WrongCode
from accounts.permissions import Permission
from accounts.second_factors import Factor
from accounts.sms_codes import begin_phone, confirm_phone, remove_phone, send_phone_code_again, waiting_phone
from accounts.ways_in import ways_in
from delivery.errors import TooManySms
from portal.arrival import access_point
from portal.authorisation import requires
from portal.factor_words import last_factor
from portal.forms.base import typed
from portal.forms.login import PhoneForm, SmsCodeForm
from portal.login_words import too_many, too_many_sms
from portal.second_factors import offered_to
from portal.services import current_services
from portal.session import end_own_sessions_elsewhere
from portal.transactions import database

blueprint = Blueprint("phone_settings", __name__, url_prefix="/instellingen/beveiliging/telefoon")


@blueprint.get("")
@requires(Permission.START_SEE, fresh=True, factor=True)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Ask for the number."""
    return _not_offered(actor) or _number_page(PhoneForm(formdata=None), actor)


@blueprint.post("")
@requires(Permission.START_SEE, fresh=True, factor=True)
def send(*, actor: Actor) -> ResponseReturnValue:
    """Send a code to the new number; the one before counts until that code was typed."""
    form = PhoneForm()
    if (elsewhere := _not_offered(actor)) is not None:
        return elsewhere
    if not form.validate_on_submit():
        return _number_page(form, actor)
    try:
        begin_phone(
            database(),
            actor.person_id,
            typed(form.number),
            access_point=access_point(),
            rules=current_services().sms_rules,
            adding=True,
        )
    except MalformedNumber:
        form.number.errors = [_("Dit is geen mobiel nummer. Vul het in zoals 06 12345678 of +32 470 12 34 56.")]
        return _number_page(form, actor)
    except TooManySms as refusal:
        form.number.errors = [too_many_sms(refusal)]
        return _number_page(form, actor)
    return redirect(url_for("phone_settings.show_code"), 303)


@blueprint.get("/code")
@requires(Permission.START_SEE, fresh=True, factor=True)
def show_code(*, actor: Actor) -> ResponseReturnValue:
    """Ask for the code that was sent to the new number."""
    return _not_offered(actor) or _code_page(SmsCodeForm(formdata=None), actor)


@blueprint.post("/opnieuw")
@requires(Permission.START_SEE, fresh=True, factor=True)
def send_again(*, actor: Actor) -> ResponseReturnValue:
    """*SMS opnieuw versturen*."""
    if (elsewhere := _not_offered(actor)) is not None:
        return elsewhere
    try:
        send_phone_code_again(
            database(),
            actor.person_id,
            access_point=access_point(),
            rules=current_services().sms_rules,
            adding=True,
        )
    except NotCoupled:
        return redirect(url_for("phone_settings.show"), 303)
    except TooManySms as refusal:
        flash(too_many_sms(refusal), "error")
    else:
        flash(_("Er is een nieuwe sms verstuurd. De code uit een eerdere sms werkt niet meer."), "success")
    return redirect(url_for("phone_settings.show_code"), 303)


@blueprint.post("/code")
@requires(Permission.START_SEE, fresh=True, factor=True)
def confirm(*, actor: Actor) -> ResponseReturnValue:
    """Let the new number count, once its code was typed; all other sessions end (goal M)."""
    form = SmsCodeForm()
    if (elsewhere := _not_offered(actor)) is not None:
        return elsewhere
    if not form.validate_on_submit():
        return _code_page(form, actor)
    try:
        confirm_phone(database(), actor.person_id, typed(form.code), access_point=access_point(), adding=True)
    except NotCoupled:
        return redirect(url_for("phone_settings.show"), 303)
    except WrongCode:
        form.code.errors = [_("Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms.")]
        return _code_page(form, actor)
    except TooManyTries as refusal:
        form.code.errors = [too_many(refusal)]
        return _code_page(form, actor)
    end_own_sessions_elsewhere()
    flash(_("Uw mobiele nummer is opgeslagen. Op andere apparaten bent u uitgelogd."), "success")
    return redirect(url_for("security_settings.show"), 303)


@blueprint.get("/verwijderen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def ask_remove(*, actor: Actor) -> ResponseReturnValue:
    """Say what removing the number means, and ask once."""
    ways = ways_in(database(), actor.person_id)
    if ways.masked_number is None:
        return redirect(url_for("security_settings.show"), 303)
    return render_template("own_settings/remove_phone.html", ways=ways)


@blueprint.post("/verwijderen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def remove(*, actor: Actor) -> ResponseReturnValue:
    """Take the number away; all other sessions end (goal M)."""
    try:
        remove_phone(database(), actor)
    except LastFactor:
        flash(last_factor(), "error")
    except NotCoupled:
        flash(_("Er was al geen mobiel nummer meer. Er is niets gewijzigd."), "info")
    else:
        end_own_sessions_elsewhere()
        flash(_("Uw mobiele nummer is verwijderd. Op andere apparaten bent u uitgelogd."), "success")
    return redirect(url_for("security_settings.show"), 303)


def _not_offered(actor: Actor) -> ResponseReturnValue | None:
    """Lead back whoever is not offered SMS, for the rights or the environment (L-35)."""
    if Factor.SMS in offered_to(actor.person_id):
        return None
    flash(_("Met uw rechten kunt u geen codes per sms gebruiken. Kies een app of een beveiligingssleutel."), "info")
    return redirect(url_for("security_settings.show"), 303)


def _number_page(form: PhoneForm, actor: Actor) -> ResponseReturnValue:
    page = render_template("own_settings/phone.html", form=form, ways=ways_in(database(), actor.person_id))
    return page, 422 if form.errors else 200


def _code_page(form: SmsCodeForm, actor: Actor) -> ResponseReturnValue:
    number = waiting_phone(database(), actor.person_id)
    if number is None:
        return redirect(url_for("phone_settings.show"), 303)
    page = render_template("own_settings/phone_code.html", form=form, number=number)
    return page, 422 if form.errors else 200

"""A second factor once more, before the ways in are changed: whoever has only a cookie changes nothing (L-32)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.authenticators import check_code as check_app_code
from accounts.backup_codes import begin_backup_code, use_backup_code
from accounts.confirming import confirm_factor
from accounts.errors import NotCoupled, TooManyTries, WrongCode
from accounts.login import SecondFactor
from accounts.permissions import Permission
from accounts.second_factors import Factor
from accounts.security_keys import Challenge, begin_check, finish_check
from accounts.sms_codes import SmsPurpose, send_code
from accounts.sms_codes import check_code as check_sms_code
from crypto.errors import MalformedCode
from crypto.one_time import normalise_backup_code
from crypto.passwords import stretch
from delivery.errors import TooManySms
from portal.arrival import access_point
from portal.authorisation import requires, safe_next
from portal.confirmation import note_factor
from portal.forms.base import PortalForm, typed
from portal.forms.login import BackupCodeForm, CodeForm, KeyForm, SmsCodeForm
from portal.login_words import too_many, too_many_sms
from portal.second_factors import site, ways
from portal.services import current_services
from portal.session import current_session, device_token
from portal.transactions import database, release

blueprint = Blueprint("factor_checks", __name__, url_prefix="/instellingen/beveiliging/tweede-stap")

NEXT = "factor_next"
CHALLENGE = "key_confirmation"
BACKUP_CODE = "backup_code"
FORMS: dict[str, type[PortalForm]] = {
    Factor.SMS: SmsCodeForm,
    Factor.SECURITY_KEY: KeyForm,
    Factor.APP: CodeForm,
    BACKUP_CODE: BackupCodeForm,
}


@blueprint.get("")
@requires(Permission.START_SEE, fresh=True)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Ask for one of the second factors that the visitor has, the preferred one or the one named in the address."""
    if "next" in request.args:
        current_session()[NEXT] = safe_next(request.args["next"])
    own = _own_ways(actor)
    way = request.args.get("manier", own[0])
    return _page(actor, way if way in own else own[0])


@blueprint.post("/app")
@requires(Permission.START_SEE, fresh=True)
def check_app(*, actor: Actor) -> ResponseReturnValue:
    """Check the code of the app."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(actor, Factor.APP, form)
    try:
        factor = check_app_code(
            database(), actor.person_id, typed(form.code), access_point=access_point(), device=device_token()
        )
    except (NotCoupled, TooManyTries, WrongCode) as refusal:
        told = _("Deze code klopt niet, of is al gebruikt. Wacht op de volgende code in uw app.")
        return _refused(actor, Factor.APP, form, refusal, told)
    return _go_on(factor)


@blueprint.post("/sms/versturen")
@requires(Permission.START_SEE, fresh=True)
def send_sms(*, actor: Actor) -> ResponseReturnValue:
    """Send a code by SMS to the number that counts now."""
    try:
        send_code(
            database(),
            actor.person_id,
            SmsPurpose.CONFIRM,
            access_point=access_point(),
            rules=current_services().sms_rules,
        )
    except NotCoupled:
        return redirect(url_for("factor_checks.show"), 303)
    except TooManySms as refusal:
        flash(too_many_sms(refusal), "error")
    else:
        flash(_("Er is een sms met een code verstuurd."), "success")
    return redirect(url_for("factor_checks.show", manier=Factor.SMS), 303)


@blueprint.post("/sms")
@requires(Permission.START_SEE, fresh=True)
def check_sms(*, actor: Actor) -> ResponseReturnValue:
    """Check the code of the SMS."""
    form = SmsCodeForm()
    if not form.validate_on_submit():
        return _page(actor, Factor.SMS, form)
    try:
        factor = check_sms_code(
            database(),
            actor.person_id,
            typed(form.code),
            SmsPurpose.CONFIRM,
            access_point=access_point(),
            device=device_token(),
        )
    except (NotCoupled, TooManyTries, WrongCode) as refusal:
        told = _("Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms.")
        return _refused(actor, Factor.SMS, form, refusal, told)
    return _go_on(factor)


@blueprint.post("/sleutel")
@requires(Permission.START_SEE, fresh=True)
def check_key(*, actor: Actor) -> ResponseReturnValue:
    """Check what the security key answered."""
    form = KeyForm()
    kept = current_session().pop(CHALLENGE, None)
    told = _("Deze sleutel is niet herkend. Probeer het opnieuw, of kies een andere manier.")
    if kept is None or not form.validate_on_submit():
        return _refused(actor, Factor.SECURITY_KEY, form, WrongCode(), told)
    try:
        factor = finish_check(
            database(),
            actor.person_id,
            typed(form.answer),
            Challenge.from_kept(kept),
            site=site(),
            access_point=access_point(),
            device=device_token(),
        )
    except (TooManyTries, WrongCode) as refusal:
        return _refused(actor, Factor.SECURITY_KEY, form, refusal, told)
    return _go_on(factor)


@blueprint.post("/back-upcode")
@requires(Permission.START_SEE, fresh=True)
def check_backup_code(*, actor: Actor) -> ResponseReturnValue:
    """Use up the back-up code, for who has lost the rest; a new one is made next (L-14)."""
    form = BackupCodeForm()
    if not form.validate_on_submit():
        return _page(actor, BACKUP_CODE, form)
    try:
        code = normalise_backup_code(typed(form.code))
        challenge = begin_backup_code(
            database(), actor.person_id, access_point(), device_token(), salt_key=current_services().salt_key
        )
        release()
        used = use_backup_code(database(), challenge, stretch(code, challenge.salt, challenge.parameters))
    except (MalformedCode, TooManyTries, WrongCode) as refusal:
        return _refused(actor, BACKUP_CODE, form, refusal, _("Deze back-up code klopt niet, of is al gebruikt."))
    return _go_on(used.second_factor)


def _own_ways(actor: Actor) -> tuple[str, ...]:
    return (*ways(actor.person_id), BACKUP_CODE)


def _go_on(factor: SecondFactor) -> ResponseReturnValue:
    confirm_factor(database(), factor, access_point())
    note_factor()
    return redirect(current_session().pop(NEXT, None) or url_for("security_settings.show"), 303)


def _refused(actor: Actor, way: str, form: PortalForm, refusal: Exception, wrong: str) -> ResponseReturnValue:
    told = too_many(refusal) if isinstance(refusal, TooManyTries) else wrong
    return _page(actor, way, form, told)


def _page(actor: Actor, way: str, form: PortalForm | None = None, refused: str | None = None) -> ResponseReturnValue:
    own = _own_ways(actor)
    if way not in own:
        return redirect(url_for("factor_checks.show"), 303)
    # What a key answered is good once; the next answer is to another challenge.
    asked = FORMS[way](formdata=None) if form is None or way == Factor.SECURITY_KEY else form
    page = render_template(
        f"own_settings/check_{way}.html",
        form=asked,
        refused=refused,
        others=[other for other in own if other != way],
        **_options(actor, way),
    )
    return page, 422 if refused or asked.errors else 200


def _options(actor: Actor, way: str) -> dict[str, Any]:
    if way != Factor.SECURITY_KEY:
        return {}
    ceremony = begin_check(database(), actor.person_id, site())
    current_session()[CHALLENGE] = ceremony.challenge.kept()
    return {"options": ceremony.options}

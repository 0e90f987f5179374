"""Signing by SMS: reading the whole document, agreeing, showing who one is (G-06..G-09, G-12; signing.md 9.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.authenticators import check_code as check_app_code
from accounts.errors import MalformedNumber, NotCoupled, TooManyTries, WrongCode
from accounts.login import SecondFactor
from accounts.permissions import Permission
from accounts.second_factors import Factor
from accounts.security_keys import Challenge, begin_check, finish_check
from crypto.errors import UnsealError
from delivery.errors import TooManySms
from documents.errors import FileGone, NoPreview
from documents.previewing import Page, draw_page
from documents.storing import read_content
from portal.arrival import access_point
from portal.authorisation import requires
from portal.errors import error_page
from portal.file_answers import send_download
from portal.forms.base import PortalForm, typed
from portal.forms.faults import place_faults
from portal.forms.signing import AgreeingForm, ReasonForm, SigningAppForm, SigningCodeForm, SigningKeyForm
from portal.headers import put_in_sandbox
from portal.login_words import too_many, too_many_sms
from portal.logs import log_failure
from portal.second_factors import factors_in_use, site
from portal.services import current_services
from portal.session import current_session, device_token, undo_request
from portal.signing_words import ended
from portal.signing_work import go_on
from portal.transactions import database, release
from signing.agreeing import METHODS, agree_by_code, agree_by_factor, what_is_agreed
from signing.codes import reach_of, send_code, sms_state
from signing.declining import decline
from signing.errors import (
    InvalidRequest,
    LockedOut,
    NotASigner,
    NotYourTurn,
    NumberMissing,
    RequestEnded,
    TooManyCodes,
)
from signing.looking import ShownFile, begin_reading, has_signed, note_page, show_document
from signing.reading import RequestView, SigningAct, read_request
from signing.reasons import LONGEST_REASON
from signing.statements import STATEMENTS
from signing.statuses import SigningStatus

blueprint = Blueprint("signing", __name__, url_prefix="/ondertekeningen/<uuid:request_id>")

LAST_PAGE = 1_000_000
SMS_IS_SLOW = timedelta(seconds=30)
"""After this it is told that an SMS has not left yet; until then it always waits for the worker."""
CHALLENGE = "signing_challenge"
LOOKED_AT = "signing_looked_at"


@blueprint.get("/ondertekenen")
@requires(Permission.DIALOGUE_READ)
def read(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the document a page at a time; of somebody who is to sign it counts how far he or she got."""
    number = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    view = read_request(database(), request_id, actor)
    if SigningAct.SIGN in view.can:
        begin_reading(database(), request_id, actor)
    shown = show_document(database(), request_id, actor, page=number)
    values: dict[str, Any] = {"request_view": view, "Act": SigningAct}
    try:
        page = _drawn(shown, number)
    except NoPreview as refusal:
        told = render_template("signing/without_preview.html", busy=refusal.busy, **values)
        return told, 503 if refusal.busy else 200
    if SigningAct.SIGN in view.can:
        note_page(database(), request_id, actor, page.number, seconds=_seconds_since_last_look(request_id))
    return render_template("signing/read.html", page=page, **values)


@blueprint.get("/pagina/<int:number>")
@requires(Permission.DIALOGUE_READ)
def show_page(request_id: UUID, number: int, *, actor: Actor) -> ResponseReturnValue:
    """Send a page of the document as a picture that was drawn elsewhere."""
    shown = show_document(database(), request_id, actor, page=min(number, LAST_PAGE))
    try:
        page = _drawn(shown, number)
    except NoPreview:
        return error_page(404)
    put_in_sandbox()
    return Response(page.picture, mimetype="image/png")


@blueprint.get("/document")
@requires(Permission.DIALOGUE_READ)
def download(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send the document itself, or a part of it."""
    shown = show_document(database(), request_id, actor)
    return send_download(read_content(current_services().intake.store, shown.row, shown.key), shown.about)


@blueprint.get("/akkoord")
@requires(Permission.DIALOGUE_READ)
def show_agreeing(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Ondertekening - <document>*: the statement, the number, and the code once one was sent (G-07, G-08)."""
    view = _to_sign(request_id, actor)
    way = request.args.get("manier", "")
    return _agreeing_page(view, actor, way if way in _other_ways(actor) else Factor.SMS)


@blueprint.post("/akkoord/sms")
@requires(Permission.DIALOGUE_READ)
def send_sms(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Verstuur sms*, and *Verstuur sms opnieuw*."""
    view = _to_sign(request_id, actor)
    form, is_first = AgreeingForm(), sms_state(database(), request_id, actor) is None
    if not form.validate_on_submit():
        return _agreeing_page(view, actor, Factor.SMS, form)
    try:
        number = send_code(
            database(), request_id, actor, given_number=form.given_number(), rules=current_services().sms_rules
        )
    except (MalformedNumber, NumberMissing):
        form.number.errors = [_("Vul uw mobiele nummer in, zoals 06 12345678.")]
        return _agreeing_page(view, actor, Factor.SMS, form)
    except TooManyCodes:
        told = _("Er zijn al drie codes verstuurd. Wacht tien minuten voordat u een nieuwe vraagt.")
        return _agreeing_page(view, actor, Factor.SMS, refused=told)
    except TooManySms as refusal:
        return _agreeing_page(view, actor, Factor.SMS, refused=too_many_sms(refusal))
    if is_first:
        flash(_("Er gaat een sms met een code naar %(number)s.", number=number), "success")
    else:
        told = _("Er gaat een sms met een code naar %(number)s. Een eerdere code werkt niet meer.", number=number)
        flash(told, "success")
    return redirect(url_for("signing.show_agreeing", request_id=request_id), 303)


@blueprint.post("/akkoord/code")
@requires(Permission.DIALOGUE_READ)
def save_code(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Opslaan*: sign with the code of the SMS."""
    form = SigningCodeForm()
    if not form.validate_on_submit():
        return _agreeing_page(_to_sign(request_id, actor), actor, Factor.SMS, form)
    try:
        agree_by_code(database(), request_id, typed(form.code), actor)
    except (TooManyTries, WrongCode) as refusal:
        told = _("Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms.")
        return _wrong(_to_sign(request_id, actor), actor, Factor.SMS, form, refusal, told)
    return _agreed(request_id, actor)


@blueprint.post("/akkoord/app")
@requires(Permission.DIALOGUE_READ)
def check_app(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Sign with the code of an authenticator app."""
    view = _to_sign(request_id, actor)
    form = SigningAppForm()
    if not form.validate_on_submit():
        return _agreeing_page(view, actor, Factor.APP, form)
    told = _("Deze code klopt niet, of is al gebruikt. Wacht op de volgende code in uw app.")
    return _checked(view, actor, Factor.APP, form, told, lambda: _app_factor(actor, typed(form.code)))


@blueprint.post("/akkoord/sleutel")
@requires(Permission.DIALOGUE_READ)
def check_key(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Sign with a security key or passkey."""
    view = _to_sign(request_id, actor)
    form = SigningKeyForm()
    kept = current_session().pop(CHALLENGE, None)
    told = _("Deze sleutel is niet herkend. Probeer het opnieuw, of kies een andere manier.")
    if not form.validate_on_submit():
        return _agreeing_page(view, actor, Factor.SECURITY_KEY, form, None if form.agreed.errors else told)
    return _checked(
        view, actor, Factor.SECURITY_KEY, form, told, lambda: _key_factor(view, actor, typed(form.answer), kept)
    )


@blueprint.get("/weigeren")
@requires(Permission.DIALOGUE_READ)
def show_declining(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what it means to decline, and ask why."""
    return _declining_page(request_id, actor, ReasonForm(formdata=None))


@blueprint.post("/weigeren")
@requires(Permission.DIALOGUE_READ)
def decline_request(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Decline to sign."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _declining_page(request_id, actor, form)
    try:
        with database().begin_nested():
            base_url = current_services().settings.base_url
            decline(database(), request_id, typed(form.reason), actor, base_url=base_url)
    except InvalidRequest as refusal:
        place_faults(form, refusal.faults)
        return _declining_page(request_id, actor, form)
    go_on(request_id, actor)
    flash(_("U hebt geweigerd te ondertekenen. De anderen krijgen dat te zien, met uw reden."), "success")
    return _to_request(request_id)


@blueprint.errorhandler(RequestEnded)
def tell_ended(error: RequestEnded) -> ResponseReturnValue:
    """The request has ended meanwhile, so that nobody signs any more."""
    undo_request()
    return _told(ended(error))


@blueprint.errorhandler(NotYourTurn)
@blueprint.errorhandler(NotASigner)
def tell_not_yours(_error: Exception) -> ResponseReturnValue:
    """There is nothing for this person to sign now."""
    undo_request()
    return _told(_("U kunt dit document nu niet ondertekenen. Hieronder ziet u waarom."))


@blueprint.errorhandler(LockedOut)
def tell_locked_out(_error: LockedOut) -> ResponseReturnValue:
    """Somebody with a renewed key waits for another participant."""
    undo_request()
    return render_template("signing/locked.html"), 403


@blueprint.errorhandler(FileGone)
@blueprint.errorhandler(UnsealError)
def tell_gone(error: FileGone | UnsealError) -> ResponseReturnValue:
    """What lies in the store is not there any more, or is not what was put there."""
    log_failure(type(error), error.__traceback__)
    undo_request()
    return _told(_("Het document is hier niet meer te bekijken. Als het is ondertekend, staat het in het dossier."))


def _to_sign(request_id: UUID, actor: Actor) -> RequestView:
    """The request, for who may sign it now and has the document before him or her.

    Raises `RequestEnded`, `NotASigner`, `NotYourTurn`.
    """
    view = read_request(database(), request_id, actor)
    if SigningAct.SIGN not in view.can:
        begin_reading(database(), request_id, actor)
        raise NotYourTurn
    if view.own is None or view.own.status is not SigningStatus.READ:
        raise NotYourTurn
    return view


def _agreeing_page(
    view: RequestView, actor: Actor, way: str, form: PortalForm | None = None, refused: str | None = None
) -> ResponseReturnValue:
    if way not in (Factor.SMS, *_other_ways(actor)):
        return redirect(url_for("signing.show_agreeing", request_id=view.id), 303)
    if isinstance(form, SigningKeyForm):
        # What a key answered is good once; the next answer is to another challenge.
        form.answer.data = ""
    page = render_template(
        f"signing/agree_{way}.html",
        request_view=view,
        own=view.own,
        statement=STATEMENTS[view.statement_version],
        form=form or _FORMS[way](formdata=None),
        refused=refused,
        others=[other for other in (Factor.SMS, *_other_ways(actor)) if other != way],
        **_options(view, actor, way, form),
    )
    return page, 422 if refused or (form is not None and form.errors) else 200


_FORMS: dict[str, type[PortalForm]] = {
    Factor.SMS: AgreeingForm,
    Factor.APP: SigningAppForm,
    Factor.SECURITY_KEY: SigningKeyForm,
}


def _options(view: RequestView, actor: Actor, way: str, form: PortalForm | None) -> dict[str, Any]:
    if way == Factor.SECURITY_KEY:
        ceremony = begin_check(database(), actor.person_id, site(), about=what_is_agreed(database(), view.id, actor))
        current_session()[CHALLENGE] = ceremony.challenge.kept()
        return {"options": ceremony.options}
    if way == Factor.APP:
        return {}
    sent = sms_state(database(), view.id, actor)
    code_form = form if isinstance(form, SigningCodeForm) else SigningCodeForm(formdata=None)
    agreeing = form if isinstance(form, AgreeingForm) else AgreeingForm(formdata=None)
    is_slow = sent is not None and current_services().source.now() - sent.sent_at > SMS_IS_SLOW
    return {
        "reach": reach_of(database(), view.id, actor),
        "sent": sent,
        "is_slow": is_slow,
        "code_form": code_form,
        "agreeing": agreeing,
    }


def _other_ways(actor: Actor) -> tuple[str, ...]:
    """The factors that this person has set up and with which one signs instead of by SMS."""
    return tuple(factor for factor in factors_in_use(actor.person_id) if factor in METHODS)


def _app_factor(actor: Actor, code: str) -> SecondFactor:
    return check_app_code(database(), actor.person_id, code, access_point=access_point(), device=device_token())


def _key_factor(view: RequestView, actor: Actor, answer: str, kept: list[str] | None) -> SecondFactor:
    if kept is None:
        raise WrongCode
    return finish_check(
        database(),
        actor.person_id,
        answer,
        Challenge.from_kept(kept),
        site=site(),
        access_point=access_point(),
        device=device_token(),
        about=what_is_agreed(database(), view.id, actor),
    )


def _checked(
    view: RequestView, actor: Actor, way: str, form: PortalForm, wrong: str, check: Callable[[], SecondFactor]
) -> ResponseReturnValue:
    try:
        factor = check()
    except (NotCoupled, TooManyTries, WrongCode) as refusal:
        return _wrong(view, actor, way, form, refusal, wrong)
    agree_by_factor(database(), view.id, factor, actor)
    return _agreed(view.id, actor)


def _wrong(
    view: RequestView, actor: Actor, way: str, form: PortalForm, refusal: Exception, wrong: str
) -> ResponseReturnValue:
    told = too_many(refusal) if isinstance(refusal, TooManyTries) else wrong
    # A code that ran out is gone, and with it the field.
    if "code" in form and (way != Factor.SMS or sms_state(database(), view.id, actor) is not None):
        form["code"].errors = [told]
        return _agreeing_page(view, actor, way, form)
    return _agreeing_page(view, actor, way, form, told)


def _agreed(request_id: UUID, actor: Actor) -> ResponseReturnValue:
    go_on(request_id, actor)
    if has_signed(database(), request_id, actor):
        flash(_("Ondertekend. Uw handtekening staat in het document."), "success")
    else:
        flash(_("U ging akkoord. Uw handtekening wacht op de tijdstempel; u hoeft niets meer te doen."), "info")
    return _to_request(request_id)


def _declining_page(request_id: UUID, actor: Actor, form: ReasonForm) -> ResponseReturnValue:
    view = read_request(database(), request_id, actor)
    if SigningAct.DECLINE not in view.can:
        return _told(_("U kunt nu niet weigeren. Er is niets veranderd."))
    page = render_template("signing/decline.html", request_view=view, form=form, longest=LONGEST_REASON)
    return page, 422 if form.errors else 200


def _drawn(shown: ShownFile, number: int) -> Page:
    content = read_content(current_services().intake.store, shown.row, shown.key)
    # Drawing takes part of a second at best; the log has its entry, and nobody has to wait for the rest.
    release()
    return draw_page(content, number)


def _seconds_since_last_look(request_id: UUID) -> int:
    """How long ago this person asked for a page of the document in this session; 0 for the first one."""
    now, kept = current_services().source.now(), current_session().get(LOOKED_AT, {})
    current_session()[LOOKED_AT] = {str(request_id): now.isoformat()}
    before = kept.get(str(request_id))
    return int((now - datetime.fromisoformat(before)).total_seconds()) if before else 0


def _told(message: str) -> ResponseReturnValue:
    flash(message, "warning")
    request_id: UUID = (request.view_args or {})["request_id"]
    return _to_request(request_id)


def _to_request(request_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("signing_requests.show", request_id=request_id), 303)

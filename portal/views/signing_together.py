"""*Digitaal ondertekenen*: a host and somebody beside the host sign on one screen (G-01; signing.md 7.6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.errors import MalformedNumber, TooManyTries, WrongCode
from accounts.permissions import Permission
from audit.actions import Action
from delivery.errors import TooManySms
from documents.errors import FileGone, NoPreview
from documents.models import Document
from documents.previewing import Page, draw_page
from documents.recording import record_document
from documents.storing import read_content
from portal.authorisation import requires
from portal.due_work import do_due_work
from portal.forms.base import typed
from portal.forms.faults import place_faults
from portal.forms.signing_together import ConsentForm, PresenceForm, SittingForm
from portal.login_words import too_many, too_many_sms
from portal.services import current_services
from portal.session import undo_request
from portal.signing_words import ended, not_signable
from portal.signing_work import continue_if_waiting, go_on
from portal.transactions import database, release
from signing.checking import check_signable
from signing.drawings import LARGEST, read_drawing
from signing.errors import (
    AlreadyRequested,
    CheckingBusy,
    DrawingRefused,
    InvalidRequest,
    LockedOut,
    NotAllSeen,
    NotSignable,
    NotYourTurn,
    RequestEnded,
    TooManyCodes,
)
from signing.looking import show_document
from signing.requesting import find_signable, offer_version
from signing.statements import STATEMENTS
from signing.together import (
    Sitting,
    Step,
    agree_beside,
    begin_sitting,
    find_sitting,
    finish_reading,
    note_seen,
    read_sitting,
    send_code_beside,
    state_presence,
)

blueprint = Blueprint("signing_together", __name__)

STEPS = 5
LAST_PAGE = 1_000_000
_NUMBER = "number"


@blueprint.get("/documenten/<uuid:document_id>/digitaal-ondertekenen")
@requires(Permission.SIGNING_REQUEST)
def show_beginning(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask who sits here."""
    do_due_work(actor)
    try:
        document = find_signable(database(), document_id, actor)
        form = SittingForm.about(
            has_employee=document.employee_id is not None,
            organisation=actor.organisation_name,
            request_id=current_services().source.new_id(),
        )
        return _beginning_page(form, document, actor)
    except NotSignable as refusal:
        return _not_begun(document_id, not_signable(refusal))


@blueprint.post("/documenten/<uuid:document_id>/digitaal-ondertekenen")
@requires(Permission.SIGNING_REQUEST)
def begin(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Begin; the same form sent twice begins once."""
    try:
        document = find_signable(database(), document_id, actor)
        form = SittingForm.about(has_employee=document.employee_id is not None)
        if not form.validate_on_submit():
            return _beginning_page(form, document, actor), 422
        _check_pdf(document, actor)
        return _begun(form, document, actor)
    except NotSignable as refusal:
        return _not_begun(document_id, not_signable(refusal))
    except CheckingBusy:
        return _not_begun(document_id, _("Het is nu even te druk. Probeer het over een minuut opnieuw."))
    except AlreadyRequested:
        return _not_begun(
            document_id, _("Voor dit document loopt al een ondertekening. Trek die eerst in, of wacht tot ze klaar is.")
        )


@blueprint.get("/ondertekeningen/<uuid:request_id>/samen")
@requires(Permission.SIGNING_REQUEST)
def show(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the step that those who sit together have come to."""
    find_sitting(database(), request_id, actor)
    continue_if_waiting(request_id, actor)
    sitting = read_sitting(database(), request_id, actor)
    if sitting.step is Step.READING:
        return _reading_page(sitting, actor)
    if sitting.step is Step.AGREEING:
        return _agreeing_page(sitting, ConsentForm(formdata=None))
    if sitting.step is Step.STATING:
        return _stating_page(sitting, PresenceForm(formdata=None))
    return redirect(url_for("signing_requests.show", request_id=request_id), 303)


@blueprint.post("/ondertekeningen/<uuid:request_id>/samen/gelezen")
@requires(Permission.SIGNING_REQUEST)
def finish(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Go on, once both have read the whole document."""
    sitting = read_sitting(database(), request_id, actor)
    try:
        pages = _drawn(sitting, actor, 1).count
    except NoPreview:
        # Pages that nobody can draw were downloaded and read elsewhere: the page said so.
        pages = 0
    try:
        finish_reading(database(), request_id, actor, pages=pages)
    except NotAllSeen:
        flash(_("Bekijk eerst alle pagina's, een voor een. Daarna kunt u verder."), "warning")
    return _to_step(request_id)


@blueprint.post("/ondertekeningen/<uuid:request_id>/samen/<uuid:signer_id>/sms")
@requires(Permission.SIGNING_REQUEST)
def send_code(request_id: UUID, signer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Verstuur sms* to the number that was typed; what else was filled in stays."""
    sitting, form = read_sitting(database(), request_id, actor), ConsentForm()
    try:
        rules = current_services().sms_rules
        with database().begin_nested():
            number = send_code_beside(database(), request_id, signer_id, typed(form.number), actor, rules=rules)
    except MalformedNumber:
        return _refused(sitting, form, _NUMBER, _("Vul een mobiel nummer in, zoals 06 12345678."))
    except TooManyCodes:
        told = _("Er zijn al drie codes verstuurd. Wacht tien minuten, of ga verder zonder code.")
        return _refused(sitting, form, _NUMBER, told)
    except TooManySms as refusal:
        return _refused(sitting, form, _NUMBER, too_many_sms(refusal))
    if sitting.turn is not None and sitting.turn.code_until is not None:
        told = _("Er gaat een sms met een code naar %(number)s. Een eerdere code werkt niet meer.", number=number)
    else:
        told = _("Er gaat een sms met een code naar %(number)s.", number=number)
    return _agreeing_page(read_sitting(database(), request_id, actor), form, told)


@blueprint.post("/ondertekeningen/<uuid:request_id>/samen/<uuid:signer_id>/akkoord")
@requires(Permission.SIGNING_REQUEST)
def agree(request_id: UUID, signer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let the one whose turn it is agree."""
    sitting, form = read_sitting(database(), request_id, actor), ConsentForm()
    if not form.validate_on_submit():
        return _agreeing_page(sitting, form), 422
    try:
        drawing = read_drawing(typed(form.drawing))
        agree_beside(database(), request_id, signer_id, form.consent(drawing), actor)
    except DrawingRefused:
        form.drawing.data = ""
        told = _("Deze tekening kan niet worden gebruikt. Teken opnieuw, of ga verder zonder te tekenen.")
        return _refused(sitting, form, "drawing", told)
    except InvalidRequest as refusal:
        place_faults(form, refusal.faults)
        return _agreeing_page(sitting, form), 422
    except WrongCode:
        told = _("Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms.")
        return _refused(sitting, form, "code", told)
    except TooManyTries as refusal:
        return _refused(sitting, form, "code", too_many(refusal))
    return _to_step(request_id)


@blueprint.post("/ondertekeningen/<uuid:request_id>/samen/ondertekenen")
@requires(Permission.SIGNING_REQUEST)
def sign(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let the host state who was there; then both sign."""
    sitting, form = read_sitting(database(), request_id, actor), PresenceForm()
    if not form.validate_on_submit():
        return _stating_page(sitting, form), 422
    state_presence(database(), request_id, actor)
    go_on(request_id, actor)
    return _to_step(request_id)


@blueprint.errorhandler(RequestEnded)
def tell_ended(error: RequestEnded) -> ResponseReturnValue:
    """The request has ended meanwhile."""
    undo_request()
    flash(ended(error), "warning")
    return redirect(url_for("signing_requests.show", **_request_of_view()), 303)


@blueprint.errorhandler(NotYourTurn)
def tell_not_yours(_error: NotYourTurn) -> ResponseReturnValue:
    """Another step comes first, or this one was done."""
    undo_request()
    flash(_("Dit is al gedaan, of er komt eerst iets anders. U gaat verder waar u was."), "warning")
    return redirect(url_for("signing_together.show", **_request_of_view()), 303)


@blueprint.errorhandler(LockedOut)
def tell_locked_out(_error: LockedOut) -> ResponseReturnValue:
    """The host has a new key, with which what was begun before can't be opened."""
    return render_template("signing/locked.html"), 403


@blueprint.errorhandler(FileGone)
def tell_gone(_error: FileGone) -> ResponseReturnValue:
    """What lies in the store is not there any more."""
    undo_request()
    flash(_("Het document is hier niet meer te bekijken."), "warning")
    return redirect(url_for("signing_requests.show", **_request_of_view()), 303)


def _begun(form: SittingForm, document: Document, actor: Actor) -> ResponseReturnValue:
    try:
        # What is refused leaves nothing behind, not even an entry.
        with database().begin_nested():
            new = form.sitting(document.id, current_services().source.new_id())
            request_id = begin_sitting(database(), new, actor).id
    except InvalidRequest as refusal:
        form.place(refusal.faults)
        return _beginning_page(form, document, actor), 422
    go_on(request_id, actor)
    return _to_step(request_id)


def _check_pdf(document: Document, actor: Actor) -> None:
    """Look inside the PDF, in another process and while no transaction is open. Raises `NotSignable`."""
    record_document(database(), Action.DOCUMENT_READ, document, actor, {"version": document.version})
    offered = offer_version(database(), document, actor)
    store = current_services().intake.store
    release()
    check_signable(read_content(store, offered.row, offered.key).read())


def _beginning_page(form: SittingForm, document: Document, actor: Actor) -> str:
    record_document(database(), Action.DOCUMENT_READ, document, actor, {"version": document.version})
    title = offer_version(database(), document, actor).title
    return render_template("signing_together/begin.html", form=form, document=document, title=title, steps=STEPS)


def _reading_page(sitting: Sitting, actor: Actor) -> ResponseReturnValue:
    number = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    try:
        page = _drawn(sitting, actor, number)
    except NoPreview as refusal:
        values: dict[str, Any] = {"sitting": sitting, "busy": refusal.busy, "steps": STEPS}
        return render_template("signing_together/unreadable.html", **values), 503 if refusal.busy else 200
    note_seen(database(), sitting.id, actor, page.number)
    return render_template("signing_together/read.html", sitting=sitting, page=page, steps=STEPS)


def _agreeing_page(sitting: Sitting, form: ConsentForm, told: str | None = None) -> str:
    if sitting.turn is None:
        raise NotYourTurn
    return render_template(
        "signing_together/agree.html",
        sitting=sitting,
        turn=sitting.turn,
        form=form,
        told=told,
        statement=STATEMENTS[sitting.statement_version],
        largest=LARGEST,
        steps=STEPS,
        step=3 if sitting.turn == sitting.people[0] else 4,
    )


def _stating_page(sitting: Sitting, form: PresenceForm) -> str:
    if sitting.step is not Step.STATING:
        raise NotYourTurn
    return render_template("signing_together/state.html", sitting=sitting, form=form, steps=STEPS)


def _refused(sitting: Sitting, form: ConsentForm, field: str, told: str) -> ResponseReturnValue:
    form[field].errors = [told]
    return _agreeing_page(sitting, form), 422


def _drawn(sitting: Sitting, actor: Actor, number: int) -> Page:
    shown = show_document(database(), sitting.id, actor, page=number)
    content = read_content(current_services().intake.store, shown.row, shown.key)
    # Drawing takes part of a second at best; the log has its entry, and nobody has to wait for the rest.
    release()
    return draw_page(content, number)


def _not_begun(document_id: UUID, told: str) -> ResponseReturnValue:
    flash(told, "warning")
    return redirect(url_for("document_pages.show", document_id=document_id), 303)


def _to_step(request_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("signing_together.show", request_id=request_id), 303)


def _request_of_view() -> dict[str, Any]:
    return {"request_id": (request.view_args or {})["request_id"]}

"""*Ondertekening via sms*: asking for signatures, and where each of them stands (G-03..G-05, G-09, D-11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from dialogs.candidates import Candidate, Candidates
from dialogs.models import ParticipantKind
from dialogs.subjects import subject_of
from documents.models import Document
from documents.recording import record_document
from documents.storing import read_content
from keys.errors import CheckWordsNotCompared
from portal.authorisation import requires
from portal.check_words import not_compared
from portal.due_work import do_due_work
from portal.forms.base import typed
from portal.forms.dialogues import choice_of, request_id_of
from portal.forms.faults import place_faults
from portal.forms.signing import ReasonForm, SignersForm, SigningRequestForm, one_signer
from portal.services import current_services
from portal.signing_words import ENDED_LATE, STATES, STATUSES, ended, not_signable, state_sentence
from portal.signing_work import continue_if_waiting, go_on
from portal.transactions import database, release
from signing.candidates import signer_candidates
from signing.checking import check_signable
from signing.errors import (
    AlreadyRequested,
    InvalidRequest,
    LockedOut,
    NotFound,
    NothingToReplace,
    NotSignable,
    NotTheRequester,
    OthersSigned,
    RequestEnded,
)
from signing.models import SigningKind
from signing.reading import RequestView, SignerView, SigningAct, read_request
from signing.reasons import LONGEST_REASON
from signing.replacing import replace_signer
from signing.requesting import MOST_DAYS, NewRequest, find_signable, offer_version, request_signatures
from signing.withdrawing import withdraw
from vault.errors import NotShared

blueprint = Blueprint("signing_requests", __name__)


@blueprint.get("/documenten/<uuid:document_id>/ondertekening-via-sms")
@requires(Permission.SIGNING_REQUEST)
def show_choosing(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask who is to sign, in which order, and until when."""
    do_due_work(actor)
    try:
        document = find_signable(database(), document_id, actor)
        found = signer_candidates(database(), document, actor)
    except (NotSignable, NotShared) as refusal:
        return _not_asked(document_id, refusal)
    form = SigningRequestForm(
        formdata=None,
        text=_("Wilt u dit document lezen en ondertekenen?"),
        request_id=str(current_services().source.new_id()),
    )
    return _choosing_page(form, document, found, actor)


@blueprint.post("/documenten/<uuid:document_id>/ondertekening-via-sms")
@requires(Permission.SIGNING_REQUEST)
def ask(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Verstuur verzoek*: ask for the signatures; the same form sent twice asks once."""
    form = SigningRequestForm()
    form.validate_on_submit()
    try:
        document = find_signable(database(), document_id, actor)
        _check_pdf(document, actor)
        found = signer_candidates(database(), document, actor)
        return _asked(form, document, found, actor)
    except (NotSignable, NotShared, AlreadyRequested) as refusal:
        return _not_asked(document_id, refusal)


@blueprint.get("/ondertekeningen/<uuid:request_id>")
@requires(Permission.DIALOGUE_READ)
def show(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show where each signer stands; what waited and can be done now is done."""
    try:
        continue_if_waiting(request_id, actor)
        return _page(read_request(database(), request_id, actor), actor)
    except LockedOut:
        return render_template("signing/locked.html"), 403


@blueprint.post("/ondertekeningen/<uuid:request_id>/verder")
@requires(Permission.DIALOGUE_READ)
def finish(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Nu afronden*: try what waits without waiting for the next visit."""
    read_request(database(), request_id, actor)
    go_on(request_id, actor)
    return _back(request_id)


@blueprint.get("/ondertekeningen/<uuid:request_id>/intrekken")
@requires(Permission.SIGNING_REQUEST)
def show_withdrawing(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what it means to withdraw a request, and ask why."""
    return _withdrawing_page(request_id, actor, ReasonForm(formdata=None))


@blueprint.post("/ondertekeningen/<uuid:request_id>/intrekken")
@requires(Permission.SIGNING_REQUEST)
def withdraw_request(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Withdraw a request."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _withdrawing_page(request_id, actor, form)
    try:
        with database().begin_nested():
            withdraw(database(), request_id, typed(form.reason), actor, base_url=_base_url())
    except InvalidRequest as refusal:
        place_faults(form, refusal.faults)
        return _withdrawing_page(request_id, actor, form)
    except RequestEnded as refusal:
        return _refused(request_id, ended(refusal))
    go_on(request_id, actor)
    flash(_("Het verzoek is ingetrokken. Niemand kan nu nog ondertekenen."), "success")
    return _back(request_id)


@blueprint.get("/ondertekeningen/<uuid:request_id>/vervangen/<uuid:signer_id>")
@requires(Permission.SIGNING_REQUEST)
def show_replacing(request_id: UUID, signer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask who signs instead of somebody."""
    return _replacing_page(request_id, signer_id, actor, SignersForm(formdata=None))


@blueprint.post("/ondertekeningen/<uuid:request_id>/vervangen/<uuid:signer_id>")
@requires(Permission.SIGNING_REQUEST)
def replace(request_id: UUID, signer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let another sign instead of somebody, as a new participant in a new dialogue (D-rule 29)."""
    form = SignersForm()
    form.validate_on_submit()
    request, _signer = _to_replace(request_id, signer_id, actor)
    document = find_signable(database(), request.document_id, actor)
    new = one_signer(form, signer_candidates(database(), document, actor).all)
    if new is None:
        return _replacing_page(request_id, signer_id, actor, form)
    try:
        with database().begin_nested():
            replace_signer(database(), request_id, signer_id, new, actor, base_url=_base_url())
    except InvalidRequest as refusal:
        return _replacing_page(request_id, signer_id, actor, form, form.place(refusal.faults))
    except (CheckWordsNotCompared, OthersSigned) as refusal:
        form.participants.errors = [_others_signed() if isinstance(refusal, OthersSigned) else not_compared()]
        return _replacing_page(request_id, signer_id, actor, form)
    except (NothingToReplace, RequestEnded) as refusal:
        told = ended(refusal) if isinstance(refusal, RequestEnded) else _("Deze ondertekenaar heeft al geantwoord.")
        return _refused(request_id, told)
    go_on(request_id, actor)
    flash(_("De ondertekenaar is vervangen. De oude dialoog is gesloten en een nieuwe is gestart."), "success")
    return _back(request_id)


@blueprint.errorhandler(LockedOut)
def tell_locked_out(_error: LockedOut) -> ResponseReturnValue:
    """Somebody with a renewed key waits for another participant."""
    return render_template("signing/locked.html"), 403


def _others_signed() -> str:
    return str(
        _(
            "Er is al ondertekend, met deze namen in het document. U kunt alleen dezelfde persoon opnieuw vragen, met "
            "de gegevens van nu. Moet iemand anders ondertekenen? Trek het verzoek dan in en begin opnieuw."
        )
    )


def _check_pdf(document: Document, actor: Actor) -> None:
    """Look inside the PDF, in another process and while no transaction is open. Raises `NotSignable`."""
    record_document(database(), Action.DOCUMENT_READ, document, actor, {"version": document.version})
    offered = offer_version(database(), document, actor)
    store = current_services().intake.store
    release()
    check_signable(read_content(store, offered.row, offered.key).read())


def _asked(form: SigningRequestForm, document: Document, found: Candidates, actor: Actor) -> ResponseReturnValue:
    if form.errors:
        return _choosing_page(form, document, found, actor), 422
    new = NewRequest(
        document_id=document.id,
        kind=SigningKind.SMS,
        signers=form.signers(found.all),
        in_order=form.order.data == "fixed",
        request_id=request_id_of(form.request_id, current_services().source.new_id()),
        days=form.lifetime_in_days,
        text=typed(form.text),
    )
    try:
        # What is refused leaves nothing behind, not even an entry.
        with database().begin_nested():
            request_id = request_signatures(database(), new, actor).id
    except InvalidRequest as refusal:
        return _choosing_page(form, document, found, actor, form.place(refusal.faults)), 422
    except CheckWordsNotCompared:
        form.participants.errors = [not_compared()]
        return _choosing_page(form, document, found, actor), 422
    go_on(request_id, actor)
    flash(_("Het verzoek is verstuurd. Hier ziet u wie er heeft ondertekend."), "success")
    return _back(request_id)


def _choosing_page(
    form: SigningRequestForm,
    document: Document,
    found: Candidates,
    actor: Actor,
    contact_faults: dict[str, str] | None = None,
) -> str:
    record_document(database(), Action.DOCUMENT_READ, document, actor, {"version": document.version})
    return render_template(
        "signing/choose.html",
        document=document,
        title=offer_version(database(), document, actor).title,
        form=form,
        most_days=MOST_DAYS,
        **_choice(form, found, contact_faults),
    )


def _choice(form: SignersForm, found: Candidates, contact_faults: dict[str, str] | None) -> dict[str, Any]:
    return {
        "found": found,
        "choice_of": choice_of,
        "ticked": set(form.participants.data or []),
        "contact_faults": contact_faults or {},
        "namens": _capacity,
    }


def _capacity(candidate: Candidate) -> str:
    """What *Ondertekening namens* begins with: the organisation, or the person."""
    return candidate.name if candidate.kind is ParticipantKind.EMPLOYEE else candidate.label


def _not_asked(document_id: UUID, refusal: Exception) -> ResponseReturnValue:
    if isinstance(refusal, NotSignable):
        flash(not_signable(refusal), "warning")
    elif isinstance(refusal, AlreadyRequested):
        flash(
            _("Voor dit document loopt al een ondertekening. Trek die eerst in, of wacht tot ze klaar is."), "warning"
        )
    else:
        flash(_("Dit dossier is niet met u gedeeld. U kunt hier niets laten ondertekenen."), "warning")
    return redirect(url_for("document_pages.show", document_id=document_id), 303)


def _page(request: RequestView, actor: Actor) -> str:
    has_dossier = Permission.DOCUMENT_READ in actor.permissions
    return render_template(
        "signing/show.html",
        request_view=request,
        sentence=state_sentence(request, has_dossier=has_dossier),
        is_late=request.state in ENDED_LATE,
        statuses=STATUSES,
        states=STATES,
        Act=SigningAct,
        may_read_document=has_dossier,
        has_signed=request.signed_version is not None,
        has_evidence=request.evidence_id is not None,
        subject=subject_of(database(), request.dialogue_id, actor) if request.dialogue_id else None,
    )


def _withdrawing_page(request_id: UUID, actor: Actor, form: ReasonForm) -> ResponseReturnValue:
    request = read_request(database(), request_id, actor)
    if SigningAct.WITHDRAW not in request.can:
        return _cannot(request)
    page = render_template("signing/withdraw.html", request_view=request, form=form, longest=LONGEST_REASON)
    return page, 422 if form.errors else 200


def _replacing_page(
    request_id: UUID,
    signer_id: UUID,
    actor: Actor,
    form: SignersForm,
    contact_faults: dict[str, str] | None = None,
) -> ResponseReturnValue:
    request, signer = _to_replace(request_id, signer_id, actor)
    if not signer.can_be_replaced:
        return _cannot(request)
    document = find_signable(database(), request.document_id, actor)
    found = signer_candidates(database(), document, actor)
    page = render_template(
        "signing/replace.html",
        request_view=request,
        signer=signer,
        form=form,
        **_choice(form, found, contact_faults),
    )
    return page, 422 if form.errors else 200


def _to_replace(request_id: UUID, signer_id: UUID, actor: Actor) -> tuple[RequestView, SignerView]:
    request = read_request(database(), request_id, actor)
    signer = next((one for one in request.present if one.id == signer_id), None)
    if signer is None:
        raise NotFound
    return request, signer


def _cannot(request: RequestView) -> ResponseReturnValue:
    if not request.is_requester:
        raise NotTheRequester
    return _refused(request.id, _("Dit kan nu niet meer. Er is niets veranderd."))


def _base_url() -> str:
    return current_services().settings.base_url


def _back(request_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("signing_requests.show", request_id=request_id), 303)


def _refused(request_id: UUID, told: str) -> ResponseReturnValue:
    flash(told, "warning")
    return _back(request_id)

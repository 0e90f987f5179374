"""Deelverzoeken at the arbo service: asking for a dossier, withdrawing that, the answers (design 2.6, D-rule 22)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.errors import NotFound
from organisation.tree import find_employee
from portal.authorisation import requires
from portal.due_work import do_due_work
from portal.forms.share_requests import RequestForm, RequestWithdrawalForm
from portal.services import current_services
from portal.share_request_words import BADGES, for_service, too_late
from portal.transactions import database
from portal.views.dossiers import dossier_url, waiting_page
from vault.dossiers import Sight, read_employee
from vault.errors import AlreadyRequested, AlreadyShared, RequestDecided, VaultClosed
from vault.models import CareQuestionKind
from vault.share_request_reading import requests_of_service, waiting_request
from vault.share_requests import request_share, withdraw_request
from vault.value_checks import EXPLANATION_LENGTH

blueprint = Blueprint("requesting_shares", __name__)


@blueprint.get("/dossiers/deelverzoeken")
@requires(Permission.DOSSIER_READ)
def show_all(*, actor: Actor) -> ResponseReturnValue:
    """Show the requests of the own service at the employers in scope, and their answers."""
    if (page := waiting_page(actor)) is not None:
        return page
    do_due_work(actor)
    lines = requests_of_service(database(), actor)
    return render_template("requesting_shares/list.html", lines=lines, badges=BADGES, sentence=for_service)


@blueprint.get("/dossiers/<uuid:employee_id>/deling-aanvragen")
@requires(Permission.SHARE_REQUEST)
def show_form(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask on which zorgvraag the dossier is needed, and say who reads that."""
    if (page := waiting_page(actor)) is not None:
        return page
    find_employee(database(), actor, employee_id)
    if waiting_request(database(), employee_id, actor) is not None:
        return _back(employee_id, _already_requested(), "info")
    return _form_page(RequestForm(), employee_id, actor)


@blueprint.post("/dossiers/<uuid:employee_id>/deling-aanvragen")
@requires(Permission.SHARE_REQUEST)
def ask(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask the employer to share; what is sent twice waits once."""
    if (page := waiting_page(actor)) is not None:
        return page
    find_employee(database(), actor, employee_id)
    form = RequestForm()
    try:
        if form.validate_on_submit():
            _ask(form, employee_id, actor)
            return _back(employee_id, _("Uw deelverzoek staat klaar bij de werkgever."), "success")
    except AlreadyRequested:
        return _back(employee_id, _already_requested(), "info")
    except AlreadyShared:
        return _back(employee_id, _already_shared(), "info")
    except VaultClosed:
        return _back(employee_id, _("De werkgever heeft nog geen datakluis. Er is niets aangevraagd."), "warning")
    answer = _form_page(form, employee_id, actor)
    return (answer, 422) if isinstance(answer, str) else answer


@blueprint.post("/dossiers/<uuid:employee_id>/deelverzoek-intrekken")
@requires(Permission.SHARE_REQUEST)
def withdraw(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Withdraw the request that was on the page."""
    if (page := waiting_page(actor)) is not None:
        return page
    find_employee(database(), actor, employee_id)
    try:
        withdrawn = withdraw_request(database(), _request_id(RequestWithdrawalForm()), actor)
    except RequestDecided as decided:
        return _back(employee_id, too_late(decided.state), "warning")
    if withdrawn.employee_id != employee_id:
        raise NotFound
    return _back(employee_id, _("Het deelverzoek is ingetrokken."), "success")


def _ask(form: RequestForm, employee_id: UUID, actor: Actor) -> None:
    lifetime = timedelta(days=current_services().settings.share_request_days)
    kind = CareQuestionKind(form.kind.data)
    # Of two who ask at once the second must leave nothing behind, not even an entry.
    with database().begin_nested():
        request_share(database(), employee_id, kind, form.explanation.data or "", lifetime=lifetime, actor=actor)


def _form_page(form: RequestForm, employee_id: UUID, actor: Actor) -> ResponseReturnValue:
    page = read_employee(database(), employee_id, actor)
    if page.sight is Sight.OPEN:
        return _back(employee_id, _already_shared(), "info")
    return render_template(
        "requesting_shares/form.html",
        form=form,
        page=page,
        days=current_services().settings.share_request_days,
        longest=EXPLANATION_LENGTH,
    )


def _request_id(form: RequestWithdrawalForm) -> UUID:
    try:
        return UUID(form.request_id.data or "")
    except ValueError:
        raise NotFound from None


def _back(employee_id: UUID, message: str, category: str) -> ResponseReturnValue:
    flash(message, category)
    return redirect(dossier_url(employee_id), 303)


def _already_requested() -> str:
    return str(_("Voor deze werknemer wacht al een deelverzoek van uw arbodienst."))


def _already_shared() -> str:
    return str(_("Dit dossier is al met uw arbodienst gedeeld."))

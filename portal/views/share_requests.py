"""Deelverzoeken at the employer: what the arbo service asks for, and the answer (design 2.6; D-rules 21, 22)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.errors import NoServiceAgreement, NotFoundedYet
from portal.authorisation import requires
from portal.forms.share_requests import RefusalForm
from portal.forms.sharing import KIND_LABELS, ShareForm
from portal.share_request_words import BADGES, for_employer, too_late
from portal.transactions import database
from portal.vault_access import refuse_without_key
from portal.views.employees import employee_url
from vault.errors import AlreadyShared, NoVaultAccess, RequestDecided, VaultClosed
from vault.models import CareQuestionKind
from vault.share_request_answers import refuse_request, share_on_request
from vault.share_request_reading import RequestView, read_request, read_requests
from vault.value_checks import EXPLANATION_LENGTH

blueprint = Blueprint("share_requests", __name__)


@blueprint.get("/deelverzoeken")
@requires(Permission.SHARE_MAKE)
def show_all(*, actor: Actor) -> ResponseReturnValue:
    """Show which requests wait, about whom in scope, and what became of the latest others."""
    try:
        lines = read_requests(database(), actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Deelverzoeken"))
    return render_template("share_requests/list.html", lines=lines, badges=BADGES, sentence=for_employer)


@blueprint.get("/deelverzoeken/<uuid:request_id>")
@requires(Permission.SHARE_MAKE)
def show(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show one request: about whom, why, and the two answers."""
    try:
        view = read_request(database(), request_id, actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Deelverzoek"))
    return render_template(
        "share_requests/show.html", view=view, kinds=KIND_LABELS, badges=BADGES, sentence=for_employer
    )


@blueprint.get("/deelverzoeken/<uuid:request_id>/delen")
@requires(Permission.SHARE_MAKE)
def show_sharing(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask whether the dossier is shared, with what the service asked filled in (S-02)."""
    try:
        view = read_request(database(), request_id, actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Dossier delen"))
    if not view.line.waits:
        return _too_late(request_id, RequestDecided(view.line.state))
    reason = view.reason
    form = ShareForm(kind=reason.kind.value, explanation=reason.explanation) if reason else ShareForm()
    return _sharing_page(form, view)


@blueprint.post("/deelverzoeken/<uuid:request_id>/delen")
@requires(Permission.SHARE_MAKE)
def share(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Share the dossier with the service that asked; of several answers at once one counts."""
    form = ShareForm()
    try:
        if form.validate_on_submit():
            return _share(form, request_id, actor)
        view = read_request(database(), request_id, actor)
    except RequestDecided as decided:
        return _too_late(request_id, decided)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Dossier delen"))
    if not view.line.waits:
        return _too_late(request_id, RequestDecided(view.line.state))
    return _sharing_page(form, view), 422


@blueprint.get("/deelverzoeken/<uuid:request_id>/weigeren")
@requires(Permission.SHARE_MAKE)
def show_refusal(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask why the dossier is not shared."""
    try:
        view = read_request(database(), request_id, actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Deelverzoek weigeren"))
    if not view.line.waits:
        return _too_late(request_id, RequestDecided(view.line.state))
    return _refusal_page(RefusalForm(), view)


@blueprint.post("/deelverzoeken/<uuid:request_id>/weigeren")
@requires(Permission.SHARE_MAKE)
def refuse(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Refuse with a reason that the service reads."""
    form = RefusalForm()
    try:
        if form.validate_on_submit():
            refuse_request(database(), request_id, form.explanation.data or "", actor)
            flash(_("Het deelverzoek is geweigerd. Er is niets gedeeld."), "success")
            return redirect(url_for("share_requests.show", request_id=request_id), 303)
        view = read_request(database(), request_id, actor)
    except RequestDecided as decided:
        return _too_late(request_id, decided)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Deelverzoek weigeren"))
    if not view.line.waits:
        return _too_late(request_id, RequestDecided(view.line.state))
    return _refusal_page(form, view), 422


def _share(form: ShareForm, request_id: UUID, actor: Actor) -> ResponseReturnValue:
    kind = CareQuestionKind(form.kind.data)
    try:
        # Of two who answer at once the second must leave nothing behind, not even an entry.
        with database().begin_nested():
            shared = share_on_request(database(), request_id, kind, form.explanation.data or "", actor)
    except AlreadyShared:
        return _back(request_id, _("Dit dossier is al gedeeld."), "info")
    except NoServiceAgreement:
        return _back(request_id, _("De overeenkomst met deze arbodienst is geëindigd. Er is niets gedeeld."), "warning")
    except NotFoundedYet:
        return _back(request_id, _("Bij de arbodienst is geen sleutel meer. Er is niets gedeeld."), "warning")
    flash(_("Het dossier is gedeeld. De arbodienst krijgt bericht."), "success")
    return redirect(employee_url(shared.employee_id), 303)


def _too_late(request_id: UUID, decided: RequestDecided) -> ResponseReturnValue:
    return _back(request_id, too_late(decided.state), "warning")


def _back(request_id: UUID, message: str, category: str) -> ResponseReturnValue:
    flash(message, category)
    return redirect(url_for("share_requests.show", request_id=request_id), 303)


def _sharing_page(form: ShareForm, view: RequestView) -> str:
    return render_template("share_requests/share.html", form=form, view=view, longest=EXPLANATION_LENGTH)


def _refusal_page(form: RefusalForm, view: RequestView) -> str:
    return render_template("share_requests/refuse.html", form=form, view=view, longest=EXPLANATION_LENGTH)

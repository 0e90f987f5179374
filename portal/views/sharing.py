"""Sharing a dossier with the arbo service, its history, and withdrawing it (S-01..S-07; D-rules 21 and 22)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.errors import NoServiceAgreement, NotFound, NotFoundedYet
from organisation.tree import find_employee
from portal.authorisation import requires
from portal.errors import refuse
from portal.forms.sharing import KIND_LABELS, ShareForm, WithdrawalForm
from portal.transactions import database
from portal.vault_access import refuse_without_key
from portal.views.employees import employee_url, service_name
from vault.dossiers import EmployeePage, Sight, read_employee
from vault.errors import AlreadyEnded, AlreadyShared, ContentBegan, NoVaultAccess, VaultClosed
from vault.models import CareQuestionKind, Share
from vault.sharing import end_share, share_history, share_record
from vault.value_checks import EXPLANATION_LENGTH

blueprint = Blueprint("sharing", __name__)


@blueprint.get("/werknemers/<uuid:employee_id>/delen")
@requires(Permission.SHARE_MAKE)
def show_form(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask on which zorgvraag the dossier is shared, naming the service and the law (S-02)."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Dossier delen"))
    if page.is_shared:
        return _back(employee_id, _already_shared(), "info")
    return _share_page(ShareForm(), page)


@blueprint.post("/werknemers/<uuid:employee_id>/delen")
@requires(Permission.SHARE_MAKE)
def share(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Share the dossier (S-02..S-05); what is sent twice is shared once."""
    find_employee(database(), actor, employee_id)
    form = ShareForm()
    try:
        if form.validate_on_submit():
            _share(form, employee_id, actor)
            return _back(employee_id, _shared(actor), "success")
    except AlreadyShared:
        return _back(employee_id, _already_shared(), "info")
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Dossier delen"))
    except (NoServiceAgreement, NotFoundedYet) as error:
        form.form_errors.append(_cannot_share(error))
    return _refused_share_page(form, employee_id, actor)


@blueprint.get("/werknemers/<uuid:employee_id>/deelgeschiedenis")
@requires(Permission.SHARE_READ)
def show_history(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show when, by whom and why the dossier was shared, and when that ended (S-06)."""
    try:
        shares = share_history(database(), employee_id, actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Deelgeschiedenis"))
    page = read_employee(database(), employee_id, actor)
    return render_template(
        "sharing/history.html",
        page=page,
        shares=shares,
        running=next((shared for shared in shares if shared.ended_at is None), None),
        kinds=KIND_LABELS,
        may_end=Permission.SHARE_END in actor.permissions,
    )


@blueprint.get("/werknemers/<uuid:employee_id>/deling-intrekken")
@requires(Permission.SHARE_END)
def show_withdrawal(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what ends, for whom and since when, and ask once (S-07)."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Deling intrekken"))
    if page.share is None:
        return _back(employee_id, _already_ended(), "info")
    return _withdrawal_page(WithdrawalForm(share_id=page.share.id), page)


@blueprint.post("/werknemers/<uuid:employee_id>/deling-intrekken")
@requires(Permission.SHARE_END)
def withdraw(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Withdraw the share that was on the page (S-07, S-15)."""
    find_employee(database(), actor, employee_id)
    try:
        ended = end_share(database(), _share_id(WithdrawalForm()), actor)
    except AlreadyEnded:
        return _back(employee_id, _already_ended(), "info")
    except ContentBegan:
        return _content_began(employee_id, actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Deling intrekken"))
    if ended.employee_id != employee_id:
        raise NotFound
    message = _("De deling is ingetrokken. De arbodienst ziet deze werknemer weer als Anoniem.")
    return _back(employee_id, message, "success")


def _share(form: ShareForm, employee_id: UUID, actor: Actor) -> Share:
    kind = CareQuestionKind(form.kind.data)
    # Of two who share at once the second must leave nothing behind, not even the entry of a share that is not.
    with database().begin_nested():
        return share_record(database(), employee_id, kind, form.explanation.data or "", actor)


def _share_id(form: WithdrawalForm) -> UUID:
    try:
        return UUID(form.share_id.data or "")
    except ValueError:
        raise NotFound from None


def _back(employee_id: UUID, message: str, category: str) -> ResponseReturnValue:
    flash(message, category)
    return redirect(employee_url(employee_id), 303)


def _share_page(form: ShareForm, page: EmployeePage) -> str:
    return render_template(
        "sharing/share.html",
        form=form,
        page=page,
        service=service_name(page.employer_id),
        longest=EXPLANATION_LENGTH,
    )


def _refused_share_page(form: ShareForm, employee_id: UUID, actor: Actor) -> ResponseReturnValue:
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Dossier delen"))
    return _share_page(form, page), 422


def _withdrawal_page(form: WithdrawalForm, page: EmployeePage) -> str:
    return render_template("sharing/withdraw.html", form=form, page=page)


def _shared(actor: Actor) -> str:
    return str(_("Het dossier is gedeeld met %(service)s.", service=service_name(actor.organisation_id)))


def _already_shared() -> str:
    return str(_("Dit dossier is al gedeeld."))


def _already_ended() -> str:
    return str(_("Dit dossier is niet meer gedeeld."))


def _content_began(employee_id: UUID, actor: Actor) -> ResponseReturnValue:
    refuse(409, "content began")
    page = read_employee(database(), employee_id, actor)
    flash(_("De deling kan niet meer worden ingetrokken: het dossier bij de arbodienst is al gevuld."), "error")
    return _withdrawal_page(WithdrawalForm(), page), 409


def _cannot_share(error: Exception) -> str:
    if isinstance(error, NoServiceAgreement):
        return str(_("Uw organisatie heeft nu geen arbodienst om mee te delen. Er is niets gedeeld."))
    return str(_("Bij uw arbodienst heeft nog niemand ingelogd, zodat er nog geen sleutel is. Er is niets gedeeld."))

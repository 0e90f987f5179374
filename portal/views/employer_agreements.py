"""Beheer > Werkgevers > Dienstverlening: linking the own arbo service to an employer (O-20, O-33, O-34, U-31)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.calendar import today
from organisation.employer_access import find_administered
from organisation.employer_agreements import (
    add_agreement,
    change_identification,
    end_own_agreement,
    find_own_agreement,
    own_agreements,
    remove_agreement,
)
from organisation.errors import AgreementOverlaps, InUse, InvalidValues, LastDayTooEarly, NoServiceAgreement
from organisation.models import ServiceAgreement
from portal.authorisation import requires
from portal.employer_pages import employer_page
from portal.forms.base import PortalForm, typed
from portal.forms.employer_parts import AgreementForm, LastDayForm
from portal.forms.employments import CONFIRM, EDIT, step
from portal.forms.faults import place_faults
from portal.transactions import database
from vault.ending_agreements import ending_consequences

blueprint = Blueprint(
    "employer_agreements", __name__, url_prefix="/beheer/werkgevers/<uuid:employer_id>/overeenkomsten"
)


@blueprint.get("")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_all(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the agreements of the own service with this employer, and of no other."""
    return employer_page(
        "employer_agreements/list.html",
        employer_id,
        actor,
        agreements=own_agreements(database(), employer_id, actor),
        today=today(database()),
        may_change=Permission.SERVICE_AGREEMENT_ADMINISTER in actor.permissions,
    )


@blueprint.get("/nieuw")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER)
def show_new(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form of a new agreement (*Toevoegen*)."""
    _require(employer_id, actor)
    return _form_page(AgreementForm(), employer_id, actor)


@blueprint.post("/nieuw")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER, fresh=True)
def add(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add an agreement, unless another one covers its days."""
    _require(employer_id, actor)
    form = AgreementForm()
    if form.validate_on_submit() and form.first_day.day is not None and _added(form, employer_id, actor):
        return _back(employer_id, _("De overeenkomst is toegevoegd."))
    return _form_page(form, employer_id, actor), 422


@blueprint.get("/<uuid:agreement_id>")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER)
def show(employer_id: UUID, agreement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show what the two know each other by, to change it."""
    agreement = find_own_agreement(database(), employer_id, agreement_id, actor)
    return _identification_page(AgreementForm.of_identification(agreement), agreement, actor)


@blueprint.post("/<uuid:agreement_id>")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER)
def change(employer_id: UUID, agreement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store what the two know each other by."""
    agreement = find_own_agreement(database(), employer_id, agreement_id, actor)
    form = AgreementForm.of_identification(agreement)
    if form.validate_on_submit():
        try:
            change_identification(
                database(),
                employer_id,
                agreement_id,
                employer_identification=typed(form.employer_identification),
                exchange_number=typed(form.exchange_number),
                actor=actor,
            )
        except InvalidValues as refusal:
            place_faults(form, refusal.faults)
        else:
            return _back(employer_id, _("De gegevens van de overeenkomst zijn opgeslagen."))
    return _identification_page(form, agreement, actor), 422


@blueprint.get("/<uuid:agreement_id>/beeindigen")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER, fresh=True)
def show_end(employer_id: UUID, agreement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask for the last day."""
    agreement = find_own_agreement(database(), employer_id, agreement_id, actor)
    form = LastDayForm(data={"last_day": agreement.ends_on or today(database())})
    return _end_page("employer_agreements/end.html", form, agreement, actor)


@blueprint.post("/<uuid:agreement_id>/beeindigen")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER, fresh=True)
def end(employer_id: UUID, agreement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what goes with the end, ask once, and set the last day (O-20)."""
    agreement = find_own_agreement(database(), employer_id, agreement_id, actor)
    form = LastDayForm()
    if not form.validate_on_submit() or form.last_day.day is None or step() == EDIT:
        status = 200 if step() == EDIT else 422
        return _end_page("employer_agreements/end.html", form, agreement, actor), status
    if not _ended(form, agreement, actor, only_try=step() != CONFIRM):
        return _end_page("employer_agreements/end.html", form, agreement, actor), 422
    if step() != CONFIRM:
        return _end_page("employer_agreements/ending.html", form, agreement, actor)
    return _back(employer_id, _("De einddatum van de overeenkomst is opgeslagen."))


@blueprint.get("/<uuid:agreement_id>/verwijderen")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER)
def ask_removal(employer_id: UUID, agreement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask once before an agreement goes that has not begun."""
    return _removal_page(find_own_agreement(database(), employer_id, agreement_id, actor), actor)


@blueprint.post("/<uuid:agreement_id>/verwijderen")
@requires(Permission.SERVICE_AGREEMENT_ADMINISTER)
def remove(employer_id: UUID, agreement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove an agreement that has not begun."""
    agreement = find_own_agreement(database(), employer_id, agreement_id, actor)
    try:
        remove_agreement(database(), employer_id, agreement_id, actor)
    except InUse:
        return _removal_page(agreement, actor), 422
    return _back(employer_id, _("De overeenkomst is verwijderd."))


def _require(employer_id: UUID, actor: Actor) -> None:
    find_administered(database(), actor, employer_id, Permission.SERVICE_AGREEMENT_ADMINISTER, served=False)


def _added(form: AgreementForm, employer_id: UUID, actor: Actor) -> bool:
    try:
        add_agreement(
            database(),
            employer_id,
            form.first_day.day or today(database()),
            form.last_day.day,
            employer_identification=typed(form.employer_identification),
            exchange_number=typed(form.exchange_number),
            actor=actor,
        )
    except InvalidValues as refusal:
        place_faults(form, refusal.faults)
    except LastDayTooEarly:
        form.last_day.errors = [_("De einddatum ligt voor de ingangsdatum. Kijk welke van de twee niet klopt.")]
    except AgreementOverlaps:
        form.first_day.errors = [_overlap()]
    else:
        return True
    return False


def _ended(form: LastDayForm, agreement: ServiceAgreement, actor: Actor, *, only_try: bool) -> bool:
    """Whether that day can be the last; with `only_try` nothing is kept of it."""
    day = form.last_day.day
    assert day is not None  # noqa: S101 - the form has been validated
    trial = database().begin_nested()
    try:
        end_own_agreement(database(), agreement.employer_id, agreement.id, day, actor)
    except NoServiceAgreement:
        form.last_day.errors = [_("Deze overeenkomst is al geëindigd. Voeg zo nodig een nieuwe toe.")]
    except LastDayTooEarly:
        form.last_day.errors = [_("De einddatum ligt voor de ingangsdatum van de overeenkomst.")]
    except AgreementOverlaps:
        form.last_day.errors = [_overlap()]
    else:
        if only_try:
            trial.rollback()
        return True
    trial.rollback()
    return False


def _overlap() -> str:
    return str(_("Op een van deze dagen loopt al een overeenkomst. Beëindig die eerst, of kies andere dagen."))


def _form_page(form: AgreementForm, employer_id: UUID, actor: Actor) -> str:
    return employer_page("employer_agreements/new.html", employer_id, actor, form=form)


def _identification_page(form: AgreementForm, agreement: ServiceAgreement, actor: Actor) -> str:
    return employer_page(
        "employer_agreements/identification.html", agreement.employer_id, actor, form=form, agreement=agreement
    )


def _end_page(template: str, form: LastDayForm, agreement: ServiceAgreement, actor: Actor) -> str:
    met = ending_consequences(database(), agreement.employer_id, actor)
    return employer_page(
        template,
        agreement.employer_id,
        actor,
        form=form,
        agreement=agreement,
        met=met,
        last_day=form.last_day.day,
        today=today(database()),
    )


def _removal_page(agreement: ServiceAgreement, actor: Actor) -> str:
    return employer_page(
        "employer_agreements/remove.html",
        agreement.employer_id,
        actor,
        form=PortalForm(),
        agreement=agreement,
        has_begun=agreement.starts_on <= today(database()),
    )


def _back(employer_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show_all", employer_id=employer_id), 303)

"""Beheer > Werkgevers > Vestiging: the contact persons of an employer (O-22, O-29)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.contact_persons import ContactLine, add_contact, change_contact, read_contact, remove_contact
from organisation.employer_access import find_administered
from organisation.errors import InvalidValues
from organisation.sites import sites_of
from portal.authorisation import requires
from portal.employer_pages import employer_page
from portal.forms.base import PortalForm
from portal.forms.employer_parts import ContactForm
from portal.forms.faults import place_faults
from portal.transactions import database

blueprint = Blueprint("employer_contacts", __name__, url_prefix="/beheer/werkgevers/<uuid:employer_id>/contactpersonen")


@blueprint.get("/nieuw")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_new(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form of a new contact person."""
    find_administered(database(), actor, employer_id)
    return _form_page(_form(employer_id), None, employer_id, actor)


@blueprint.post("/nieuw")
@requires(Permission.EMPLOYER_ADMINISTER)
def add(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add a contact person."""
    find_administered(database(), actor, employer_id)
    form = _form(employer_id)
    if form.validate_on_submit():
        try:
            add_contact(database(), employer_id, form.site_id.chosen, form.contact(), actor)
        except InvalidValues as refusal:
            place_faults(form, refusal.faults)
        else:
            return _back(employer_id, _("De contactpersoon is toegevoegd."))
    return _form_page(form, None, employer_id, actor), 422


@blueprint.get("/<uuid:contact_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def show(employer_id: UUID, contact_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show a contact person to change it."""
    line = read_contact(database(), employer_id, contact_id, actor)
    return _form_page(_form(employer_id, line), line, employer_id, actor)


@blueprint.post("/<uuid:contact_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def change(employer_id: UUID, contact_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store what was typed of a contact person."""
    line, form = read_contact(database(), employer_id, contact_id, actor), _form(employer_id)
    if form.validate_on_submit():
        try:
            change_contact(database(), employer_id, contact_id, form.site_id.chosen, form.contact(), actor)
        except InvalidValues as refusal:
            place_faults(form, refusal.faults)
        else:
            return _back(employer_id, _("De contactpersoon is opgeslagen."))
    return _form_page(form, line, employer_id, actor), 422


@blueprint.get("/<uuid:contact_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def ask_removal(employer_id: UUID, contact_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask once before a contact person goes."""
    line = read_contact(database(), employer_id, contact_id, actor)
    return employer_page("employer_contacts/remove.html", employer_id, actor, form=PortalForm(), line=line)


@blueprint.post("/<uuid:contact_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def remove(employer_id: UUID, contact_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove a contact person."""
    remove_contact(database(), employer_id, contact_id, actor)
    return _back(employer_id, _("De contactpersoon is verwijderd."))


def _form(employer_id: UUID, line: ContactLine | None = None) -> ContactForm:
    return ContactForm.over(sites_of(database(), employer_id), line)


def _form_page(form: ContactForm, line: ContactLine | None, employer_id: UUID, actor: Actor) -> str:
    return employer_page("employer_contacts/form.html", employer_id, actor, form=form, line=line)


def _back(employer_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("employer_sites.show_all", employer_id=employer_id), 303)

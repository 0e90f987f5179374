"""Beheer > Werkgevers > Vestiging: the sites of an employer and whom to call there (O-22)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.contact_persons import read_contacts
from organisation.employer_access import find_administered
from organisation.employer_models import Site
from organisation.employer_profiles import stored_profile
from organisation.errors import InvalidValues
from organisation.sites import add_site, change_site, contacts_at, find_site, remove_site, sites_of
from portal.authorisation import requires
from portal.employer_pages import employer_page
from portal.forms.base import PortalForm, typed
from portal.forms.employer_parts import SiteForm
from portal.forms.faults import place_faults
from portal.transactions import database

blueprint = Blueprint("employer_sites", __name__, url_prefix="/beheer/werkgevers/<uuid:employer_id>/vestigingen")


@blueprint.get("")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_all(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the head site, which is the employer's own address, the others, and the contact persons of each."""
    placed = find_administered(database(), actor, employer_id)
    contacts = read_contacts(database(), employer_id, actor)
    return employer_page(
        "employer_sites/list.html",
        employer_id,
        actor,
        profile=stored_profile(database(), placed.employer).profile,
        sites=sites_of(database(), employer_id),
        contacts=contacts,
    )


@blueprint.get("/nieuw")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_new(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form of a new site."""
    find_administered(database(), actor, employer_id)
    return _form_page(SiteForm.over(), None, employer_id, actor)


@blueprint.post("/nieuw")
@requires(Permission.EMPLOYER_ADMINISTER)
def add(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add a site."""
    find_administered(database(), actor, employer_id)
    form = SiteForm.over()
    if form.validate_on_submit():
        try:
            add_site(database(), employer_id, typed(form.name), form.address(), typed(form.phone), actor)
        except InvalidValues as refusal:
            place_faults(form, refusal.faults)
        else:
            return _back(employer_id, _("De vestiging is toegevoegd."))
    return _form_page(form, None, employer_id, actor), 422


@blueprint.get("/<uuid:site_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def show(employer_id: UUID, site_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show a site to change it."""
    site = find_site(database(), employer_id, site_id, actor)
    return _form_page(SiteForm.over(site), site, employer_id, actor)


@blueprint.post("/<uuid:site_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def change(employer_id: UUID, site_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store what was typed of a site."""
    site, form = find_site(database(), employer_id, site_id, actor), SiteForm.over()
    if form.validate_on_submit():
        try:
            change_site(database(), employer_id, site_id, typed(form.name), form.address(), typed(form.phone), actor)
        except InvalidValues as refusal:
            place_faults(form, refusal.faults)
        else:
            return _back(employer_id, _("De vestiging is opgeslagen."))
    return _form_page(form, site, employer_id, actor), 422


@blueprint.get("/<uuid:site_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def ask_removal(employer_id: UUID, site_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what goes with a site."""
    site = find_site(database(), employer_id, site_id, actor)
    return employer_page(
        "employer_sites/remove.html",
        employer_id,
        actor,
        form=PortalForm(),
        site=site,
        contacts=contacts_at(database(), site_id),
    )


@blueprint.post("/<uuid:site_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def remove(employer_id: UUID, site_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove a site with its contact persons."""
    remove_site(database(), employer_id, site_id, actor)
    return _back(employer_id, _("De vestiging is verwijderd."))


def _form_page(form: SiteForm, site: Site | None, employer_id: UUID, actor: Actor) -> str:
    return employer_page("employer_sites/form.html", employer_id, actor, form=form, site=site)


def _back(employer_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show_all", employer_id=employer_id), 303)

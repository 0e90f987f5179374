"""Instellingen: what people decide for themselves (T-01)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.muted_notices import choose_notices, kinds_for, muted_by
from accounts.people import choose_language, email_of, person_by_id, shown_login_name
from accounts.permissions import Permission
from portal.authorisation import requires
from portal.forms.own_settings import LanguageForm, NoticesForm
from portal.languages import speak
from portal.transactions import database

blueprint = Blueprint("own_settings", __name__)


@blueprint.get("/instellingen")
@requires(Permission.START_SEE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Algemeen*."""
    return _general_page(LanguageForm(language=actor.language.value), actor)


@blueprint.post("/instellingen/taal")
@requires(Permission.START_SEE)
def save_language(*, actor: Actor) -> ResponseReturnValue:
    """Keep the language; the next page is in it already (T-02)."""
    form = LanguageForm()
    if not form.validate_on_submit():
        return _general_page(form, actor)
    choose_language(database(), actor.person_id, form.chosen())
    speak(form.chosen())
    flash(_("De taal is opgeslagen."), "success")
    return redirect(url_for("own_settings.show"), 303)


@blueprint.get("/instellingen/e-mail")
@requires(Permission.START_SEE)
def show_email(*, actor: Actor) -> ResponseReturnValue:
    """Show the tab *E-mail*: the address, and which notices come by mail (N-03)."""
    form = NoticesForm.of(kinds_for(actor), muted_by(database(), actor.person_id))
    address = email_of(database(), person_by_id(database(), actor.person_id))
    return render_template("own_settings/email.html", form=form, address=address)


@blueprint.post("/instellingen/e-mail")
@requires(Permission.START_SEE)
def save_notices(*, actor: Actor) -> ResponseReturnValue:
    """Keep which notices come by mail; it holds for every mail that is asked for from now on."""
    choose_notices(database(), actor, NoticesForm().chosen())
    flash(_("Uw keuze is opgeslagen."), "success")
    return redirect(url_for("own_settings.show_email"), 303)


@blueprint.get("/instellingen/taken")
@requires(Permission.START_SEE)
def show_tasks(*, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Taken*: there is nothing to set as long as Datakluis gives nobody a task."""
    return render_template("own_settings/tasks.html")


def _general_page(form: LanguageForm, actor: Actor) -> ResponseReturnValue:
    person = person_by_id(database(), actor.person_id)
    may_substitute = Permission.SUBSTITUTION_REGISTER in actor.permissions
    page = render_template(
        "own_settings/general.html",
        form=form,
        person=person,
        login_name=shown_login_name(database(), person),
        may_substitute=may_substitute,
    )
    return page, 422 if form.errors else 200

"""Instellingen > Berichten: the own signature, the own standard texts, and the weekly overview (N-01, T-01)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.notices import choose_overview, wants_overview
from dialogs.signatures import LONGEST_SIGNATURE, choose_signature, signature_of
from dialogs.standard_texts import list_texts
from organisation.errors import InvalidValues
from portal.authorisation import requires
from portal.forms.base import typed
from portal.forms.faults import place_faults
from portal.forms.standard_texts import OverviewForm, SignatureForm
from portal.standard_text_pages import TextPages
from portal.transactions import database

blueprint = Blueprint("message_settings", __name__, url_prefix="/instellingen/berichten")

_PAGES = TextPages("message_settings", shared=False)


@blueprint.get("")
@requires(Permission.DIALOGUE_READ)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Berichten*; who never starts a dialogue has no signature and no texts."""
    return _page(actor)


@blueprint.post("/afsluiting")
@requires(Permission.DIALOGUE_START)
def save_signature(*, actor: Actor) -> ResponseReturnValue:
    """Keep what one's messages end with."""
    form = SignatureForm()
    try:
        if form.validate_on_submit():
            choose_signature(database(), typed(form.signature), actor)
            flash(_("Uw afsluiting is opgeslagen."), "success")
            return redirect(url_for("message_settings.show"), 303)
    except InvalidValues as refusal:
        place_faults(form, refusal.faults)
    return _page(actor, form), 422


@blueprint.post("/weekoverzicht")
@requires(Permission.DIALOGUE_READ)
def save_overview(*, actor: Actor) -> ResponseReturnValue:
    """Keep whether the weekly overview comes (N-01)."""
    form = OverviewForm()
    form.validate_on_submit()
    choose_overview(database(), actor, bool(form.weekly.data))
    flash(_("Uw keuze is opgeslagen."), "success")
    return redirect(url_for("message_settings.show"), 303)


@blueprint.get("/teksten/nieuw")
@requires(Permission.DIALOGUE_START)
def show_new(*, actor: Actor) -> ResponseReturnValue:
    """Show the form for a new text of one's own."""
    return _PAGES.show_new()


@blueprint.post("/teksten/nieuw")
@requires(Permission.DIALOGUE_START)
def add(*, actor: Actor) -> ResponseReturnValue:
    """Keep a new text of one's own."""
    return _PAGES.add(actor)


@blueprint.get("/teksten/<uuid:text_id>")
@requires(Permission.DIALOGUE_START)
def show_one(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form of one of one's own texts."""
    return _PAGES.show_one(text_id, actor)


@blueprint.post("/teksten/<uuid:text_id>")
@requires(Permission.DIALOGUE_START)
def change(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Change a text of one's own."""
    return _PAGES.change(text_id, actor)


@blueprint.get("/teksten/<uuid:text_id>/verwijderen")
@requires(Permission.DIALOGUE_START)
def show_removal(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask once whether a text of one's own may go."""
    return _PAGES.show_removal(text_id, actor)


@blueprint.post("/teksten/<uuid:text_id>/verwijderen")
@requires(Permission.DIALOGUE_START)
def remove(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove a text of one's own for good."""
    return _PAGES.remove(text_id, actor)


def _page(actor: Actor, form: SignatureForm | None = None) -> str:
    starts = Permission.DIALOGUE_START in actor.permissions
    return render_template(
        "message_settings/show.html",
        form=(form or SignatureForm(signature=signature_of(database(), actor))) if starts else None,
        lines=list_texts(database(), actor, shared=False) if starts else [],
        overview=OverviewForm(formdata=None, weekly=wants_overview(database(), actor)),
        longest=LONGEST_SIGNATURE,
    )

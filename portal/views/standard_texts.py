"""Beheer > Standaardteksten: what the organisation's people can begin a message with."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.standard_texts import list_texts
from portal.authorisation import requires
from portal.standard_text_pages import TextPages
from portal.transactions import database

blueprint = Blueprint("standard_texts", __name__, url_prefix="/beheer/standaardteksten")

_PAGES = TextPages("standard_texts", shared=True)


@blueprint.get("")
@requires(Permission.STANDARD_TEXT_ADMINISTER)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the texts of the organisation."""
    return render_template("standard_texts/list.html", lines=list_texts(database(), actor, shared=True))


@blueprint.get("/nieuw")
@requires(Permission.STANDARD_TEXT_ADMINISTER)
def show_new(*, actor: Actor) -> ResponseReturnValue:
    """Show the form for a new text."""
    return _PAGES.show_new()


@blueprint.post("/nieuw")
@requires(Permission.STANDARD_TEXT_ADMINISTER)
def add(*, actor: Actor) -> ResponseReturnValue:
    """Keep a new text."""
    return _PAGES.add(actor)


@blueprint.get("/<uuid:text_id>")
@requires(Permission.STANDARD_TEXT_ADMINISTER)
def show_one(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form of one text."""
    return _PAGES.show_one(text_id, actor)


@blueprint.post("/<uuid:text_id>")
@requires(Permission.STANDARD_TEXT_ADMINISTER)
def change(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Change a text."""
    return _PAGES.change(text_id, actor)


@blueprint.get("/<uuid:text_id>/verwijderen")
@requires(Permission.STANDARD_TEXT_ADMINISTER)
def show_removal(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask once whether a text may go."""
    return _PAGES.show_removal(text_id, actor)


@blueprint.post("/<uuid:text_id>/verwijderen")
@requires(Permission.STANDARD_TEXT_ADMINISTER)
def remove(text_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove a text for good."""
    return _PAGES.remove(text_id, actor)

"""Instellingen: what people decide for themselves (T-01)."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.people import person_by_id
from accounts.permissions import Permission
from portal.authorisation import requires
from portal.transactions import database

blueprint = Blueprint("own_settings", __name__)


@blueprint.get("/instellingen")
@requires(Permission.START_SEE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Algemeen*."""
    return render_template("own_settings/general.html", person=person_by_id(database(), actor.person_id))

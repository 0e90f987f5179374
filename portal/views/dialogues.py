"""Berichten: the list of one's own dialogues, and looking for one (D-01, D-03)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.asking_anew import renew_waiting_invitations
from dialogs.listing import PAGE_SIZE, DialogueFilter, list_dialogues
from dialogs.models import DialogueState
from dialogs.searching import search_dialogues
from portal.authorisation import requires
from portal.forms.dialogues import DialogueSearchForm
from portal.services import current_services
from portal.transactions import database
from portal.views.employer_administration import page_asked
from vault.sides import side_of
from vault.tree import names

blueprint = Blueprint("dialogues", __name__, url_prefix="/berichten")

STATES = {"open": DialogueState.OPEN, "gesloten": DialogueState.CLOSED}


@blueprint.get("")
@requires(Permission.DIALOGUE_READ)
def show_all(*, actor: Actor) -> ResponseReturnValue:
    """Show the own dialogues, 50 a page, the newest message first; the address holds the filter and no names."""
    renew_waiting_invitations(database(), actor, current_services().settings.base_url)
    state, employee_id = request.args.get("stand"), request.args.get("werknemer", type=_uuid)
    wanted = DialogueFilter(state=STATES.get(state or ""), employee_id=employee_id)
    page = list_dialogues(database(), actor, wanted, page_asked())
    kept: dict[str, Any] = {"stand": state if state in STATES else None, "werknemer": employee_id}
    return render_template(
        "dialogues/list.html",
        page=page,
        pages=max(1, -(-page.total // PAGE_SIZE)),
        state=kept["stand"],
        employee_id=employee_id,
        names=_names(actor, [line.employee_id for line in page.lines if line.employee_id]),
        page_url=lambda number: url_for("dialogues.show_all", pagina=number, **kept),
        state_url=lambda wanted: url_for("dialogues.show_all", stand=wanted, werknemer=employee_id),
    )


@blueprint.get("/zoeken")
@requires(Permission.DIALOGUE_START)
def show_search(*, actor: Actor) -> ResponseReturnValue:
    """Show the form to look for a dialogue."""
    return render_template("dialogues/search.html", form=DialogueSearchForm(), lines=None)


@blueprint.post("/zoeken")
@requires(Permission.DIALOGUE_START)
def search(*, actor: Actor) -> ResponseReturnValue:
    """Show which of the own dialogues fit what was typed, which stands in no address."""
    form = DialogueSearchForm()
    if not form.validate_on_submit():
        return render_template("dialogues/search.html", form=form, lines=None), 422
    lines = search_dialogues(database(), actor, form.words())
    return render_template("dialogues/search.html", form=form, lines=lines)


def _names(actor: Actor, employee_ids: list[UUID]) -> dict[UUID, str | None]:
    """What the employees are called whom the dialogues are about, for whoever sees employees with the key."""
    sees = actor.permissions & {Permission.DOSSIER_READ, Permission.EMPLOYEE_LIST}
    if not sees or not employee_ids or side_of(database(), actor) is None:
        return {}
    return names(database(), actor, employee_ids)


def _uuid(text: str) -> UUID:
    return UUID(text)

"""Tab *Berichten* of an employee, a dossier and an employer: one's own dialogues about it (D-05, D-12, E-18, O-32)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.listing import DialogueFilter, DialoguePage, list_dialogues
from organisation.calendar import today
from organisation.employer_reading import find_employer
from organisation.models import OrganisationKind
from portal.authorisation import requires
from portal.due_work import do_due_work
from portal.transactions import database
from portal.views.dossiers import waiting_page
from portal.views.employees import menu_of
from portal.views.employer_administration import page_asked
from vault.dossiers import Sight, read_employee

blueprint = Blueprint("dialogue_tabs", __name__)


@blueprint.get("/werknemers/<uuid:employee_id>/berichten")
@requires(Permission.DIALOGUE_READ)
def show_of_employee(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the own dialogues about an employee, at the employer."""
    actor.require(Permission.EMPLOYEE_LIST)
    page = read_employee(database(), employee_id, actor)
    return render_template(
        "employees/dialogues.html",
        tab="dialogues",
        page=page,
        name=page.card.full_name if page.card else None,
        actions=menu_of(page),
        dialogues=_dialogues(actor, DialogueFilter(employee_id=employee_id)),
        today=today(database()),
        Sight=Sight,
        **_paging("dialogue_tabs.show_of_employee", employee_id=employee_id),
    )


@blueprint.get("/dossiers/<uuid:employee_id>/berichten")
@requires(Permission.DIALOGUE_READ)
def show_of_dossier(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the own dialogues about an employee, at the arbo service; of somebody not shared there are none."""
    actor.require(Permission.DOSSIER_READ)
    if (waiting := waiting_page(actor)) is not None:
        return waiting
    do_due_work(actor)
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return redirect(url_for("dossiers.show", employee_id=employee_id), 303)
    return render_template(
        "dossiers/dialogues.html",
        tab="dialogues",
        page=page,
        dialogues=_dialogues(actor, DialogueFilter(employee_id=employee_id)),
        today=today(database()),
        Sight=Sight,
        **_paging("dialogue_tabs.show_of_dossier", employee_id=employee_id),
    )


@blueprint.get("/werkgevers/<uuid:employer_id>/berichten")
@requires(Permission.DIALOGUE_READ)
def show_of_employer(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the own dialogues about an employer."""
    employer = find_employer(database(), employer_id, actor)
    return render_template(
        "employers/dialogues.html",
        tab="dialogues",
        employer=employer,
        employer_id=employer_id,
        dialogues=_dialogues(actor, DialogueFilter(employer_id=employer_id)),
        is_own=actor.audience == OrganisationKind.EMPLOYER,
        **_paging("dialogue_tabs.show_of_employer", employer_id=employer_id),
    )


def _dialogues(actor: Actor, wanted: DialogueFilter) -> DialoguePage:
    return list_dialogues(database(), actor, wanted, page_asked())


def _paging(endpoint: str, **ids: Any) -> dict[str, object]:
    return {"page_url": lambda number: url_for(endpoint, pagina=number, **ids)}

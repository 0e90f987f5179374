"""Beheer > Werkgevers: publishing, the folder of an employer, and its fixed supervisor (O-21, O-23..O-25)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.employer_access import find_administered
from organisation.employer_fields import UNKNOWN_CASE_MANAGER
from organisation.employer_folders import folder_tree
from organisation.employer_publishing import (
    Missing,
    assign_case_manager,
    case_manager_of,
    missing_for_publishing,
    move_employer,
    possible_case_managers,
    publish,
)
from organisation.errors import AlreadyPublished, NotFound, NotReadyToPublish
from portal.authorisation import requires
from portal.employer_pages import employer_page, find_on_page
from portal.forms.employers import CaseManagerForm, FolderChoiceForm
from portal.transactions import database

blueprint = Blueprint("employer_publishing", __name__, url_prefix="/beheer/werkgevers/<uuid:employer_id>")

# Each is a whole sentence: the first half is the label of the screen, to the letter (O-25).
REFUSALS = {
    Missing.PROFILE: lazy_gettext(
        "%(employer)s kan nog niet worden gepubliceerd: De werkgevergegevens zijn nog niet ingevuld."
    ),
    Missing.DEPARTMENT: lazy_gettext("%(employer)s kan nog niet worden gepubliceerd: Er is nog geen afdeling."),
}


@blueprint.get("/publiceren")
@requires(Permission.EMPLOYER_ADMINISTER)
def show(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show what is ready and what is not, and the folders (*Plaatsen onder*)."""
    return _publishing_page(FolderChoiceForm.over(folder_tree(database(), actor)), employer_id, actor)


@blueprint.post("/publiceren")
@requires(Permission.EMPLOYER_ADMINISTER)
def place(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Publish the employer under the chosen folder."""
    missing = missing_for_publishing(database(), employer_id, actor)
    form = FolderChoiceForm.over(folder_tree(database(), actor))
    if missing or not form.validate_on_submit():
        return _publishing_page(form, employer_id, actor, missing), 422
    try:
        publish(database(), employer_id, _chosen(form), actor)
    except AlreadyPublished:
        flash(_("Deze werkgever was al gepubliceerd."), "info")
    except NotReadyToPublish:
        missing = missing_for_publishing(database(), employer_id, actor)
        return _publishing_page(form, employer_id, actor, missing), 422
    else:
        flash(_("De werkgever is gepubliceerd. Wie deze map mag zien, ziet de werkgever nu."), "success")
    return redirect(url_for("employer_administration.show", employer_id=employer_id), 303)


@blueprint.get("/map")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_move(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the folders to move a published employer to."""
    return _move_page(_move_form(employer_id, actor), employer_id, actor)


@blueprint.post("/map")
@requires(Permission.EMPLOYER_ADMINISTER)
def move(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Move the employer; who sees it changes at once."""
    form = _move_form(employer_id, actor)
    if not form.validate_on_submit():
        return _move_page(form, employer_id, actor), 422
    move_employer(database(), employer_id, _chosen(form), actor)
    flash(_("De werkgever staat nu in de gekozen map."), "success")
    return redirect(url_for("employer_administration.show_all"), 303)


@blueprint.get("/casemanagementteam")
@requires(Permission.CASE_MANAGER_ASSIGN)
def show_team(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show who supervises the cases of the employer."""
    return _team_page(_team_form(employer_id, actor), employer_id, actor)


@blueprint.post("/casemanagementteam")
@requires(Permission.CASE_MANAGER_ASSIGN)
def assign(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store who supervises the cases of the employer from now on."""
    form = _team_form(employer_id, actor)
    if not form.validate_on_submit():
        return _team_page(form, employer_id, actor), 422
    assign_case_manager(database(), employer_id, form.person_id.chosen, actor)
    flash(_("De vaste begeleider is opgeslagen."), "success")
    return redirect(url_for(".show_team", employer_id=employer_id), 303)


def _chosen(form: FolderChoiceForm) -> UUID:
    folder_id = form.folder_id.chosen
    if folder_id is None:
        raise NotFound
    return folder_id


def _publishing_page(form: FolderChoiceForm, employer_id: UUID, actor: Actor, refused: tuple[Missing, ...] = ()) -> str:
    placed = find_administered(database(), actor, employer_id)
    if placed.placement.published_at is not None:
        # The tab exists only for what is not published yet (O-23).
        raise NotFound
    missing = missing_for_publishing(database(), employer_id, actor)
    sentences = [_(str(REFUSALS[each]), employer=placed.employer.name) for each in refused]
    return employer_page(
        "employer_publishing/publish.html",
        employer_id,
        actor,
        form=form,
        missing=missing,
        sentences=sentences,
        Missing=Missing,
    )


def _move_form(employer_id: UUID, actor: Actor) -> FolderChoiceForm:
    placed = find_on_page(employer_id, actor)
    if placed.placement.published_at is None:
        raise NotFound
    return FolderChoiceForm.over(folder_tree(database(), actor), placed.placement.folder_id)


def _move_page(form: FolderChoiceForm, employer_id: UUID, actor: Actor) -> str:
    return employer_page("employer_publishing/move.html", employer_id, actor, form=form)


def _team_form(employer_id: UUID, actor: Actor) -> CaseManagerForm:
    placed = find_administered(database(), actor, employer_id, Permission.CASE_MANAGER_ASSIGN)
    people = possible_case_managers(database(), actor)
    assigned = case_manager_of(people, placed.placement.case_manager_id)
    return CaseManagerForm.over(people, assigned.person_id if assigned else None)


def _team_page(form: CaseManagerForm, employer_id: UUID, actor: Actor) -> str:
    return employer_page(
        "employer_publishing/team.html", employer_id, actor, form=form, placeholder=UNKNOWN_CASE_MANAGER
    )

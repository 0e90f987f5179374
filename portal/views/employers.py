"""The dossier of an employer, for the arbo side and for the employer itself (O-29..O-32)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.departments import DepartmentLine, departments_seen
from organisation.employer_fields import UNKNOWN_CASE_MANAGER, is_fictitious, values_of
from organisation.employer_reading import find_employer, list_employers, read_employer
from organisation.errors import NotFound
from organisation.models import OrganisationKind
from portal.authorisation import requires
from portal.forms.employers import paths, sector_label
from portal.people_tree import Node
from portal.transactions import database
from portal.views.employer_administration import page_asked, pages_of, search_asked

blueprint = Blueprint("employers", __name__)


@blueprint.get("/werkgevers")
@requires(Permission.EMPLOYER_READ)
def show_all(*, actor: Actor) -> ResponseReturnValue:
    """Show the employers in view, 50 a page, searched by name or code."""
    search, page = search_asked(), page_asked()
    employers, total = list_employers(database(), actor, search, page)
    return render_template(
        "employers/list.html",
        employers=employers,
        total=total,
        search=search,
        page=page,
        pages=pages_of(total),
        page_url=lambda number: url_for(".show_all", zoek=search or None, pagina=number),
    )


@blueprint.get("/werkgevers/<uuid:employer_id>")
@requires(Permission.EMPLOYER_READ)
def show(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Overzicht* of an employer's dossier."""
    return _dossier_page(employer_id, actor)


@blueprint.get("/werkgevergegevens")
@requires(Permission.EMPLOYER_READ)
def show_own(*, actor: Actor) -> ResponseReturnValue:
    """Show an employer its own master data, and how to have them changed (O-31)."""
    return _dossier_page(actor.organisation_id, actor)


@blueprint.get("/werkgevers/<uuid:employer_id>/afdelingen")
@requires(Permission.EMPLOYER_READ)
def show_departments(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the departments in view, and who leads the chosen one (O-30)."""
    employer = find_employer(database(), employer_id, actor)
    lines = departments_seen(database(), employer_id, actor)
    wanted = request.args.get("afdeling")
    chosen = next((line for line in lines if str(line.id) == wanted), None)
    if wanted is not None and chosen is None:
        raise NotFound
    return render_template(
        "employers/departments.html",
        tab="departments",
        employer_id=employer_id,
        employer=employer,
        nodes=_nodes(lines, chosen, employer_id),
        chosen=chosen,
        is_own=actor.audience == OrganisationKind.EMPLOYER,
    )


def _dossier_page(employer_id: UUID, actor: Actor) -> str:
    dossier = read_employer(database(), employer_id, actor)
    profile = dossier.stored.profile
    return render_template(
        "employers/show.html",
        tab="overview",
        employer_id=employer_id,
        dossier=dossier,
        profile=profile,
        sector=sector_label(profile.sector),
        departments=departments_seen(database(), employer_id, actor),
        fictitious=[name for name, value in values_of(profile).items() if is_fictitious(name, value)],
        placeholder=UNKNOWN_CASE_MANAGER,
        is_own=actor.audience == OrganisationKind.EMPLOYER,
    )


def _nodes(lines: list[DepartmentLine], chosen: DepartmentLine | None, employer_id: UUID) -> list[Node]:
    return [
        Node(
            id=line_id,
            label=path,
            kind="department",
            url=url_for(".show_departments", employer_id=employer_id, afdeling=line_id),
            current=chosen is not None and chosen.id == line_id,
        )
        for line_id, path in paths(lines).items()
    ]

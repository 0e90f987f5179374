"""The frame of the pages of one employer in Beheer: its tabs, and what its badges say (O-02)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.employer_access import Placed, find_administered
from portal.transactions import database


def find_on_page(employer_id: UUID, actor: Actor) -> Placed:
    """The employer that a page is of, an ended one too. Raises `NotFound`, `PermissionDenied`."""
    return find_administered(database(), actor, employer_id, served=False)


def employer_page(template: str, employer_id: UUID, actor: Actor, **values: Any) -> str:
    """Render a page of an employer that the actor administers. Raises `NotFound`, `PermissionDenied`."""
    placed = find_on_page(employer_id, actor)
    tabs = _tabs(placed, actor)
    return render_template(template, placed=placed, employer=placed.employer, tabs=tabs, **values)


def _tabs(placed: Placed, actor: Actor) -> list[dict[str, Any]]:
    """The tabs of what can be done with the employer today: of one that is served no more only the agreements."""
    tabs = []
    if placed.is_served:
        tabs += [
            ("employer_administration.show", _("Organisatie")),
            ("employer_departments.show_all", _("Afdelingen")),
            ("employer_sites.show_all", _("Vestiging")),
        ]
        if Permission.CASE_MANAGER_ASSIGN in actor.permissions:
            tabs.append(("employer_publishing.show_team", _("Casemanagementteam")))
    tabs.append(("employer_agreements.show_all", _("Dienstverlening")))
    if placed.is_served and placed.placement.published_at is None:
        tabs.append(("employer_publishing.show", _("Publiceren")))
    return [_tab(endpoint, label, placed.employer.id) for endpoint, label in tabs]


def _tab(endpoint: str, label: str, employer_id: UUID) -> dict[str, Any]:
    here = request.endpoint or ""
    part, _dot, _view = here.partition(".")
    of_part = _TAB_OF.get(part, part) == endpoint.partition(".")[0]
    current = here in _BELOW[endpoint] if endpoint in _BELOW else of_part
    return {"label": label, "url": url_for(endpoint, employer_id=employer_id), "current": current}


# The part whose tab shows what another part changes.
_TAB_OF = {"employer_contacts": "employer_sites"}
# Where several tabs are of one part, or one tab of several.
_BELOW = {
    "employer_publishing.show": {"employer_publishing.show", "employer_publishing.place"},
    "employer_publishing.show_team": {"employer_publishing.show_team", "employer_publishing.assign"},
}

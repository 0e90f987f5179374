"""What stands in the frame around a page: the side bar of each audience (screens.md, *Frames*)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import lazy_gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.unread import unread_count
from organisation.models import OrganisationKind
from portal.services import current_services
from portal.transactions import database


@dataclass(frozen=True)
class Place:
    """A page that the side bar leads to, for whoever has one of the permissions; `below` names the views under it.

    With an `audience` it is for that one only.
    """

    endpoint: str
    label: Any
    icon: str
    permissions: frozenset[Permission]
    below: frozenset[str] = frozenset()
    audience: str | None = None


@dataclass(frozen=True)
class Entry:
    """A line of the side bar as one person sees it."""

    label: str
    url: str
    icon: str
    current: bool
    counts_messages: bool = False


def _place(
    endpoint: str,
    label: Any,
    icon: str,
    *permissions: Permission,
    below: tuple[str, ...] = (),
    audience: str | None = None,
) -> Place:
    view = endpoint.partition(".")[0]
    return Place(endpoint, label, icon, frozenset(permissions), frozenset({view, *below}), audience)


OF_EMPLOYER = (
    "document_uploads.add_for_employer",
    "document_uploads.show_for_employer",
    "documents.search_of_employer",
    "documents.show_of_employer",
)
"""The views that lie below an employer, of blueprints that else lie below an employee."""
OF_DOCUMENT = ("signing_requests.ask", "signing_requests.show_choosing")
"""The views that lie below a document of a dossier, of a blueprint that else lies below the messages."""

PLACES = (
    _place("start.show", _("Start"), "house", Permission.START_SEE),
    _place(
        "employees.show_tree",
        _("Werknemers"),
        "people",
        Permission.EMPLOYEE_LIST,
        below=(
            "document_changes",
            "document_forms",
            "document_mail",
            "document_pages",
            "document_uploads",
            "documents",
            "employee_editing",
            "employments",
            "exports",
            "imports",
            "leaving",
            "own_data_links",
            "share_requests",
            "sharing",
            "signing_together",
            *OF_DOCUMENT,
        ),
    ),
    _place(
        "dossiers.show_tree",
        _("Dossiers"),
        "folder2-open",
        Permission.DOSSIER_READ,
        below=(
            "document_changes",
            "document_forms",
            "document_mail",
            "document_pages",
            "document_uploads",
            "documents",
            "exports",
            "requesting_shares",
            "signing_together",
            *OF_DOCUMENT,
        ),
    ),
    _place(
        "employers.show_all",
        _("Werkgevers"),
        "building",
        Permission.EMPLOYER_READ,
        below=OF_EMPLOYER,
        audience="service",
    ),
    _place(
        "employers.show_own",
        _("Werkgevergegevens"),
        "building",
        Permission.EMPLOYER_READ,
        below=OF_EMPLOYER,
        audience="employer",
    ),
    _place(
        "dialogues.show_all",
        _("Berichten"),
        "envelope",
        Permission.DIALOGUE_READ,
        below=(
            "conversations",
            "dialogue_files",
            "dialogue_participants",
            "signing",
            "signing_requests",
            "starting_dialogues",
        ),
    ),
    _place(
        "vault_management.show",
        _("Datakluis beheer"),
        "safe2",
        Permission.ACCESS_ADMINISTER,
        below=("agreements", "recovery_sheets"),
    ),
    _place(
        "admissions.show",
        _("Toelatingen"),
        "person-plus",
        Permission.ADMISSION_DECIDE,
        below=("recovery_sheets",),
    ),
    _place("own_documents.show", _("Mijn documenten"), "file-earmark-text", Permission.OWN_DATA_READ),
    _place("own_data.show", _("Mijn gegevens"), "person", Permission.OWN_DATA_READ),
    _place("own_log.show", _("Wie zag mijn gegevens"), "eye", Permission.OWN_DATA_READ),
    _place("log.show", _("Logboek"), "journal-text", Permission.LOG_READ),
    _place(
        "administration.show",
        _("Beheer"),
        "gear",
        Permission.ANNOUNCEMENT_ADMINISTER,
        Permission.AUTHORISATION_ADMINISTER,
        Permission.DOCUMENT_LABEL_ADMINISTER,
        Permission.EMPLOYER_ADMINISTER,
        Permission.SESSION_SETTING_ADMINISTER,
        Permission.STANDARD_TEXT_ADMINISTER,
        Permission.USER_ADMINISTER,
        below=(
            "announcements",
            "authorisations",
            "document_labels",
            "employer_administration",
            "employer_agreements",
            "employer_contacts",
            "employer_departments",
            "employer_folders",
            "employer_publishing",
            "employer_sites",
            "scopes",
            "session_settings",
            "standard_texts",
            "user_accounts",
            "user_groups",
            "users",
        ),
    ),
)


MESSAGES = "dialogues.show_all"


def entries_for(actor: Actor) -> list[Entry]:
    """Return the side bar of `actor`: an entry that one may never use is not shown, an empty one is."""
    return [
        Entry(
            label=str(place.label),
            url=url_for(place.endpoint),
            icon=place.icon,
            current=_is_below(place),
            counts_messages=place.endpoint == MESSAGES,
        )
        for place in PLACES
        if _is_for(place, actor)
    ]


def _is_below(place: Place) -> bool:
    is_apart = request.endpoint in {*OF_EMPLOYER, *OF_DOCUMENT}
    return (request.endpoint if is_apart else request.blueprint) in place.below


def _is_for(place: Place, actor: Actor) -> bool:
    if place.endpoint == "start.show" and actor.audience == OrganisationKind.EMPLOYEES:
        # An employee has few places to go to; the start page is behind the name of the product.
        return False
    return bool(actor.permissions & place.permissions) and place.audience in {None, actor.audience}


def add_frame(app: Flask) -> None:
    """Give every page of `app` what its frame shows; error pages get nothing of the session."""
    app.context_processor(_frame)
    # Counted by the page, after what it shows was read; a page about an error counts nothing.
    app.jinja_env.globals["count_messages"] = count_messages


def _frame() -> dict[str, Any]:
    actor: Actor | None = g.get("actor")
    return {
        "actor": actor,
        "navigation": entries_for(actor) if actor else [],
        "search_url": _search_url(actor) if actor else None,
        "messages_url": _messages_url(actor) if actor else None,
        "demo": current_services().settings.demo,
    }


def _search_url(actor: Actor) -> str | None:
    if Permission.EMPLOYEE_LIST in actor.permissions:
        return url_for("employees.show_search")
    return url_for("dossiers.show_search") if Permission.DOSSIER_READ in actor.permissions else None


def _messages_url(actor: Actor) -> str | None:
    return url_for(MESSAGES) if Permission.DIALOGUE_READ in actor.permissions else None


def count_messages() -> int:
    """Return how many messages the actor of this request has not read; it is counted once."""
    actor: Actor | None = g.get("actor")
    if "unread_messages" not in g:
        g.unread_messages = unread_count(database(), actor) if actor else 0
    return int(g.unread_messages)

"""Beheer: the way to everything that is administered (U-01, O-01)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.administered import ADMINISTERING
from portal.authorisation import requires

blueprint = Blueprint("administration", __name__)


@dataclass(frozen=True)
class Section:
    """A part of Beheer, for whoever has one of the permissions: where it begins and what one does there."""

    endpoint: str
    label: Any
    purpose: Any
    icon: str
    permissions: frozenset[Permission]


SECTIONS: tuple[Section, ...] = (
    Section(
        "users.show_tree",
        _("Gebruikers"),
        _("Wie er kan inloggen, in welke gebruikersgroep, en wat die groep mag."),
        "people",
        ADMINISTERING,
    ),
    Section(
        "employer_administration.show_all",
        _("Werkgevers"),
        _("Een werkgever toevoegen, de gegevens en afdelingen wijzigen, en publiceren onder een map."),
        "building",
        frozenset({Permission.EMPLOYER_ADMINISTER}),
    ),
    Section(
        "announcements.show",
        _("Mededelingen"),
        _("Schrijf wat op de startpagina staat van uw gebruikers en van uw werkgevers."),
        "bell",
        frozenset({Permission.ANNOUNCEMENT_ADMINISTER}),
    ),
    Section(
        "standard_texts.show",
        _("Standaardteksten"),
        _("Teksten waarmee uw gebruikers een bericht in een dialoog kunnen beginnen."),
        "chat-left-text",
        frozenset({Permission.STANDARD_TEXT_ADMINISTER}),
    ),
    Section(
        "document_labels.show",
        _("Kenmerken"),
        _("Welke kenmerken documenten kunnen hebben, en wie documenten met een kenmerk kan openen."),
        "key",
        frozenset({Permission.DOCUMENT_LABEL_ADMINISTER}),
    ),
)


@blueprint.get("/beheer")
@requires(
    Permission.ANNOUNCEMENT_ADMINISTER,
    Permission.AUTHORISATION_ADMINISTER,
    Permission.DOCUMENT_LABEL_ADMINISTER,
    Permission.EMPLOYER_ADMINISTER,
    Permission.SESSION_SETTING_ADMINISTER,
    Permission.STANDARD_TEXT_ADMINISTER,
    Permission.USER_ADMINISTER,
)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the sections that the actor may administer."""
    sections = [section for section in SECTIONS if section.permissions & actor.permissions]
    return render_template("administration/show.html", sections=sections)

"""What somebody who chooses a password is told, and what a guesser would know of that person (L-25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from accounts.errors import Weakness, WeakPassword
from accounts.models import Person
from accounts.people import shown_login_name
from organisation.models import Organisation
from portal.transactions import database

_REASONS: Mapping[Weakness, Any] = {
    Weakness.TOO_SHORT: _("Dit wachtwoord is te kort. Kies er een van ten minste 12 tekens."),
    Weakness.TOO_LONG: _("Dit wachtwoord is te lang. Kies er een van ten hoogste 256 tekens."),
    Weakness.BREACHED: _("Dit wachtwoord is elders uitgelekt en staat op lijsten van inbrekers. Kies een ander."),
    Weakness.GUESSABLE: _(
        "Dit wachtwoord is te raden: het lijkt op een naam, een datum of een veelgebruikt woord. "
        "Kies een paar woorden die niets met elkaar te maken hebben."
    ),
}


def refused_as(refusal: WeakPassword) -> str:
    """Return why a new password will not do, and what would."""
    return str(gettext(str(_REASONS[refusal.reason])))


def context_words(person: Person) -> list[str]:
    """Return what a guesser knows of a person."""
    organisation = database().get(Organisation, person.organisation_id)
    name = shown_login_name(database(), person)
    return [name, person.display_name, organisation.name if organisation else ""]

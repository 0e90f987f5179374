"""The fields of an import and their values, in the words of the screens (X-22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _

from portal.formats import short_date, working_hours
from vault.fields import Gender

_LABELS: Mapping[str, Any] = {
    "personnel_number": _("Personeelsnummer"),
    "last_name": _("Achternaam"),
    "prefix": _("Tussenvoegsel"),
    "first_name": _("Voornaam"),
    "initials": _("Voorletters"),
    "birth_date": _("Geboortedatum"),
    "gender": _("Geslacht"),
    "bsn": _("BSN"),
    "street": _("Straat"),
    "house_number": _("Huisnummer"),
    "house_number_addition": _("Toevoeging"),
    "postcode": _("Postcode"),
    "city": _("Woonplaats"),
    "country": _("Land"),
    "email": _("E-mail"),
    "email_private": _("E-mail privé"),
    "phone_work": _("Tel. werk"),
    "phone_home": _("Tel. thuis"),
    "phone_mobile": _("Tel. mobiel"),
    "department": _("Afdeling"),
    "site": _("Vestiging"),
    "function_group": _("Functiegroep"),
    "function": _("Functie"),
    "kind": _("Type dienstverband"),
    "hours": _("Aantal uren"),
    "starts_on": _("Startdatum"),
    "ends_on": _("Einddatum"),
}
"""In Dutch each is the heading of the field's column in a file, which stays Dutch: an import reads it."""

_ALSO_CALLED: Mapping[str, str] = {"department_id": "department"}
_GENDERS: Mapping[Gender, Any] = {Gender.MALE: _("Man"), Gender.FEMALE: _("Vrouw"), Gender.OTHER: _("Anders")}


def field_label(name: str) -> str:
    """What the screens call a field of a card, of details or of an employment."""
    return str(_LABELS[_ALSO_CALLED.get(name, name)])


def shown_value(value: object) -> str:
    """A value of such a field; nothing for None."""
    if isinstance(value, Gender):
        return str(_GENDERS[value])
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, Decimal):
        return working_hours(value)
    return "" if value is None else str(value)

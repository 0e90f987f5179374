"""The fields of an import and their values, in the words of the screens (X-22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.formats import short_date, working_hours
from vault.fields import Gender
from vault.importing.headings import COLUMNS

_LABELS: Mapping[str, str] = {column.field: column.heading for column in COLUMNS}
_GENDERS: Mapping[Gender, Any] = {Gender.MALE: _("Man"), Gender.FEMALE: _("Vrouw"), Gender.OTHER: _("Anders")}


def field_label(name: str) -> str:
    """What the screens call a field of a card, of details or of an employment."""
    return str(gettext(_LABELS["department" if name == "department_id" else name]))


def shown_value(value: object) -> str:
    """A value of such a field; nothing for None."""
    if isinstance(value, Gender):
        return str(_GENDERS[value])
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, Decimal):
        return working_hours(value)
    return "" if value is None else str(value)

"""A field for a day as Dutch people type it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms import Form, StringField
from wtforms.validators import ValidationError

from vault.value_checks import ValueFault, check_date


class DayField(StringField):
    """A day such as 31-12-1990; `day` is what was typed as a date, None when nothing was.

    A text field and not the browser's date picker: with a date of birth typing is faster, and the picker's order of day
    and month follows the browser's language.
    """

    day: date | None = None

    def process_data(self, value: Any) -> None:
        """Show a date as 31-12-1990."""
        self.data = value.strftime("%d-%m-%Y") if isinstance(value, date) else value

    def pre_validate(self, form: Form | Any) -> None:
        """Read the day. Raises `ValidationError` with what is wrong and with what would be right."""
        self.day = None
        if not (self.data or "").strip():
            return
        try:
            self.day = check_date(self.data or "")
        except ValueFault as fault:
            raise ValidationError(f"{gettext(fault.what)} {gettext(fault.advice)}") from None

"""What differs between a form and what somebody else stored meanwhile, to be shown side by side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wtforms import Field, Form, SelectField

from portal.forms.days import DayField


@dataclass(frozen=True)
class Difference:
    """A field of which somebody else's value and what was typed here differ."""

    label: str
    stored: str
    typed: str


def differences(form: Form, stored: Form, skipped: Collection[str]) -> list[Difference]:
    """Return the fields in which two forms of one kind differ, as the page shows them, without those `skipped`."""
    return [
        Difference(field.label.text, _shown(stored[field.name]), _shown(field))
        for field in form
        if field.name not in skipped and _shown(field) != _shown(stored[field.name])
    ]


def _shown(field: Field) -> str:
    if isinstance(field, SelectField):
        return next((str(label) for _value, label, selected, _render in field.iter_choices() if selected), "")
    if isinstance(field, DayField) and field.day is not None:
        return field.day.strftime("%d-%m-%Y")
    return str(field.data or "")

"""What the forms with an employment in them share: reading its fields, and showing one that is stored (E-06)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext
from wtforms import StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from organisation.employments import EmploymentData
from organisation.models import Department
from organisation.tree import DepartmentCount, EmploymentLine
from vault.errors import InvalidFields
from vault.value_checks import ValueFault, check_hours

EMPLOYMENT_TEXTS = ("site", "function_group", "function", "kind")
KINDS = ("Vast", "Tijdelijk", "Oproep", "Uitzend", "Stage")
LARGEST_VERSION = 9


def department_choices(departments: Iterable[DepartmentCount | Department], none_chosen: str) -> list[SelectChoice]:
    """The departments in scope as choices, after the words for none chosen."""
    return [SelectChoice("", none_chosen), *(SelectChoice(str(unit.id), unit.name) for unit in departments)]


def version_typed(text: str | None) -> int:
    """The version that a form was made from, 0 for what is none."""
    # What is not a version of ours is not the present one either.
    value = text or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= LARGEST_VERSION else 0


def employment_values(employment: EmploymentLine) -> dict[str, Any]:
    """What is stored of an employment, by the names of the fields of a form."""
    values: dict[str, Any] = {name: getattr(employment, name) for name in (*EMPLOYMENT_TEXTS, "starts_on", "ends_on")}
    hours = "" if employment.hours is None else f"{employment.hours:.2f}".replace(".", ",")
    return {**values, "hours": hours, "department_id": str(employment.department_id)}


class EmploymentTyping:
    """Reads the fields of an employment in the form that this is mixed into; `today` is set by whoever makes it."""

    hours_a_week: Decimal | None = None
    today: date

    def validate_hours(self, field: StringField) -> None:
        """Read the hours a week. Raises `ValidationError`."""
        self.hours_a_week = None
        if not (field.data or "").strip():
            return
        try:
            self.hours_a_week = check_hours(field.data or "")
        except ValueFault as fault:
            raise ValidationError(gettext(fault.advice)) from None

    def employment(self) -> EmploymentData:
        """What was typed, as an employment; `validate` has read days and hours, and refuses the form without them."""
        form: Any = self
        return EmploymentData(
            department_id=self._department(),
            starts_on=form.starts_on.day or self.today,
            ends_on=form.ends_on.day,
            hours=self.hours_a_week,
            **{name: form[name].data or "" for name in EMPLOYMENT_TEXTS},
        )

    def _department(self) -> UUID:
        form: Any = self
        try:
            return UUID(form.department_id.data or "")
        except ValueError:
            return UUID(int=0)

    def _collect(self, check: Callable[[], object]) -> None:
        form: Any = self
        try:
            check()
        except InvalidFields as error:
            for fault in error.faults:
                if not form[fault.field].errors:
                    form[fault.field].errors = [gettext(fault.message)]

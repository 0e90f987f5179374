"""Checking rows of a file: each becomes what is kept of an employee, or the faults that say what to do (X-22)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from organisation.employments import EmploymentData
from vault import value_checks
from vault.fields import Card, Details
from vault.importing.errors import CELL_FAULTS
from vault.importing.headings import COLUMNS, Headings
from vault.importing.table import Row
from vault.value_checks import FAULT_TEXTS, ValueFault

N_ = str

ROW_FAULTS: dict[str, tuple[str, str]] = {
    **CELL_FAULTS,
    "double_number": (
        N_("Dit personeelsnummer staat ook in rij %(other_row)s."),
        N_("Elk nummer kan er een keer in staan: haal een van de rijen weg of verbeter het nummer."),
    ),
    "known_number": (
        N_("Dit personeelsnummer staat al in de datakluis."),
        N_("Haal de rij weg, of verbeter het nummer als het van iemand anders is."),
    ),
    "double_bsn": (
        N_("Dit BSN staat ook in rij %(other_row)s, onder een ander personeelsnummer."),
        N_("Kijk bij wie van de twee het hoort en verbeter of verwijder het andere."),
    ),
}

_REQUIRED = frozenset(column.field for column in COLUMNS if column.required)
_CARD_FIELDS = ("last_name", "prefix", "first_name", "initials", "birth_date", "postcode")
_DETAILS_FIELDS = (
    "gender", "bsn", "email", "email_private", "phone_work", "phone_home", "phone_mobile", "street", "house_number",
    "house_number_addition", "city", "country",
)  # fmt: skip
_COUNTRIES = {
    "nederland": "NL",
    "belgie": "BE",
    "belgië": "BE",
    "duitsland": "DE",
    "frankrijk": "FR",
    "luxemburg": "LU",
}
_DIRECT_CHECKS: dict[str, Callable[[str], Any]] = {
    "personnel_number": value_checks.check_personnel_number,
    "last_name": value_checks.check_name,
    "prefix": value_checks.check_prefix,
    "first_name": value_checks.check_name,
    "initials": value_checks.check_initials,
    "gender": value_checks.check_gender,
    "bsn": value_checks.check_bsn,
    "street": value_checks.check_text,
    "house_number_addition": lambda text: value_checks.check_text(text, value_checks.ADDITION_LENGTH),
    "city": value_checks.check_text,
    "email": value_checks.check_email,
    "email_private": value_checks.check_email,
    "phone_work": value_checks.check_phone,
    "phone_home": value_checks.check_phone,
    "phone_mobile": value_checks.check_phone,
    "department": value_checks.check_text,
    "site": value_checks.check_text,
    "function_group": value_checks.check_text,
    "function": value_checks.check_text,
    "kind": lambda text: value_checks.check_text(text, value_checks.KIND_LENGTH),
    "hours": value_checks.check_hours,
    "ends_on": value_checks.check_date,
}


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one cell. It never holds the value of the cell.

    Attributes:
        row: the row as the spreadsheet shows it.
        column: the heading as it stands in the file.
        code: a key of `ROW_FAULTS` or `value_checks.FAULT_TEXTS`.
        parameters: what goes into the first sentence, for `what % parameters` after translation.
    """

    row: int
    column: str
    code: str
    parameters: Mapping[str, int] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What is wrong: a Dutch msgid."""
        return (ROW_FAULTS.get(self.code) or FAULT_TEXTS[self.code])[0]

    @property
    def advice(self) -> str:
        """What to do: a Dutch msgid."""
        return (ROW_FAULTS.get(self.code) or FAULT_TEXTS[self.code])[1]


@dataclass(frozen=True)
class GoodRow:
    """A row without faults; its repr shows only where it stands.

    Attributes:
        department: the name in the file; `department_id` is None while the employer has no such department.
    """

    number: int
    personnel_number: str = field(repr=False)
    card: Card = field(repr=False)
    details: Details = field(repr=False)
    department: str = field(repr=False)
    department_id: uuid.UUID | None = field(repr=False)
    _employment: Mapping[str, Any] = field(repr=False)

    def employment(self) -> EmploymentData:
        """The employment. Raises `ValueError` while the department does not exist."""
        if self.department_id is None:
            raise ValueError("the department does not exist yet")
        return EmploymentData(department_id=self.department_id, **self._employment)


class RowChecker:
    """Checks the rows of one file, from the top: it remembers the numbers that it has seen."""

    def __init__(
        self,
        headings: Headings,
        *,
        today: date,
        known_numbers: Collection[str],
        departments: Mapping[str, uuid.UUID],
    ) -> None:
        """`known_numbers` are those in the vault; `departments` maps `fold_department(name)` to the department's id."""
        self._headings = headings
        # The country comes first, since it decides what a postcode looks like.
        self._order = sorted(headings.places, key=lambda name: name != "country")
        self._today = today
        self._known_numbers = known_numbers
        self._departments = departments
        self._rows_by_number: dict[str, int] = {}
        self._rows_by_bsn: dict[str, int] = {}

    def check(self, row: Row) -> GoodRow | list[RowFault]:
        """What the row holds, or every fault in it."""
        values, faults = self._check_fields(row)
        faults.update(self._check_together(values, row.number))
        if faults:
            order = {name: place for place, name in enumerate(self._headings.places)}
            return [faults[name] for name in sorted(faults, key=lambda name: order[name])]
        return self._good_row(row.number, values)

    def _check_fields(self, row: Row) -> tuple[dict[str, Any], dict[str, RowFault]]:
        texts = {name: row.cells[index] for name, index in self._headings.places.items() if index < len(row.cells)}
        values: dict[str, Any] = {}
        faults: dict[str, RowFault] = {}
        for name in self._order:
            if unread := row.faults.get(self._headings.places[name]):
                faults[name] = self._fault(row.number, name, unread)
                continue
            try:
                self._check_field(name, texts.get(name, "").strip(), values)
            except ValueFault as fault:
                faults[name] = self._fault(row.number, name, fault.code)
        return values, faults

    def _check_field(self, name: str, text: str, values: dict[str, Any]) -> None:
        if not text:
            if name in _REQUIRED:
                raise ValueFault("missing")
        elif name == "birth_date":
            values[name] = value_checks.check_birth_date(text, self._today)
        elif name == "starts_on":
            values[name] = value_checks.check_start_date(text, self._today)
        elif name == "country":
            values[name] = value_checks.check_country(_COUNTRIES.get(text.casefold(), text))
        elif name == "postcode":
            values[name] = value_checks.check_postcode(text, values.get("country"))
        elif name == "house_number":
            values[name], addition = value_checks.split_house_number(text)
            if addition:
                values.setdefault("house_number_addition", addition)
        else:
            values[name] = _DIRECT_CHECKS[name](text)

    def _check_together(self, values: Mapping[str, Any], number: int) -> dict[str, RowFault]:
        faults: dict[str, RowFault] = {}
        if personnel_number := values.get("personnel_number"):
            first = self._rows_by_number.setdefault(personnel_number, number)
            if first != number:
                faults["personnel_number"] = self._fault(number, "personnel_number", "double_number", first)
            elif personnel_number in self._known_numbers:
                faults["personnel_number"] = self._fault(number, "personnel_number", "known_number")
        if bsn := values.get("bsn"):
            first = self._rows_by_bsn.setdefault(bsn, number)
            if first != number and "personnel_number" not in faults:
                faults["bsn"] = self._fault(number, "bsn", "double_bsn", first)
        if "starts_on" in values and values.get("ends_on", date.max) < values["starts_on"]:
            faults["ends_on"] = self._fault(number, "ends_on", "dates_reversed")
        return faults

    def _fault(self, row: int, name: str, code: str, other_row: int | None = None) -> RowFault:
        parameters = {} if other_row is None else {"other_row": other_row}
        return RowFault(row, self._headings.written[name], code, parameters)

    def _good_row(self, number: int, values: Mapping[str, Any]) -> GoodRow:
        hours: Decimal | None = values.get("hours")
        return GoodRow(
            number=number,
            personnel_number=values["personnel_number"],
            card=Card(**{name: values[name] for name in _CARD_FIELDS if name in values}),
            details=Details(**{name: values[name] for name in _DETAILS_FIELDS if name in values}),
            department=values["department"],
            department_id=self._departments.get(fold_department(values["department"])),
            _employment={
                "starts_on": values["starts_on"],
                "function_group": values["function_group"],
                "function": values["function"],
                "kind": values["kind"],
                "site": values.get("site"),
                "hours": hours,
                "ends_on": values.get("ends_on"),
            },
        )


def fold_department(name: str) -> str:
    """A department's name as it is compared: without case, spaces counted once."""
    return " ".join(name.split()).casefold()

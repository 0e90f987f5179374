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
from vault.importing.headings import REQUIRED, Headings
from vault.importing.table import Row
from vault.value_checks import FAULT_TEXTS, ValueFault

N_ = str

ROW_FAULTS: dict[str, tuple[str, str]] = {
    **CELL_FAULTS,
    "double_number": (
        N_("Dit personeelsnummer staat met dezelfde startdatum ook in rij %(other_row)s."),
        N_("Haal een van de rijen weg of verbeter het nummer. Een tweede dienstverband heeft een andere startdatum."),
    ),
    "other_person": (
        N_("Rij %(other_row)s heeft hetzelfde personeelsnummer, maar andere persoonsgegevens."),
        N_("Maak de gegevens van de persoon in beide rijen gelijk, of verbeter het nummer."),
    ),
    "waiting_number": (
        N_("Dit personeelsnummer staat in een andere import die nog niet af is."),
        N_("Maak die import eerst af of verwijder hem, en bekijk deze controle dan opnieuw."),
    ),
    "double_bsn": (
        N_("Dit BSN staat ook in rij %(other_row)s, onder een ander personeelsnummer."),
        N_("Kijk bij wie van de twee het hoort en verbeter of verwijder het andere."),
    ),
    "known_bsn": (
        N_("Dit BSN staat in de datakluis onder een ander personeelsnummer."),
        N_("Kijk bij wie het hoort. Heeft iemand een nieuw nummer gekregen, wijzig het dan eerst bij de werknemer."),
    ),
}

_REQUIRED = frozenset(REQUIRED)
CARD_FIELDS = ("last_name", "prefix", "first_name", "initials", "birth_date", "postcode")
DETAILS_FIELDS = (
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
        index: the column, from 0.
        code: a key of `ROW_FAULTS` or `value_checks.FAULT_TEXTS`.
        parameters: what goes into the first sentence, for `what % parameters` after translation.
    """

    row: int
    column: str
    index: int
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
        repeats: whether a row above it is of the same person, with the same personal data and another start date.
    """

    number: int
    personnel_number: str = field(repr=False)
    card: Card = field(repr=False)
    details: Details = field(repr=False)
    department: str = field(repr=False)
    department_id: uuid.UUID | None = field(repr=False)
    repeats: bool
    _employment: Mapping[str, Any] = field(repr=False)

    def employment(self) -> EmploymentData:
        """The employment. Raises `ValueError` while the department does not exist."""
        if self.department_id is None:
            raise ValueError("the department does not exist yet")
        return EmploymentData(department_id=self.department_id, **self._employment)

    @property
    def starts_on(self) -> date:
        """When the employment starts."""
        starts_on: date = self._employment["starts_on"]
        return starts_on


@dataclass(slots=True)
class _Seen:
    """What the rows so far had under one personnel number: the first of each start date, and the person of a good row.

    `starts` is one (start date, row) until there are more, since a file has thousands of these.
    """

    starts: tuple[tuple[date | None, int], ...]
    good_row: int = 0
    person: int = 0

    def row_with(self, starts_on: date | None) -> int | None:
        """The row with the same start date, where an unknown one is like any other."""
        for other, row in self.starts:
            if other == starts_on or other is None or starts_on is None:
                return row
        return None


class RowChecker:
    """Checks the rows of one file, from the top: it remembers the numbers that it has seen."""

    def __init__(self, headings: Headings, *, today: date, departments: Mapping[str, uuid.UUID]) -> None:
        """`departments` maps `fold_department(name)` to the department's id."""
        self._headings = headings
        # The country comes first, since it decides what a postcode looks like.
        self._order = sorted(headings.places, key=lambda name: name != "country")
        self._today = today
        self._departments = departments
        self._seen: dict[str, _Seen] = {}
        self._owners: dict[str, tuple[int, str]] = {}

    @property
    def numbers(self) -> Collection[str]:
        """The personnel numbers that the rows so far had, of faulty rows as well."""
        return self._seen.keys()

    def check(self, row: Row) -> GoodRow | list[RowFault]:
        """What the row holds, or every fault in it."""
        values, faults = self._check_fields(row)
        faults.update(self._check_together(values, row.number))
        faults = faults or self._check_person(values, row.number)
        if not faults:
            return self._good_row(row.number, values)
        order = {name: place for place, name in enumerate(self._headings.places)}
        return [faults[name] for name in sorted(faults, key=lambda name: order[name])]

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
        personnel_number = values.get("personnel_number")
        if personnel_number and (other_row := self._note_number(personnel_number, values.get("starts_on"), number)):
            faults["personnel_number"] = self._fault(number, "personnel_number", "double_number", other_row)
        if bsn := values.get("bsn"):
            other_row, owner = self._owners.setdefault(bsn, (number, personnel_number or ""))
            if other_row != number and owner != personnel_number:
                faults["bsn"] = self._fault(number, "bsn", "double_bsn", other_row)
        if "starts_on" in values and values.get("ends_on", date.max) < values["starts_on"]:
            faults["ends_on"] = self._fault(number, "ends_on", "dates_reversed")
        return faults

    def _check_person(self, values: Mapping[str, Any], number: int) -> dict[str, RowFault]:
        seen = self._seen[values["personnel_number"]]
        if not seen.good_row or seen.person == _person_in(values):
            return {}
        return {"personnel_number": self._fault(number, "personnel_number", "other_person", seen.good_row)}

    def _note_number(self, personnel_number: str, starts_on: date | None, row: int) -> int | None:
        """The row above that has this number with this start date, if there is one."""
        seen = self._seen.get(personnel_number)
        if seen is None:
            self._seen[personnel_number] = _Seen(((starts_on, row),))
            return None
        other_row = seen.row_with(starts_on)
        if other_row is None:
            seen.starts = (*seen.starts, (starts_on, row))
        return other_row

    def _fault(self, row: int, name: str, code: str, other_row: int | None = None) -> RowFault:
        parameters = {} if other_row is None else {"other_row": other_row}
        return RowFault(row, self._headings.written[name], self._headings.places[name], code, parameters)

    def _good_row(self, number: int, values: Mapping[str, Any]) -> GoodRow:
        hours: Decimal | None = values.get("hours")
        department_id = self._departments.get(fold_department(values["department"]))
        seen = self._seen[values["personnel_number"]]
        repeats = bool(seen.good_row)
        # A row that waits for its department is not imported, so that a later one must not lean on it.
        if not repeats and department_id is not None:
            seen.good_row, seen.person = number, _person_in(values)
        return GoodRow(
            number=number,
            personnel_number=values["personnel_number"],
            card=Card(**{name: values[name] for name in CARD_FIELDS if name in values}),
            details=Details(**{name: values[name] for name in DETAILS_FIELDS if name in values}),
            department=values["department"],
            department_id=department_id,
            repeats=repeats,
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


def _person_in(values: Mapping[str, Any]) -> int:
    """The personal data of a row as a number, good within this process, to tell whether two rows have the same."""
    return hash(tuple(values.get(name) for name in (*CARD_FIELDS, *DETAILS_FIELDS)))


def fold_department(name: str) -> str:
    """A department's name as it is compared: without case, spaces counted once."""
    return " ".join(name.split()).casefold()

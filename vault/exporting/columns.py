"""What an export holds, column by column, under the headings of the import's template (X-22, D-rule 37)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from organisation.tree import EmploymentLine
from vault.fields import Card, Details, Gender
from vault.importing.headings import COLUMNS

Cell: TypeAlias = str | date | Decimal | None

EMPLOYER = "employer"
ANONYMOUS = "Anoniem"
_OPEN = frozenset(
    {"personnel_number", "department", "site", "function_group", "function", "kind", "hours", "starts_on", "ends_on"}
)
_CARD = frozenset({"last_name", "prefix", "first_name", "initials", "birth_date"})
_GENDERS = {Gender.MALE: "M", Gender.FEMALE: "V", Gender.OTHER: "X"}


@dataclass(frozen=True)
class ExportRow:
    """One employment with the person it is of; `card` and `details` are None for who is *Anoniem*. Its repr is empty.

    `details` holds a BSN only in an export that was ordered with it.
    """

    employer: str
    employment: EmploymentLine
    card: Card | None
    details: Details | None

    def __repr__(self) -> str:
        return "ExportRow()"


@dataclass(frozen=True)
class ExportColumns:
    """The columns of one export: the names of their fields, and their headings."""

    fields: tuple[str, ...]
    headings: tuple[str, ...]

    def cells(self, row: ExportRow) -> list[Cell]:
        """What stands in each column of one row."""
        return [_cell(field, row) for field in self.fields]


def export_columns(*, named: bool, with_bsn: bool, of_employers: bool) -> ExportColumns:
    """The columns: without names those of the employment only (K-02), without the right no BSN (D-rule 37).

    `of_employers` puts the employer in front, for whoever serves several.
    """
    chosen = [
        (column.field, column.heading)
        for column in COLUMNS
        if (named or column.field in _OPEN) and (with_bsn or column.field != "bsn")
    ]
    columns = [*([(EMPLOYER, "Werkgever")] if of_employers else []), *chosen]
    fields, headings = zip(*columns, strict=True)
    return ExportColumns(fields, headings)


def _cell(field: str, row: ExportRow) -> Cell:
    if field == EMPLOYER:
        return row.employer
    if field in _OPEN:
        value: Cell = getattr(row.employment, field)
        return value
    if row.card is None or row.details is None:
        return ANONYMOUS if field == "last_name" else None
    return _personal(field, row.card, row.details)


def _personal(field: str, card: Card, details: Details) -> Cell:
    if field == "postcode":
        return _spaced(card.postcode, details.country)
    if field == "gender":
        return _GENDERS[details.gender] if details.gender else None
    value: Cell = getattr(card if field in _CARD else details, field)
    return value


def _spaced(postcode: str | None, country: str | None) -> str | None:
    return f"{postcode[:4]} {postcode[4:]}" if postcode and country in {None, "NL"} else postcode

"""What was typed in the form of a document, checked and in one shape; it is kept sealed beside its version (DOC-11)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from documents.errors import FormRefused
from documents.templates import LONGEST_LINE, LONGEST_TEXT, MOST_ROWS, Field, FieldKind, Rows, Template
from vault.value_checks import ValueFault, check_date

N_ = str
Row = Mapping[str, str]

NOT_FILLED_IN = N_("Vul dit in.")
NO_CHOICE = N_("Kies een van de mogelijkheden.")
TOO_LONG = N_("Gebruik ten hoogste %(maximum)s tekens; nu zijn het er %(count)s.")
NO_HOURS = N_("Vul het aantal uren per week in, zoals 24 of 22,5; ten hoogste 168.")
NO_ROW = N_("Vul ten minste een regel in.")
TOO_MANY_ROWS = N_("Vul ten hoogste %(maximum)s regels in.")
_HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?")
_MOST_HOURS = 168
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer: a Dutch msgid, what goes into it, and what would be right."""

    what: str
    parameters: Mapping[str, int] = field(default_factory=dict)
    advice: str | None = None


@dataclass(frozen=True)
class Answers:
    """What was filled in: `fields` by their name, `rows` with their columns by name."""

    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict, repr=False)

    def to_bytes(self) -> bytes:
        """As it is sealed."""
        rows = {name: [dict(row) for row in found] for name, found in self.rows.items()}
        return json.dumps({"fields": dict(self.fields), "rows": rows}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Answers:
        """What was sealed."""
        stored = json.loads(data)
        return cls(stored["fields"], stored["rows"])


def checked(template: Template, typed: Answers) -> Answers:
    """Return what was typed in one shape: without spaces around it or empty rows, days as 31-12-2026.

    Raises `documents.errors.FormRefused` with every fault: that of a field under its name, of a column under
    ``rows.number.column``.
    """
    faults: dict[str, Fault] = {}
    fields: dict[str, str] = {}
    rows: dict[str, list[Row]] = {}
    for part in template.parts:
        if isinstance(part, Rows):
            rows[part.name] = _checked_rows(part, typed.rows.get(part.name, ()), faults)
        else:
            fields[part.name] = _checked(part, typed.fields.get(part.name, ""), part.name, faults)
    if faults:
        raise FormRefused(faults)
    return Answers(fields, rows)


def _checked_rows(part: Rows, typed: Sequence[Row], faults: dict[str, Fault]) -> list[Row]:
    kept: list[Row] = []
    for number, row in enumerate(typed):
        if any(row.get(column.name, "").strip() for column in part.columns):
            kept.append(
                {
                    column.name: _checked(
                        column, row.get(column.name, ""), f"{part.name}.{number}.{column.name}", faults
                    )
                    for column in part.columns
                }
            )
    if len(kept) < part.least:
        faults[part.name] = Fault(NO_ROW)
    if len(kept) > MOST_ROWS:
        faults[part.name] = Fault(TOO_MANY_ROWS, {"maximum": MOST_ROWS})
    return kept


def _checked(asked: Field, typed: str, place: str, faults: dict[str, Fault]) -> str:
    text = _UNSEEN.sub("", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if asked.kind is not FieldKind.TEXT:
        text = " ".join(text.split())
    fault = _fault(asked, text)
    if fault is not None:
        faults[place] = fault
        return text
    return _in_one_shape(asked, text)


def _fault(asked: Field, text: str) -> Fault | None:
    if not text:
        return Fault(NO_CHOICE if asked.kind is FieldKind.CHOICE else NOT_FILLED_IN) if asked.is_required else None
    maximum = LONGEST_TEXT if asked.kind is FieldKind.TEXT else LONGEST_LINE
    if len(text) > maximum:
        return Fault(TOO_LONG, {"maximum": maximum, "count": len(text)})
    if asked.kind is FieldKind.CHOICE and text not in asked.choices:
        return Fault(NO_CHOICE)
    if asked.kind is FieldKind.HOURS and not _is_hours(text):
        return Fault(NO_HOURS)
    return _fault_of_day(text) if asked.kind is FieldKind.DAY else None


def _is_hours(text: str) -> bool:
    found = _HOURS.fullmatch(text)
    return found is not None and float(text.replace(",", ".")) <= _MOST_HOURS


def _fault_of_day(text: str) -> Fault | None:
    try:
        check_date(text)
    except ValueFault as fault:
        return Fault(fault.what, advice=fault.advice)
    return None


def _in_one_shape(asked: Field, text: str) -> str:
    if text and asked.kind is FieldKind.DAY:
        return f"{check_date(text):%d-%m-%Y}"
    return text.replace(".", ",") if asked.kind is FieldKind.HOURS else text

"""The workbook that people download, fill in and upload (X-22)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from vault.importing.headings import COLUMNS

N_ = str

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_NAME = "werknemers-voorbeeld.xlsx"

_EXPLANATION = (
    N_("Zet elke werknemer op een rij van het blad Werknemers."),
    N_("Kolommen met een sterretje moeten gevuld zijn. De andere mag u leeg laten of weghalen."),
    N_("De volgorde van de kolommen maakt niet uit. Andere kolommen worden overgeslagen."),
    N_("Schrijf datums als 31-12-1990."),
    N_("Een afdeling die nog niet bestaat, kunt u na het inlezen met één knop aanmaken."),
    N_("Pas als u de controle hebt gezien en bevestigt, worden de werknemers opgeslagen in uw datakluis."),
)
_EXAMPLE_TITLE = N_("Zo ziet een ingevulde rij eruit (een verzonnen werknemer):")
_EXAMPLE: dict[str, str | date | float] = {
    "personnel_number": "MS003",
    "last_name": "Dijk",
    "prefix": "van",
    "first_name": "Anna",
    "initials": "A.",
    "birth_date": date(1990, 12, 31),
    "gender": "V",
    # One of the numbers that are handed out to nobody.
    "bsn": "999990019",
    "street": "Voorbeeldstraat",
    "house_number": "12",
    "house_number_addition": "A",
    "postcode": "3511 AB",
    "city": "Utrecht",
    "country": "NL",
    "email": "a.vandijk@voorbeeld.nl",
    "email_private": "anna@voorbeeld.nl",
    "phone_work": "030 1234567",
    "phone_home": "030 7654321",
    "phone_mobile": "06 12345678",
    "department": "Productie",
    "site": "Utrecht",
    "function_group": "Techniek",
    "function": "Monteur",
    "kind": "Vast",
    "hours": 36.5,
    "starts_on": date(2020, 3, 1),
}
_DATES = frozenset({"birth_date", "starts_on", "ends_on"})
# Kept as text, a number keeps its leading zero.
_TEXTS = frozenset({"personnel_number", "bsn", "house_number", "phone_work", "phone_home", "phone_mobile"})


def make_template() -> bytes:
    """The workbook: a sheet with the headings, and a sheet that explains them with one invented employee."""
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        formats = _formats(workbook)
        _write_employees(workbook.add_worksheet("Werknemers"), formats)
        _write_explanation(workbook.add_worksheet("Uitleg"), formats)
    return output.getvalue()


def _formats(workbook: Workbook) -> dict[str, Format]:
    def format_of(**properties: Any) -> Format:
        return workbook.add_format(properties)

    return {
        "required": format_of(bold=True, bg_color="#0B5563", font_color="#FFFFFF", border=1),
        "optional": format_of(bold=True, bg_color="#E3EEF0", border=1),
        "title": format_of(bold=True),
        "text": format_of(num_format="@"),
        "date": format_of(num_format="dd-mm-yyyy"),
        "plain": format_of(),
    }


def _write_employees(sheet: Worksheet, formats: dict[str, Format]) -> None:
    _write_headings(sheet, 0, formats)
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(COLUMNS):
        sheet.set_column(index, index, max(12, len(column.heading) + 4), _format_of(column.field, formats))


def _write_explanation(sheet: Worksheet, formats: dict[str, Format]) -> None:
    for row, sentence in enumerate(_EXPLANATION):
        sheet.write_string(row, 0, sentence)
    first = len(_EXPLANATION) + 1
    sheet.write_string(first, 0, _EXAMPLE_TITLE, formats["title"])
    _write_headings(sheet, first + 1, formats)
    for index, column in enumerate(COLUMNS):
        _write_value(sheet, first + 2, index, _EXAMPLE.get(column.field), _format_of(column.field, formats))


def _write_headings(sheet: Worksheet, row: int, formats: dict[str, Format]) -> None:
    for index, column in enumerate(COLUMNS):
        heading = f"{column.heading}*" if column.required else column.heading
        sheet.write_string(row, index, heading, formats["required" if column.required else "optional"])


def _write_value(sheet: Worksheet, row: int, index: int, value: str | date | float | None, style: Format) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, index, value, style)
    elif isinstance(value, str):
        sheet.write_string(row, index, value, style)
    elif value is not None:
        sheet.write_number(row, index, value, style)


def _format_of(field: str, formats: dict[str, Format]) -> Format:
    if field in _DATES:
        return formats["date"]
    return formats["text" if field in _TEXTS else "plain"]

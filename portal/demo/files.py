"""Files as personnel departments make them, for the import of the demo (X-22)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta

from xlsxwriter import Workbook

from portal.demo.staff import InventedEmployee
from vault.fields import Gender
from vault.importing.headings import COLUMNS

_GENDERS = {Gender.FEMALE: "V", Gender.MALE: "M", Gender.OTHER: "X"}
_HEADINGS = tuple(column.heading for column in COLUMNS)
_FAULTY_ROWS = (
    ("GL1801", "Wiersma", "", "Sanne", "V", "14-02-1996", "", "Klantcontact", "Medewerker klantcontact", "24"),
    ("GL1802", "Hout", "van den", "Gijs", "M", "03-09-1988", "", "Openbare Werken", "Medewerker groen", "36"),
    ("GL1803", "Öztürk", "", "Elif", "V", "21-07-1991", "123456789", "Sociaal Domein", "Jeugdconsulent", "28"),
    ("GL1804", "Lammers", "", "Teun", "M", "31-02-1999", "", "Financiën", "Administrateur", "36"),
    ("GL1805", "Boersma", "", "Maud", "V", "08-11-1983", "", "Zwembad De Golf", "Badmeester", "32"),
    ("GL1806", "Haan", "de", "Jelle", "M", "17-05-2001", "", "Zwembad De Golf", "Badmeester", "vier dagen"),
    ("GL1807", "Vermeulen", "", "Fleur", "V", "26-01-1994", "", "Burgerzaken", "Medewerker burgerzaken", "32"),
)
_FAULTY_HEADINGS = (
    "Pers.nr", "Achternaam", "Tussenvoegsel", "Roepnaam", "Geslacht", "Geboortedatum", "BSN", "Afdeling", "Functie",
    "Uren per week", "Functiegroep", "Dienstverband", "In dienst",
)  # fmt: skip


def as_workbook(staff: Iterable[InventedEmployee]) -> bytes:
    """The employees as a sheet of Excel, with the headings of our template."""
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet("Werknemers")
        day = workbook.add_format({"num_format": "dd-mm-yyyy"})
        sheet.write_row(0, 0, _HEADINGS)
        for row, employee in enumerate(staff, start=1):
            for column, value in enumerate(_cells(employee)):
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                else:
                    sheet.write_string(row, column, value)
    return output.getvalue()


def as_separated(staff: Iterable[InventedEmployee]) -> bytes:
    """The employees as Dutch programs export them: semicolons, dates with hyphens, UTF-8 with its mark."""
    rows = [[_written(value) for value in _cells(employee)] for employee in staff]
    return _encode([list(_HEADINGS), *rows])


def next_month(today: date) -> bytes:
    """A short file of people who start next month, with the mistakes that such files have."""
    begins = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    same = ["Dienstverlening", "Tijdelijk", _written(begins)]
    return _encode([list(_FAULTY_HEADINGS), *[[*row, *same] for row in _FAULTY_ROWS]])


def _cells(employee: InventedEmployee) -> list[str | date]:
    values = {**vars(employee.card), **vars(employee.details), **vars(employee)}
    values["gender"] = _GENDERS.get(employee.details.gender or Gender.OTHER, "")
    values["ends_on"] = employee.ends_on
    return [values[column.field] or "" for column in COLUMNS]


def _written(value: str | date) -> str:
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else value


def _encode(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode("utf-8-sig")

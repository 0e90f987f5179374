"""A file of employees as a personnel department would fill in our template: invented people, no real BSN."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from openpyxl import load_workbook

LAST_NAMES = ("Aalbers", "Bruin", "Cornelissen", "Dekker", "Evers", "Faber", "Gerritsen", "Huisman")
FIRST_NAMES = ("Noor", "Sem", "Lotte", "Daan", "Yara")
FAULTY_ROW = 12
UNKNOWN_DEPARTMENT_ROW = 23
UNKNOWN_DEPARTMENT = "Expeditie"
PEOPLE = 40


def number_of(row: int) -> str:
    """The personnel number of who stands in a row of the sheet; the first row has the headings."""
    return f"BK{row:03}"


def last_name_of(row: int) -> str:
    """The last name of who stands in a row: eight names, each five times."""
    return LAST_NAMES[row % len(LAST_NAMES)]


def first_name_of(row: int) -> str:
    """The first name of who stands in a row."""
    return FIRST_NAMES[row % len(FIRST_NAMES)]


def fill_in(template: Path, path: Path, departments: tuple[str, ...]) -> Path:
    """Fill in the downloaded template with forty people: one impossible birth date, one unknown department."""
    book = load_workbook(template)
    sheet = book["Werknemers"]
    headings = [str(cell.value).rstrip("*") for cell in sheet[1]]
    for row in range(2, PEOPLE + 2):
        for place, heading in enumerate(headings, start=1):
            sheet.cell(row, place, _values(row, departments).get(heading))
    book.save(path)
    return path


def _values(row: int, departments: tuple[str, ...]) -> dict[str, str | int | date]:
    department = departments[row % len(departments)]
    return {
        "Personeelsnummer": number_of(row),
        "Achternaam": last_name_of(row),
        "Voornaam": first_name_of(row),
        "Voorletters": f"{first_name_of(row)[0]}.",
        "Geboortedatum": "31-02-1990" if row == FAULTY_ROW else date(1980, 1, 1) + timedelta(days=97 * row),
        "Straat": "Ovenstraat",
        "Huisnummer": row,
        "Postcode": "3511 AB",
        "Woonplaats": "Utrecht",
        "Afdeling": UNKNOWN_DEPARTMENT if row == UNKNOWN_DEPARTMENT_ROW else department,
        "Functiegroep": "Verkoop",
        "Functie": "Verkoper",
        "Type dienstverband": "Vast",
        "Aantal uren": 32,
        "Startdatum": date(2020, 3, 1),
    }

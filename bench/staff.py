"""A workbook of invented employees, as large as is asked for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from stdnum.nl import bsn
from xlsxwriter import Workbook

from portal.demo.draws import Draws
from portal.demo.names import InventedName, draw_name
from vault.importing.headings import COLUMNS

SEED = 7
NAMES = 4_000
DEPARTMENTS = tuple(f"Afdeling {number:03}" for number in range(1, 201))
FUNCTIONS = (("Techniek", "Monteur"), ("Zorg", "Verpleegkundige"), ("Administratie", "Medewerker salarissen"))
STREETS = ("Dorpsstraat", "Kerkstraat", "Molenweg", "Stationsweg", "Burgemeester van Houtenlaan")


def write_workbook(path: Path, people: int) -> None:
    """Write an .xlsx with `people` rows under the headings of the template; the same in every run.

    Their BSNs pass the 11-test and are made up on the spot; they are in no file of the project.
    """
    draw = Random(SEED)
    names = [draw_name(Draws(f"bench/{number}"), 50) for number in range(NAMES)]
    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet("Werknemers")
        day = workbook.add_format({"num_format": "dd-mm-yyyy"})
        sheet.write_row(0, 0, [column.heading for column in COLUMNS])
        for row in range(people):
            values = _values(draw, names[draw.randrange(NAMES)], row)
            for index, column in enumerate(COLUMNS):
                value = values.get(column.field, "")
                if isinstance(value, date):
                    sheet.write_datetime(row + 1, index, value, day)
                elif value:
                    sheet.write_string(row + 1, index, value)


def personnel_number(row: int) -> str:
    """The number of the employee in a row, counted from 0."""
    return f"P{row:06}"


def _values(draw: Random, name: InventedName, row: int) -> dict[str, str | date]:
    group, function = FUNCTIONS[row % len(FUNCTIONS)]
    return {
        "personnel_number": personnel_number(row),
        "last_name": name.last_name,
        "prefix": name.prefix or "",
        "first_name": name.first_name,
        "initials": name.initials,
        "birth_date": date(1960, 1, 1) + timedelta(days=draw.randrange(16_000)),
        "gender": draw.choice("VM"),
        "bsn": _bsn(row),
        "street": draw.choice(STREETS),
        "house_number": str(draw.randrange(1, 300)),
        "postcode": f"{draw.randrange(1000, 9999)} {draw.choice('ABCDEGH')}{draw.choice('BCDEGHJ')}",
        "city": "Utrecht",
        "email": f"p{row}@voorbeeldbedrijf.nl",
        "phone_mobile": f"06{draw.randrange(10_000_000, 99_999_999)}",
        "department": DEPARTMENTS[row % len(DEPARTMENTS)],
        "function_group": group,
        "function": function,
        "kind": draw.choice(("Vast", "Tijdelijk")),
        "hours": draw.choice(("36", "32", "24")),
        "starts_on": date(2000, 1, 1) + timedelta(days=draw.randrange(9_000)),
    }


def _bsn(row: int) -> str:
    """A number that passes the 11-test and belongs to this row only; about one row in eleven has none."""
    first_eight = f"{10_000_000 + row:08}"
    return next((number for tail in range(10) if bsn.is_valid(number := f"{first_eight}{tail}")), "")

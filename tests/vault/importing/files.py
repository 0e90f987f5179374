"""Files of employees as tests need them: good ones, and every odd one that somebody may send."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from xlsxwriter import Workbook

from vault.importing.headings import COLUMNS

_SHEET = "xl/worksheets/sheet1.xml"
_TEXTS = "xl/sharedStrings.xml"

Rows: TypeAlias = Sequence[Sequence[Any]]

HEADINGS = (
    "Personeelsnummer", "Achternaam", "Tussenvoegsel", "Voornaam", "Voorletters", "Geboortedatum", "Geslacht", "BSN",
    "Postcode", "Huisnummer", "Woonplaats", "E-mail", "Tel. mobiel", "Afdeling", "Functiegroep", "Functie",
    "Type dienstverband", "Aantal uren", "Startdatum", "Einddatum",
)  # fmt: skip
EXAMPLE: Mapping[str, Any] = {
    "Personeelsnummer": "MS003", "Achternaam": "Dijk", "Tussenvoegsel": "van", "Voornaam": "Anna", "Voorletters": "A.",
    "Geboortedatum": "31-12-1990", "Geslacht": "V", "BSN": "999990019", "Postcode": "3511 AB", "Huisnummer": "12",
    "Woonplaats": "Utrecht", "E-mail": "anna@voorbeeld.nl", "Tel. mobiel": "06-12345678", "Afdeling": "Productie",
    "Functiegroep": "Techniek", "Functie": "Monteur", "Type dienstverband": "Vast", "Aantal uren": "36,5",
    "Startdatum": "1-3-2020", "Einddatum": "",
}  # fmt: skip


def row(**changes: Any) -> list[Any]:
    """The cells of the example employee, with some of them changed; the names are those of the template in Python."""
    values = {**EXAMPLE, **{_PYTHON_NAMES[name]: value for name, value in changes.items()}}
    return [values[heading] for heading in HEADINGS]


_PYTHON_NAMES = {
    "number": "Personeelsnummer", "last_name": "Achternaam", "prefix": "Tussenvoegsel", "first_name": "Voornaam",
    "initials": "Voorletters", "birth_date": "Geboortedatum", "gender": "Geslacht", "bsn": "BSN",
    "postcode": "Postcode", "house_number": "Huisnummer", "city": "Woonplaats", "email": "E-mail",
    "mobile": "Tel. mobiel", "department": "Afdeling", "function_group": "Functiegroep", "function": "Functie",
    "kind": "Type dienstverband", "hours": "Aantal uren", "starts_on": "Startdatum", "ends_on": "Einddatum",
}  # fmt: skip


def text_file(rows: Rows, separator: str = ";", encoding: str = "utf-8") -> bytes:
    """A text with separators; `encoding` as Python names it, with `utf-8-sig` for a byte order mark."""
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return output.getvalue().encode(encoding)


def workbook(rows: Rows, *, first_row: int = 0, sheets: Sequence[str] = ("Blad1",)) -> bytes:
    """An Excel workbook with the rows on its first sheet; dates become Excel dates, texts stay texts."""
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        date_format = book.add_format({"num_format": "dd-mm-yyyy"})
        made = [book.add_worksheet(name) for name in sheets]
        for number, cells in enumerate(rows, first_row):
            for index, value in enumerate(cells):
                if hasattr(value, "year"):
                    made[0].write_datetime(number, index, value, date_format)
                elif isinstance(value, str):
                    made[0].write_string(number, index, value)
                elif value is not None:
                    made[0].write_number(number, index, value)
    return output.getvalue()


def sheets_with(sheets: Mapping[str, Rows]) -> bytes:
    """An Excel workbook with these sheets, every cell a text."""
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                for index, value in enumerate(cells):
                    sheet.write_string(number, index, value)
    return output.getvalue()


def example_workbook() -> bytes:
    """A workbook with one good employee."""
    return workbook([HEADINGS, row()])


def change_parts(package: bytes, changes: Mapping[str, bytes | tuple[bytes, bytes] | None]) -> bytes:
    """A copy of a workbook in which parts are replaced (bytes), edited (old, new) or left out (None)."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in changes if name not in old.namelist())]:
            change = changes.get(name, b"" if name not in old.namelist() else (b"", b""))
            if isinstance(change, tuple):
                content = old.read(name)
                assert change[0] in content
                new.writestr(name, content.replace(change[0], change[1], 1) if change[0] else content)
            elif change is not None:
                new.writestr(name, change)
    return output.getvalue()


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    """A zip that holds these files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return output.getvalue()


def large_workbook(count: int) -> bytes:
    """A workbook of `count` different employees with every column of the template, as Excel itself writes it."""
    chance = random.Random(count)
    texts: dict[str, int] = {}
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(example_workbook())) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in set(old.namelist()) - {_SHEET, _TEXTS, "xl/styles.xml"}:
            new.writestr(name, old.read(name))
        new.writestr(
            "xl/styles.xml", '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
        )
        with new.open(_SHEET, "w") as sheet:
            sheet.write(b"<worksheet><sheetData>")
            sheet.write(_row_of_texts(1, [column.heading for column in COLUMNS], texts))
            for number in range(2, count + 2):
                sheet.write(_row_of_texts(number, _someone(number, chance), texts))
            sheet.write(b"</sheetData></worksheet>")
        new.writestr(_TEXTS, f"<sst>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>")
    return output.getvalue()


def _someone(number: int, chance: random.Random) -> list[str | int]:
    """The cells of an employee in the order of the template; days as Excel counts them."""
    last_name = chance.choice(("Jansen", "Bakker", "Çelik", "Müller", "Visser")) + chance.choice(
        ("", "s", "ma", "stra")
    )
    first_name, digits = chance.choice(("Anna", "Bram", "Eva", "Gijs")), chance.randrange(10_000_000, 100_000_000)
    return [
        f"P{number:06}", last_name, chance.choice(("van", "de", "")), first_name, f"{first_name[0]}.",
        chance.randrange(22_000, 38_000), chance.choice("MV"), "", f"{last_name}straat", chance.randrange(1, 300), "",
        f"{digits % 9000 + 1000} AB", chance.choice(("Utrecht", "Ede")), "NL", f"{last_name}.{number}@voorbeeld.nl",
        f"{first_name}{number}@voorbeeld.nl", f"030{digits % 10_000_000:07}", "", f"06{digits}",
        chance.choice(("Productie", "HR")), "Utrecht", "Techniek", chance.choice(("Monteur", "Planner")), "Vast",
        chance.choice((24, 32, 36)), chance.randrange(40_000, 46_000), "",
    ]  # fmt: skip


def _row_of_texts(number: int, values: Sequence[str | int], texts: dict[str, int]) -> bytes:
    cells = []
    for index, value in enumerate(values):
        place = f"{chr(65 + index) if index < 26 else 'A' + chr(39 + index)}{number}"
        if isinstance(value, int):
            cells.append(f'<c r="{place}" s="{int(value > 20_000)}"><v>{value}</v></c>')
        elif value:
            cells.append(f'<c r="{place}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>')
    return f'<row r="{number}" spans="1:27">{"".join(cells)}</row>'.encode()

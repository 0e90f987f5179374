"""Importing as a personnel department lives with it: odd headings, two sheets, people who are there already (X-22)."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE, Visit
from tests.vault.importing.files import HEADINGS, row

GROUPS = ("Persoon", "", "", "", "Telefoon", "", "Werk", "", "", "", "", "")
ODD_HEADINGS = (
    "Stamnr", "Achternaam", "Roepnaam", "Geb. datum", "werk", "thuis", "Onderdeel", "Soort werk", "Functie",
    "Contractvorm", "Uren", "Vanaf",
)  # fmt: skip
BY_HAND = {
    "Persoon Stamnr": "Personeelsnummer *",
    "Werk Onderdeel": "Afdeling *",
    "Werk Soort werk": "Functiegroep *",
    "Werk Contractvorm": "Type dienstverband *",
    "Werk Vanaf": "Startdatum *",
}
MANY = 6_000


def person(number: str, last_name: str, *changes: object) -> list[object]:
    """The cells of somebody of the file; `changes` replace the last ones."""
    cells: list[object] = [
        number, last_name, "Eva", date(1990, 12, 31), "030 1234567", "030 7654321", "Winkel", "Winkel", "Verkoper",
        "Vast", "32", date(2020, 1, 1),
    ]  # fmt: skip
    return [*cells[: len(cells) - len(changes)], *changes]


def staff_file(path: Path) -> Path:
    """A workbook with an explanation before the sheet that counts, a title, and headings over two merged rows."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Toelichting"
    first.append(["Deze lijst is gemaakt door Personeelszaken."])
    sheet = book.create_sheet("Personeel")
    sheet.append(["Personeelslijst Bakkerij Mulder"])
    sheet.append([])
    sheet.append(list(GROUPS))
    sheet.append(list(ODD_HEADINGS))
    for start, end in ((1, 4), (5, 6), (7, 12)):
        sheet.merge_cells(start_row=3, start_column=start, end_row=3, end_column=end)
    for cells in (
        person("WK001", "Yildirim"),
        person("WK001", "Yildirim", date(2026, 1, 1)),
        person("NW001", "Nieuwkomer", "Magazijn", "Logistiek", "Chauffeur", "Vast", "36", date(2024, 5, 1)),
        person("NW002", "Anders"),
        person("NW003", '=HYPERLINK("x")'),
    ):
        sheet.append(cells)
    # A text that looks like a formula, as a careless export leaves it.
    sheet.cell(row=9, column=2).data_type = "s"
    book.save(path)
    return path


def test_a_personnel_department_imports_what_it_has_and_imports_it_again(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path
) -> None:
    """X-22, E-14; D-rules 16, 19, 20; design 2.2 and 5."""
    people = open_bakery(portal)
    portal.serve()
    administrator = EmployerAdministrator("Anna", "anna", new_visit())
    knows_how_to_log_in(administrator, people["Anna"])
    administrator.logs_in()
    visit = administrator.visit
    path = staff_file(tmp_path / "personeel.xlsx")

    sends(visit, path)
    chooses_the_columns(visit)
    sees_what_would_happen(visit)
    takes_the_faulty_rows_along(visit, tmp_path)
    administrator.makes_departments(1)
    confirms(visit, 4, "Nieuw in uw datakluis: 2. Gewijzigd: 1.")
    sees_the_change(visit)

    sends(visit, path)
    visit.is_on("Controle van het bestand")
    visit.shows("Gelezen van werkblad Personeel.")
    expect(visit.button(re.compile("importeren"))).to_have_count(0)
    visit.button("Bestand verwijderen").click()
    visit.is_on("Werknemers importeren")

    closes_the_tab_and_resumes(visit, tmp_path)
    visit.page.set_viewport_size({"width": PHONE, "height": 800})
    sends(visit, path)
    visit.is_on("Controle van het bestand")
    visit.link("Kolommen wijzigen").click()
    visit.is_on("Kolommen koppelen")


def sends(visit: Visit, path: Path) -> None:
    visit.open("/werknemers/importeren")
    visit.is_on("Werknemers importeren")
    visit.page.locator("input[type=file]").set_input_files(path)
    visit.button("Bestand controleren").click()


def chooses_the_columns(visit: Visit) -> None:
    visit.is_on("Kolommen koppelen")
    visit.page.get_by_label("Werkblad").select_option("Personeel")
    visit.button("Tonen").click()
    visit.is_on("Kolommen koppelen")
    expect(visit.page.get_by_label("In welke rij staan de koppen?")).to_have_value("3-4")
    visit.shows("Nog te koppelen")
    with visit.refused_with(422):
        visit.button("Controle bekijken").click()
        visit.shows(
            "Kies ook een kolom voor: Personeelsnummer, Afdeling, Functiegroep, Type dienstverband, Startdatum."
        )
    for column, field in BY_HAND.items():
        visit.page.get_by_label(column, exact=True).select_option(field)
    visit.button("Controle bekijken").click()


def sees_what_would_happen(visit: Visit) -> None:
    visit.is_on("Controle van het bestand")
    visit.shows("3 van de 5 rijen kunnen nu worden geïmporteerd.")
    counts = visit.page.get_by_role("table", name="Wat deze import doet")
    for name, count in (("Nieuw", 1), ("Gewijzigd", 2), ("Wacht op een afdeling", 1), ("Met een fout", 1)):
        line = counts.get_by_role("row").filter(has=visit.page.get_by_role("rowheader", name=name))
        expect(line.get_by_role("cell").first).to_have_text(str(count))
    changes = visit.page.get_by_role("table", name="Wat er per werknemer wijzigt")
    expect(changes).to_contain_text("Yılmaz")
    expect(changes).to_contain_text("Yildirim")
    expect(changes).to_contain_text("Verder dienstverband")
    visit.shows("2 werknemers in dienst staan niet")


def takes_the_faulty_rows_along(visit: Visit, folder: Path) -> None:
    with visit.page.expect_download() as download:
        visit.link("Rijen met een fout downloaden (.xlsx)").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    _, faulty = load_workbook(path).worksheets[0].iter_rows()
    assert faulty[0].value == "NW003"
    assert faulty[1].fill.fill_type == "solid"
    assert str(faulty[-1].value).startswith("Rij 9, Persoon Achternaam: ")


def confirms(visit: Visit, rows: int, told: str) -> None:
    visit.button(f"{rows} rijen importeren").click()
    visit.is_on("Werknemers opslaan")
    visit.shows(told)
    visit.link("Bekijk het resultaat").click()
    visit.is_on("Import klaar")


def sees_the_change(visit: Visit) -> None:
    visit.open("/werknemers")
    visit.link("Winkel").first.click()
    visit.link("Anoniem (Persnr: WK001)").first.click()
    visit.is_on(re.compile("Yildirim"))
    visit.shows(re.compile("1 januari 2026|01-01-2026"))


def closes_the_tab_and_resumes(visit: Visit, folder: Path) -> None:
    path = folder / "veel.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = (row(number=f"VL{index:05}", bsn="", department="Winkel") for index in range(MANY))
        csv.writer(file, delimiter=";").writerows([HEADINGS, *rows])
    sends(visit, path)
    visit.is_on("Controle van het bestand")
    visit.button(f"{MANY} rijen importeren").click(no_wait_after=True)
    expect(visit.page.get_by_text(re.compile(f"500 van {MANY}"))).to_be_attached()
    visit.open("/werknemers/importeren")
    visit.shows("Opslaan is begonnen maar niet klaar; nog niets is zichtbaar")
    visit.button("Hervatten").click()
    visit.shows(f"Nieuw in uw datakluis: {MANY}. Gewijzigd: 0.")

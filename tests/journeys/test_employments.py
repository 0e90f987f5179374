"""Employments as HR lives with them, and both files of an export, in a browser (E-02, E-06..E-15; D-rule 37)."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE

NAME = "Eva Yılmaz"


def test_hr_corrects_changes_adds_ends_and_exports(portal: RunningPortal, new_visit: NewVisit, tmp_path: Path) -> None:
    """From finding who is known already to opening both files."""
    people = open_bakery(portal)
    hr = VaultUser("Ilse", "ilse", new_visit())
    arbo = ArboMember("Carla", "carla", new_visit(width=PHONE))
    for person in (hr, arbo):
        person.login = people[person.name].person.login_name
        knows_how_to_log_in(person, people[person.name])
    portal.serve()
    hr.logs_in()
    arbo.logs_in()

    hr_finds_who_is_known_already(hr)
    hr_corrects_the_employment(hr)
    hr_changes_it_from_a_day(hr)
    hr_adds_a_second_job(hr)
    hr_reads_the_history(hr)
    hr_reports_leaving_from_the_start_page(hr)
    hr_adds_somebody_new(hr)

    rows = hr_exports_text(hr, tmp_path)
    assert [row["Achternaam"] for row in rows] == ["Yılmaz", "Janssen", "de Boer", "Nachtegaal"]
    assert "BSN" in rows[0]
    book_of_everybody(hr, tmp_path)
    arbo_exports(arbo, tmp_path)


def hr_finds_who_is_known_already(hr: VaultUser) -> None:
    hr.visit.link("Werknemer toevoegen").click()
    hr.visit.is_on("Werknemer toevoegen")
    hr.visit.fill("Achternaam", "yilmaz")
    hr.visit.fill("Geboortedatum", "31-12-1990")
    hr.visit.button("Volgende").click()
    hr.reads("1 werknemer gevonden")
    hr.visit.inspect()
    hr.visit.link("Yılmaz, E.").click()
    hr.visit.is_on(NAME)
    hr.reads("Sinds 1 januari 2020")


def chooses_of_employment(hr: VaultUser, number: int, entry: str) -> None:
    """Open the three dots of an employment and choose."""
    hr.visit.summary(f"Menu van Dienstverband {number}").click()
    hr.visit.page.locator("details[open]").get_by_role("link", name=entry).click()


def hr_corrects_the_employment(hr: VaultUser) -> None:
    chooses_of_employment(hr, 1, "Wijzigen dienstverband")
    hr.visit.is_on("Wijzigen dienstverband")
    hr.visit.page.get_by_label("Dienstverbandgegevens corrigeren").check()
    hr.visit.button("Verder").click()
    hr.visit.is_on("Dienstverbandgegevens corrigeren")
    hr.visit.fill("Functie", "Broodsommelier")
    hr.visit.button("Opslaan").click()
    hr.visit.is_on(NAME)
    hr.reads("Het dienstverband is gecorrigeerd.")


def hr_changes_it_from_a_day(hr: VaultUser) -> None:
    chooses_of_employment(hr, 1, "Wijzigen dienstverband")
    hr.visit.page.get_by_label("Het dienstverband gaat veranderen").check()
    hr.visit.button("Verder").click()
    hr.visit.is_on("Het dienstverband gaat veranderen")
    with hr.visit.refused_with(422):
        hr.visit.fill("Ingangsdatum", "01-01-2019")
        hr.visit.button("Verder").click()
        hr.reads("Kies een dag na de startdatum van dit dienstverband")
    hr.visit.is_on("Het dienstverband gaat veranderen")
    hr.visit.fill("Ingangsdatum", "01-07-2025")
    hr.visit.fill("Aantal uren", "40")
    hr.visit.button("Verder").click()
    hr.reads("Dit gebeurt er als u bevestigt:")
    hr.reads("Tot en met 30 juni 2025")
    hr.visit.inspect()
    hr.visit.button("Wijziging bevestigen").click()
    hr.visit.is_on(NAME)
    hr.reads("Sinds 1 juli 2025")


def hr_adds_a_second_job(hr: VaultUser) -> None:
    hr.chooses_action("Dienstverband toevoegen")
    hr.visit.is_on("Dienstverband toevoegen")
    hr.visit.page.get_by_label("Afdeling", exact=True).select_option(label="Oven")
    for label, value in (
        ("Startdatum", "01-09-2025"),
        ("Functiegroep", "Bakkerij"),
        ("Functie", "Bakker"),
        ("Type dienstverband", "Tijdelijk"),
        ("Aantal uren", "8"),
    ):
        hr.visit.fill(label, value)
    hr.visit.button("Dienstverband toevoegen").click()
    hr.reads("Het nieuwe dienstverband loopt tegelijk met een ander")
    hr.visit.inspect()
    hr.visit.button("Toch toevoegen").click()
    hr.visit.is_on(NAME)
    hr.reads("Dienstverband 3")


def hr_reads_the_history(hr: VaultUser) -> None:
    chooses_of_employment(hr, 1, "Historie weergave")
    hr.visit.is_on("Historie weergave")
    hr.reads("Gewijzigd: Einddatum")
    hr.reads("Gewijzigd: Functie")
    hr.visit.link("Terug naar de werknemer").click()


def hr_reports_leaving_from_the_start_page(hr: VaultUser) -> None:
    hr.goes_to("Start")
    hr.visit.link("Uit dienst melden").click()
    hr.visit.is_on("Uit dienst melden")
    hr.visit.fill("Personeelsnummer", "WK001")
    hr.visit.button("Volgende").click()
    hr.visit.link("Uit dienst melden (WK001)").click()
    hr.reads("Welk dienstverband eindigt?")
    hr.visit.page.get_by_label(re.compile("^Dienstverband 3")).check()
    hr.visit.fill("Laatste dag in dienst", "31-12-2099")
    hr.visit.inspect()
    hr.visit.button("Verder").click()
    hr.reads("De laatste dag in dienst wordt 31 december 2099.")
    hr.visit.inspect()
    hr.visit.button("Uit dienst melden").click()
    hr.visit.is_on(NAME)
    hr.reads("Gaat uit dienst op 31 december 2099")


def hr_adds_somebody_new(hr: VaultUser) -> None:
    hr.goes_to("Werknemers")
    hr.visit.link("Werknemer toevoegen").click()
    hr.visit.fill("Personeelsnummer", "WK010")
    hr.visit.button("Volgende").click()
    hr.visit.is_on("Werknemer toevoegen")
    hr.visit.fill("Achternaam", "Nachtegaal")
    hr.visit.fill("Geboortedatum", "01-02-1985")
    hr.visit.page.get_by_label("Afdeling", exact=True).select_option(label="Winkel")
    for label, value in (
        ("Startdatum", "01-09-2025"),
        ("Functiegroep", "Verkoop"),
        ("Functie", "Verkoper"),
        ("Type dienstverband", "Vast"),
    ):
        hr.visit.fill(label, value)
    hr.visit.button("Werknemer toevoegen").click()
    hr.visit.is_on("Nachtegaal")


def downloads(hr: VaultUser | ArboMember, kind: str, folder: Path) -> Path:
    """Press the button and keep the file."""
    hr.visit.page.get_by_label(kind).check()
    with hr.visit.page.expect_download() as download:
        hr.visit.button("Exporteren").click()
    path = folder / f"{hr.name}-{download.value.suggested_filename}"
    assert re.fullmatch(r"werknemers-\d{4}-\d\d-\d\d\.(csv|xlsx)", download.value.suggested_filename)
    download.value.save_as(path)
    return path


def hr_exports_text(hr: VaultUser, folder: Path) -> list[dict[str, str]]:
    hr.goes_to("Werknemers")
    hr.visit.link("Exporteren").click()
    hr.visit.is_on("Werknemers exporteren")
    hr.reads("alleen voor het werk waarvoor u het nu nodig hebt")
    hr.visit.page.get_by_label("Ook het BSN").check()
    text = downloads(hr, "Tekst met puntkomma's (.csv)", folder).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    return [row for number, row in enumerate(rows) if row["Personeelsnummer"] not in {"WK001"} or number == 0]


def book_of_everybody(hr: VaultUser, folder: Path) -> None:
    hr.visit.page.get_by_label("Ook wie uit dienst is").check()
    hr.visit.page.get_by_label("Ook het BSN").uncheck()
    sheet = openpyxl.load_workbook(downloads(hr, "Excel (.xlsx)", folder)).active
    assert sheet is not None
    heads, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "BSN" not in heads
    functions = [line[heads.index("Functie")] for line in lines if line[0] == "WK001"]
    assert functions == ["Broodsommelier", "Broodsommelier", "Bakker"]


def arbo_exports(arbo: ArboMember, folder: Path) -> None:
    arbo.visit.open("/dossiers")
    arbo.visit.link("Exporteren").click()
    arbo.visit.is_on("Werknemers exporteren")
    arbo.reads("alle anderen heten Anoniem")
    text = downloads(arbo, "Tekst met puntkomma's (.csv)", folder).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert {row["Achternaam"] for row in rows if row["Personeelsnummer"] == "WK002"} == {"Janssen"}
    assert {row["Achternaam"] for row in rows if row["Personeelsnummer"] != "WK002"} == {"Anoniem"}
    assert "Yılmaz" not in text

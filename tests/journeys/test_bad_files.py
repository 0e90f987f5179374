"""Files that cannot be read, or that may be read wrongly, in the hands of somebody with a browser (X-22; goal G)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator
from tests.journeys.running_portal import RunningPortal
from tests.vault.importing.files import HEADINGS, example_workbook, row, text_file

PHONE, DESKTOP = 360, 1100


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_bad_file_says_what_to_do_and_strange_letters_are_asked_about(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path, width: int
) -> None:
    people = open_bakery(portal)
    portal.serve()
    anna = EmployerAdministrator("Anna", "anna", new_visit(width=width))
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()
    page, visit = anna.visit.page, anna.visit

    visit.open("/werknemers/importeren")
    page.get_by_label("Bestand met werknemers").set_input_files(broken_workbook(tmp_path))
    with visit.refused_with(422):
        visit.button("Bestand controleren").click()
        visit.shows("Het bestand is beschadigd of niet helemaal overgekomen.")
    visit.inspect()

    page.get_by_label("Bestand met werknemers").set_input_files(western_text(tmp_path))
    visit.button("Bestand controleren").click()
    visit.is_on("Controle van het bestand")
    visit.shows("Kloppen deze letters?")
    visit.shows("Müller, Loïs, Çelik")
    visit.button("Bestand verwijderen").click()
    visit.shows("Er is niets geïmporteerd.")


def broken_workbook(folder: Path) -> Path:
    """Half a workbook."""
    path = folder / "half.xlsx"
    path.write_bytes(example_workbook()[:2_000])
    return path


def western_text(folder: Path) -> Path:
    """A csv as Excel saves it when nobody tells it otherwise."""
    people = [
        row(number=f"WM{index}", bsn="", department="Winkel", last_name=last_name, first_name=first_name)
        for index, (last_name, first_name) in enumerate([("Müller", "Loïs"), ("Çelik", "Anna")])
    ]
    path = folder / "werknemers.csv"
    path.write_bytes(text_file([HEADINGS, *people], encoding="cp1252"))
    return path

"""An employee who talks with the employer is let see the own data, and who saw them (AVG art. 15, 16, 20; LOG10)."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_joining import ADDRESS, MAIL, invites_eva, lands_in, signs_up
from tests.journeys.visit import PHONE, Visit

EMPLOYEE, EMPLOYER = "Eva Yılmaz", "Bakkerij Mulder"
GIVEN = "De werknemer ziet de eigen gegevens nu bij Mijn gegevens."


def test_an_employee_sees_the_own_data_who_saw_them_and_asks_to_correct_them(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path
) -> None:
    people = open_bakery(portal)
    portal.serve()
    first = invites_eva(portal, people["Anna"], "Hoe laat kunt u?")
    eva = new_visit(width=PHONE)
    eva.open(portal.link_in_mail_to(ADDRESS, MAIL))
    eva.link("Ik ben hier nieuw").click()
    eva.button("Ik ga akkoord").click()
    signs_up(portal, eva)
    lands_in(eva, first, "Hoe laat kunt u?")
    sees_nothing_yet(eva)

    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()
    gives_access(anna)

    sees_the_own_data(eva)
    reads_who_saw_them(eva)
    takes_it_all_along(eva, tmp_path)
    asks_to_correct(eva)
    anna.visit.open("/berichten")
    anna.visit.shows("Mijn gegevens kloppen niet")
    takes_access_back(anna)
    sees_nothing_yet(eva)


def sees_nothing_yet(eva: Visit) -> None:
    """Each of the three pages says how it fills."""
    for address, heading in (
        ("/mijn-gegevens", "Mijn gegevens"),
        ("/wie-zag-mijn-gegevens", "Wie zag mijn gegevens"),
    ):
        eva.open(address)
        eva.is_on(heading)
        eva.shows("Hier staat nog niets")
    eva.open("/mijn-documenten")
    eva.is_on("Mijn documenten")
    eva.shows("Nog geen bestanden")


def gives_access(anna: EmployerAdministrator) -> None:
    opens_eva(anna)
    anna.chooses_action("Inzage geven")
    anna.visit.is_on("Inzage geven")
    anna.visit.shows(f"{EMPLOYEE} ziet dan bij Mijn gegevens")
    anna.visit.button("Inzage geven").click()
    anna.visit.shows(GIVEN)
    anna.visit.shows("De werknemer zelf")
    anna.visit.inspect()


def takes_access_back(anna: EmployerAdministrator) -> None:
    opens_eva(anna)
    anna.chooses_action("Inzage beëindigen")
    anna.visit.is_on("Inzage beëindigen")
    anna.visit.button("Inzage beëindigen").click()
    anna.visit.shows("De inzage is beëindigd.")


def opens_eva(anna: EmployerAdministrator) -> None:
    anna.visit.open("/werknemers")
    anna.opens_department("Winkel")
    anna.visit.page.get_by_role("link", name=re.compile("WK001")).first.click()
    anna.visit.is_on(EMPLOYEE, inspect=False)


def sees_the_own_data(eva: Visit) -> None:
    eva.open("/mijn-gegevens")
    eva.is_on("Mijn gegevens")
    eva.shows("Tulpenlaan")
    eva.hides("999990019")
    eva.button("Toon BSN").click()
    eva.shows("9999 90 019")
    eva.page.set_viewport_size({"width": 1100, "height": 900})
    eva.inspect()
    eva.page.set_viewport_size({"width": PHONE, "height": 900})


def reads_who_saw_them(eva: Visit) -> None:
    eva.open("/wie-zag-mijn-gegevens")
    eva.is_on("Wie zag mijn gegevens")
    eva.shows("Gaf u inzage in uw gegevens")
    eva.shows("Uzelf")
    eva.hides("Anna")
    eva.page.set_viewport_size({"width": 1100, "height": 900})
    eva.inspect()
    eva.page.set_viewport_size({"width": PHONE, "height": 900})


def takes_it_all_along(eva: Visit, folder: Path) -> None:
    eva.open("/mijn-gegevens")
    with eva.page.expect_download() as started:
        eva.link("Alles downloaden als JSON").click()
    path = folder / "copy.json"
    started.value.save_as(path)
    (record,) = json.loads(path.read_text("utf-8"))["records"]
    assert (record["employer"], record["card"]["last_name"]) == (EMPLOYER, "Yılmaz")


def asks_to_correct(eva: Visit) -> None:
    eva.link("Laat weten wat er niet klopt").click()
    eva.is_on("Klopt er iets niet?")
    eva.fill("Wat klopt er niet, en wat moet het zijn?", "Mijn huisnummer is 14.")
    eva.button("Versturen").click()
    eva.is_on("Mijn gegevens kloppen niet")
    eva.shows("Mijn huisnummer is 14.")

"""Klantbeheer adds an employer and publishes it; an office sees its folder only; both sides read the dossier."""

from __future__ import annotations

import re

from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, Person
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_main_job import (
    EMPLOYER,
    INVITATION,
    PASSWORD,
    operator_adds_organisations_and_invites,
    operator_invites,
)
from tests.journeys.visit import PHONE, Visit

NEW = "Kwekerij Rozenhof"
MASTER_DATA = {
    "Werkgevercode": "VDD40173", "Telefoonnummer": "06 0000 0001", "Huisnummer": "3", "Straat": "Kasweg",
    "Loonheffingnummer": "000000000L01", "UWV-aansluitnummer": "12345678912345",
}  # fmt: skip


def test_an_employer_is_added_published_read_and_ended(portal: RunningPortal, new_visit: NewVisit) -> None:
    """O-01..O-10, O-20..O-34, D-rule 61."""
    carla = ArboMember("Carla Mulder", "c.mulder", new_visit())
    anna = Person("Anna Zandstra", "a.zandstra", new_visit(width=PHONE))
    operator_adds_organisations_and_invites(portal, carla)
    operator_invites(portal, anna, EMPLOYER, "--role", "werkgever")
    portal.serve()
    carla.signs_up(portal.link_in_mail_to(carla.email, INVITATION), PASSWORD)
    anna.signs_up(portal.link_in_mail_to(anna.email, INVITATION), PASSWORD)

    adds_employer(carla.visit)
    is_refused_to_publish(carla.visit)
    fills_in_master_data(carla.visit)
    adds_department_and_contact(carla.visit)
    publishes(carla.visit)
    carla.goes_to("Werkgevers")
    carla.visit.is_on("Werkgevers")
    carla.visit.link(NEW).click()
    carla.visit.is_on(f"Dossier {NEW}")
    for text in ("VDD40173", "Sanne Zomer", "99. Sector onbekend", "..... volgt"):
        carla.visit.shows(text)
    assert carla.visit.page.get_by_text("Fictief", exact=True).count() == 5
    gives_manager(carla.visit, anna.name)
    reads_own_master_data(anna)
    ends_agreement(carla.visit)
    assert "no faults" in portal.command("audit", "verify")


def adds_employer(visit: Visit) -> None:
    visit.open("/beheer")
    visit.is_on("Beheer")
    visit.link("Naar werkgevers").click()
    visit.is_on("Werkgevers beheren")
    visit.link("Werkgever toevoegen").click()
    visit.is_on("Werkgever toevoegen")
    visit.fill("Werkgevernaam", NEW)
    visit.button("Opslaan").click()
    visit.is_on("Organisatie")
    visit.shows("Nog niet gepubliceerd")


def is_refused_to_publish(visit: Visit) -> None:
    visit.link("Publiceren", exact=True).click()
    visit.is_on("Publiceren")
    visit.page.get_by_label("Plaatsen onder").select_option(label="1. Klanten")
    with visit.refused_with(422):
        visit.button("Publiceren").click()
        visit.shows(f"{NEW} kan nog niet worden gepubliceerd: De werkgevergegevens zijn nog niet ingevuld.")
        visit.inspect()
    visit.link("Organisatie", exact=True).click()


def fills_in_master_data(visit: Visit) -> None:
    visit.is_on("Organisatie")
    for label, value in MASTER_DATA.items():
        visit.page.get_by_label(label, exact=True).first.fill(value)
    visit.page.get_by_label("Postcode", exact=True).first.fill("geen")
    visit.page.get_by_label("Plaats", exact=True).first.fill("Rozendorp")
    visit.page.get_by_label("UWV-vestiging").select_option(label="Den Haag")
    visit.page.get_by_label("Sector").select_option(label="99. Sector onbekend")
    visit.fill("Aanbod werkgever", "_")
    visit.page.get_by_label("Zelfde als bezoekadres").check()
    with visit.refused_with(422):
        visit.button("Opslaan").click()
        visit.shows("Vul vier cijfers en twee letters in, zoals 3511 AB.")
        visit.inspect()
    assert visit.page.get_by_label("Loonheffingnummer", exact=True).input_value() == "000000000L01"
    visit.page.get_by_label("Postcode", exact=True).first.fill("2671 AA")
    visit.button("Opslaan").click()
    visit.shows("De gegevens van de werkgever zijn opgeslagen.")
    visit.is_on("Organisatie")


def adds_department_and_contact(visit: Visit) -> None:
    visit.link("Afdelingen", exact=True).click()
    visit.is_on("Afdelingen")
    visit.fill("Naam van de afdeling", "Kassen")
    visit.button("Afdeling toevoegen").click()
    visit.shows("De afdeling is toegevoegd.")
    visit.link("Vestiging", exact=True).click()
    visit.is_on("Vestiging")
    visit.link("Contactpersoon toevoegen").click()
    visit.is_on("Contactpersoon toevoegen")
    visit.fill("Naam", "Sanne Zomer")
    visit.fill("E-mailadres", "sanne@rozenhof.example")
    visit.button("Opslaan").click()
    visit.shows("De contactpersoon is toegevoegd.")
    visit.link("Casemanagementteam").click()
    visit.is_on("Casemanagementteam")


def publishes(visit: Visit) -> None:
    visit.link("Publiceren", exact=True).click()
    visit.page.get_by_label("Plaatsen onder").select_option(label="1. Klanten")
    visit.button("Publiceren").click()
    visit.shows("De werkgever is gepubliceerd.")


def gives_manager(visit: Visit, name: str) -> None:
    visit.open("/beheer/werkgevers?zoek=korenaar")
    visit.link(EMPLOYER).click()
    visit.link("Afdelingen", exact=True).click()
    visit.link("Winkel").click()
    visit.is_on("Afdeling Winkel")
    visit.page.get_by_label("Leidinggevende voor de afdeling").select_option(label=name)
    visit.button("Opslaan").click()
    visit.shows("De afdeling is opgeslagen.")


def reads_own_master_data(anna: Person) -> None:
    """On a phone: the page fits, and clicking a department shows its manager (O-30, O-31)."""
    anna.visit.open("/werkgevergegevens")
    anna.visit.is_on(f"Dossier {EMPLOYER}")
    anna.visit.shows("Vraag uw arbodienst per e-mail om het te wijzigen.")
    anna.visit.hides(NEW)
    anna.visit.link("Winkel").click()
    anna.visit.is_on(f"Afdelingen van {EMPLOYER}")
    anna.visit.shows("Leidinggevende voor de afdeling")
    anna.visit.shows(re.compile(anna.name))


def ends_agreement(visit: Visit) -> None:
    visit.open("/beheer/werkgevers?zoek=rozenhof")
    visit.link(NEW).click()
    visit.link("Dienstverlening").click()
    visit.is_on("Dienstverlening")
    visit.page.locator(".dk-dots > summary").click()
    visit.link("Beëindigen").click()
    visit.is_on("Overeenkomst beëindigen")
    visit.fill("Einddatum", "31-12-2039")
    visit.button("Verder").click()
    visit.shows("De laatste dag van de overeenkomst met")
    visit.inspect()
    visit.button("Overeenkomst beëindigen").click()
    visit.shows("De einddatum van de overeenkomst is opgeslagen.")
    visit.shows("31-12-2039")

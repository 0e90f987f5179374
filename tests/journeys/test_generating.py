"""A document made from a form, changed by two at once, taken along for Word, and sent by mail (DOC-10..DOC-15)."""

from __future__ import annotations

from pathlib import Path

import docx
from playwright.sync_api import Dialog, expect

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, Person, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE, Visit


def test_a_plan_is_made_changed_and_sent(portal: RunningPortal, new_visit: NewVisit, tmp_path: Path) -> None:
    people = open_bakery(portal)
    ilse = VaultUser("Ilse", "ilse", new_visit())
    carla = ArboMember("Carla", "carla", new_visit(width=PHONE))
    for person in (ilse, carla):
        person.login = people[person.name].person.login_name
        knows_how_to_log_in(person, people[person.name])
    portal.serve()
    ilse.logs_in()
    carla.logs_in()

    administers_labels(carla.visit)
    address = makes_a_plan(ilse.visit)
    two_change_it_at_once(ilse.visit, carla, address)
    takes_it_along_for_word(ilse.visit, address, tmp_path)
    sends_it(ilse.visit, address)
    assert "Hierbij het plan." in portal.mail_to("eva@voorbeeld.nl", "Het plan")


def administers_labels(visit: Visit) -> None:
    """On a phone: a label of the service, which says who can open what has it."""
    visit.open("/beheer/kenmerken")
    visit.is_on("Kenmerken van documenten")
    visit.link("Kenmerk toevoegen").click()
    visit.is_on("Kenmerk toevoegen")
    visit.fill("Naam", "Re-integratie")
    visit.page.get_by_label("Van een werknemer").check()
    visit.page.get_by_label("Werkgever en arbodienst").check()
    visit.button("Opslaan").click()
    visit.shows("Het kenmerk is toegevoegd.")
    visit.link("Uit gebruik nemen Re-integratie").click()
    visit.shows("Niemand kan een document daarna nog het kenmerk")
    visit.inspect()
    visit.link("Annuleren").click()


def makes_a_plan(visit: Visit) -> str:
    """From the dossier: what it knows is there, what is missing is told, and nothing typed is lost."""
    page = visit.page
    visit.open("/werknemers/zoeken")
    visit.fill("Achternaam", "janssen")
    visit.page.locator("main").get_by_role("button", name="Zoeken").first.click()
    visit.link("Janssen").first.click()
    visit.link("Trajectendossier").click()
    visit.link("Document opstellen").click()
    visit.is_on("Document opstellen")
    visit.link("Werkhervattingsplan").click()
    visit.is_on("Werkhervattingsplan")
    expect(page.get_by_label("Werkgever", exact=True)).to_have_value("Bakkerij Mulder")
    visit.fill("Casemanager", "Đặng Nguyễn")
    visit.fill("Werkzaamheden", 'Deeg maken.\n\n#read("/etc/passwd") <b>Niet tillen</b>')
    page.get_by_role("group", name="Opbouw").get_by_role("button", name="Meer regels Opbouw").click()
    expect(page.get_by_role("group", name="Opbouw").get_by_role("group", name="Regel 5")).to_be_visible()
    with visit.refused_with(422):
        visit.button("Definitief opslaan").last.click()
        visit.shows("Kies een kenmerk. Dat bepaalt wie het document kan openen.")
    visit.inspect()
    stays_on_the_page(visit)
    visit.fill("Eerste ziektedag", "2 maart 2026")
    visit.fill("Datum van het advies van de bedrijfsarts", "27-03-2026")
    visit.fill("Datum van de evaluatie", "01-05-2026")
    fills_row(visit, "Opbouw", {"Vanaf": "1-4-2026", "Uren per week": "8", "Werk en werkdagen": "maandag"})
    fills_row(visit, "Afspraken", {"Wie": "Werkgever", "Wat": "Regelt een hoge stoel", "Wanneer": "voor 1 april"})
    page.get_by_label("Kenmerk").select_option(label="Re-integratie (werkgever en arbodienst)")
    visit.button("Definitief opslaan").last.click()
    visit.shows("Het document is opgeslagen.")
    visit.inspect()
    visit.shows("Definitief 1")
    page.get_by_text("De tekst van deze pagina").click()
    visit.shows('#read("/etc/passwd") <b>Niet tillen</b>')
    return page.url.partition("#")[0]


def stays_on_the_page(visit: Visit) -> None:
    """Who leaves what is filled in and kept nowhere is asked, and may stay; after saving nobody is."""

    def stay(dialog: Dialog) -> None:
        assert dialog.type == "beforeunload"
        dialog.dismiss()

    visit.page.once("dialog", stay)
    with visit.page.expect_event("dialog"):
        visit.link("Annuleren").click()
    expect(visit.page.get_by_label("Casemanager")).to_have_value("Đặng Nguyễn")


def fills_row(visit: Visit, rows: str, values: dict[str, str]) -> None:
    """Fill in the first line."""
    row = visit.page.get_by_role("group", name=rows).get_by_role("group", name="Regel 1")
    for label, value in values.items():
        row.get_by_label(label).fill(value)


def two_change_it_at_once(visit: Visit, carla: Person, address: str) -> None:
    """Who is second sees what differs, and makes the version after it."""
    for each in (visit, carla.visit):
        each.open(f"{address}/gegevens")
        each.is_on("Ingevulde gegevens bewerken")
    carla.visit.fill("Begeleiding op het werk", "Elke week een gesprek")
    carla.visit.button("Definitief opslaan").last.click()
    carla.visit.shows("Versie 2 is opgeslagen.")
    carla.visit.inspect()
    visit.fill("Begeleiding op het werk", "Elke dag een gesprek")
    with visit.refused_with(409):
        visit.button("Definitief opslaan").last.click()
        visit.shows("Iemand anders heeft intussen versie 2 opgeslagen")
    visit.inspect()
    visit.shows("Elke week een gesprek")
    visit.button("Definitief opslaan").last.click()
    visit.shows("Versie 3 is opgeslagen.")


def takes_it_along_for_word(visit: Visit, address: str, folder: Path) -> None:
    """What it says is in the document for Word."""
    visit.open(address)
    visit.summary("Acties").click()
    with visit.page.expect_download() as download:
        visit.link("Downloaden als Word").click()
    saved = folder / "plan.docx"
    download.value.save_as(saved)
    told = [paragraph.text for paragraph in docx.Document(str(saved)).paragraphs]
    assert "Begeleiding op het werk: Elke dag een gesprek" in told
    assert "Casemanager: Đặng Nguyễn" in told


def sends_it(visit: Visit, address: str) -> None:
    """With the warning, and what was typed stays when something is wrong."""
    visit.open(f"{address}/mailen")
    visit.is_on("E-mailen")
    visit.shows("E-mailverkeer is eenvoudig te onderscheppen door onbevoegden.")
    visit.fill("Naar", "eva")
    visit.fill("Onderwerp", "Het plan")
    visit.fill("Bericht", "Hierbij het plan.")
    with visit.refused_with(422):
        visit.button("Versturen").click()
        visit.shows("Kijk adres 1 na")
    visit.inspect()
    visit.fill("Naar", "eva@voorbeeld.nl")
    visit.button("Versturen").click()
    visit.shows("De e-mail wordt verstuurd.")
    visit.inspect()

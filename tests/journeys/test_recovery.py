"""A recovery sheet, from making it to the way back in when every other password is lost (issue 3, shown 1)."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, EmployerAdministrator, Person, VaultUser
from tests.journeys.recovery_paper import Paper, print_out
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_main_job import (
    EMPLOYER,
    INVITATION,
    PASSWORD,
    SERVICE,
    operator_adds_organisations_and_invites,
    operator_invites,
)
from tests.journeys.visit import PHONE

NAME, ANONYMOUS = "Lotte Zwanenburg", "Anoniem (Persnr: BK001)"
EMPLOYEE = {
    "Achternaam": "Zwanenburg", "Voornaam": "Lotte", "Geboortedatum": "31-12-1990", "Personeelsnr": "BK001",
    "Startdatum": "01-03-2020", "Functiegroep": "Verkoop", "Functie": "Verkoper", "Type dienstverband": "Vast",
}  # fmt: skip
MADE, USED = "Er is een herstelblad gemaakt", "Er is een herstelblad gebruikt"


def test_the_sheet_opens_a_vault_after_all_other_passwords_are_lost(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path
) -> None:
    """From here on nobody but Petra logs in again; a colleague comes back with a new request."""
    arbo = ArboMember("Carla Mulder", "c.mulder", new_visit())
    anna = EmployerAdministrator("Anna Zandstra", "a.zandstra", new_visit())
    petra = VaultUser("Petra Winia", "p.winia", new_visit())
    operator_adds_organisations_and_invites(portal, arbo)
    operator_invites(portal, anna, EMPLOYER, "--role", "datakluisbeheerder", "--role", "werkgever")
    operator_invites(portal, petra, EMPLOYER, "--role", "werkgever")
    portal.serve()
    anna.signs_up(portal.link_in_mail_to(anna.email, INVITATION), PASSWORD)
    opens_vault_with_somebody_in_it(anna)
    petra.signs_up(portal.link_in_mail_to(petra.email, INVITATION), PASSWORD)
    petra.opens_department("Winkel")
    assert ANONYMOUS in petra.people_in_tree()

    paper = makes_and_prints_sheet(anna, petra, tmp_path)
    assert portal.mail_to(petra.email, MADE)
    anna.visit.close()
    petra.visit.close()

    petra.visit = new_visit(width=PHONE)
    scans_and_gets_in(petra, paper)

    petra.visit = new_visit()
    petra.logs_in()
    petra.opens_department("Winkel")
    petra.clicks_person(ANONYMOUS)
    petra.visit.is_on(NAME)
    assert portal.mail_to(anna.email, USED)
    colleague_comes_back(portal, new_visit, petra)
    assert "no faults" in portal.command("audit", "verify")
    code_is_in_no_file(portal, paper)


def test_the_sheet_of_a_service_is_typed_without_scripts_and_admits_colleagues(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path
) -> None:
    carla = ArboMember("Carla Mulder", "c.mulder", new_visit())
    paul = ArboMember("Paul Feenstra", "p.feenstra", new_visit())
    operator_adds_organisations_and_invites(portal, carla)
    operator_invites(portal, paul, SERVICE, "--role", "privacyfunctionaris")
    portal.serve()
    carla.signs_up(portal.link_in_mail_to(carla.email, INVITATION), PASSWORD)
    paul.signs_up(portal.link_in_mail_to(paul.email, INVITATION), PASSWORD)
    paper = makes_and_prints_sheet(carla, paul, tmp_path)
    carla.visit.close()
    paul.visit.close()

    paul.visit = new_visit(scripts=False)
    paul.logs_in()
    paul.visit.open("/herstel")
    paul.visit.is_on("Herstel")
    slip = paper.code[:-1] + ("2" if paper.code[-1] != "2" else "3")
    with paul.visit.refused_with(422):
        types_code(paul, slip)
        paul.reads("In regel 4 zit een tikfout.")
    types_code(paul, " ".join(paper.code[at : at + 4] for at in range(0, 64, 4)))
    uses_sheet(paul, f"de dossiers van {SERVICE}")

    cor = ArboMember("Cor Hofstra", "c.hofstra", new_visit())
    operator_invites(portal, cor, SERVICE, "--role", "casemanager_arbo")
    cor.signs_up(portal.link_in_mail_to(cor.email, INVITATION), PASSWORD)
    cor.waits_for_admission()
    paul.admits(cor.name)
    cor.goes_to("Dossiers")
    cor.visit.is_on("Dossiers")


def opens_vault_with_somebody_in_it(administrator: EmployerAdministrator) -> None:
    administrator.registers_signatory("Sietske Nauta", "directeur", "s.nauta@bedrijf.example")
    administrator.opens_vault()
    administrator.visit.open("/werknemers/nieuw")
    administrator.visit.is_on("Werknemer toevoegen")
    for label, value in EMPLOYEE.items():
        administrator.visit.fill(label, value)
    administrator.visit.page.get_by_label("Afdeling", exact=True).select_option(label="Winkel")
    administrator.visit.button("Werknemer toevoegen").click()
    administrator.visit.is_on(NAME)


def makes_and_prints_sheet(maker: Person, named: Person, folder: Path) -> Paper:
    """Follow the card on the start page that keeps asking, choose the name, download and print."""
    maker.goes_to("Start")
    expect(maker.visit.page.get_by_role("heading", name="Er is nog geen weg terug")).to_be_visible()
    maker.visit.link("Naar het herstelblad").click()
    maker.visit.is_on("Herstelblad")
    maker.visit.page.get_by_label("Op naam van", exact=True).select_option(label=named.name)
    maker.visit.button("Herstelblad maken").click()
    maker.visit.is_on("Druk het herstelblad nu af")
    with maker.visit.page.expect_download() as download:
        maker.visit.button("Herstelblad downloaden (PDF)").click()
    pdf = folder / download.value.suggested_filename
    download.value.save_as(pdf)
    maker.visit.link("Klaar, het blad is afgedrukt").click()
    maker.visit.is_on("Herstelblad")
    maker.reads("Geldig")
    maker.goes_to("Start")
    expect(maker.visit.page.get_by_role("heading", name="Er is nog geen weg terug")).to_have_count(0)
    paper = print_out(pdf)
    pdf.unlink()
    assert named.name in paper.text
    return paper


def scans_and_gets_in(person: Person, paper: Paper) -> None:
    """Open the scanned address on a phone that nobody has logged in on: the code waits in the tab for the login."""
    person.visit.open(paper.scanned)
    person.visit.is_on("Inloggen")
    assert "#" not in person.visit.page.url, "the code stays in the address"
    logs_in_where_one_is(person)
    person.visit.is_on("Herstel")
    field = person.visit.page.get_by_label("Code van het herstelblad", exact=True)
    expect(field).to_have_value(re.compile(r"([0-9A-Z]{4} ){3}[0-9A-Z]{4}\n"))
    assert person.visit.page.evaluate("sessionStorage.length") == 0
    person.visit.button("Verder").click()
    uses_sheet(person, f"de datakluis van {EMPLOYER}")


def logs_in_where_one_is(person: Person) -> None:
    person.visit.fill("Gebruikersnaam", person.login)
    person.visit.fill("Wachtwoord", person.password)
    person.visit.button("INLOGGEN").click()
    person.visit.is_on("Inloggen met uw app")
    assert person.app is not None
    person.visit.fill("Authentication App Token", person.app.code())
    person.visit.button("LOG IN").click()


def types_code(person: Person, typed: str) -> None:
    person.visit.fill("Code van het herstelblad", typed)
    person.visit.button("Verder").click()


def uses_sheet(person: Person, what: str) -> None:
    """Read what will happen, do it, and be asked for a new sheet."""
    person.visit.is_on("Herstelblad gebruiken")
    person.reads(f"U krijgt de sleutel van {what}.")
    person.visit.button("Herstelblad gebruiken").click()
    person.visit.is_on("Herstelblad")
    person.reads(f"U hebt nu de sleutel van {what}. Het herstelblad is op. Maak meteen een nieuw.")
    person.visit.shows(re.compile("^Gebruikt$"))
    person.reads("Er is nog geen weg terug")


def colleague_comes_back(portal: RunningPortal, new_visit: NewVisit, administrator: VaultUser) -> None:
    """Somebody asks for access, and the person of the sheet grants it as an administrator does."""
    femke = VaultUser("Femke Postma", "f.postma", new_visit())
    operator_invites(portal, femke, EMPLOYER, "--role", "werkgever", "--role", "datakluisgebruiker")
    femke.signs_up(portal.link_in_mail_to(femke.email, INVITATION), PASSWORD)
    femke.reads("Wacht op toelating")
    administrator.goes_to("Start")
    administrator.visit.link("Naar datakluis beheer").click()
    administrator.visit.is_on("Datakluis beheer: beheeracties")
    administrator.visit.button(f"Akkoord voor {femke.name}", exact=True).click()
    femke.opens_department("Winkel")
    femke.clicks_person(ANONYMOUS)
    femke.visit.is_on(NAME)


def code_is_in_no_file(portal: RunningPortal, paper: Paper) -> None:
    """Not in the database, its journal, the log of the server or a mail."""
    sought = {paper.code, paper.code.lower(), " ".join(paper.code[at : at + 4] for at in range(0, 16, 4))}
    files = [path for path in portal.folder.rglob("*") if path.is_file() and path.suffix not in {".png", ".xlsx"}]
    assert any(path.name == "server.log" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not [text for text in sought if text.encode() in content], path

"""Documents of a dossier, walked by both sides: upload, look, name, label, version, removal; and medical ones."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from playwright.sync_api import FilePayload, expect
from sqlalchemy import select

from crypto.source import SystemSource
from organisation.circles import enter_circle, name_first_member
from organisation.memberships import actor_for, give_role
from organisation.models import Employee, Organisation
from portal.services import open_services
from portal.settings import parse_settings
from tests.documents.files import pdf, png
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, EmployerAdministrator
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE, Visit
from tests.people import ACCESS_POINT, SignedUp
from tests.world import OPERATOR

REPORT: FilePayload = {"name": "Verslag gesprek.pdf", "mimeType": "application/pdf", "buffer": pdf(pages=2)}
PHOTO: FilePayload = {"name": "Werkplek.png", "mimeType": "image/png", "buffer": png(200, 120)}
SECOND: FilePayload = {"name": "Verslag gesprek.pdf", "mimeType": "application/pdf", "buffer": pdf(text="Nagelezen")}
LETTER: FilePayload = {"name": "Diagnose.pdf", "mimeType": "application/pdf", "buffer": pdf()}


def prepared(portal: RunningPortal) -> tuple[dict[str, SignedUp], UUID]:
    """The bakery with a medical circle: Carla makes its key, Cor may upload to it; and the employee who is shared."""
    people = open_bakery(portal)
    services = open_services(parse_settings(portal.environment), SystemSource())
    with services.factory() as session, session.begin():
        service = session.scalars(select(Organisation).where(Organisation.name == "Noord")).one()
        for name, role in (("Carla", "superbeheerder"), ("Carla", "medisch"), ("Cor", "medische_documenten_uploaden")):
            give_role(session, people[name].id, role, OPERATOR)
        name_first_member(session, service, people["Carla"].id, OPERATOR)
        carla = actor_for(session, people["Carla"].id, ACCESS_POINT, people["Carla"].keys())
        enter_circle(session, carla)
        employee_id = session.scalars(select(Employee.id).where(Employee.personnel_number == "WK002")).one()
    services.factory.engine.dispose()
    return people, employee_id


def test_both_sides_keep_documents_and_the_circle_its_own(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path
) -> None:
    people, employee_id = prepared(portal)
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()
    uploads_from_the_start_page(anna.visit)
    looks_at_the_report(anna.visit, tmp_path)
    changes_it(anna.visit)

    cor = ArboMember("Cor", "Cor", new_visit(width=PHONE))
    knows_how_to_log_in(cor, people["Cor"])
    cor.logs_in()
    uploads_what_he_cannot_read_back(cor.visit, employee_id)
    carla = ArboMember("Carla", "Carla", new_visit())
    knows_how_to_log_in(carla, people["Carla"])
    carla.logs_in()
    carla.visit.open(f"/dossiers/{employee_id}/documenten")
    carla.visit.shows("2 documenten")
    carla.visit.link("Diagnose.pdf").click()
    carla.visit.is_on("Diagnose.pdf")
    carla.visit.shows("als lid van de medische kring")

    removes_the_photo(anna.visit, employee_id)


def uploads_from_the_start_page(visit: Visit) -> None:
    """DOC-20: first the dossier; two files at once, after a try without any (DOC-17)."""
    visit.open("/")
    visit.link("Upload document(en)").click()
    visit.is_on("Upload document(en)")
    visit.fill("Personeelsnummer", "WK002")
    visit.button("Zoeken").click()
    visit.link("Uploaden (WK002)").click()
    visit.is_on("Upload document(en)")
    with visit.refused_with(422):
        visit.button("Opslaan").click()
        visit.shows("Kies een of meer bestanden.")
    visit.inspect()
    visit.page.get_by_label("Submap").select_option(label="Algemeen (werkgever en arbodienst)")
    visit.page.get_by_label("Bestanden", exact=True).set_input_files([REPORT, PHOTO])
    visit.button("Opslaan").click()
    visit.shows("2 documenten zijn toegevoegd.")
    visit.inspect()


def looks_at_the_report(visit: Visit, folder: Path) -> None:
    """Found by a word of its title, shown a page at a time, and downloaded as it was."""
    visit.fill("Zoeken in de titels", "verslag")
    visit.button("Zoeken").click()
    visit.shows("1 document gevonden")
    assert "verslag" not in visit.page.url.lower()
    visit.link("Verslag gesprek.pdf").click()
    visit.is_on("Verslag gesprek.pdf")
    visit.shows("Pagina 1 van 2")
    drawn = visit.page.locator(".dk-shown-file img")
    assert drawn.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 1200
    visit.link("Volgende pagina").click()
    visit.shows("Pagina 2 van 2")
    visit.inspect()
    with visit.page.expect_download() as one:
        visit.page.get_by_role("link", name="Downloaden", exact=True).click()
    saved = folder / "verslag.pdf"
    one.value.save_as(saved)
    assert saved.read_bytes() == REPORT["buffer"]


def changes_it(visit: Visit) -> None:
    """Another name, a second version, and a label that takes it from the arbo service after saying so."""

    def act(name: str) -> None:
        visit.page.get_by_text("Acties", exact=True).click()
        visit.link(name).click()
        visit.is_on(name)
        visit.inspect()

    act("Naam wijzigen")
    visit.fill("Naam", "Verslag van 4 maart")
    visit.button("Naam wijzigen").click()
    visit.is_on("Verslag van 4 maart.pdf")
    act("Nieuwe versie uploaden")
    visit.page.get_by_label("Bestand", exact=True).set_input_files(SECOND)
    visit.button("Versie toevoegen").click()
    visit.shows("Versie 2 is toegevoegd.")
    act("Kenmerk bewerken")
    visit.page.get_by_label("Nieuw kenmerk").select_option(label="Alleen werkgever (alleen de werkgever)")
    visit.button("Verder").click()
    visit.shows("De medewerkers van Noord")
    visit.inspect()
    visit.button("Kenmerk wijzigen").click()
    visit.shows("Het document heeft nu het kenmerk Alleen werkgever.")


def uploads_what_he_cannot_read_back(visit: Visit, employee_id: UUID) -> None:
    """DOC-21, on a phone; what the employer keeps for itself is not in his list."""
    visit.open(f"/dossiers/{employee_id}/documenten")
    visit.shows("1 document")
    visit.link("Upload document(en)").click()
    visit.is_on("Upload document(en)")
    visit.shows("na het uploaden kunt u het zelf niet teruglezen")
    visit.page.get_by_label("Submap").select_option(label="Medisch (alleen de medische kring)")
    visit.page.get_by_label("Bestanden", exact=True).set_input_files(LETTER)
    visit.inspect()
    visit.button("Opslaan").click()
    visit.shows("Alleen de medische kring kan het openen.")
    visit.inspect()
    expect(visit.page.get_by_text("Diagnose")).to_have_count(0)
    expect(visit.page.get_by_text("1 document", exact=False)).not_to_have_count(0)


def removes_the_photo(visit: Visit, employee_id: UUID) -> None:
    """Asked once, with who loses it."""
    visit.open(f"/werknemers/{employee_id}/documenten")
    visit.link("Werkplek.png").click()
    visit.is_on("Werkplek.png")
    visit.page.get_by_text("Acties", exact=True).click()
    visit.link("Verwijderen").click()
    visit.shows("Noord (2 medewerkers)")
    visit.inspect()
    visit.button("Document verwijderen").click()
    visit.shows("Het document is verwijderd.")
    expect(visit.page.get_by_text("Werkplek.png")).to_have_count(0)

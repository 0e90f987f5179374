"""A document signed by SMS: by the employer and, on a phone, by an employee for the first time (issue 6, shown 1)."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.sync_api import expect
from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session
from documents.adding import add_document, add_version
from documents.dossiers import DossierPlace
from documents.labels import labels_for
from documents.made_files import store_made
from documents.models import Document, DocumentKind
from organisation.memberships import actor_for
from organisation.models import Employee
from portal.services import Services, open_services
from portal.settings import parse_settings
from tests.documents.files import pdf
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator, VaultUser
from tests.journeys.running_portal import RunningPortal, wait_for
from tests.journeys.test_joining import ADDRESS, MAIL, signs_up, texts
from tests.journeys.visit import PHONE, Visit
from tests.people import ACCESS_POINT, SignedUp

TITLE = "Werkhervattingsplan schoonmaak_Yilmaz_20261127.pdf"
HEADING = f"Ondertekening - {TITLE}"
CODE = re.compile(r"Uw ondertekencode voor [A-Z0-9]{8} is ([a-z0-9]{6})\. Deel deze code met niemand\.")


def test_employer_and_an_employee_for_the_first_time_sign_by_sms(portal: RunningPortal, new_visit: NewVisit) -> None:
    people = open_bakery(portal)
    document_id = has_document(portal, people["Anna"])
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()
    asks(anna.visit, document_id, "Anna", "Eva Yılmaz")
    anna.visit.shows("Nog niet aan de beurt")

    anna.visit.link("Ondertekenen", exact=True).click()
    reads_all_pages(anna.visit, 3)
    agrees(portal, anna.visit, number="06 00000009")
    anna.visit.shows("Ondertekend. Uw handtekening staat in het document.")

    eva = new_visit(width=PHONE)
    joins(portal, eva)
    eva.is_on(TITLE)
    eva.link("Ondertekenen", exact=True).click()
    reads_all_pages(eva, 3)
    agrees(portal, eva)
    eva.shows("Iedereen heeft ondertekend.")
    eva.inspect()
    assert "Werkhervattingsplan" not in "".join(texts(portal))

    anna.visit.open(f"/documenten/{document_id}")
    anna.visit.shows("2 van 2 handtekeningen gezet")
    anna.visit.shows("Definitief - Ondertekend")


def test_a_signer_is_replaced_another_declines_and_a_new_version_voids(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    people = open_bakery(portal)
    document_id = has_document(portal, people["Anna"])
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    ilse = VaultUser("Ilse", "Ilse", new_visit())
    for person in (anna, ilse):
        knows_how_to_log_in(person, people[person.name])
        person.logs_in()
    asks(anna.visit, document_id, "Eva Yılmaz")
    anna.visit.link(re.compile("^Vervangen")).click()
    anna.visit.is_on("Ondertekenaar vervangen")
    anna.visit.page.get_by_role("radio", name=re.compile("^Ilse")).check()
    anna.visit.button("Vervangen").click()
    anna.visit.shows("De ondertekenaar is vervangen.")
    anna.visit.is_on(HEADING)

    opens_signature(ilse.visit)
    ilse.visit.link("Weigeren").click()
    ilse.visit.is_on("Ondertekenen weigeren")
    ilse.visit.fill("Reden", "De datum klopt niet.")
    ilse.visit.button("Weigeren").click()
    ilse.visit.shows("U hebt geweigerd te ondertekenen.")
    anna.visit.reload()
    anna.visit.shows("Reden: De datum klopt niet.")

    asks(anna.visit, document_id, "Ilse")
    opens_signature(ilse.visit)
    ilse.visit.link("Ondertekenen", exact=True).click()
    ilse.visit.is_on(TITLE)
    gets_new_version(portal, people["Anna"], document_id)
    ilse.visit.link("Ondertekenen", exact=True).click()
    ilse.visit.shows("Er is een nieuwe versie van dit document.")
    ilse.visit.is_on(HEADING)


def asks(visit: Visit, document_id: UUID, *names: str) -> None:
    """*Ondertekening via sms*, from the page of the document to where the signatures stand (G-03, G-04)."""
    visit.open(f"/documenten/{document_id}")
    visit.link("Ondertekening via sms").click()
    visit.is_on("Ondertekening via sms")
    for place, name in enumerate(names, 1):
        visit.page.get_by_role("checkbox", name=re.compile(f"^{name}")).check()
        visit.page.get_by_label(f"Ondertekent als nummer ({name})", exact=True).fill(str(place))
    visit.button("Verstuur verzoek").click()
    visit.is_on(HEADING)
    visit.shows("Het verzoek is verstuurd.")


def reads_all_pages(visit: Visit, count: int) -> None:
    """Read the document page by page, and go on to the statement (G-06)."""
    for number in range(1, count + 1):
        visit.is_on(TITLE, inspect=number == 1)
        visit.shows(f"Pagina {number} van {count}")
        expect(visit.page.locator(".dk-shown-file img")).to_be_visible()
        if number < count:
            visit.link("Volgende pagina").first.click()
    visit.link("Ondertekenen", exact=True).click()
    visit.is_on(HEADING)


def agrees(portal: RunningPortal, visit: Visit, *, number: str | None = None) -> None:
    """Agree, have a code sent, and type it (G-07, G-08)."""
    visit.page.get_by_label("Ik ga akkoord").check()
    if number is not None:
        visit.fill("Mobielnummer", number)
    before = len(texts(portal))
    visit.button("Verstuur sms").click()
    visit.is_on(HEADING)
    sent = wait_for(lambda: texts(portal)[before:], "an SMS with a code to sign")[-1]
    found = CODE.match(sent)
    assert found is not None, sent
    assert sent.splitlines()[-1].endswith(f"#{found[1]}")
    visit.button("Verstuur sms opnieuw").is_visible()
    visit.fill("Validatie code", found[1])
    visit.button("Opslaan").click()
    visit.is_on(HEADING)


def joins(portal: RunningPortal, visit: Visit) -> None:
    """Answer the invitation with a new account (G-10, G-11), and land in the dialogue (G-12)."""
    visit.open(portal.link_in_mail_to(ADDRESS, MAIL))
    visit.is_on("U bent uitgenodigd voor een dialoog")
    visit.link("Ik ben hier nieuw").click()
    visit.button("Ik ga akkoord").click()
    signs_up(portal, visit)


def opens_signature(visit: Visit) -> None:
    """Find the newest request in the messages."""
    visit.open("/berichten")
    visit.link(TITLE).first.click()
    visit.is_on(TITLE)
    visit.link(re.compile("^Alles bekijken")).click()
    visit.is_on(HEADING)


def has_document(portal: RunningPortal, by: SignedUp) -> UUID:
    """Let somebody put a PDF about Eva in her dossier."""
    services = open_services(parse_settings(portal.environment))
    with services.factory() as session, session.begin():
        actor = actor_for(session, by.id, ACCESS_POINT, by.keys())
        employee = session.scalars(select(Employee).where(Employee.personnel_number == "WK001")).one()
        place = DossierPlace(employee.id, employee.organisation_id)
        label = next(one for one in labels_for(session, actor, place) if one.name == "Algemeen")
        stored, key = store_made(
            session,
            services.intake,
            pdf(pages=2),
            TITLE,
            organisation_id=actor.organisation_id,
            by=actor.person_id,
        )
        document = add_document(session, place, label.id, DocumentKind.IMPORTED, stored, key, actor)
    services.factory.engine.dispose()
    return document.id


def gets_new_version(portal: RunningPortal, by: SignedUp, document_id: UUID) -> None:
    """Let somebody give the document another version."""
    services = open_services(parse_settings(portal.environment))
    with services.factory() as session, session.begin():
        actor = actor_for(session, by.id, ACCESS_POINT, by.keys())
        _add_version(session, services, actor, session.get_one(Document, document_id))
    services.factory.engine.dispose()


def _add_version(session: Session, services: Services, actor: Actor, document: Document) -> None:
    data = pdf(text="Anders")
    stored, key = store_made(
        session, services.intake, data, TITLE, organisation_id=actor.organisation_id, by=actor.person_id
    )
    add_version(session, document, stored, key, by=actor.who, keys=actor.keys)

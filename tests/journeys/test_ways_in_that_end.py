"""A way in that is closed says so and tells what to do: a link into a closed dialogue, a forgotten login, a reset."""

from __future__ import annotations

from accounts.models import AccountState, Person
from portal.services import open_services
from portal.settings import parse_settings
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, EmployerAdministrator
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_joining import ADDRESS, MAIL, invites_eva
from tests.journeys.visit import PHONE
from tests.people import SignedUp


def test_who_cannot_get_in_is_told_why_and_whom_to_ask(portal: RunningPortal, new_visit: NewVisit) -> None:
    people = open_bakery(portal)
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    knows_how_to_log_in(anna, people["Anna"])
    dialogue = invites_eva(portal, people["Anna"], "Hoe laat kunt u?")
    link = portal.link_in_mail_to(ADDRESS, MAIL)
    anna.logs_in()
    visit = anna.visit
    visit.open(f"/berichten/{dialogue}/sluiten")
    visit.is_on("Dialoog sluiten")
    visit.shows("Nog niet aangemeld: Eva Yılmaz.")
    visit.fill("Reden", "Het is al geregeld")
    visit.button("Dialoog sluiten").click()
    visit.shows("Deze dialoog is gesloten.")

    eva = new_visit(width=PHONE)
    with eva.refused_with(404):
        eva.open(link)
        eva.is_on("Deze dialoog is gesloten")
    eva.shows("Vraag dan degene die u uitnodigde om een nieuwe uitnodiging.")
    eva.open("/inloggegevens-vergeten")
    eva.is_on("Inloggegevens vergeten?")
    eva.shows("Dan heeft uw account geen beheerder.")


def test_an_administrator_reads_what_a_reset_can_lose_before_it_is_sent(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    people = open_bakery(portal)
    blocks(portal, people["Hans"])
    portal.serve()
    carla = ArboMember("Carla", "Carla", new_visit())
    knows_how_to_log_in(carla, people["Carla"])
    carla.logs_in()
    visit = carla.visit
    visit.open(f"/beheer/gebruikers/{people['Anna'].id}/wachtwoord-resetten")
    visit.is_on("Wachtwoord resetten")
    visit.shows("Zonder back-up code kan hier iets voorgoed verloren gaan")
    visit.shows("de datakluis van Bakkerij Mulder.")
    with visit.refused_with(422):
        visit.button("Wachtwoord resetten").click()
        visit.is_on("Wachtwoord resetten")
        visit.shows("Lees eerst wat er verloren kan gaan, en bevestig het hier.")
    visit.page.get_by_label("Ik heb dit met de gebruiker besproken").check()
    visit.button("Wachtwoord resetten").click()
    visit.shows("De gebruiker krijgt een e-mail om een nieuw wachtwoord te kiezen.")


def blocks(portal: RunningPortal, who: SignedUp) -> None:
    """Keep the other vault administrator out, so that Anna is the last way in."""
    services = open_services(parse_settings(portal.environment))
    with services.factory() as session, session.begin():
        session.get_one(Person, who.id).state = AccountState.BLOCKED.value
    services.factory.engine.dispose()

"""A forgotten password: back with the back-up code, or with a new key that others must admit (issue 4, shown 7)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Person as Account
from accounts.people import set_email
from accounts.recovering import send_reset
from audit.recording import Who
from portal.services import open_services
from portal.settings import parse_settings
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, EmployerAdministrator, Person, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE
from tests.people import SignedUp

RESET, LOGIN_NAME = "Nieuw wachtwoord voor Datakluis", "Uw inlognaam voor Datakluis"
PASSWORD = "acht andere fietsen rijden"


def test_who_forgot_everything_but_the_backup_code_is_back_with_the_same_key(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    people = open_bakery(portal)
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()

    forgets(anna, "Inlognaam opvragen", "E-mailadres", "anna@example.org")
    assert "anna" in portal.mail_to("anna@example.org", LOGIN_NAME).splitlines()
    forgets(anna, "Wachtwoord aanvragen", "Inlognaam", "anna")
    follows_link(anna, portal.link_in_mail_to("anna@example.org", RESET))
    shows_app(anna)

    anna.visit.is_on("Back-up code en nieuw wachtwoord")
    with anna.visit.refused_with(422):
        anna.visit.fill("Back-up code", "AAAA-BBBB-CCCC-DDDD-EEEE")
        chooses_password(anna, "Wachtwoord instellen")
        anna.reads("Deze back-up code klopt niet")
    anna.visit.fill("Back-up code", people["Anna"].backup_code.lower().replace("-", " "))
    chooses_password(anna, "Wachtwoord instellen")
    anna.keeps_backup_code()
    anna.sees_start_page()
    anna.visit.hides("Wacht op toelating")
    assert sees_names(anna)
    assert portal.mail_to("anna@example.org", "Uw wachtwoord is gewijzigd")


@pytest.mark.parametrize("side", ["vault", "service"])
def test_whose_login_was_reset_stays_shut_out_until_somebody_compared_the_words(
    portal: RunningPortal, new_visit: NewVisit, side: str
) -> None:
    """Klantbeheer also changed the mail address: with mailbox and a phone of one's own nothing opens."""
    people = open_bakery(portal)
    portal.serve()
    insider: Person
    stranger: Person
    if side == "vault":
        insider, stranger = EmployerAdministrator("Anna", "Anna", new_visit()), VaultUser("Ilse", "Ilse", new_visit())
    else:
        insider, stranger = ArboMember("Carla", "Carla", new_visit()), ArboMember("Cor", "Cor", new_visit())
    knows_how_to_log_in(insider, people[insider.name])

    klantbeheer_resets(portal, people[stranger.name], "elders@example.org")
    follows_link(stranger, portal.link_in_mail_to("elders@example.org", RESET))
    stranger.visit.is_on("Back-up code en nieuw wachtwoord")
    stranger.visit.link("Ga verder zonder back-up code").click()
    stranger.visit.is_on("Verder zonder back-up code")
    stranger.reads("Dit gaat voor u dicht")
    chooses_password(stranger, "Nieuwe sleutel maken")
    stranger.couples_app()
    stranger.keeps_backup_code()
    stranger.sees_start_page()
    stranger.reads("Wacht op toelating")
    words = own_words(stranger)
    assert not sees_names(stranger)

    insider.logs_in()
    admits_by_words(insider, stranger.name, words, side)

    assert sees_names(stranger)


def test_on_a_phone_and_with_the_keyboard_the_work_is_done_without_looking(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    """The check is a tick box that a screen reader names; without scripts the page says whom to ask."""
    portal.command("init")
    portal.serve()
    visit = new_visit(width=PHONE)
    visit.open("/inloggegevens-vergeten/wachtwoord")
    visit.is_on("Wachtwoord aanvragen")
    visit.page.get_by_label("Inlognaam").focus()
    visit.page.keyboard.type("iemand")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_role("checkbox", name="Ik ben geen robot")).to_be_focused()
    expect(visit.page.get_by_text("Dit formulier werkt alleen met JavaScript")).to_be_hidden()
    visit.page.keyboard.press("Space")
    expect(visit.page.get_by_text("Geverifieerd").first).to_be_visible()
    visit.page.get_by_role("button", name="WACHTWOORD AANVRAGEN").press("Enter")
    visit.is_on("Kijk in uw mail")

    bare = new_visit(scripts=False)
    bare.open("/inloggegevens-vergeten/wachtwoord")
    bare.shows("Dit formulier werkt alleen met JavaScript")


def forgets(person: Person, way: str, field: str, value: str) -> None:
    """Ask for login details from the login page; the work is done as the form is sent."""
    person.visit.page.context.clear_cookies()
    person.visit.open("/inloggen")
    person.visit.link("Inloggegevens vergeten?").click()
    person.visit.is_on("Inloggegevens vergeten?")
    person.visit.link(way.upper()).click()
    person.visit.is_on(way)
    person.visit.fill(field, value)
    person.visit.button(way.upper()).click()
    person.visit.is_on("Kijk in uw mail")


def follows_link(person: Person, link: str) -> None:
    person.visit.open(link)
    person.visit.is_on("Nieuw wachtwoord kiezen")
    assert link.rpartition("/")[2] not in person.visit.page.url, "the token stays in the address"
    person.visit.button("Doorgaan").click()


def shows_app(person: Person) -> None:
    person.visit.is_on("Inloggen met uw app")
    assert person.app is not None
    person.visit.fill("Authentication App Token", person.app.code())
    person.visit.button("LOG IN").click()


def chooses_password(person: Person, button: str) -> None:
    person.visit.fill("Nieuw wachtwoord", PASSWORD)
    person.visit.fill("Herhaal het wachtwoord", PASSWORD)
    person.visit.button(button).click()
    person.password = PASSWORD


def klantbeheer_resets(portal: RunningPortal, whose: SignedUp, email: str) -> None:
    """Change the mail address, and send a link there that renews the second factors too (U-20)."""
    services = open_services(parse_settings(portal.environment))
    with services.factory() as session, session.begin():
        person = session.get_one(Account, whose.id)
        set_email(session, person, email)
        send_reset(session, person, renews_factors=True, base_url=portal.base_url, by=Who.system("test"))
    services.factory.engine.dispose()


def own_words(person: Person) -> list[str]:
    words = person.visit.page.locator(".dk-check-words li").all_inner_texts()
    assert len(words) == 4
    return words


def sees_names(person: Person) -> bool:
    """Tell whether the tree shows a name, or numbers alone."""
    place = "Dossiers" if isinstance(person, ArboMember) else "Werknemers"
    person.goes_to(place)
    person.visit.is_on(re.compile(f"{place}|Wacht op toelating"))
    if person.visit.page.get_by_role("heading", name="Wacht op toelating").count():
        return False
    tree = person.visit.page.locator("[data-tree]")
    if place == "Dossiers":
        tree.get_by_role("link", name=re.compile(r"^Bakkerij Mulder")).click()
    tree.get_by_role("link", name=re.compile(r"^Winkel\b")).click()
    expect(person.visit.page.get_by_role("heading", level=2, name="Winkel", exact=True)).to_be_visible()
    return "Janssen" in tree.inner_text()


def admits_by_words(insider: Person, name: str, words: list[str], side: str) -> None:
    visit = insider.visit
    visit.open("/datakluis-beheer/beheeracties" if side == "vault" else "/toelatingen")
    visit.is_on("Datakluis beheer: beheeracties" if side == "vault" else "Toelatingen")
    insider.reads("Nieuwe sleutel")
    assert own_words(insider) == words
    label = f"Akkoord voor {name}" if side == "vault" else f"Toelaten {name}"
    visit.button(label, exact=True).click()
    # The browser asks for the tick first: nothing was sent.
    insider.reads("Nieuwe sleutel")
    visit.page.get_by_label("Ik heb de controlewoorden vergeleken").check()
    visit.button(label, exact=True).click()
    insider.reads("kan de datakluis nu openen" if side == "vault" else "Uw collega is toegelaten")

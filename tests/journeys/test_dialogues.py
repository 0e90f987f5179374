"""Three people talk in three browsers: who starts, an employee for the first time, a colleague (issue 5, shown 1)."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.keyboard import Keyboard
from tests.journeys.people import EmployerAdministrator, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_joining import ADDRESS, MAIL, signs_up
from tests.journeys.visit import PHONE, Visit

SUBJECT = "Even bijpraten"
EMPLOYEE = "Eva Yılmaz"
SAID = ("Ik sluit aan.", "Tien uur past mij.", "Afgesproken.", "Dit maak ik later af")


def test_three_people_talk_also_offline_on_a_phone_and_by_keyboard(portal: RunningPortal, new_visit: NewVisit) -> None:
    people = open_bakery(portal)
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    ilse = VaultUser("Ilse", "Ilse", new_visit())
    knows_how_to_log_in(anna, people["Anna"])
    knows_how_to_log_in(ilse, people["Ilse"])
    anna.logs_in()
    starts_dialogue_from_dossier(anna)

    ilse.logs_in()
    answers_by_keyboard(ilse, "Ik sluit aan.")
    appears(anna.visit, "Ik sluit aan.")
    expect(anna.visit.page.locator("[data-announcement]")).to_have_text("Nieuw bericht van Ilse")

    eva = new_visit(width=PHONE)
    joins_on_a_phone(portal, eva)
    writes(eva, "Tien uur past mij.")
    appears(anna.visit, "Tien uur past mij.")
    appears(ilse.visit, "Tien uur past mij.")

    keeps_what_is_typed_without_connection(anna.visit)
    appears(eva, "Afgesproken.")
    finds_draft_after_closing_the_tab(ilse)
    closes_dialogue(anna)
    ilse.visit.reload()
    ilse.visit.shows("Deze dialoog is gesloten.")
    for visit in (anna.visit, ilse.visit, eva):
        kept = visit.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert not [text for text in (*SAID, SUBJECT) if text in kept]


def starts_dialogue_from_dossier(anna: EmployerAdministrator) -> None:
    """D-05: the tab of the employee, the employee and a colleague chosen, one first message."""
    visit = anna.visit
    anna.opens_department("Winkel")
    visit.page.get_by_role("link", name=re.compile("WK001")).first.click()
    visit.is_on(EMPLOYEE, inspect=False)
    visit.page.get_by_role("navigation", name="Onderdelen van het dossier").get_by_role(
        "link", name="Berichten"
    ).click()
    visit.shows("Geen berichten")
    visit.inspect()
    visit.page.get_by_role("main").get_by_role("link", name="Nieuwe dialoog").click()
    visit.is_on("Nieuwe dialoog")
    visit.fill("Onderwerp", SUBJECT)
    for name in (EMPLOYEE, "Ilse"):
        visit.page.get_by_role("checkbox", name=re.compile(f"^{name}")).check()
    with visit.refused_with(422):
        visit.button("Dialoog starten").click()
        visit.shows("Schrijf een bericht.")
    visit.inspect()
    expect(visit.page.get_by_role("checkbox", name=re.compile(f"^{EMPLOYEE}"))).to_be_checked()
    visit.fill("Eerste bericht", "Hoe laat kunt u?")
    visit.button("Dialoog starten").click()
    visit.is_on(SUBJECT)
    visit.shows("uitgenodigd")


def answers_by_keyboard(ilse: VaultUser, text: str) -> None:
    """From the top bar to a message that was sent, without a mouse."""
    visit, keyboard = ilse.visit, Keyboard(ilse.visit)
    keyboard.tabs_to("Berichten")
    keyboard.presses("Enter")
    visit.is_on("Berichten")
    keyboard.tabs_to(SUBJECT)
    keyboard.presses("Enter")
    visit.is_on(SUBJECT)
    visit.shows("Nieuw voor u")
    keyboard.tabs_to("Uw bericht")
    keyboard.types(text)
    keyboard.tabs_to("Versturen")
    keyboard.presses("Enter")
    appears(visit, text)


def joins_on_a_phone(portal: RunningPortal, eva: Visit) -> None:
    """Five steps from the mail, and into the conversation."""
    eva.open(portal.link_in_mail_to(ADDRESS, MAIL))
    eva.is_on("U bent uitgenodigd voor een dialoog")
    eva.link("Ik ben hier nieuw").click()
    eva.button("Ik ga akkoord").click()
    signs_up(portal, eva)
    eva.is_on(SUBJECT)
    eva.shows("Hoe laat kunt u?")


def writes(visit: Visit, text: str) -> None:
    """Send a message."""
    visit.fill("Uw bericht", text)
    visit.page.get_by_role("button", name="Versturen", exact=True).click()
    appears(visit, text)
    expect(area(visit)).to_have_value("")


def keeps_what_is_typed_without_connection(visit: Visit) -> None:
    """A message that could not leave stays where it was typed, and leaves when the connection is back."""
    offline = visit.page.locator("[data-offline]")
    with visit.without_connection():
        visit.fill("Uw bericht", "Afgesproken.")
        visit.page.get_by_role("button", name="Versturen", exact=True).click()
        expect(offline).to_be_visible()
        expect(area(visit)).to_have_value("Afgesproken.")
    appears(visit, "Afgesproken.")
    expect(offline).to_be_hidden()
    expect(area(visit)).to_have_value("")
    expect(messages(visit).filter(has_text="Afgesproken.")).to_have_count(1)


def finds_draft_after_closing_the_tab(ilse: VaultUser) -> None:
    """What was typed lies on the server, and nowhere in the browser."""
    visit = ilse.visit
    address = visit.page.url
    visit.fill("Uw bericht", "Dit maak ik later af")
    visit.shows("Concept bewaard")
    visit.open("/berichten")
    visit.open(address)
    expect(area(visit)).to_have_value("Dit maak ik later af")


def closes_dialogue(anna: EmployerAdministrator) -> None:
    """Say why, in a dialog above the page."""
    visit = anna.visit
    visit.summary("Acties").click()
    visit.link("Dialoog sluiten").click()
    visit.is_on("Dialoog sluiten")
    visit.fill("Reden", "Afspraak is gemaakt")
    visit.button("Dialoog sluiten").click()
    visit.is_on(SUBJECT)
    visit.shows("Deze dialoog is gesloten.")


def area(visit: Visit) -> Locator:
    """Where one types."""
    return visit.page.get_by_label("Uw bericht", exact=True)


def messages(visit: Visit) -> Locator:
    """The messages that are shown."""
    return visit.page.locator(".dk-message")


def appears(visit: Visit, text: str) -> None:
    """Wait until a message is shown, without asking for the page again."""
    expect(messages(visit).filter(has_text=text)).to_be_visible(timeout=30_000)

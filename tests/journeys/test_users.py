"""Klantbeheer adds a group and a user, helps the user in, blocks, resets, and ends the account (U-01..U-22; L-03)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_main_job import INVITATION, PASSWORD, operator_adds_organisations_and_invites
from tests.journeys.visit import PHONE, Visit

GROUP = "Casemanagers Noord"
NIESKE = "Nieske van der Nieuw"


def test_a_user_is_added_helped_and_removed(portal: RunningPortal, new_visit: NewVisit) -> None:
    carla = ArboMember("Carla Mulder", "c.mulder", new_visit())
    nieske = ArboMember(NIESKE, "nieuw", new_visit(width=PHONE))
    operator_adds_organisations_and_invites(portal, carla)
    portal.serve()
    carla.signs_up(portal.link_in_mail_to(carla.email, INVITATION), PASSWORD)

    opens_user_administration(carla)
    adds_group(carla.visit)
    adds_user(carla.visit, nieske)
    nieske.signs_up(portal.link_in_mail_to(nieske.email, INVITATION), PASSWORD)

    finds_user(carla.visit)
    blocks_and_unblocks(carla.visit)
    nieske.visit.open("/")
    nieske.visit.is_on("Inloggen")
    resets_password(portal, carla.visit, nieske)
    walks_the_tree_with_the_keyboard(carla.visit)
    works_on_a_phone(new_visit(width=PHONE), carla)
    removes_user(carla.visit)
    with nieske.visit.refused_with(422):
        nieske.visit.open("/inloggen")
        nieske.visit.fill("Gebruikersnaam", nieske.login)
        nieske.visit.fill("Wachtwoord", nieske.password)
        nieske.visit.button("INLOGGEN").click()
        nieske.visit.shows("Verkeerde inloggegevens")
    assert "no faults" in portal.command("audit", "verify")


def opens_user_administration(carla: ArboMember) -> None:
    carla.goes_to("Beheer")
    carla.visit.is_on("Beheer")
    carla.visit.link("Naar gebruikers", exact=True).click()
    carla.visit.is_on("Gebruikersbeheer")


def adds_group(visit: Visit) -> None:
    """U-05: through the three dots."""
    tree = visit.page.locator("#gebruikers")
    dots = tree.locator("details.dk-dots").first
    dots.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    dots.get_by_role("link", name="Gebruikersgroep toevoegen").click()
    visit.is_on("Gebruikersgroep toevoegen")
    with visit.refused_with(422):
        visit.button("Gebruikersgroep toevoegen").click()
        visit.shows("Vul een naam in.")
        visit.inspect()
    visit.fill("Naam van de gebruikersgroep", GROUP)
    visit.page.get_by_label("Rol van de groep").select_option(label="Casemanager Arbo")
    visit.button("Gebruikersgroep toevoegen").click()
    visit.shows("De gebruikersgroep is toegevoegd.")
    visit.is_on("Gebruikersbeheer")


def adds_user(visit: Visit, who: ArboMember) -> None:
    """U-06..U-08."""
    group = visit.page.locator("#gebruikers li", has_text=GROUP).last
    group.locator("details.dk-dots > summary").click()
    group.get_by_role("link", name="Gebruiker toevoegen").click()
    visit.is_on("Gebruiker toevoegen")
    for label, value in {"Roepnaam": "Nieske", "Tussenvoegsel": "van der", "Achternaam": "Nieuw"}.items():
        visit.fill(label, value)
    visit.button("Stel een inlognaam voor").click()
    proposed = visit.page.get_by_label("Inlognaam")
    expect(proposed).to_have_value(re.compile(r"\.nieuw$"))
    with visit.refused_with(422):
        visit.button("Gebruiker toevoegen").click()
        visit.shows("Kies een geslacht.")
        visit.shows("Vul een e-mailadres in.")
        visit.inspect()
    who.login = proposed.input_value()
    visit.fill("E-mailadres", who.email)
    visit.page.get_by_label("Geslacht").select_option(label="Vrouw")
    visit.button("Gebruiker toevoegen").click()
    visit.shows("De gebruiker is toegevoegd")
    visit.is_on(NIESKE)
    visit.shows("De uitnodiging is nog niet gebruikt.")


def finds_user(visit: Visit) -> None:
    visit.open("/beheer/gebruikers")
    visit.fill("Naam of inlognaam", "nieske")
    visit.button("Zoeken").click()
    visit.is_on("Gebruiker zoeken")
    assert "nieske" not in visit.page.url
    visit.link(NIESKE).click()
    visit.is_on(NIESKE)
    visit.shows("Laatste inlog")


def blocks_and_unblocks(visit: Visit) -> None:
    """U-19."""
    visit.link("Blokkeren", exact=True).click()
    visit.is_on("Gebruiker blokkeren")
    visit.button("Gebruiker blokkeren").click()
    visit.shows("De gebruiker is geblokkeerd en uitgelogd.")
    visit.is_on(NIESKE)
    visit.button("Deblokkeren").click()
    visit.shows("De gebruiker is gedeblokkeerd")


def resets_password(portal: RunningPortal, visit: Visit, who: ArboMember) -> None:
    """U-20."""
    visit.link("Wachtwoord resetten").click()
    visit.is_on("Wachtwoord resetten")
    expect(visit.page.get_by_label("E-mailadres")).to_have_value(who.email)
    visit.button("Wachtwoord resetten").click()
    visit.shows("De gebruiker krijgt een e-mail om een nieuw wachtwoord te kiezen.")
    assert portal.link_in_mail_to(who.email, "Nieuw wachtwoord")


def walks_the_tree_with_the_keyboard(visit: Visit) -> None:
    """Arrow keys stay among the lines; the three dots are reached with the tab key."""
    visit.open("/beheer/gebruikers")
    visit.is_on("Gebruikersbeheer", inspect=False)
    lines = visit.page.locator("#gebruikers ul summary:not(.dk-dots summary), #gebruikers ul a:not(.dk-dots a)")
    lines.first.focus()
    visit.page.keyboard.press("ArrowDown")
    focused = visit.page.evaluate("document.activeElement.closest('[data-menu]') === null")
    assert focused
    visit.page.get_by_label("Filter op wat u ziet").fill("casemanagers")
    visit.shows("1 gevonden")
    expect(visit.page.locator("#gebruikers").get_by_text("Werkgevers", exact=True)).to_be_hidden()


def works_on_a_phone(visit: Visit, carla: ArboMember) -> None:
    on_phone = ArboMember(carla.name, carla.login, visit, carla.password, carla.app)
    on_phone.logs_in()
    for address, heading in (("/beheer/gebruikers", "Gebruikersbeheer"),):
        visit.open(address)
        visit.is_on(heading)
    visit.page.locator("#gebruikers").get_by_role("link", name=GROUP).first.click()
    visit.page.locator("#gebruikers").get_by_role("link", name=NIESKE).click()
    visit.is_on(NIESKE)


def removes_user(visit: Visit) -> None:
    """U-22: says what goes, asks once."""
    visit.open("/beheer/gebruikers")
    visit.page.locator("#gebruikers").get_by_role("link", name=GROUP).first.click()
    visit.page.locator("#gebruikers").get_by_role("link", name=NIESKE).click()
    visit.link("Meteen deactiveren").click()
    visit.is_on("Gebruiker meteen deactiveren")
    visit.button("Meteen deactiveren").click()
    visit.shows("De gebruiker is gedeactiveerd")
    visit.is_on(NIESKE)
    visit.link("Gebruiker verwijderen").click()
    visit.is_on("Gebruiker verwijderen")
    visit.button("Gebruiker verwijderen").click()
    visit.shows("De gebruiker is verwijderd.")
    visit.is_on("Gebruikersbeheer")
    expect(visit.page.locator("#gebruikers").get_by_text(NIESKE)).to_have_count(0)

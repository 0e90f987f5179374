"""The same pages without a mouse, and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.keyboard import Keyboard
from tests.journeys.people import ArboMember, EmployerAdministrator, PrivacyOfficer, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE

ANONYMOUS = "Anoniem (Persnr: WK001)"
NAME = "Eva Yılmaz"


def test_a_dossier_is_shared_and_withdrawn_with_the_keyboard_alone(portal: RunningPortal, new_visit: NewVisit) -> None:
    """WCAG 2.1.1, 2.4.1, 2.4.3, 2.4.7: skip link, tree by arrows, menu, form and dialog (S-02, S-07)."""
    people = open_bakery(portal)
    portal.serve()
    user = VaultUser("Ilse", "ilse", new_visit())
    knows_how_to_log_in(user, people["Ilse"])
    keys = Keyboard(user.visit)

    logs_in_with(keys, user)
    skips_to_the_content(keys, user)
    keys.tabs_to("Naar alle werknemers")
    keys.presses("Enter")
    walks_the_tree(keys, user)
    shares(keys, user)
    closes_the_dialog_and_is_back_where_it_was(keys, user)
    withdraws(keys, user)


def logs_in_with(keys: Keyboard, user: VaultUser) -> None:
    user.visit.open("/inloggen")
    keys.tabs_to("Gebruikersnaam")
    keys.types(user.login)
    keys.tabs_to("Wachtwoord")
    keys.types(user.password)
    keys.presses("Enter")
    user.visit.is_on("Inloggen met uw app")
    keys.tabs_to("Authentication App Token")
    assert user.app is not None
    keys.types(user.app.code())
    keys.presses("Enter")
    user.sees_start_page()


def skips_to_the_content(keys: Keyboard, user: VaultUser) -> None:
    keys.presses("Tab")
    assert "Naar de inhoud" in keys.focus()
    expect(user.visit.link("Naar de inhoud")).to_be_in_viewport()
    keys.presses("Enter")
    expect(user.visit.page.locator("main")).to_be_focused()


def walks_the_tree(keys: Keyboard, user: VaultUser) -> None:
    user.visit.is_on("Werknemers")
    keys.tabs_to("Bakkerij Mulder")
    keys.goes_down_to("Winkel")
    keys.presses("Enter")
    expect(user.visit.page.get_by_role("heading", level=2, name="Winkel", exact=True)).to_be_visible()
    keys.tabs_to("Winkel")
    keys.presses("ArrowLeft")
    expect(user.visit.page.get_by_role("link", name=ANONYMOUS)).to_be_hidden()
    keys.presses("ArrowRight")
    keys.goes_down_to(ANONYMOUS)
    keys.presses("Enter")
    user.visit.is_on(NAME)


def shares(keys: Keyboard, user: VaultUser) -> None:
    chooses_action(keys, "Dossier delen")
    dialog = user.visit.page.get_by_role("dialog", name="Dossier delen")
    expect(dialog).to_be_visible()
    keys.tabs_to("Ziekmelding")
    keys.presses("Space", "ArrowDown")
    expect(dialog.get_by_label("Contact met casemanager")).to_be_checked()
    keys.tabs_to("Toelichting")
    keys.types("Wil de uren anders verdelen")
    keys.tabs_to("Dossier delen")
    keys.presses("Enter")
    user.sees_dossier_shared(NAME, with_service="Noord")


def closes_the_dialog_and_is_back_where_it_was(keys: Keyboard, user: VaultUser) -> None:
    chooses_action(keys, "Deelgeschiedenis")
    user.visit.is_on("Deelgeschiedenis")
    keys.tabs_to("Deling intrekken")
    keys.presses("Enter")
    dialog = user.visit.page.get_by_role("dialog", name="Deling intrekken")
    expect(dialog).to_be_visible()
    keys.presses("Escape")
    expect(dialog).to_have_count(0)
    expect(user.visit.link("Deling intrekken")).to_be_focused()


def withdraws(keys: Keyboard, user: VaultUser) -> None:
    keys.presses("Enter")
    expect(user.visit.page.get_by_role("dialog", name="Deling intrekken")).to_be_visible()
    keys.tabs_to("Deling intrekken")
    keys.presses("Enter")
    user.visit.is_on(re.compile(f"{NAME}|Deelgeschiedenis"))
    keys.tabs_to("Acties")
    user.reads("Niet gedeeld")


def chooses_action(keys: Keyboard, action: str) -> None:
    keys.tabs_to("Acties")
    keys.presses("Enter")
    keys.tabs_to(action)
    keys.presses("Enter")


def test_on_a_phone_every_page_fits_and_the_menu_unfolds(portal: RunningPortal, new_visit: NewVisit) -> None:
    """WCAG 1.4.10: nothing scrolls sideways at 360 points, which each arrival on a page checks; axe finds nothing."""
    people = open_bakery(portal)
    portal.serve()
    administrator = EmployerAdministrator("Anna", "anna", new_visit(width=PHONE))
    arbo = ArboMember("Carla", "carla", new_visit(width=PHONE))
    officer = PrivacyOfficer("Petra", "petra", new_visit(width=PHONE))
    for person in (administrator, arbo, officer):
        knows_how_to_log_in(person, people[person.name])
        person.logs_in()

    employer_walks_with_a_phone(administrator)
    arbo_walks_with_a_phone(arbo)
    unfolds_the_menu(officer, "Logboek")
    officer.visit.is_on("Logboek")


def employer_walks_with_a_phone(administrator: EmployerAdministrator) -> None:
    visit = administrator.visit
    unfolds_the_menu(administrator, "Werknemers")
    visit.is_on("Werknemers")
    administrator.chooses_department("Winkel")
    administrator.opens_quick_view("WK001", NAME)
    administrator.shares_dossier("Belt morgen zelf", with_service="Noord")
    administrator.sees_dossier_shared(NAME, with_service="Noord")
    administrator.opens_share_history()
    for address, heading in (
        ("/werknemers/zoeken", "Werknemer zoeken"),
        ("/werknemers/nieuw", "Werknemer toevoegen"),
        ("/werknemers/importeren", "Werknemers importeren"),
        ("/datakluis-beheer/autorisaties", "Datakluis beheer: autorisaties"),
        ("/datakluis-beheer/beheeracties", "Datakluis beheer: beheeracties"),
        ("/datakluis-beheer/beheerdersovereenkomsten", "Datakluis beheer: beheerdersovereenkomsten"),
    ):
        visit.open(address)
        visit.is_on(heading)
    with visit.refused_with(404):
        visit.open("/bestaat-niet")
        visit.is_on(re.compile("."))


def arbo_walks_with_a_phone(arbo: ArboMember) -> None:
    unfolds_the_menu(arbo, "Dossiers")
    arbo.visit.is_on("Dossiers")
    arbo.chooses_employer("Bakkerij Mulder")
    arbo.chooses_department("Winkel")
    arbo.opens_anonymous_dossier("WK003")
    arbo.visit.page.go_back()
    arbo.opens_dossier("E. Yılmaz", NAME)
    arbo.visit.open("/toelatingen")
    arbo.visit.is_on("Toelatingen")


def unfolds_the_menu(person: EmployerAdministrator | ArboMember | PrivacyOfficer, place: str) -> None:
    """The side bar is folded behind *Menu*."""
    sidebar = person.visit.page.get_by_role("navigation", name="Hoofdmenu")
    expect(sidebar).to_be_hidden()
    person.visit.button("Menu").click()
    expect(sidebar).to_be_visible()
    person.goes_to(place)

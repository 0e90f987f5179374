"""English besides Dutch, in the browser: for who chooses it, on every page and in every mail, and for nobody else."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.bakery import EMPLOYEES, knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.dutch_words import dutch_in, read
from tests.journeys.people import ArboMember, EmployerAdministrator, Person, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE, Visit

EMPLOYER, NUMBER = "Bakkerij Mulder", "WK001"
# What is not ours to translate: what people and departments are called, and what somebody typed.
DATA = (*(name for _number, name in EMPLOYEES), EMPLOYER, "Winkel", "Oven", "Garage Smit", "Belde zelf", "Vast")
# The labels of documents that come along are rows, which the service may rename.
LABELS = ("Alleen werkgever", "Alleen arbodienst", "Gemigreerde documenten uit VDD")
WHICH = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOST_PAGES = 120


def test_who_chooses_english_reads_english_everywhere_and_nobody_else_does(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    """T-02, design 7."""
    people = open_bakery(portal)
    portal.serve()
    administrator = EmployerAdministrator("Anna", "anna", new_visit())
    arbo = ArboMember("Carla", "carla", new_visit(width=PHONE))
    user = VaultUser("Ilse", "ilse", new_visit())
    for person in (administrator, arbo, user):
        knows_how_to_log_in(person, people[person.name])

    a_visitor_chooses_english(administrator.visit)
    administrator.visit.button("Nederlands").click()
    administrator.logs_in()
    assert dutch_in(administrator.visit.page.content(), *DATA), "the words that are looked for are not on a Dutch page"
    user.logs_in()
    arbo.logs_in()
    ask_to_share(arbo)
    for person in (administrator, arbo):
        chooses_english(person)
    reads_english_everywhere(administrator.visit, "Vault management", "Employees", "Log")
    reads_english_everywhere(arbo.visit, "Dossiers", "Admissions")

    administrator.visit.open("/")
    administrator.visit.link("Go to the share requests").click()
    administrator.visit.is_on("Share requests")
    administrator.visit.page.get_by_role("table").get_by_role("link").first.click()
    administrator.visit.link("Refuse").click()
    administrator.visit.is_on("Refuse share request")
    with administrator.visit.refused_with(422):
        administrator.visit.button("Refuse", exact=True).click()
        administrator.visit.shows("Write in one sentence why you do not share.")
    administrator.visit.fill("Reason for refusing", "Belde zelf")
    administrator.visit.button("Refuse", exact=True).click()
    administrator.visit.shows("The share request has been refused. Nothing was shared.")

    answer = portal.mail_to("carla@example.org", "An employer has answered your share request")
    assert "Log in to read the answer." in answer
    assert "Goedendag," in portal.mail_to("ilse@example.org", "Er wacht een deelverzoek op u")
    user.visit.reload()
    user.sees_start_page()
    assert read(user.visit.page.content())[0] == "nl"

    administrator.visit.page.locator("header summary").click()
    administrator.visit.button("Log out").click()
    administrator.visit.is_on("Log in")
    administrator.visit.shows("You have been logged out.")


def a_visitor_chooses_english(visit: Visit) -> None:
    """Read the page before the login in English; it is not what a browser asks for, but what somebody clicks."""
    visit.open("/inloggen")
    visit.is_on("Inloggen")
    visit.button("English").click()
    visit.is_on("Log in")
    assert read(visit.page.content())[0] == "en"
    assert dutch_in(visit.page.content()) == []
    with visit.refused_with(404):
        visit.open("/is-er-niet")
        visit.is_on("This page is not there")
    visit.open("/inloggen")


def ask_to_share(arbo: ArboMember) -> None:
    """Ask for a dossier, in Dutch, so that something waits for the employer."""
    arbo.visit.open("/dossiers")
    arbo.visit.is_on("Dossiers")
    arbo.chooses_employer(EMPLOYER)
    arbo.chooses_department("Winkel")
    arbo.opens_anonymous_dossier(NUMBER)
    arbo.visit.summary("Acties").click()
    arbo.visit.link("Deling aanvragen").click()
    arbo.visit.page.get_by_label("Spreekuur", exact=True).check()
    arbo.visit.fill("Toelichting", "Belde zelf")
    arbo.visit.button("Deling aanvragen").click()
    arbo.reads("Uw deelverzoek staat klaar bij de werkgever.")


def chooses_english(person: Person) -> None:
    """Go to Instellingen and choose; the page that follows is in English already."""
    person.visit.page.locator("header summary").click()
    person.visit.link("Instellingen").click()
    person.visit.is_on("Instellingen: algemeen")
    person.visit.page.get_by_label("Taal", exact=True).select_option("English")
    person.visit.button("Opslaan").first.click()
    person.visit.is_on("Settings: general")
    person.visit.shows("The language has been saved.")
    expect(person.visit.page.locator("html")).to_have_attribute("lang", "en")


def reads_english_everywhere(visit: Visit, *places: str) -> None:
    """Open each kind of page that links lead to and find no Dutch on it; look at the main ones as they are shown."""
    for place in places:
        visit.open("/")
        if visit.page.viewport_size == {"width": PHONE, "height": 900}:
            visit.button("Menu").click()
        visit.page.get_by_role("navigation", name="Main menu").get_by_role("link", name=place).click()
        visit.is_on(re.compile(place))
    left, seen, dutch = ["/"], set[str](), dict[str, list[str]]()
    while left and len(seen) < MOST_PAGES:
        address = left.pop(0)
        kind = WHICH.sub("…", address.partition("#")[0])
        if kind in seen:
            continue
        seen.add(kind)
        response = visit.page.request.get(address)
        if not response.headers.get("content-type", "").startswith("text/html"):
            continue
        assert response.ok, f"{address}: {response.status}"
        markup = response.text()
        assert read(markup)[0] == "en", address
        if found := dutch_in(markup, *DATA, *LABELS):
            dutch[address] = found
        left.extend(re.findall(r'href="(/(?!static/)[^"]*)"', markup.replace("&amp;", "&")))
    assert dutch == {}
    assert len(seen) > 10, seen

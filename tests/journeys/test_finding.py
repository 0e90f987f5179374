"""Finding people: HR by every field, the arbo service live over what is shared (E-05, E-09, H-04..H-07, H-14, K-25)."""

from __future__ import annotations

import re
from datetime import date

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from organisation.employments import EmploymentData
from organisation.memberships import actor_for
from organisation.models import Department
from portal.services import open_services
from portal.settings import parse_settings
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE, Visit
from tests.people import ACCESS_POINT, SignedUp
from tests.world import TEST_BSN, card, details
from vault.records import create_record

ORDINARY = 103
PEOPLE = [
    (f"ZZ{number:03}", card("Jansen", initials="A."), details(bsn=None), None) for number in range(ORDINARY)
] + [
    ("AA001", card("Dijk-Çelik", prefix="van", birth_date=date(1971, 5, 17)), details(bsn="999990020"), None),
    ("AA002", card("Vertrokken", postcode="9999ZZ"), details(bsn=None), date(2024, 12, 31)),
]  # fmt: skip
FOUND = "van Dijk-Çelik"
IN_LIST = "Dijk-Çelik, E. van"
FORMER = "Ook op uit dienst getreden werknemers zoeken"


def test_people_are_found_by_hr_and_live_by_the_arbo_service(portal: RunningPortal, new_visit: NewVisit) -> None:
    """Nothing that is typed stands in an address."""
    people = open_bakery(portal)
    employ_many(portal, people["Anna"])
    portal.serve()
    ilse = VaultUser("Ilse", "ilse", new_visit())
    anna = VaultUser("Anna", "anna", new_visit(width=PHONE))
    carla = ArboMember("Carla", "carla", new_visit())
    for person in (ilse, anna, carla):
        knows_how_to_log_in(person, people[person.name])
        person.logs_in()

    hr_finds_by_each_field_and_several_at_once(ilse)
    hr_finds_who_left_with_the_box_ticked(ilse)
    hr_lists_everybody(ilse)
    hr_sees_where_she_was(ilse)
    on_a_phone_without_the_right_to_a_bsn(anna)
    the_service_finds_the_new_name_and_not_the_old(carla, ilse)


def employ_many(portal: RunningPortal, anna: SignedUp) -> None:
    """Put more people in the vault than one list shows."""
    services = open_services(parse_settings(portal.environment))
    with services.factory() as session, session.begin():
        winkel = session.scalars(select(Department.id).where(Department.name == "Winkel")).one()
        actor = actor_for(session, anna.id, ACCESS_POINT, anna.keys())
        for number, of_card, of_details, ends_on in PEOPLE:
            employment = EmploymentData(winkel, date(2020, 1, 1), "Verkoop", "Verkoper", "Vast", ends_on=ends_on)
            create_record(
                session, personnel_number=number, card=of_card, details=of_details, employment=employment, actor=actor
            )
    services.factory.engine.dispose()


def search(visit: Visit, **values: str) -> None:
    """Search by what is given, on the page with the form."""
    visit.open("/werknemers/zoeken" if "/werknemers" in visit.page.url else "/dossiers/zoeken")
    for label, value in values.items():
        visit.fill(label.replace("_", " "), value)
    visit.button("Zoeken", exact=True).click()
    assert visit.page.url.endswith("/zoeken")
    visit.is_on("Werknemer zoeken")


def results(visit: Visit) -> list[str]:
    """The names in the table of what was found."""
    table = visit.page.get_by_role("table", name="Gevonden werknemers")
    return [name.splitlines()[0].strip() for name in table.get_by_role("rowheader").all_inner_texts()]


def passes_axe(visit: Visit) -> None:
    """Check the page as it is now: a page of results has the address of its form, which was inspected already."""
    outcome = Axe().run(visit.page)
    assert outcome.violations_count == 0, outcome.generate_report()


def hr_finds_by_each_field_and_several_at_once(hr: VaultUser) -> None:
    hr.goes_to("Werknemers")
    hr.visit.is_on("Werknemers")
    for typed in ("dijk", "Van Dijk", "vandijk-celik", "çel"):
        search(hr.visit, Achternaam=typed)
        assert results(hr.visit) == [IN_LIST], typed
    passes_axe(hr.visit)
    search(hr.visit, Geboortedatum="17-05-1971")
    assert results(hr.visit) == [IN_LIST]
    search(hr.visit, BSN="9999 900 20")
    assert results(hr.visit) == [IN_LIST]
    hr.visit.hides("99990020")
    search(hr.visit, Personeelsnummer="AA001", Postcode="3511 ab", Achternaam="dijk")
    assert results(hr.visit) == [IN_LIST]
    search(hr.visit, Postcode="3511 ab", Achternaam="Jansma")
    hr.reads("Niemand gevonden")
    passes_axe(hr.visit)
    with hr.visit.refused_with(422):
        search(hr.visit, Postcode="35")
        hr.reads("Vul ten minste de vier cijfers in")


def hr_finds_who_left_with_the_box_ticked(hr: VaultUser) -> None:
    search(hr.visit, Achternaam="vertrok")
    hr.reads("Niemand gevonden")
    hr.visit.page.get_by_label(FORMER).check()
    hr.visit.button("Zoeken", exact=True).click()
    hr.reads("1 werknemer gevonden")
    assert results(hr.visit) == ["Vertrokken, E."]
    expect(hr.visit.page.get_by_role("rowheader").get_by_text("Uit dienst")).to_be_visible()


def hr_lists_everybody(hr: VaultUser) -> None:
    hr.visit.link("UITGEBREID ZOEKEN").click()
    hr.visit.is_on("Uitgebreid zoeken")
    hr.visit.button("Zoeken", exact=True).click()
    hr.reads("Alleen de eerste 100 dossiers zijn weergegeven.")
    hr.visit.is_on("Uitgebreid zoeken")
    assert len(results(hr.visit)) == 100
    passes_axe(hr.visit)
    hr.visit.page.get_by_label("Volgorde").select_option(label="Achternaam")
    hr.visit.fill("Geboortedatum", "31-12-1990")
    hr.visit.fill("Achternaam", "b")
    hr.visit.button("Zoeken", exact=True).click()
    hr.reads("1 werknemer gevonden")
    assert results(hr.visit) == ["de Boer, E."]


def hr_sees_where_she_was(hr: VaultUser) -> None:
    search(hr.visit, Achternaam="dijk")
    hr.visit.link(IN_LIST).click()
    hr.visit.is_on(f"Eva {FOUND}")
    hr.goes_to("Start")
    hr.visit.is_on("Start")
    expect(hr.visit.page.get_by_role("heading", name="Laatst bezocht (1)")).to_be_visible()
    hr.visit.link(f"E. {FOUND}").click()
    hr.visit.is_on(f"Eva {FOUND}")


def on_a_phone_without_the_right_to_a_bsn(user: VaultUser) -> None:
    user.visit.open("/werknemers/zoeken")
    expect(user.visit.page.get_by_label("BSN", exact=True)).to_have_count(0)
    search(user.visit, Achternaam="jansen")
    assert len(results(user.visit)) == 100
    user.visit.open("/werknemers/uitgebreid-zoeken")
    user.visit.is_on("Uitgebreid zoeken")
    user.visit.button("Zoeken", exact=True).click()
    user.reads("Alleen de eerste 100 dossiers zijn weergegeven.")
    user.visit.is_on("Uitgebreid zoeken")


def the_service_finds_the_new_name_and_not_the_old(carla: ArboMember, hr: VaultUser) -> None:
    carla.visit.open("/dossiers/zoeken")
    search(carla.visit, Achternaam="janssen")
    assert results(carla.visit) == ["Janssen, E."]
    carla.visit.hides(TEST_BSN)
    search(hr.visit, Personeelsnummer="WK002")
    hr.visit.link("Janssen, E.").click()
    hr.changes_last_name("Zonneveld")
    hr.visit.is_on("Eva Zonneveld")
    search(carla.visit, Achternaam="janssen")
    carla.reads("Niemand gevonden")
    search(carla.visit, Achternaam="zonn")
    assert results(carla.visit) == ["Zonneveld, E."]
    passes_axe(carla.visit)
    carla.visit.link("Zonneveld, E.").click()
    carla.visit.is_on("Eva Zonneveld")
    carla.goes_to("Start")
    carla.visit.is_on("Start")
    carla.visit.link("E. Zonneveld", exact=True).last.click()
    carla.visit.is_on("Eva Zonneveld")
    search(carla.visit, Achternaam="Dossier")
    carla.reads("Gevonden organisaties")
    carla.visit.page.get_by_role("main").get_by_role("link", name="Bakkerij Mulder").click()
    carla.visit.is_on("Dossiers")
    expect(carla.visit.page.locator("[data-tree]").get_by_role("link", name=re.compile("^Winkel"))).to_be_visible()

"""The arbo side's tree, search and dossiers (K-02, K-19, H-13, S-05, S-08, S-13, S-15; D-rules 16, 17, 23, 37)."""

from __future__ import annotations

import pytest

from accounts.actor import Scope
from organisation.admission import admit, enter_service, refuse, waiting_members
from tests.pages import Page, elements, text_of
from tests.portal.company import Company, counted_queries
from tests.world import TEST_BSN

HEAVIEST_PAGE = 30_000
SECRETS = ("Yılmaz", "Eva", "35 jaar", "december 1990", "Tulpenlaan", "3511", "0612345678", "eva@", TEST_BSN, "Belt")


def tree_lines(page: Page) -> list[str]:
    """What the tree names, in its order, without the counts."""
    names = [span for span in elements(page.root, "span") if span.get("class") == "dk-tree-name"]
    return [text_of(name) for name in names]


def dossiers(company: Company, department: str, rest: str = "") -> str:
    return f"/dossiers?afdeling={company.world.departments[department].id}{rest}"


def test_the_tree_opens_a_level_at_a_time(company: Company) -> None:
    """H-13, O-32: employers, then their own dossier and their departments, then people."""
    visitor = company.visitor("Carla", "/dossiers")
    assert visitor.page is not None
    assert tree_lines(visitor.page) == ["Bakkerij Mulder", "Garage Smit"]
    opened = visitor.get(f"/dossiers?werkgever={company.world.employer.id}")
    dossier = "Dossier Bakkerij Mulder"
    assert tree_lines(opened) == ["Bakkerij Mulder", dossier, "Oven", "Winkel", "Garage Smit"]
    people = visitor.get(dossiers(company, "Oven"))
    anonymous = "Anoniem (Persnr: OV001)"
    assert tree_lines(people) == ["Bakkerij Mulder", dossier, "Oven", anonymous, "Winkel", "Garage Smit"]


def test_only_who_is_shared_has_a_name(company_on_each_database: Company) -> None:
    """K-19, K-20: the employer's log is its own; the service's tells of whom the name was shown."""
    company = company_on_each_database
    company.share("Joris")
    page = company.page("Carla", dossiers(company, "Winkel"))
    assert tree_lines(page)[4:6] == ["Anoniem (Persnr: WK001)", "E. Janssen"]
    listed = company.entries("employee:list", company.world.service.id)
    assert {"count": 2, "shared": 1} in [entry.details for entry in listed]


def test_employers_out_of_scope_or_of_another_service_are_not_there(company: Company) -> None:
    """H-13, D-rule 16."""
    company.share("Eva")
    with company.preparing() as world:
        world.hire_arbo("Cor", Scope(False, frozenset({world.garage.id})))
    cor = ["Garage Smit", "Dossier Garage Smit", "Werkplaats"]
    dirk = ["Drukkerij Visser", "Dossier Drukkerij Visser", "Pers"]
    for name, seen in (("Cor", cor), ("Dirk", dirk)):
        visitor = company.visitor(name, "/dossiers")
        assert visitor.page is not None
        assert tree_lines(visitor.page) == seen
        texts = {
            visitor.get(url, status=404).text
            for url in (
                dossiers(company, "Winkel"),
                f"/dossiers?werkgever={company.world.employer.id}",
                company.dossier_url("Eva"),
                "/dossiers/00000000-0000-4000-8000-000000000000",
                "/dossiers?afdeling=nergens",
            )
        }
        assert len(texts) == 1
        visitor.get("/dossiers/zoeken")
        assert "Niemand gevonden" in visitor.submit({"last_name": "Yılmaz"}).text
        visitor.get("/dossiers/zoeken")
        assert "Niemand gevonden" in visitor.submit({"personnel_number": "WK001"}).text


@pytest.mark.parametrize("name", ["Anna", "Frits", "Gerda"])
def test_the_employer_has_no_arbo_pages(company: Company, name: str) -> None:
    visitor = company.visitor(name, "/")
    for url in ("/dossiers", "/dossiers/zoeken", company.dossier_url("Eva")):
        visitor.get(url, status=403)


def test_an_anonymous_employee_is_an_employment_that_offers_nothing(company_on_each_database: Company) -> None:
    """K-02, S-08, D-rule 23: the page explains why, and has no act but logging out."""
    company = company_on_each_database
    page = company.page("Carla", company.dossier_url("Eva"))

    assert page.heading == "Anoniem (Persnr: WK001)"
    assert "Volgens de AVG mag een arbodienst pas weten wie iemand is als er een zorgvraag is" in page.text
    for shown in ("Verkoper", "Winkel", "36,00 uur", "Bakkerij Mulder"):
        assert shown in page.text
    markup = page.response.get_data(as_text=True)
    assert not [secret for secret in SECRETS if secret in markup]
    assert [form.action for form in page.forms] == ["/uitloggen"]
    (entry,) = company.entries("employee:read", company.world.service.id)
    assert entry.ground is None


def test_a_shared_dossier_shows_the_person_and_the_ground(company_on_each_database: Company) -> None:
    """S-05: each look is in the service's log, with the share as its ground."""
    company = company_on_each_database
    share_id = company.share("Eva")
    page = company.page("Carla", company.dossier_url("Eva"))

    assert page.heading == "Eva Yılmaz"
    for shown in (
        "Geboren op 31 december 1990 (35 jaar)",
        "eva@bakkerij.example",
        "Tel. mobiel0612345678",
        "Tel. thuisTelefoonnummer onbekend",
        "Tulpenlaan 12",
        "Gedeeld doorBakkerij Mulder",
        "ZorgvraagZiekmelding",
        "RedenBelt morgen zelf",
    ):
        assert shown in page.text
    assert "BSN" not in page.text
    assert TEST_BSN not in page.response.get_data(as_text=True)
    (entry,) = company.entries("employee:read", company.world.service.id)
    assert entry.ground == str(share_id)


def test_the_arbo_side_sees_its_own_people_and_the_employer_as_one(company: Company) -> None:
    company.share("Eva")
    page = company.page("Carla", company.dossier_url("Eva"))
    (keys,) = [element for element in page.root.iter("ul") if element.get("class") == "dk-keys"]
    assert [text_of(strong) for strong in elements(keys, "strong")] == ["Carla", "Bakkerij Mulder"]
    assert "Anna" not in page.text


def test_a_later_change_by_the_employer_is_seen(company: Company) -> None:
    """S-13."""
    company.share("Eva")
    arbo = company.visitor("Carla", company.dossier_url("Eva"))
    editor = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    editor.submit({"last_name": "Demir", "city": "Zeist"})
    page = arbo.get(company.dossier_url("Eva"))
    assert page.heading == "Eva Demir"
    assert "Zeist" in page.text
    assert "E. Demir" in tree_lines(arbo.get(dossiers(company, "Winkel")))


def test_after_a_withdrawal_nothing_of_the_person_is_left(company: Company) -> None:
    """S-15: in tree, page and search, for who had it open too."""
    company.share("Eva")
    arbo = company.visitor("Carla", company.dossier_url("Eva"))
    company.visitor("Frits", company.employee_url("Eva", "/deling-intrekken")).submit()

    pages = [arbo.get(company.dossier_url("Eva")), arbo.get(dossiers(company, "Winkel"))]
    arbo.get("/dossiers/zoeken")
    pages.append(arbo.submit({"personnel_number": "WK001"}))
    for page in pages:
        assert "Anoniem (Persnr: WK001)" in page.text
        markup = page.response.get_data(as_text=True)
        assert not [secret for secret in SECRETS if secret in markup]


def test_who_waits_for_admission_sees_who_can_give_it_and_nothing_else(company: Company) -> None:
    """design 2.1: the tree, the search and every dossier."""
    company.share("Eva")
    with company.preparing() as world:
        world.hire("Cor", world.service, "casemanager_arbo", "bsn_inzage")
        enter_service(world.session, world.actor("Cor"))
    visitor = company.visitor("Cor", "/dossiers")
    urls = ("/dossiers", "/dossiers/zoeken", company.dossier_url("Eva"), company.dossier_url("Piet"))
    texts = {visitor.get(url).text for url in urls}
    texts.add(company.post(visitor, "/dossiers/zoeken", {"personnel_number": "WK001"}).text)
    texts.add(company.post(visitor, company.dossier_url("Eva", "/bsn")).text)
    (text,) = texts
    assert "Wacht op toelating" in text
    assert "Wie u kan toelaten: Carla." in text
    assert "WK001" not in text
    assert "WK001" not in visitor.get("/").text
    assert company.entries("employee:read") == []


def test_who_was_refused_may_ask_again(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Cor", world.service, "casemanager_arbo")
        enter_service(world.session, world.actor("Cor"))
        (line,) = waiting_members(world.session, world.actor("Carla"))
        refuse(world.session, line.admission_id, world.actor("Carla"))
    visitor = company.visitor("Cor", "/dossiers")
    assert visitor.page is not None
    assert "geweigerd" in visitor.page.text
    visitor.submit(action="/toelatingen/vragen")
    assert "Uw verzoek om toelating staat klaar" in visitor.get("/dossiers").text


def test_a_bsn_is_for_whom_is_shared_and_for_who_may(company: Company) -> None:
    """B.7, D-rule 37: never for an anonymous employee, whoever asks."""
    with company.preparing() as world:
        world.hire("Bea", world.service, "casemanager_arbo", "bsn_inzage")
        enter_service(world.session, world.actor("Bea"))
        for line in waiting_members(world.session, world.actor("Carla")):
            admit(world.session, line.admission_id, world.actor("Carla"))
    company.share("Eva")
    visitor = company.visitor("Bea", company.dossier_url("Eva"))
    assert visitor.page is not None
    assert "••• •• •19" in visitor.page.text
    assert "9999 90 019" in visitor.submit(action=company.dossier_url("Eva", "/bsn")).text
    assert [entry.organisation_id for entry in company.entries("bsn:read")] == [company.world.service.id]

    page = company.post(visitor, company.dossier_url("Joris", "/bsn"))
    assert page.heading == "Anoniem (Persnr: WK002)"
    assert "9999" not in page.text
    company.post(visitor, company.dossier_url("Piet", "/bsn"), status=404)
    company.post(visitor, company.employee_url("Eva", "/bsn"), status=403)
    ilse = company.visitor("Ilse", "/werknemers")
    company.post(ilse, company.dossier_url("Eva", "/bsn"), status=403)
    carla = company.visitor("Carla", "/dossiers")
    company.post(carla, company.dossier_url("Eva", "/bsn"), status=403)
    assert len(company.entries("bsn:read")) == 1


def test_a_search_by_name_finds_only_who_is_shared(company: Company) -> None:
    """design 2.5."""
    company.share("Joris")
    visitor = company.visitor("Carla", "/dossiers/zoeken")
    assert "Niemand gevonden" in visitor.submit({"last_name": "Yılmaz"}).text
    page = visitor.submit({"last_name": "", "birth_date": "31-12-1990"})
    assert "1 werknemer gevonden" in page.text
    assert company.dossier_url("Joris") in page.links()
    page = visitor.submit({"birth_date": "", "personnel_number": "WK001"})
    assert "Anoniem (Persnr: WK001)" in page.text


def test_fifty_people_weigh_little_and_cost_no_more_queries(company: Company) -> None:
    visitor = company.visitor("Carla", dossiers(company, "Winkel"))
    with counted_queries(company) as few:
        visitor.get(dossiers(company, "Winkel"))
    with company.preparing() as world:
        for number in range(60):
            employee_id = world.employ(f"N{number:03}", "Naam")
            if number % 3 == 0:
                world.share(employee_id)
    visitor.get(dossiers(company, "Winkel"))
    with counted_queries(company) as many:
        page = visitor.get(dossiers(company, "Winkel"))
    assert len(page.response.data) < HEAVIEST_PAGE
    assert "Pagina 1 van 2, 62 werknemers" in page.text
    assert len(many) <= len(few) + 8


def test_what_was_shared_is_taken_in_at_the_first_look(company: Company) -> None:
    """design 2.2: once, whoever looks."""
    company.share("Eva")
    visitor = company.visitor("Carla", dossiers(company, "Winkel"))
    visitor.get(dossiers(company, "Winkel"))
    assert [entry.details for entry in company.entries("share:intake")] == [{"count": 1}]


def test_a_right_that_was_taken_is_missed_at_the_next_request(company: Company) -> None:
    company.share("Eva")
    visitor = company.visitor("Carla", company.dossier_url("Eva"))
    for role in ("casemanager_arbo", "klantbeheer"):
        company.take_role("Carla", role)
    visitor.get(company.dossier_url("Eva"), status=403)

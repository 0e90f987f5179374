"""The employer's tree, search and pages of employees (E-03, E-05, E-09, H-13, K-18..K-24, S-05; D-rules 16, 17, 37)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.pages import Page, Visitor, elements, text_of
from tests.portal.company import Company, counted_queries
from tests.world import TEST_BSN, card, details
from vault.access import request_access, withdraw_access
from vault.records import create_record

# What a page may weigh when style and scripts are there already (screens.md, *Look*).
HEAVIEST_PAGE = 30_000
QUICK_VIEW_WARNING = "Let op: dit dossier is niet gedeeld, de persoonsgegevens staan in de Datakluis."


def tree_lines(page: Page) -> list[str]:
    """What the tree names, in its order, without the counts."""
    names = [span for span in elements(page.root, "span") if span.get("class") == "dk-tree-name"]
    return [text_of(name) for name in names]


def menu(page: Page) -> list[str]:
    """What the page offers under Acties."""
    # The menu under one's own name is above it.
    (main,) = elements(page.root, "main")
    entries = [element for element in elements(main, "details") if element.get("class") == "dk-menu"]
    return [text_of(link) for entry in entries for link in elements(entry, "a")]


def employ_many(company: Company, count: int, department: str = "Winkel") -> None:
    with company.preparing() as world:
        for number in range(count):
            world.employ(f"N{number:03}", f"Naam{'abcdefghij'[number % 10]}", department)


def test_the_tree_shows_the_departments_in_scope_with_their_counts(company: Company) -> None:
    """H-13: Frits sees the Winkel only, Anna all of her employer and nothing of another."""
    assert tree_lines(company.page("Frits", "/werknemers")) == ["Bakkerij Mulder", "Winkel"]
    page = company.page("Anna", "/werknemers")
    assert tree_lines(page) == ["Bakkerij Mulder", "Oven", "Winkel"]
    assert "Oven 1 persoon" in page.text
    assert "Winkel 2 personen" in page.text


def test_only_who_is_shared_has_a_name_in_the_tree(company_on_each_database: Company) -> None:
    """K-19, K-20: in order of personnel number, and the log names who was named."""
    company = company_on_each_database
    company.share("Joris")

    page = company.page("Frits", company.department_url("Winkel"))

    assert tree_lines(page)[2:] == ["Anoniem (Persnr: WK001)", "E. Janssen"]
    assert "Yılmaz" not in page.text
    assert {"count": 2, "shared": 1} in [entry.details for entry in company.entries("employee:list")]


@pytest.mark.parametrize("name", ["Oven", "Pers"])
def test_a_department_out_of_scope_is_not_there(company: Company, name: str) -> None:
    """H-13, D-rule 16: another department and another employer's get the answer of one that does not exist."""
    visitor = company.visitor("Frits")
    foreign = visitor.get(company.department_url(name), status=404)
    unknown = visitor.get("/werknemers?afdeling=eenofanderding", status=404)
    assert foreign.text == unknown.text


@pytest.mark.parametrize("number", ["-1", "0", "abc", "99999999999999999999999", "2"])
def test_a_page_number_that_is_not_there_shows_one_that_is(company: Company, number: str) -> None:
    page = company.page("Anna", company.department_url("Winkel", f"&pagina={number}"))
    assert "Anoniem (Persnr: WK001)" in tree_lines(page)


def test_fifty_people_make_a_page_of_less_than_thirty_kilobytes(company: Company) -> None:
    """screens.md: 50 a page, in order of personnel number."""
    employ_many(company, 60)
    visitor = company.visitor("Anna", company.department_url("Winkel"))
    assert visitor.page is not None

    assert len(tree_lines(visitor.page)) == 3 + 50
    assert "Pagina 1 van 2, 62 werknemers" in visitor.page.text
    assert len(visitor.page.response.data) < HEAVIEST_PAGE
    second = visitor.get(company.department_url("Winkel", "&pagina=2"))
    assert tree_lines(second)[-1] == "Anoniem (Persnr: WK002)"


def test_more_people_cost_no_more_queries(company: Company) -> None:
    visitor = company.visitor("Anna", company.department_url("Winkel"))
    with counted_queries(company) as few:
        visitor.get(company.department_url("Winkel"))
    employ_many(company, 40)
    company.share("Eva")
    with counted_queries(company) as many:
        visitor.get(company.department_url("Winkel"))
    # One query more: the cards of whom is shared, whoever they are.
    assert len(few) <= len(many) <= len(few) + 8


def test_who_left_is_found_behind_a_link_of_its_own(company: Company) -> None:
    """E-09."""
    with company.preparing() as world:
        create_record(
            world.session,
            personnel_number="WEG1",
            card=card("Vertrokken"),
            details=details(bsn=None),
            employment=world.employment("Winkel", ends_on=date(2024, 12, 31)),
            actor=world.actor("Anna"),
        )
    visitor = company.visitor("Anna", company.department_url("Winkel"))
    assert visitor.page is not None
    assert "Anoniem (Persnr: WEG1)" not in tree_lines(visitor.page)

    former = visitor.get(company.department_url("Winkel", "&uit-dienst=1"))
    assert tree_lines(former)[-1] == "Anoniem (Persnr: WEG1)"
    page = visitor.get(next(link for link in former.links() if link.startswith("/werknemers/") and len(link) > 40))
    assert "Uit dienst" in page.text
    assert "Van 1 januari 2020 tot en met 31 december 2024" in page.text


def test_an_empty_employer_reads_how_people_get_there(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Smitje", world.garage, "werkgever", "datakluisgebruiker")
        world.hire("Nieuweling", world.garage, "leidinggevende", scope=world.scope())
    page = company.page("Smitje", "/werknemers")
    assert "Nog geen werknemers" in page.text
    assert "De datakluis is nog niet geopend" in page.text
    assert "/werknemers/toevoegen" not in page.links()
    assert "Er is nog geen afdeling die u mag zien" in company.page("Nieuweling", "/werknemers").text


@pytest.mark.parametrize(("name", "may"), [("Anna", True), ("Ilse", True), ("Frits", False), ("Gerda", False)])
def test_adding_and_importing_are_offered_to_whom_they_are_open(company: Company, name: str, may: bool) -> None:
    links = company.page(name, "/werknemers").links()
    assert ("/werknemers/toevoegen" in links) is may
    assert ("/werknemers/importeren" in links) is may


def test_an_unshared_employee_is_a_quick_view_with_a_warning(company_on_each_database: Company) -> None:
    """K-21, K-24: name, birth date, number, address, function, and the way to share."""
    company = company_on_each_database
    page = company.page("Frits", company.employee_url("Eva"))

    assert page.heading == "Eva Yılmaz"
    assert QUICK_VIEW_WARNING in page.text
    assert "U kunt voor deze werknemer geen trajecten starten." in page.text
    assert "Deel het dossier dan met Noord via 'Acties'." in page.text
    for shown in ("31-12-1990 (35 jaar)", "WK001", "Tulpenlaan 12", "3511 AB Utrecht", "Verkoper"):
        assert shown in page.text
    for detail in ("0612345678", "eva@bakkerij.example", "Dossierdeling"):
        assert detail not in page.text
    assert menu(page) == ["Dossier delen", "Deelgeschiedenis"]
    (entry,) = company.entries("employee:read")
    assert (entry.actor_id, entry.outcome) == (company.world.people["Frits"].id, "success")


def test_a_shared_employee_has_the_overview_with_the_panel_of_the_share(company: Company) -> None:
    """S-05, E-03, E-08."""
    company.share("Eva")
    page = company.page("Ilse", company.employee_url("Eva"))

    assert QUICK_VIEW_WARNING not in page.text
    for shown in (
        "Tel. mobiel0612345678",
        "Tel. werkTelefoonnummer onbekend",
        "E-mail privéE-mailadres onbekend",
        "Werkuren36,00 uur",
        "Sinds 1 januari 2020 (6 jaar in dienst)",
        "StatusGedeeld met Noord",
        "Gedeeld doorAnna",
    ):
        assert shown in page.text
    assert menu(page) == ["Bewerken", "Dienstverband toevoegen", "Uit dienst melden", "Deelgeschiedenis"]
    assert page.links().count(company.employee_url("Eva", "/deelgeschiedenis")) == 2


def test_who_can_open_is_told_from_the_keys(company: Company) -> None:
    """Frits sees the Winkel, so he is named for Eva and not for Noor; the service is a number, never its staff."""
    company.share("Noor")
    visitor = company.visitor("Anna")

    for name, expected in (("Eva", {"Anna", "Frits", "Ilse"}), ("Noor", {"Anna", "Ilse", "Noord (1 medewerker)"})):
        page = visitor.get(company.employee_url(name))
        (keys,) = [element for element in page.root.iter("ul") if element.get("class") == "dk-keys"]
        assert {text_of(strong) for strong in elements(keys, "strong")} == expected
        assert "Carla" not in page.text


@pytest.mark.parametrize("name", ["Noor", "Piet"])
def test_an_employee_out_of_scope_is_not_there(company: Company, name: str) -> None:
    """D-rule 16: another department, another employer and a made-up id get one answer, and the log one refusal each."""
    visitor = company.visitor("Frits")
    texts = {visitor.get(company.employee_url(name), status=404).text}
    texts.add(visitor.get("/werknemers/00000000-0000-4000-8000-000000000000", status=404).text)
    assert len(texts) == 1
    assert "Bakker" not in texts.pop()
    assert company.entries("employee:read") == []
    assert len(company.entries("request:refuse")) == 2


@pytest.mark.parametrize(("name", "url"), [("Carla", "/werknemers"), ("Carla", "/werknemers/zoeken")])
def test_the_arbo_side_has_no_employer_pages(company: Company, name: str, url: str) -> None:
    company.page(name, url, status=403)


def test_without_the_vault_add_on_there_are_employments_only(company: Company) -> None:
    """K-15, K-18: a manager without the vault reads why, and no personal data."""
    company.share("Eva")
    visitor = company.visitor("Gerda", company.department_url("Winkel"))
    assert visitor.page is not None
    assert tree_lines(visitor.page)[2:] == ["Anoniem (Persnr: WK001)", "Anoniem (Persnr: WK002)"]

    page = visitor.get(company.employee_url("Eva"))

    assert page.heading == "Anoniem (Persnr: WK001)"
    assert "die opent alleen voor datakluisgebruikers" in page.text
    assert "Verkoper" in page.text
    assert menu(page) == []
    for secret in ("Yılmaz", "31-12-1990", "december 1990", "Tulpenlaan", "3511", TEST_BSN, "Belt morgen"):
        assert secret not in page.response.get_data(as_text=True)


def test_who_waits_for_access_is_told_who_can_give_it(company: Company) -> None:
    """K-11, D-rule 17."""
    with company.preparing() as world:
        world.hire("Henk", world.employer, "datakluisgebruiker")
        request_access(world.session, world.actor("Henk"))
    page = company.page("Henk", company.employee_url("Eva"))
    assert "Wacht op akkoord" in page.text
    assert "Wie dit kan doen: Anna." in page.text
    assert "Yılmaz" not in page.text


def test_withdrawn_access_ends_at_the_next_request(company: Company) -> None:
    """K-16, D-rule 17: an open session too."""
    visitor = company.visitor("Frits", company.employee_url("Eva"))
    with company.preparing() as world:
        withdraw_access(world.session, world.people["Frits"].id, world.actor("Anna"))
    visitor.get(company.employee_url("Eva"))
    assert visitor.path == "/inloggen"


def test_a_role_that_was_taken_is_missed_at_the_next_request(company: Company) -> None:
    visitor = company.visitor("Gerda", "/werknemers")
    company.take_role("Gerda", "leidinggevende")
    visitor.get("/werknemers", status=403)


def test_a_bsn_is_masked_until_someone_with_the_right_asks_and_the_log_tells(company: Company) -> None:
    """B.7, D-rule 37."""
    visitor = company.visitor("Ilse", company.employee_url("Eva"))
    assert visitor.page is not None
    assert "••• •• •19" in visitor.page.text
    assert TEST_BSN not in visitor.page.response.get_data(as_text=True)
    assert company.entries("bsn:read") == []

    page = visitor.submit(action=company.employee_url("Eva", "/bsn"))

    assert "9999 90 019" in page.text
    (entry,) = company.entries("bsn:read")
    assert entry.actor_id == company.world.people["Ilse"].id


def test_without_the_right_there_is_no_bsn_and_no_way_to_it(company: Company) -> None:
    """D-rule 37: left out of the data, and the act refused."""
    company.share("Eva")
    visitor = company.visitor("Anna", company.employee_url("Eva"))
    assert visitor.page is not None
    assert "BSN" not in visitor.page.text
    company.post(visitor, company.employee_url("Eva", "/bsn"), status=403)
    assert company.entries("bsn:read") == []
    visitor = company.visitor("Ilse", "/werknemers")
    company.take_role("Ilse", "bsn_inzage")
    company.post(visitor, company.employee_url("Eva", "/bsn"), status=403)


def test_a_bsn_is_not_shown_by_following_a_link(company: Company) -> None:
    company.page("Ilse", company.employee_url("Eva", "/bsn"), status=405)


def test_a_bsn_out_of_scope_is_not_there(company: Company) -> None:
    with company.preparing() as world:
        world.hire_vault_user("Joop", "datakluisgebruiker", "bsn_inzage", scope=world.scope("Oven"))
    visitor = company.visitor("Joop", "/werknemers")
    company.post(visitor, company.employee_url("Eva", "/bsn"), status=404)
    assert company.entries("bsn:read") == []


@pytest.mark.parametrize(
    "typed",
    [
        {"last_name": "jans"},
        {"last_name": "JANSSEN", "birth_date": "31/12/1990"},
        {"personnel_number": " WK002 "},
    ],
)
def test_people_are_found_by_name_birth_date_and_number(company: Company, typed: dict[str, str]) -> None:
    """E-05, K-23: shared or not, for who can open the vault; what was typed is in no log."""
    visitor = company.visitor("Frits", "/werknemers/zoeken")
    page = visitor.submit(typed)

    assert "1 werknemer gevonden" in page.text
    assert "Janssen, E." in page.text
    assert company.employee_url("Joris") in page.links()
    assert visitor.path == "/werknemers/zoeken"
    (entry,) = company.entries("employee:search")
    assert not any(word in str(entry.details).casefold() for word in ("jans", "1990", "wk002"))


@pytest.mark.parametrize("typed", ["yil", "YILMAZ", "yılm", "Yil maz"])
def test_a_name_is_found_as_one_types_it_without_its_marks(company: Company, typed: str) -> None:
    """Yılmaz has a letter that is not on most keyboards."""
    visitor = company.visitor("Frits", "/werknemers/zoeken")
    assert "Yılmaz, E." in visitor.submit({"last_name": typed}).text


@pytest.mark.parametrize(
    "typed",
    [{"last_name": "Bakker"}, {"personnel_number": "OV001"}, {"last_name": "Persman"}, {"personnel_number": "PE001"}],
)
def test_nobody_out_of_scope_is_found(company: Company, typed: dict[str, str]) -> None:
    """H-13, D-rule 16."""
    visitor = company.visitor("Frits", "/werknemers/zoeken")
    assert "Niemand gevonden" in visitor.submit(typed).text


def test_a_search_in_a_department_out_of_scope_is_refused(company: Company) -> None:
    visitor = company.visitor("Frits", "/werknemers/zoeken")
    foreign = str(company.world.departments["Oven"].id)
    visitor.submit({"personnel_number": "OV001", "department_id": foreign}, status=422)
    assert company.entries("employee:search") == []


def test_a_search_finds_who_left_only_when_asked(company: Company) -> None:
    """E-09."""
    with company.preparing() as world:
        create_record(
            world.session,
            personnel_number="WEG1",
            card=card("Vertrokken"),
            details=details(bsn=None),
            employment=world.employment("Winkel", ends_on=date(2024, 12, 31)),
            actor=world.actor("Anna"),
        )
    visitor = company.visitor("Anna", "/werknemers/zoeken")
    page = visitor.submit({"last_name": "vertrok"})
    assert "Niemand gevonden" in page.text
    assert "Vink daarvoor 'Ook op uit dienst getreden werknemers zoeken' aan." in page.text
    page = visitor.submit({"former": "y"})
    assert "Vertrokken, E. Uit dienst" in page.text
    assert "Vink daarvoor" not in page.text


@pytest.mark.parametrize(
    "typed", [{}, {"last_name": "-"}, {"last_name": "  "}, {"birth_date": "gisteren"}, {"postcode": "35"}]
)
def test_a_search_for_too_little_says_what_to_fill_in(company: Company, typed: dict[str, str]) -> None:
    visitor = company.visitor("Anna", "/werknemers/zoeken")
    page = visitor.submit(typed, status=422)
    assert "Vul" in page.text
    assert company.entries("employee:search") == []


def test_without_a_key_a_number_is_the_only_thing_to_search_by(company: Company) -> None:
    """K-15: and what is found stays Anoniem, also when a form was forged."""
    visitor = company.visitor("Gerda", "/werknemers/zoeken")
    assert visitor.page is not None
    assert "Achternaam" not in visitor.page.text
    page = visitor.submit({"personnel_number": "WK001", "last_name": "Yılmaz"})
    assert "Anoniem (Persnr: WK001)" in page.text
    assert "Yılmaz" not in page.text
    visitor.submit({"last_name": "Janssen", "personnel_number": ""}, status=422)


HOSTILE = "<script>alert(1)</script>\"'{{7*7}}%00';--"


@pytest.mark.parametrize("value", [HOSTILE, "a" * 10_000, "%", "_" * 50, "\u202e\u0000"])
def test_hostile_search_words_are_only_words(company: Company, value: str) -> None:
    visitor = company.visitor("Anna", "/werknemers/zoeken")
    for field in ("last_name", "birth_date", "personnel_number", "department_id"):
        assert hostile_search(company, visitor, field, value) in {200, 422}


def test_hostile_search_words_are_only_words_to_each_database(company_on_each_database: Company) -> None:
    """PostgreSQL takes no NUL in a text."""
    visitor = company_on_each_database.visitor("Anna", "/werknemers/zoeken")
    assert hostile_search(company_on_each_database, visitor, "personnel_number", "WK\0001") == 200


def hostile_search(company: Company, visitor: Visitor, field: str, value: str) -> int:
    token = company.token(visitor)
    response = visitor.client.post(
        "/werknemers/zoeken", data={"csrf_token": token, "department_id": "", field: value}, base_url=visitor.base_url
    )
    assert "<script>alert" not in response.get_data(as_text=True)
    return response.status_code


def test_a_session_that_ended_leads_to_the_login_and_back(company: Company) -> None:
    visitor = company.visitor("Anna", "/werknemers")
    company.portal.source.advance(timedelta(hours=2))
    visitor.get(company.employee_url("Eva"))
    assert visitor.path == "/inloggen"

"""The pages that find people, on both sides (E-05, E-09, H-04..H-07, H-14, K-25)."""

from __future__ import annotations

import pytest

from tests.pages import Page
from tests.portal.company import Company, counted_queries
from tests.world import TEST_BSN, card, details
from vault import search as searching
from vault.indexing import index_batch
from vault.records import update_record

ADVANCED = "/werknemers/uitgebreid-zoeken"


def names_of(page: Page, place: str = "/werknemers/") -> list[str]:
    """Who stands in the table of what was found."""
    return [link for link in page.links() if link.startswith(place) and link.count("-") == 4]


def submit(company: Company, name: str, url: str, values: dict[str, str], *, status: int = 200) -> Page:
    """What somebody sees who fills in the form at `url`."""
    return company.visitor(name, url).submit(values, action=url, status=status)


@pytest.mark.parametrize(
    "values",
    [
        {"last_name": "yilm"},
        {"birth_date": "31-12-1990", "personnel_number": "WK001"},
        {"postcode": "3511 ab", "last_name": "Yılmaz"},
        {"bsn": "9999.90.019", "last_name": "Yılmaz"},
    ],
)
def test_the_employer_finds_by_each_field_and_several_at_once(company: Company, values: dict[str, str]) -> None:
    """E-05."""
    page = submit(company, "Ilse", "/werknemers/zoeken", values)
    assert names_of(page) == [company.employee_url("Eva")]
    assert "1 werknemer gevonden" in page.text
    assert TEST_BSN not in page.response.request.url
    assert values.get("bsn", TEST_BSN) not in page.response.get_data(as_text=True)


def test_only_who_may_read_a_bsn_has_a_field_for_it(company: Company) -> None:
    """D-rule 37: also a forged form does not search by one."""
    for url in ("/werknemers/zoeken", ADVANCED):
        assert 'name="bsn"' in company.page("Ilse", url).response.get_data(as_text=True)
        assert 'name="bsn"' not in company.page("Anna", url).response.get_data(as_text=True)
    page = submit(company, "Anna", "/werknemers/zoeken", {"bsn": TEST_BSN}, status=422)
    assert "Vul in waarop u wilt zoeken" in page.text


def test_what_is_no_bsn_is_told_beside_the_field_and_not_sent_back(company: Company) -> None:
    page = submit(company, "Ilse", "/werknemers/zoeken", {"bsn": "123"}, status=422)
    assert "BSN:" in page.text
    assert company.entries("employee:search") == []


def test_with_nothing_filled_in_everybody_is_listed_the_first_hundred(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H-07, D-rule 46."""
    page = submit(company, "Anna", ADVANCED, {})
    assert len(names_of(page)) == 3
    assert "Alleen de eerste 100 dossiers zijn weergegeven." not in page.text
    monkeypatch.setattr(searching, "MOST_SHOWN", 2)
    page = submit(company, "Anna", ADVANCED, {})
    assert len(names_of(page)) == 2
    assert "Alleen de eerste 100 dossiers zijn weergegeven." in page.text
    # Frits has two in scope: nothing tells him that there are others.
    page = submit(company, "Frits", ADVANCED, {})
    assert len(names_of(page)) == 2
    assert "Alleen de eerste" not in page.text


def test_a_list_in_the_order_of_names(company: Company) -> None:
    page = submit(company, "Anna", ADVANCED, {"order": "name"})
    assert names_of(page) == [company.employee_url(name) for name in ("Noor", "Joris", "Eva")]


def test_a_time_that_ends_before_it_begins_is_told(company: Company) -> None:
    values = {"in_service_from": "01-02-2024", "in_service_until": "01-01-2024"}
    page = submit(company, "Anna", ADVANCED, values, status=422)
    assert "Vul een dag in die niet voor de eerste dag ligt." in page.text


def test_without_a_key_only_what_is_open_is_asked_for(company: Company) -> None:
    """D-rule 17: a manager without the vault lists numbers."""
    page = company.page("Gerda", ADVANCED)
    for field in ("last_name", "birth_date", "postcode", "bsn"):
        assert f'name="{field}"' not in page.response.get_data(as_text=True)
    page = submit(company, "Gerda", ADVANCED, {"function": "Verk"})
    assert "Anoniem (Persnr: WK001)" in page.text
    assert "Yılmaz" not in page.text


def test_few_letters_among_many_are_explained(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Design 2.5."""
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)
    page = submit(company, "Anna", "/werknemers/zoeken", {"last_name": "Ja"})
    assert "is alleen gezocht naar wie precies zo heet" in page.text
    assert names_of(page) == []
    page = submit(company, "Anna", "/werknemers/zoeken", {"last_name": "Jan"})
    assert names_of(page) == [company.employee_url("Joris")]


def test_too_many_to_compare_are_explained(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)
    monkeypatch.setattr(searching, "MOST_OPENED", 1)
    page = submit(company, "Anna", "/werknemers/zoeken", {"postcode": "3511 AC"})
    assert "Zoveel werknemers kunnen passen dat niet iedereen is vergeleken." in page.text


def test_organisations_are_found_by_name_too(company: Company) -> None:
    """H-05: above the people; with *Dossier* before it nobody but organisations."""
    page = submit(company, "Carla", "/dossiers/zoeken", {"last_name": "mulder"})
    assert f"/dossiers?werkgever={company.world.employer.id}" in page.links()
    assert "Niemand gevonden" in page.text
    page = submit(company, "Carla", "/dossiers/zoeken", {"last_name": "Dossier"})
    employers = {company.world.employer.id, company.world.garage.id}
    assert {link for link in page.links() if "werkgever=" in link} == {
        f"/dossiers?werkgever={one}" for one in employers
    }
    assert "Niemand gevonden" not in page.text
    assert len(company.entries("employee:search")) == 1
    page = submit(company, "Carla", "/dossiers/zoeken", {"last_name": "dossier Visser"})
    assert "Geen organisatie gevonden" in page.text
    page = submit(company, "Anna", "/werknemers/zoeken", {"last_name": "bakkerij"})
    assert "Gevonden organisaties" in page.text


def test_the_service_finds_the_new_name_and_no_longer_the_old(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Design 2.2: live, by the index, at the very next search."""
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)
    company.share("Eva")
    assert "Yılmaz, E." in submit(company, "Carla", "/dossiers/zoeken", {"last_name": "yilmaz"}).text
    with company.preparing() as world:
        given = {"card": card("Zonneveld"), "details": details(), "expected_version": 1, "actor": world.actor("Anna")}
        update_record(world.session, company.employees["Eva"], **given)  # type: ignore[arg-type]
    assert "Niemand gevonden" in submit(company, "Carla", "/dossiers/zoeken", {"last_name": "yilmaz"}).text
    page = submit(company, "Carla", "/dossiers/zoeken", {"last_name": "zonn"})
    assert names_of(page, "/dossiers/") == [company.dossier_url("Eva")]
    assert "Bakkerij Mulder" in page.text


@pytest.mark.parametrize("url", ["/dossiers", "/", "/dossiers/zoeken"])
def test_due_work_is_done_before_a_page_that_needs_it(company: Company, url: str) -> None:
    """Design 2.7: tree, start page, search."""
    company.share("Eva")
    visitor = company.visitor("Carla")
    with company.preparing() as world:
        given = {"card": card("Zonneveld"), "details": details(), "expected_version": 1, "actor": world.actor("Anna")}
        update_record(world.session, company.employees["Eva"], **given)  # type: ignore[arg-type]
    if url == "/dossiers/zoeken":
        visitor.get(url)
        visitor.submit({"last_name": "Zonneveld"}, action=url)
    else:
        visitor.get(url)
    assert len(company.entries("index:write")) == 1
    with company.preparing() as world:
        assert not index_batch(world.session, world.actor("Carla"))
    assert len(company.entries("index:write")) == 1


def test_the_advanced_search_of_the_service(company: Company) -> None:
    """H-07: by employer; names of whom is shared."""
    company.share("Eva")
    page = submit(company, "Carla", "/dossiers/uitgebreid-zoeken", {"employer_id": str(company.world.employer.id)})
    assert "Yılmaz, E." in page.text
    assert "Anoniem (Persnr: WK002)" in page.text
    stranger = {"employer_id": str(company.world.other_employer.id)}
    submit(company, "Carla", "/dossiers/uitgebreid-zoeken", stranger, status=422)


def test_where_was_i(company: Company) -> None:
    """H-14, K-25."""
    assert "Hier komen de dossiers die u het laatst hebt geopend." in company.page("Frits", "/").text
    visitor = company.visitor("Frits", company.employee_url("Eva"))
    visitor.get("/")
    page = visitor.get("/")
    assert company.employee_url("Eva") in page.links()
    assert "E. Yılmaz" in page.text
    arbo = company.visitor("Carla", company.dossier_url("Joris")).get("/")
    assert "Anoniem (Persnr: WK002)" in arbo.text
    assert "Bakkerij Mulder" in arbo.text


def test_a_list_of_many_takes_as_many_queries_as_one_of_few(company: Company) -> None:
    """No query in a loop."""
    counts = []
    for values in ({"personnel_number": "WK001"}, {}):
        visitor = company.visitor("Anna", ADVANCED)
        with counted_queries(company) as statements:
            visitor.submit(values, action=ADVANCED)
        counts.append(len(statements))
    assert counts[0] == counts[1]

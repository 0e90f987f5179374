"""Asking an employer to share a dossier, as arbo staff do it in the portal (design 2.6; D-rules 16, 22, 23, 26)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from organisation.models import Employment
from organisation.service_agreements import end_agreement
from tests.pages import Page, Visitor, elements, text_of
from tests.portal.company import Company, counted_queries
from tests.world import OPERATOR
from vault.ending_agreements import end_requests, end_shares
from vault.models import ShareRequest
from vault.share_requests import expire_requests

WORDS = "Meldt zich elke maandag"
TYPED = {"kind": "consultation", "explanation": WORDS}
REFUSAL = "Is alweer aan het werk"
START = "/"
OVERVIEW = "/dossiers/deelverzoeken"


def ask(company: Company, visitor: Visitor, name: str = "Eva") -> Page:
    visitor.get(company.dossier_url(name, "/deling-aanvragen"))
    return visitor.submit(TYPED, action=company.dossier_url(name, "/deling-aanvragen"))


def request_id(company: Company) -> str:
    with company.portal.session() as session:
        newest = select(ShareRequest.id).order_by(ShareRequest.requested_at.desc()).limit(1)
        return str(session.scalars(newest).one())


def answer(company: Company, by: str, how: str, values: dict[str, str]) -> Page:
    url = f"/deelverzoeken/{request_id(company)}/{how}"
    visitor = company.visitor(by, url)
    return visitor.submit(values, action=url)


def requests(company: Company) -> int:
    with company.portal.session() as session:
        return session.scalar(select(func.count()).select_from(ShareRequest)) or 0


def card(page: Page, title: str) -> str:
    """The text of a card of the start page."""
    sections = [text_of(section) for section in elements(page.root, "section")]
    return next(text for text in sections if text.startswith(title))


def test_the_page_of_somebody_anonymous_offers_it_and_says_who_reads_what_is_written(company: Company) -> None:
    visitor = company.visitor("Carla", company.dossier_url("Eva"))
    assert visitor.page is not None
    assert company.dossier_url("Eva", "/deling-aanvragen") in visitor.page.links()
    page = visitor.get(company.dossier_url("Eva", "/deling-aanvragen"))
    assert page.heading == "Deling aanvragen"
    assert "Schrijf geen medische informatie op." in page.text
    assert (
        "De datakluisgebruikers van Bakkerij Mulder die over deze werknemer gaan, lezen deze toelichting." in page.text
    )
    assert "binnen 14 dagen" in page.text
    assert "Yılmaz" not in page.text


def test_it_waits_and_the_page_says_who_asked_and_when(company_on_each_database: Company) -> None:
    company = company_on_each_database
    visitor = company.visitor("Carla")
    page = ask(company, visitor)
    assert visitor.path == company.dossier_url("Eva")
    assert "Uw deelverzoek staat klaar bij de werkgever." in page.text
    for words in ("Deelverzoek wacht op de werkgever", "Gevraagd door", "Carla", WORDS, "Spreekuur", "Intrekken"):
        assert words in page.text
    assert "Yılmaz" not in page.text
    assert company.dossier_url("Eva", "/deling-aanvragen") not in page.links()
    assert "Deelverzoeken (1)" in visitor.get(START).text
    assert "Wacht op de werkgever" in visitor.get(OVERVIEW).text


def test_a_second_request_says_so(company: Company) -> None:
    first, second = company.visitor("Carla"), company.visitor("Carla")
    second.get(company.dossier_url("Eva", "/deling-aanvragen"))
    ask(company, first)
    page = second.submit(TYPED, action=company.dossier_url("Eva", "/deling-aanvragen"))
    assert "Voor deze werknemer wacht al een deelverzoek van uw arbodienst." in page.text
    assert requests(company) == 1
    assert len(company.entries("share_request:make")) == 2
    page = second.get(company.dossier_url("Eva", "/deling-aanvragen"))
    assert "Voor deze werknemer wacht al een deelverzoek van uw arbodienst." in page.text


def test_for_who_is_shared_nothing_can_be_asked(company: Company) -> None:
    visitor = company.visitor("Carla", company.dossier_url("Eva", "/deling-aanvragen"))
    company.share("Eva")
    page = visitor.submit(TYPED, action=company.dossier_url("Eva", "/deling-aanvragen"))
    assert "Dit dossier is al met uw arbodienst gedeeld." in page.text
    assert company.dossier_url("Eva", "/deling-aanvragen") not in page.links()
    page = visitor.get(company.dossier_url("Eva", "/deling-aanvragen"))
    assert "Dit dossier is al met uw arbodienst gedeeld." in page.text
    assert requests(company) == 0


@pytest.mark.parametrize(
    ("typed", "faulty"),
    [
        ({}, ["Soort zorgvraag", "Toelichting"]),
        ({"kind": "consultation", "explanation": "   "}, ["Toelichting"]),
        ({"kind": "nieuwsgierig", "explanation": WORDS}, ["Soort zorgvraag"]),
        ({"kind": "other", "explanation": "a" * 1_001}, ["Toelichting"]),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(
    company: Company, typed: dict[str, str], faulty: list[str]
) -> None:
    url = company.dossier_url("Eva", "/deling-aanvragen")
    visitor = company.visitor("Carla", url)
    page = visitor.submit(typed, action=url, status=422)
    (box,) = [element for element in elements(page.root, "div") if element.get("class") == "dk-error-summary"]
    assert [text_of(line).partition(":")[0] for line in elements(box, "li")] == faulty
    assert page.form(url).values["explanation"].strip() == typed.get("explanation", "").strip()
    assert requests(company) == 0


def test_an_employer_out_of_scope_and_somebody_unknown_are_not_found(company: Company) -> None:
    """D-rule 16; and klantbeheer without the permission is refused."""
    visitor = company.visitor("Carla", "/dossiers")
    for url in (company.dossier_url("Piet"), f"/dossiers/{company.world.service.id}"):
        visitor.get(f"{url}/deling-aanvragen", status=404)
        visitor.get("/dossiers")
        company.post(visitor, f"{url}/deling-aanvragen", TYPED, status=404)
        company.post(visitor, f"{url}/deelverzoek-intrekken", {"request_id": "x"}, status=404)
    with company.preparing() as world:
        world.hire_arbo("Kees", roles=("klantbeheer",))
    kees = company.visitor("Kees", company.dossier_url("Eva"))
    assert kees.page is not None
    assert company.dossier_url("Eva", "/deling-aanvragen") not in kees.page.links()
    company.post(kees, company.dossier_url("Eva", "/deling-aanvragen"), TYPED, status=403)


def test_it_can_be_withdrawn_once_and_asked_again(company: Company) -> None:
    visitor = company.visitor("Carla")
    ask(company, visitor)
    url = company.dossier_url("Eva", "/deelverzoek-intrekken")
    number = request_id(company)
    page = visitor.submit(action=url)
    assert "Het deelverzoek is ingetrokken." in page.text
    assert "Uw arbodienst heeft het verzoek ingetrokken op" in page.text
    page = company.post(visitor, url, {"request_id": number})
    assert "Dit deelverzoek is ingetrokken. Er is niets gewijzigd." in page.text
    company.post(visitor, company.dossier_url("Joris", "/deelverzoek-intrekken"), {"request_id": "x"}, status=404)
    company.portal.source.advance(timedelta(seconds=1))
    assert "Deelverzoek wacht op de werkgever" in ask(company, visitor).text


def test_the_request_of_somebody_else_is_not_withdrawn_through_this_page(company: Company) -> None:
    visitor = company.visitor("Carla")
    ask(company, visitor, "Joris")
    url = company.dossier_url("Eva", "/deelverzoek-intrekken")
    company.post(visitor, url, {"request_id": request_id(company)}, status=404)
    assert "Deelverzoek wacht op de werkgever" in visitor.get(company.dossier_url("Joris")).text


def test_the_answer_is_new_until_who_asked_has_looked(company: Company) -> None:
    """And a refusal comes with its reason, on the page of the employee."""
    visitor = company.visitor("Carla")
    ask(company, visitor)
    answer(company, "Frits", "weigeren", {"explanation": REFUSAL})
    visitor = company.visitor("Carla", START)
    assert visitor.page is not None
    assert "nieuw antwoord" in card(visitor.page, "Deelverzoeken (1)")
    assert "nieuw antwoord" in visitor.get(OVERVIEW).text
    page = visitor.get(company.dossier_url("Eva"))
    assert "Bakkerij Mulder heeft het verzoek geweigerd op" in page.text
    assert REFUSAL in page.text
    assert "Frits" not in page.text
    assert "nieuw antwoord" not in visitor.get(START).text
    assert "Deelverzoeken (1)" not in visitor.get(START).text
    overview = visitor.get(OVERVIEW)
    assert "Bakkerij Mulder heeft het verzoek geweigerd op" in overview.text
    assert "nieuw antwoord" not in overview.text


def test_a_colleague_in_scope_sees_the_answer_too_and_leaves_it_new(company: Company) -> None:
    with company.preparing() as world:
        world.hire_arbo("Nel")
    ask(company, company.visitor("Carla"))
    answer(company, "Frits", "weigeren", {"explanation": REFUSAL})
    assert REFUSAL in company.page("Nel", company.dossier_url("Eva")).text
    assert "nieuw antwoord" in company.page("Carla", START).text


def test_when_it_is_shared_the_dossier_opens_and_says_in_answer_to_what(company: Company) -> None:
    ask(company, company.visitor("Carla"))
    answer(company, "Frits", "delen", {})
    visitor = company.visitor("Carla", START)
    assert visitor.page is not None
    assert "Bakkerij Mulder heeft het dossier gedeeld op" in card(visitor.page, "Deelverzoeken (1)")
    page = visitor.get(company.dossier_url("Eva"))
    assert page.heading == "Eva Yılmaz"
    assert "Uw deelverzoek van" in page.text
    assert "E. Yılmaz" in visitor.get(OVERVIEW).text


def test_a_share_that_ended_later_says_so(company: Company) -> None:
    ask(company, company.visitor("Carla"))
    answer(company, "Frits", "delen", {})
    frits = company.visitor("Frits", company.employee_url("Eva", "/deling-intrekken"))
    frits.submit(action=company.employee_url("Eva", "/deling-intrekken"))
    assert "die deling is later beëindigd" in company.page("Carla", company.dossier_url("Eva")).text


@pytest.mark.parametrize("worker_came_by", [False, True])
def test_what_ran_out_says_so_on_both_sides(company: Company, *, worker_came_by: bool) -> None:
    """A setting, 14 days by default."""
    ask(company, company.visitor("Carla"))
    company.portal.source.advance(timedelta(days=14))
    if worker_came_by:
        with company.preparing() as world:
            assert expire_requests(world.session) == 1
    carla = company.page("Carla", company.dossier_url("Eva"))
    assert "Verlopen op" in carla.text
    assert "Bakkerij Mulder heeft niet geantwoord." in carla.text
    assert company.dossier_url("Eva", "/deling-aanvragen") in carla.links()
    frits = company.visitor("Frits", f"/deelverzoeken/{request_id(company)}")
    assert frits.page is not None
    assert "zonder antwoord. Er is niets gedeeld." in frits.page.text
    page = company.post(frits, f"/deelverzoeken/{request_id(company)}/weigeren", {"explanation": REFUSAL})
    assert "Dit deelverzoek is verlopen. Er is niets gewijzigd." in page.text


def test_an_agreement_that_ended_and_was_renewed_leaves_its_sentence(company: Company) -> None:
    """On both sides; what the service wrote is gone."""
    ask(company, company.visitor("Carla"))
    with company.preparing() as world:
        day = world.session.source.now().date()
        agreement = end_agreement(world.session, world.employer.id, world.service.id, day, OPERATOR)
    company.portal.source.advance(timedelta(days=1))
    company.visitor("Carla").get(company.dossier_url("Eva"), status=404)
    frits = company.page("Frits", f"/deelverzoeken/{request_id(company)}")
    assert "Vervallen: de overeenkomst met Noord is geëindigd." in frits.text
    with company.preparing() as world:
        assert end_requests(world.session) == 1
        world.session.merge(agreement).ends_on = None
    page = company.page("Carla", company.dossier_url("Eva"))
    assert "Vervallen: de overeenkomst met Bakkerij Mulder was geëindigd." in page.text
    assert WORDS not in page.text


def test_of_somebody_who_left_both_sides_are_told(company: Company) -> None:
    ask(company, company.visitor("Carla"))
    with company.preparing() as world:
        yesterday = world.session.source.now().date() - timedelta(days=1)
        leaves = update(Employment).where(Employment.employee_id == company.employees["Eva"])
        world.session.execute(leaves.values(ends_on=yesterday))
    assert "Deze werknemer is intussen uit dienst." in company.page("Carla", company.dossier_url("Eva")).text
    frits = company.page("Frits", f"/deelverzoeken/{request_id(company)}")
    assert "Deze werknemer is uit dienst. Delen kan nog, als er een zorgvraag is." in frits.text


def test_after_the_end_of_an_agreement_the_next_login_does_what_is_due(company: Company) -> None:
    """Nobody was logged in; Anna comes by, and the history says what happened."""
    company.share("Eva")
    with company.preparing() as world:
        day = world.session.source.now().date()
        end_agreement(world.session, world.employer.id, world.service.id, day, OPERATOR)
    company.portal.source.advance(timedelta(days=1))
    with company.preparing() as world:
        assert end_shares(world.session) == 1
    company.visitor("Gerda")
    assert company.entries("key:renew") == []
    anna = company.visitor("Anna")
    assert len(company.entries("key:renew")) == 1
    page = anna.get(company.employee_url("Eva", "/deelgeschiedenis"))
    assert "Deling beëindigd: de overeenkomst met de arbodienst is geëindigd" in page.text
    assert "Deling ingetrokken" not in page.text
    anna.get(START)
    assert len(company.entries("key:renew")) == 1


def test_who_waits_for_admission_gets_nothing(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Nel", world.service, "casemanager_arbo")
    visitor = company.visitor("Nel")
    for url in (OVERVIEW, company.dossier_url("Eva", "/deling-aanvragen")):
        assert visitor.get(url).heading == "Wacht op toelating"
    visitor.get(START)
    page = company.post(visitor, company.dossier_url("Eva", "/deling-aanvragen"), TYPED)
    assert page.heading == "Wacht op toelating"
    assert requests(company) == 0


def test_the_overview_asks_the_database_no_more_for_ten_than_for_two(company: Company) -> None:
    visitor = company.visitor("Carla")
    for name in ("Eva", "Joris"):
        ask(company, visitor, name)
    visitor.get(OVERVIEW)
    with counted_queries(company) as few:
        visitor.get(OVERVIEW)
    with company.preparing() as world:
        for number in range(8):
            company.employees[f"N{number}"] = world.employ(f"WK10{number}", "Bos")
    for number in range(8):
        ask(company, visitor, f"N{number}")
    visitor.get(OVERVIEW)
    with counted_queries(company) as many:
        visitor.get(OVERVIEW)
    assert len(many) == len(few)

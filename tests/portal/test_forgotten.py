"""Inloggegevens vergeten? through the pages: the same whoever is named (L-20..L-23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.forgotten import answer_requests
from accounts.models import AccountState, Person
from delivery.models import OutgoingMessage
from delivery.outbox import open_content
from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.proofs import solved

URL = "/inloggegevens-vergeten"
FIELDS = {"inlognaam": "email", "wachtwoord": "login_name"}


def proof(visitor: Visitor) -> str:
    """Do the work that the widget does."""
    response = visitor.client.get(f"{URL}/controle", environ_overrides=visitor.environment, base_url=visitor.base_url)
    return solved(response.get_json())


def test_whoever_has_no_administrator_is_told_whom_to_ask(company: Company) -> None:
    """An account of an employee or contact person is nobody's to reset (G-11)."""
    whom = "Vraag degene die u uitnodigde, bij uw werkgever of de arbodienst"
    visitor = company.portal.visitor()
    for address in (URL, f"{URL}/verzonden/wachtwoord"):
        assert whom in visitor.get(address).text


def ask(company: Company, what: str, typed: str, *, status: int = 200, address: str = "192.0.2.30") -> Page:
    """Ask for a login name or a password, as somebody with a browser."""
    visitor = company.portal.visitor(address)
    visitor.get(f"{URL}/{what}")
    return visitor.submit({FIELDS[what]: typed, "altcha": proof(visitor)}, action=f"{URL}/{what}", status=status)


def answers(company: Company) -> list[tuple[str, dict[str, str]]]:
    """Let the worker answer, and return the mails that it made: to whom, with what."""
    with company.portal.session() as session, session.begin():
        answer_requests(session, "https://datakluis.example")
        kinds = OutgoingMessage.kind.in_(["login_name", "password_reset"])
        contents = [open_content(session, mail) for mail in session.query(OutgoingMessage).filter(kinds)]
        return [(content.to, dict(content.values)) for content in contents]


def let_in_once(company: Company, name: str) -> None:
    with company.preparing() as world:
        world.session.get_one(Person, world.people[name].id).login_at = world.session.source.now()


def test_the_login_page_leads_to_both_ways_and_back(company: Company) -> None:
    visitor = company.portal.visitor()

    page = visitor.get("/inloggen")
    assert "Inloggegevens vergeten?" in page.text
    page = visitor.get(URL)
    for label in ("Annuleren", "INLOGNAAM OPVRAGEN", "WACHTWOORD AANVRAGEN"):
        assert label in page.text


def test_a_refused_login_offers_a_new_password(company: Company) -> None:
    """L-17."""
    visitor = company.portal.visitor()
    visitor.get("/inloggen")

    assert "WACHTWOORD AANVRAGEN" in visitor.submit({"login_name": "Anna", "password": "fout"}, status=422).text


@pytest.mark.parametrize("what", FIELDS)
def test_the_answer_is_the_same_for_known_unknown_new_and_blocked(company: Company, what: str) -> None:
    let_in_once(company, "Anna")
    let_in_once(company, "Gerda")
    with company.preparing() as world:
        world.session.get_one(Person, world.people["Gerda"].id).state = AccountState.BLOCKED
    typed = ["anna", "niemand", "frits", "gerda"]
    pages = [
        ask(company, what, f"{name}@example.org" if what == "inlognaam" else name, address=f"192.0.2.{number}")
        for number, name in enumerate(typed, 40)
    ]

    assert len({page.text for page in pages}) == 1
    assert len({page.response.status_code for page in pages}) == 1
    mails = answers(company)
    assert [to for to, _values in mails] == ["anna@example.org"]


def test_without_the_work_nothing_is_asked(company: Company) -> None:
    visitor = company.portal.visitor()
    visitor.get(f"{URL}/wachtwoord")

    page = visitor.submit({"login_name": "anna"}, action=f"{URL}/wachtwoord", status=422)

    assert "De controle is niet gelukt" in page.text
    assert company.entries("login:ask") == []


def test_the_work_is_good_once(company: Company) -> None:
    visitor = company.portal.visitor()
    visitor.get(f"{URL}/wachtwoord")
    form, done = visitor.page, proof(visitor)
    visitor.submit({"login_name": "anna", "altcha": done}, action=f"{URL}/wachtwoord")
    visitor.page = form

    page = visitor.submit({"login_name": "anna", "altcha": done}, action=f"{URL}/wachtwoord", status=422)

    assert "De controle is niet gelukt" in page.text


def test_the_sixth_of_a_day_is_refused_whoever_is_named(company: Company) -> None:
    """Security.md, goal I."""
    for number in range(5):
        ask(company, "wachtwoord", f"naam{number}")

    texts = {ask(company, "wachtwoord", name, status=429).text for name in ("anna", "niemand")}
    assert len(texts) == 1
    assert "Dit is vandaag al een paar keer gevraagd" in texts.pop()
    company.portal.source.advance(timedelta(days=1))
    ask(company, "wachtwoord", "anna")


def test_what_is_no_address_is_said_beside_the_field(company: Company) -> None:
    page = ask(company, "inlognaam", "geen adres", status=422)

    assert "Vul een e-mailadres in" in page.text


def test_without_scripts_the_page_says_whom_to_ask(company: Company) -> None:
    visitor = company.portal.visitor()

    assert "Dit formulier werkt alleen met JavaScript" in visitor.get(f"{URL}/wachtwoord").text

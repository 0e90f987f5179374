"""What somebody with an own account sees of Datakluis, and how such an account is helped (D-05, D-rule 31)."""

from __future__ import annotations

import pytest

from accounts.models import Person
from accounts.people import person_logging_in
from tests.dialogs.guests import EMAIL, PASSWORD
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.invited import invite_into
from tests.portal.test_forgotten import answers, ask
from tests.refusals.acts_of_joining import couple

WITHOUT = ("/werknemers", "/werknemers/zoeken", "/dossiers", "/dossiers/zoeken", "/werkgevers", "/logboek", "/beheer")


@pytest.fixture
def guest(company: Company) -> Visitor:
    """Somebody who signed up by an invitation, with an app as the second factor."""
    with company.preparing() as world:
        invited = invite_into(company.portal, world.session, colleague="Ilse")
    visitor = invited.signed_up()
    couple(company, visitor)
    return visitor


def test_there_is_no_tree_no_search_and_nothing_of_an_organisation(guest: Visitor) -> None:
    page = guest.get("/instellingen")
    assert "Eigen account" in page.text
    assert "Employees" not in page.text
    assert not [link for link in page.links() if link.startswith(("/werknemers", "/dossiers", "/herstel"))]
    for url in WITHOUT:
        assert guest.client.get(url, base_url=guest.base_url, environ_overrides=guest.environment).status_code in {
            403,
            404,
        }, url


def test_the_own_settings_name_the_mail_address_and_no_digest(guest: Visitor, company: Company) -> None:
    with company.portal.session() as session:
        person = person_logging_in(session, EMAIL)
        assert person is not None
        digest = person.login_name
    for page in ("", "/e-mail", "/beveiliging", "/taken"):
        text = guest.get(f"/instellingen{page}").response.get_data(as_text=True)
        assert digest not in text
    assert EMAIL in guest.get("/instellingen").text


def test_a_forgotten_password_is_asked_for_by_mail_address(guest: Visitor, company: Company) -> None:
    ask(company, "wachtwoord", EMAIL.upper())
    ((to, values),) = answers(company)
    assert to == EMAIL
    assert "/wachtwoord-herstellen/" in values["link"]


def test_a_forgotten_login_name_is_the_mail_address(guest: Visitor, company: Company) -> None:
    ask(company, "inlognaam", EMAIL)
    ((to, values),) = answers(company)
    assert (to, values) == (EMAIL, {"login_names": EMAIL})


def test_a_login_name_of_staff_comes_before_a_mail_address(guest: Visitor, company: Company) -> None:
    with company.preparing() as world:
        world.session.get_one(Person, world.people["Gerda"].id).login_name = EMAIL
    with company.portal.session() as session:
        found = person_logging_in(session, EMAIL)
        assert found is not None
        assert found.id == company.world.people["Gerda"].id


def test_no_administrator_sees_an_own_account(guest: Visitor, company: Company) -> None:
    for name in ("Anna", "Carla"):
        visitor = company.visitor(name)
        for url in ("/beheer/gebruikers", "/beheer/gebruikers/zoeken"):
            response = visitor.client.get(url, base_url=visitor.base_url, environ_overrides=visitor.environment)
            assert "Nora Nieuw" not in response.get_data(as_text=True)
            assert EMAIL not in response.get_data(as_text=True)


def test_wrong_passwords_are_counted_together_however_the_address_is_typed(guest: Visitor, company: Company) -> None:
    """L-18; a new password opens the account again, for there is no administrator who could."""
    stranger = company.portal.visitor("192.0.2.200")
    stranger.get("/inloggen")
    for number in range(5):
        spelled = EMAIL.upper() if number % 2 else f" {EMAIL} "
        stranger.submit({"login_name": spelled, "password": "een ander wachtwoord"}, status=422)
    assert stranger.submit({"login_name": EMAIL, "password": PASSWORD}, status=422).heading == "Inloggen"
    with company.portal.session() as session:
        person = person_logging_in(session, EMAIL)
        assert person is not None
        assert person.locked_at is not None

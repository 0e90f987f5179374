"""Toelatingen through the pages: who gets the key of the arbo service (design 2.1)."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest

from accounts.models import Person
from keys.check_words import RenewedKey, renewed_key
from keys.models import HolderGeneration
from organisation.admission import enter_service, waiting_members
from organisation.circles import name_first_member
from tests.pages import Visitor
from tests.portal.company import Company
from tests.world import OPERATOR

URL = "/toelatingen"
NOBODY = uuid5(UUID(int=0), "nobody")


def hire(company: Company, name: str, *, at: str = "service") -> None:
    """Let a further member of Carla's service, or of Dirk's, log in for the first time."""
    with company.preparing() as world:
        world.hire(name, getattr(world, at), "casemanager_arbo")
        enter_service(world.session, world.actor(name))
        company.portal.people[name] = world.people[name]


def admission_of(company: Company, name: str, *, seen_by: str = "Carla") -> UUID:
    with company.preparing() as world:
        members = waiting_members(world.session, world.actor(seen_by))
        return next(member.admission_id for member in members if member.name == name)


def can_open(company: Company, name: str) -> bool:
    with company.preparing() as world:
        holder_id = world.session.merge(world.service).holder_id
        assert holder_id is not None
        return world.actor(name).keys.can_open(world.session, holder_id)


def send(visitor: Visitor, url: str) -> int:
    assert visitor.page is not None
    return visitor.client.post(
        url,
        data={"csrf_token": visitor.page.forms[0].values["csrf_token"]},
        base_url=visitor.base_url,
        environ_overrides=visitor.environment,
    ).status_code


def test_with_nobody_waiting_the_page_says_how_someone_comes_and_who_can_open(company: Company) -> None:
    page = company.page("Carla", URL)

    assert "Niemand wacht" in page.text
    assert "Wie kan dit openen? Carla Sinds 22 november 2026" in page.text
    assert "Alleen u hebt de sleutel van uw arbodienst" in page.text


def test_a_waiting_member_is_shown_with_date_and_age_and_admitted(company: Company) -> None:
    hire(company, "Cor")
    carla = company.visitor("Carla", URL)
    assert carla.page is not None
    assert "Wacht op toelating sinds 22 november 2026" in carla.page.text
    assert "geleden" in carla.page.text

    page = carla.submit(action=f"{URL}/{admission_of(company, 'Cor')}/toelaten")

    assert "Uw collega is toegelaten" in page.text
    assert "toegelaten door Carla" in page.text
    assert "Alleen u hebt de sleutel" not in page.text
    assert can_open(company, "Cor")


def test_two_clicks_admit_once(company: Company) -> None:
    hire(company, "Cor")
    carla = company.visitor("Carla", URL)
    form, url = carla.page, f"{URL}/{admission_of(company, 'Cor')}/toelaten"
    carla.submit(action=url)
    carla.page = form

    page = carla.submit(action=url, status=409)

    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["overtaken"]
    assert "al over dit verzoek beslist" in page.text
    assert len(company.entries("admission:grant", company.world.service.id)) == 1


def test_a_refused_member_gets_no_key_and_may_ask_again(company: Company) -> None:
    hire(company, "Cor")
    carla = company.visitor("Carla", URL)

    page = carla.submit(action=f"{URL}/{admission_of(company, 'Cor')}/weigeren")

    assert "Het verzoek is geweigerd" in page.text
    assert not can_open(company, "Cor")
    cor = company.visitor("Cor")
    cor.submit(action="/toelatingen/vragen")
    assert "Cor" in carla.get(URL).text


@pytest.mark.parametrize("act", ["toelaten", "weigeren"])
def test_a_member_without_the_key_decides_about_nobody(company: Company, act: str) -> None:
    hire(company, "Cor")
    hire(company, "Daan")
    cor = company.visitor("Cor", URL)
    assert cor.page is not None
    assert "U hebt de sleutel zelf nog niet" in cor.page.text
    assert [form.action for form in cor.page.forms] == ["/uitloggen"]

    page = company.post(cor, f"{URL}/{admission_of(company, 'Daan')}/{act}", status=403)

    assert "U hebt de sleutel van uw arbodienst zelf nog niet" in page.text
    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["no key"]
    assert admission_of(company, "Daan")


@pytest.mark.parametrize("act", ["toelaten", "weigeren"])
def test_the_request_of_another_service_is_not_there(company: Company, act: str) -> None:
    """D-rule 16."""
    hire(company, "Zora", at="other_service")
    theirs = admission_of(company, "Zora", seen_by="Dirk")
    carla = company.visitor("Carla", URL)

    assert carla.page is not None
    assert "Zora" not in carla.page.text
    assert send(carla, f"{URL}/{theirs}/{act}") == 404
    assert send(carla, f"{URL}/{NOBODY}/{act}") == 404
    assert admission_of(company, "Zora", seen_by="Dirk") == theirs


@pytest.mark.parametrize("name", ["Anna", "Frits", "Gerda"])
def test_the_employer_does_not_come_here(company: Company, name: str) -> None:
    visitor = company.visitor(name, URL, status=403)

    visitor.get("/")
    assert send(visitor, f"{URL}/vragen") == 403


def test_a_right_that_was_taken_between_two_requests_is_gone(company: Company) -> None:
    hire(company, "Cor")
    carla = company.visitor("Carla", URL)
    for role in ("klantbeheer", "casemanager_arbo"):
        company.take_role("Carla", role)

    carla.submit(action=f"{URL}/{admission_of(company, 'Cor', seen_by='Cor')}/toelaten", status=403)

    assert not can_open(company, "Cor")


def test_a_hostile_name_is_text(company: Company) -> None:
    hire(company, "Cor")
    with company.preparing() as world:
        world.session.get_one(Person, world.people["Cor"].id).display_name = "<script>Cor</script>"

    assert "<script>Cor</script>" in company.page("Carla", URL).text


def renew_key(company: Company, name: str) -> RenewedKey:
    """Let a person lose the key and get a new one."""
    with company.preparing() as world:
        world.renew_key(name)
        company.portal.people[name] = world.people[name]
        renewed = renewed_key(world.session, world.people[name].id)
    assert renewed is not None
    return renewed


def test_a_renewed_key_shows_its_words_to_both_and_is_admitted_once_they_were_compared(company: Company) -> None:
    """Design 2.3: *nieuwe sleutel*."""
    with company.preparing() as world:
        world.hire_arbo("Cor")
        company.portal.people["Cor"] = world.people["Cor"]
    words = " ".join(renew_key(company, "Cor").words)
    for address in ("/", "/dossiers"):
        assert words in company.page("Cor", address).text
    url = f"{URL}/{admission_of(company, 'Cor')}/toelaten"
    carla = company.visitor("Carla", URL)
    assert carla.page is not None
    assert "Nieuwe sleutel" in carla.page.text
    assert words in carla.page.text

    page = carla.submit(action=url, status=422)

    assert "vergelijk eerst de controlewoorden" in page.text
    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["check words"]
    assert not can_open(company, "Cor")

    page = carla.submit({"compared": "2"}, action=url)

    assert "Uw collega is toegelaten" in page.text
    assert can_open(company, "Cor")
    assert words not in company.page("Cor", "/").text


def test_words_that_were_compared_before_the_key_was_renewed_once_more_admit_nobody(company: Company) -> None:
    with company.preparing() as world:
        world.hire_arbo("Cor")
        company.portal.people["Cor"] = world.people["Cor"]
    renew_key(company, "Cor")
    carla = company.visitor("Carla", URL)
    renew_key(company, "Cor")

    carla.submit({"compared": "2"}, action=f"{URL}/{admission_of(company, 'Cor')}/toelaten", status=422)

    assert not can_open(company, "Cor")


def test_a_key_that_was_slipped_in_can_not_be_admitted(company: Company) -> None:
    with company.preparing() as world:
        world.hire_arbo("Cor")
        company.portal.people["Cor"] = world.people["Cor"]
    renew_key(company, "Cor")
    with company.preparing() as world:
        session = world.session
        row = session.get_one(HolderGeneration, (world.people["Cor"].id, 2))
        row.public_key = session.get_one(HolderGeneration, (world.people["Dirk"].id, 1)).public_key
    carla = company.visitor("Carla", URL)
    assert carla.page is not None
    assert "niet door deze server gemaakt" in carla.page.text
    url = f"{URL}/{admission_of(company, 'Cor')}/toelaten"
    assert url not in [form.action for form in carla.page.forms]

    assert "Er is niets overhandigd" in company.post(carla, url, {"compared": "2"}, status=409).text
    assert not can_open(company, "Cor")


def test_the_medical_circle_has_its_own_requests(company: Company) -> None:
    """U-10: with their own key, for whoever has it; the others wait, and may ask once more."""
    with company.preparing() as world:
        sanne = world.hire_arbo("Sanne", roles=("superbeheerder", "medisch"))
        name_first_member(world.session, world.service, sanne.id, OPERATOR)
        world.hire_arbo("Cor", roles=("casemanager_arbo", "medisch"))
    assert "Alleen u kunt de medische kring openen" in company.page("Sanne", "/").text
    assert "Wacht op toelating tot de medische kring" in company.page("Cor", "/").text
    assert "Medische kring" not in company.page("Carla", "/toelatingen").text
    inside = company.visitor("Sanne", "/toelatingen")
    assert inside.page is not None
    refusal = next(form.action for form in inside.page.forms if form.action.endswith("/weigeren"))
    inside.submit(action=refusal)
    cor = company.visitor("Cor", "/")
    assert cor.page is not None
    assert "U bent niet toegelaten tot de medische kring" in cor.page.text
    cor.submit(action="/toelatingen/medisch-vragen")
    inside.get("/toelatingen")
    assert inside.page is not None
    inside.submit(action=next(form.action for form in inside.page.forms if form.action.endswith("/toelaten")))
    assert "medische kring" not in company.page("Cor", "/").text
    assert "Alleen u" not in company.page("Sanne", "/").text

"""The start page of every role (H-01, H-03, K-09, K-11, L-34; design 2.1)."""

from __future__ import annotations

import pytest

from accounts.actor import Actor
from database.session import Session
from portal.views.start import greeting
from tests.pages import Page
from tests.portal.world import World
from vault.agreements import register_signatory
from vault.opening import open_vault


def start_page(world: World, name: str) -> Page:
    page = world.log_in(name).page
    assert page is not None
    assert page.heading == "Start"
    return page


def name_signatory(session: Session, actor: Actor) -> None:
    register_signatory(session, name="Ad Tekenaar", email="ad@example.org", actor=actor)


def open_the_vault(world: World, name: str) -> None:
    with world.session() as session, session.begin():
        administrator = world.actor(session, name)
        name_signatory(session, administrator)
        open_vault(session, administrator)


@pytest.mark.parametrize(
    ("hour", "said"),
    [(0, "Goedemorgen"), (11, "Goedemorgen"), (12, "Goedemiddag"), (17, "Goedemiddag"), (18, "Goedenavond")],
)
def test_the_greeting_goes_with_the_hour(world: World, hour: int, said: str) -> None:
    with world.app.test_request_context():
        assert greeting(hour) == said


def test_an_administrator_is_first_asked_who_signs_and_then_to_open_the_vault(world: World) -> None:
    """K-09."""
    world.add("Anna", "datakluisbeheerder")

    assert "Volgende stap: de verwerkersovereenkomst" in start_page(world, "Anna").text

    with world.session() as session, session.begin():
        name_signatory(session, world.actor(session, "Anna"))
    assert "Volgende stap: open de datakluis" in start_page(world, "Anna").text


def test_a_vault_user_waits_and_the_administrator_sees_the_request_with_its_age(world: World) -> None:
    """K-11: asked for by itself at the first login."""
    world.add("Anna", "datakluisbeheerder")
    open_the_vault(world, "Anna")
    world.add("Frits", "datakluisgebruiker")

    assert "Wacht op toelating" in start_page(world, "Frits").text

    page = start_page(world, "Anna")
    assert "Autorisatieverzoek datakluis (1)" in page.text
    assert "Autorisatie voor werkgever Van Dam" in page.text
    assert "22 november 2026 / " in page.text


def test_a_manager_without_the_vault_sees_own_departments_and_asks_for_nothing(world: World) -> None:
    """H-13: only what is in scope."""
    world.add("Anna", "datakluisbeheerder")
    open_the_vault(world, "Anna")
    world.add("Gerda", "leidinggevende", department="Verkoop")

    page = start_page(world, "Gerda")

    assert "Verkoop" in page.text
    assert "Magazijn" not in page.text
    assert "Autorisatieverzoek" not in page.text
    assert "Autorisatieverzoek datakluis (1)" not in start_page(world, "Anna").text


def test_a_privacy_officer_of_each_side_has_a_start_page(world: World) -> None:
    world.add("Petra", "privacyfunctionaris")
    world.add("Pien", "privacyfunctionaris", at=world.service_id)

    assert "Acties" in start_page(world, "Petra").text
    assert "Acties" in start_page(world, "Pien").text


def test_the_first_member_makes_the_key_and_admits_the_second(world: World) -> None:
    """Design 2.1."""
    world.add("Carla", "klantbeheer", at=world.service_id)
    world.add("Cor", "casemanager_arbo", at=world.service_id)
    carla = world.log_in("Carla")

    assert "Wacht op toelating" in start_page(world, "Cor").text
    page = carla.get("/")
    assert "Toelatingen (1)" in page.text
    carla.get("/toelatingen")
    (admit,) = [form.action for form in carla.page.forms if form.action.endswith("/toelaten")]  # type: ignore[union-attr]
    page = carla.submit(action=admit)

    assert "Uw collega is toegelaten" in page.text
    assert "Wacht op toelating" not in start_page(world, "Cor").text


def test_a_refused_colleague_waits_no_longer_and_may_ask_again(world: World) -> None:
    world.add("Carla", "klantbeheer", at=world.service_id)
    world.add("Cor", "casemanager_arbo", at=world.service_id)
    carla = world.log_in("Carla")
    world.log_in("Cor")
    carla.get("/toelatingen")
    (refuse,) = [form.action for form in carla.page.forms if form.action.endswith("/weigeren")]  # type: ignore[union-attr]
    carla.submit(action=refuse)

    cor = world.log_in("Cor")
    assert cor.page is not None
    assert "U bent niet toegelaten" in cor.page.text
    page = cor.submit(action="/toelatingen/vragen")

    assert "Wacht op toelating" in page.text


def test_somebody_who_was_not_admitted_admits_nobody(world: World) -> None:
    world.add("Carla", "klantbeheer", at=world.service_id)
    world.add("Cor", "casemanager_arbo", at=world.service_id)
    world.log_in("Carla")
    cor = world.log_in("Cor")

    page = cor.get("/toelatingen")

    assert "U hebt de sleutel zelf nog niet" in page.text
    assert not [form for form in page.forms if form.action.endswith("/toelaten")]

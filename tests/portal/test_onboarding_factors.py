"""Setting up second factors after the first password, in the order of L-06 (L-05..L-10, L-35, U-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import select

from accounts.models import Person
from accounts.people import person_by_id
from accounts.phones import set_phone
from accounts.second_factors import Factor, factors_of
from organisation.memberships import give_role
from portal.app import create_app
from tests.pages import Page, Visitor
from tests.portal.second_steps import NUMBER, newest_code, options_on, text_messages
from tests.portal.test_onboarding import invite_someone, secret_on, set_password
from tests.portal.world import OPERATOR, World
from tests.software_key import SoftwareKey

SMS, KEY, APP = "/tweede-stap/sms", "/tweede-stap/beveiligingssleutel", "/tweede-stap/app"
DONE = "/tweede-stap/klaar"
DENIED = "Inloggen met een sms-code kan niet met uw rechten."


def newcomer(world: World) -> Visitor:
    """Hanna, who has just chosen her password."""
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    set_password(visitor)
    return visitor


def hanna(world: World) -> Person:
    with world.session() as session:
        return session.scalars(select(Person).where(Person.login_name == "hanna")).one()


def factors(world: World) -> tuple[Factor, ...]:
    person_id = hanna(world).id
    with world.session() as session:
        return factors_of(session, person_id)


def skip(visitor: Visitor) -> Page:
    """Follow *Overslaan*."""
    assert visitor.page is not None
    links = [link for link in visitor.page.links() if link.startswith("/tweede-stap") and link != visitor.path]
    return visitor.get(links[-1])


def sends_number(visitor: Visitor, number: str = NUMBER, *, status: int = 200) -> Page:
    return visitor.submit({"number": number}, action=SMS, status=status)


def adds_key(visitor: Visitor, name: str = "Sleutelbos", key: SoftwareKey | None = None) -> SoftwareKey:
    assert visitor.page is not None
    key = key or SoftwareKey("https://datakluis.example")
    visitor.submit({"answer": key.register(options_on(visitor.page)), "name": name}, action=KEY)
    return key


def couples_app(world: World, visitor: Visitor) -> Page:
    assert visitor.page is not None
    world.source.advance(timedelta(seconds=30))
    return visitor.submit({"code": TOTP(secret_on(visitor.page)).at(world.source.now())}, action=APP)


def test_all_three_are_set_up_one_after_the_other(world_on_each_database: World) -> None:
    """L-06, L-07, L-09, L-10: SMS, security key or passkey, app; more than one is allowed."""
    world = world_on_each_database
    visitor = newcomer(world)
    assert visitor.path == SMS

    page = sends_number(visitor)
    assert "•••• 01" in page.text
    visitor.submit({"code": newest_code(world)}, action=f"{SMS}/code")
    assert visitor.path == KEY
    adds_key(visitor)
    assert visitor.path == APP
    couples_app(world, visitor)

    assert visitor.path == "/back-upcode"
    assert factors(world) == (Factor.SMS, Factor.SECURITY_KEY, Factor.APP)


def test_each_is_explained_and_can_be_skipped_and_skipping_all_begins_again(world: World) -> None:
    """L-05, L-06: Overslaan and Uitleg at each; at least one is demanded."""
    visitor = newcomer(world)
    for path in (SMS, KEY, APP):
        assert visitor.path == path
        assert visitor.page is not None
        assert {"Overslaan", "Uitleg"} <= set(visitor.page.text.split())
        page = skip(visitor)

    assert visitor.path == SMS
    assert "Kies ten minste één manier." in page.text
    visitor.get("/")
    assert visitor.path == "/inloggen"
    assert factors(world) == ()


@pytest.mark.parametrize("first", [KEY, SMS])
def test_one_is_enough(world: World, first: str) -> None:
    visitor = newcomer(world)
    visitor.get(first)
    if first == KEY:
        adds_key(visitor)
    else:
        sends_number(visitor)
        visitor.submit({"code": newest_code(world)}, action=f"{SMS}/code")

    visitor.get(DONE)

    assert visitor.path == "/back-upcode"
    assert len(factors(world)) == 1


def test_the_number_that_the_administrator_entered_is_filled_in(world: World) -> None:
    """L-07."""
    visitor = newcomer(world)
    with world.session() as session, session.begin():
        set_phone(session, person_by_id(session, hanna(world).id), NUMBER)

    page = visitor.get(SMS)

    assert page.form(SMS).values["number"] == NUMBER
    assert "BEVESTIGINGS-SMS VERSTUREN" in page.text
    assert text_messages(world) == []


@pytest.mark.parametrize("number", ["", "12", "020 1234567", "06 1234567890123456789012345678901234567890"])
def test_what_is_no_mobile_number_is_told_beside_the_field(world: World, number: str) -> None:
    visitor = newcomer(world)

    page = sends_number(visitor, number, status=422)

    assert 'id="number-error"' in page.response.text
    assert f'value="{number}"' in page.response.text
    assert text_messages(world) == []


def test_a_wrong_code_confirms_no_number_and_another_can_be_sent(world: World) -> None:
    visitor = newcomer(world)
    sends_number(visitor)
    page = visitor.submit({"code": "222222"}, action=f"{SMS}/code", status=422)
    assert "Deze code klopt niet" in page.text
    world.source.advance(timedelta(seconds=1))
    visitor.submit(action=f"{SMS}/opnieuw")
    assert len(text_messages(world)) == 2

    visitor.submit({"code": newest_code(world)}, action=f"{SMS}/code")

    assert factors(world) == (Factor.SMS,)


def test_no_code_is_asked_for_before_one_was_sent(world: World) -> None:
    visitor = newcomer(world)

    visitor.get(f"{SMS}/code")

    assert visitor.path == SMS


def test_an_administrator_is_offered_no_sms_and_told_why(world: World) -> None:
    """L-35."""
    visitor, link = world.visitor(), invite_someone(world)
    with world.session() as session, session.begin():
        give_role(session, hanna(world).id, "gebruikersbeheer", OPERATOR)
    visitor.get(link)
    page = set_password(visitor)

    assert visitor.path == KEY
    assert DENIED in page.text
    visitor.get(SMS)
    assert visitor.path == KEY
    visitor.submit({"number": NUMBER, "name": "x"}, action=KEY, status=422)
    skip(visitor)
    page = skip(visitor)
    assert visitor.path == KEY
    assert "Kies ten minste één manier." in page.text


def test_where_there_are_no_keys_and_no_sms_only_the_app_is_offered(world: World) -> None:
    """L-09: switched off is invisible."""
    link = invite_someone(world)
    off = replace(world.services.settings, security_keys=False, sms_folder=None)
    services = replace(world.services, settings=off)
    visitor = Visitor(create_app(off, services=services), base_url=off.base_url)
    visitor.get(link)
    page = set_password(visitor)

    assert visitor.path == APP
    assert "sleutel of passkey" not in page.text
    assert DENIED not in page.text
    visitor.get(KEY)
    assert visitor.path == APP


def test_a_key_that_is_not_right_or_has_no_name_is_not_added(world: World) -> None:
    visitor = newcomer(world)
    visitor.get(KEY)
    page = visitor.submit({"answer": "{}", "name": "Sleutelbos"}, action=KEY, status=422)
    assert "Deze sleutel is niet toegevoegd." in page.text
    answer = SoftwareKey("https://datakluis.example").register(options_on(page))

    page = visitor.submit({"answer": answer, "name": " "}, action=KEY, status=422)

    assert 'id="name-error"' in page.response.text
    assert factors(world) == ()


def test_a_challenge_is_worth_nothing_once_its_page_was_sent(world: World) -> None:
    visitor = newcomer(world)
    page = visitor.get(KEY)
    old = SoftwareKey("https://datakluis.example").register(options_on(page))
    visitor.submit({"answer": old, "name": ""}, action=KEY, status=422)

    visitor.submit({"answer": old, "name": "Sleutelbos"}, action=KEY, status=422)

    assert factors(world) == ()


def test_the_options_are_gone_once_the_first_steps_are_done(world: World) -> None:
    """Later on a second factor is added in the settings, where the password is asked for again."""
    visitor = newcomer(world)
    visitor.get(KEY)
    adds_key(visitor)
    couples_app(world, visitor)

    visitor.get(KEY)

    assert visitor.path == "/back-upcode"


def test_the_options_are_gone_after_half_an_hour(world: World) -> None:
    visitor = newcomer(world)
    visitor.get(KEY)
    adds_key(visitor)
    assert visitor.get(KEY).heading == "Gebruik een beveiligingssleutel of passkey"
    world.source.advance(timedelta(minutes=30))

    visitor.get(KEY)

    assert visitor.path == "/back-upcode"


def test_two_who_know_the_password_set_up_one_factor(world: World) -> None:
    """L-05: whoever comes later must show what the first one set up."""
    first = newcomer(world)
    second = world.visitor("198.51.100.7")
    second.get("/inloggen")
    second.submit({"login_name": "hanna", "password": "vijf lauwe koffers op zolder"})
    page = second.get(KEY)
    late = SoftwareKey("https://datakluis.example").register(options_on(page))
    first.get(KEY)
    adds_key(first)

    second.submit({"answer": late, "name": "Dief"}, action=KEY)

    assert second.path == "/inloggen/mislukt"
    assert factors(world) == (Factor.SECURITY_KEY,)

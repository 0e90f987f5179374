"""Instellingen > Beveiliging: app, security keys and phone number of one's own (L-07, L-09..L-11, L-32, L-35)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.models import Authenticator, Person
from accounts.second_factors import Factor, factors_of
from accounts.security_keys import keys_of
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from delivery.sms import SmsKind
from portal.authorisation import access_of
from tests.accounts.test_security_keys import register
from tests.accounts.test_sms_codes import code_for, couple
from tests.pages import Page, Visitor, elements
from tests.portal.security import APP, CHECK, SECURITY, couple_app, go
from tests.portal.world import World
from tests.software_key import SoftwareKey

PHONE = SECURITY + "/telefoon"
KEYS = SECURITY + "/sleutels"
FIRST, SECOND = "+31600000001", "+31600000002"
ORIGIN = "https://datakluis.example"
OPEN = {
    "factor_settings.prefer",
    "factor_settings.rename",
    "factor_settings.show_name",
    "factor_settings.show_preference",
}
"""What changes no way in: a name, and the order in which one is asked."""


@pytest.fixture
def anna(world: World) -> Visitor:
    world.add("Anna", "werkgever")
    return world.log_in("Anna")


def factors(world: World, name: str = "Anna") -> tuple[Factor, ...]:
    with world.session() as session:
        return factors_of(session, world.people[name].id)


def sent(world: World) -> list[str]:
    """Return the kinds of what lies in the outbox."""
    with world.session() as session:
        return list(session.scalars(select(OutgoingMessage.kind).order_by(OutgoingMessage.created_at)))


def actions(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(AuditEntry.action)))


def code_sent_to(world: World, number: str) -> str:
    with world.session() as session:
        return code_for(session, number)


def give_phone(world: World, name: str = "Anna") -> None:
    with world.session() as session, session.begin():
        couple(session, world.people[name], FIRST)


def give_key(world: World, name: str = "Anna", called: str = "Sleutelbos") -> SoftwareKey:
    """Let a person have a key, and be asked for the app first."""
    with world.session() as session, session.begin():
        session.get_one(Person, world.people[name].id).preferred_factor = Factor.APP
        return register(session, world.people[name], name=called)


def options_on(page: Page) -> str:
    (form,) = [form for form in elements(page.root, "form") if form.get("data-security-key")]
    return form.get("data-options", "")


def change_number(world: World, visitor: Visitor, number: str, code: str | None = None, *, status: int = 200) -> Page:
    go(world, visitor, PHONE)
    visitor.submit({"number": number}, action=PHONE)
    return visitor.submit({"code": code or code_sent_to(world, number)}, action=PHONE + "/code", status=status)


def test_every_change_of_a_way_in_wants_the_password_and_a_second_factor(world: World) -> None:
    """From the running app: a new route of these is either named as harmless, or asks."""
    for endpoint, view in world.app.view_functions.items():
        if endpoint.startswith(("factor_settings.", "phone_settings.")) and endpoint not in OPEN:
            access = access_of(view)
            assert access is not None
            assert (access.fresh, access.factor) == (True, True), endpoint


def test_a_cookie_alone_and_a_cookie_with_the_password_reach_no_page_of_them(world: World, anna: Visitor) -> None:
    world.let_password_age(anna)

    assert anna.get(APP).heading == "Vul uw wachtwoord in"
    page = anna.submit({"confirmed_password": world.people["Anna"].password}, action="/wachtwoord-bevestigen")
    assert page.heading == "Vul de code uit uw app in"
    assert anna.submit({"code": "000000"}, status=422).heading == "Vul de code uit uw app in"
    assert anna.get(APP).heading == "Vul de code uit uw app in"
    assert anna.submit({"code": world.next_code("Anna")}).heading == "Koppel een authenticator-app"
    assert "factor:confirm" in actions(world)


def test_a_second_factor_counts_for_a_quarter_of_an_hour_and_a_form_as_long_again(world: World, anna: Visitor) -> None:
    go(world, anna, APP)
    world.source.advance(timedelta(minutes=14))
    assert anna.get(APP).heading == "Koppel een authenticator-app"
    world.source.advance(timedelta(minutes=2))

    couple_app(world, anna)
    assert anna.page is not None
    assert anna.page.heading == "Vul uw wachtwoord in", "which was given with the login, long ago"
    page = anna.submit({"confirmed_password": world.people["Anna"].password}, action="/wachtwoord-bevestigen")

    assert "De app is gekoppeld" in page.text
    assert anna.get(APP).heading == "Vul de code uit uw app in"


def test_another_app_replaces_the_one_before(world: World, anna: Visitor) -> None:
    """L-10; until then the one before counts."""
    old = world.people["Anna"]
    go(world, anna, APP)
    page = couple_app(world, anna)

    assert "De app is gekoppeld. Op andere apparaten bent u uitgelogd." in page.text
    assert "authenticator_coupled" in sent(world)
    with world.session() as session:
        assert len(session.scalars(select(Authenticator).where(Authenticator.person_id == old.id)).all()) == 1
    visitor = world.visitor()
    visitor.get("/inloggen")
    world.give_password(visitor, "Anna")
    visitor.submit({"code": world.next_code("Anna")}, status=422)


@pytest.mark.parametrize("factor", ["app", "telefoon"])
def test_the_last_way_in_is_not_taken_away(world: World, factor: str) -> None:
    """L-05: at least one; and says so."""
    world.add("Anna", "werkgever")
    if factor == "telefoon":
        give_phone(world)
        anna = world.log_in("Anna")
        go(world, anna, APP + "/verwijderen")
        anna.submit(action=APP + "/verwijderen")
        url = PHONE + "/verwijderen"
        anna.get(url)
    else:
        anna = world.log_in("Anna")
        url = APP + "/verwijderen"
        go(world, anna, url)

    page = anna.submit(action=url)

    assert "Dit is de laatste manier" in page.text
    assert len(factors(world)) == 1


def test_sms_alone_is_not_left_to_an_administrator(world: World) -> None:
    """L-35: Carla may not keep only her number."""
    world.add("Carla", "superbeheerder", at=world.service_id)
    give_phone(world, "Carla")
    carla = world.log_in("Carla")
    go(world, carla, APP + "/verwijderen", "Carla")

    page = carla.submit(action=APP + "/verwijderen")

    assert "Dit is de laatste manier" in page.text
    assert "Met uw rechten" in carla.get(PHONE).text
    assert Factor.APP in factors(world, "Carla")


def test_an_app_that_is_removed_is_no_way_in_any_more(world: World) -> None:
    world.add("Anna", "werkgever")
    give_key(world)
    anna, elsewhere = world.log_in("Anna"), world.log_in("Anna")
    page = go(world, anna, APP + "/verwijderen")
    assert "kunt u niet meer inloggen" in page.text

    page = anna.submit(action=APP + "/verwijderen")

    assert "De app is losgemaakt" in page.text
    assert factors(world) == (Factor.SECURITY_KEY,)
    assert "authenticator_removed" in sent(world)
    assert elsewhere.get("/").heading == "Inloggen"


def test_a_first_number_counts_once_its_code_was_typed(world: World, anna: Visitor) -> None:
    """L-07."""
    go(world, anna, PHONE)
    anna.submit({"number": "06 00000001"}, action=PHONE)
    assert factors(world) == (Factor.APP,)
    anna.submit({"code": "222222"}, action=PHONE + "/code", status=422)
    page = anna.submit({"code": code_sent_to(world, FIRST)}, action=PHONE + "/code")

    assert "Uw mobiele nummer is opgeslagen" in page.text
    assert "•••• 01" in page.text
    assert factors(world) == (Factor.SMS, Factor.APP)


def test_another_number_is_told_to_the_one_before_and_by_mail(world: World) -> None:
    """L-32."""
    world.add("Anna", "werkgever")
    give_phone(world)
    anna, elsewhere = world.log_in("Anna"), world.log_in("Anna")

    change_number(world, anna, SECOND)

    assert "phone_changed" in sent(world)
    with world.session() as session:
        told = session.scalars(
            select(OutgoingMessage).where(
                OutgoingMessage.channel == "sms", OutgoingMessage.kind == SmsKind.PHONE_CHANGED
            )
        ).all()
    assert len(told) == 1
    assert "•••• 02" in anna.get(SECURITY).text
    assert elsewhere.get("/").heading == "Inloggen"


def test_the_number_before_can_be_what_shows_who_one_is(world: World) -> None:
    """L-32: with the old number still in use."""
    world.add("Anna", "werkgever")
    give_phone(world)
    anna = world.log_in("Anna")
    anna.get(PHONE)
    anna.get(CHECK + "?manier=sms")
    anna.submit(action=CHECK + "/sms/versturen")

    page = anna.submit({"code": code_sent_to(world, FIRST)}, action=CHECK + "/sms")

    assert page.heading == "Mobiel nummer voor codes per sms"


def test_who_lost_the_rest_shows_the_back_up_code_and_gets_a_new_one(world: World, anna: Visitor) -> None:
    """L-14."""
    anna.get(APP)
    anna.get(CHECK + "?manier=backup_code")

    page = anna.submit({"code": world.people["Anna"].backup_code}, action=CHECK + "/back-upcode")

    assert page.heading == "Uw back-up code"
    anna.submit(action="/back-upcode")
    anna.submit(action="/back-upcode/bewaard")
    assert anna.get(APP).heading == "Koppel een authenticator-app"


def test_a_number_that_is_none_keeps_what_was_typed(world: World, anna: Visitor) -> None:
    go(world, anna, PHONE)

    page = anna.submit({"number": "030 1234"}, action=PHONE, status=422)

    assert "Dit is geen mobiel nummer" in page.text
    assert page.form(PHONE).values["number"] == "030 1234"


def test_a_number_is_removed_and_warned(world: World) -> None:
    world.add("Anna", "werkgever")
    give_phone(world)
    anna = world.log_in("Anna")
    assert "•••• 01" in go(world, anna, PHONE + "/verwijderen").text

    anna.submit(action=PHONE + "/verwijderen")

    assert factors(world) == (Factor.APP,)
    assert "phone_removed" in sent(world)


def test_a_key_is_added_under_a_name_renamed_and_removed(world: World, anna: Visitor) -> None:
    """L-09."""
    key = SoftwareKey(ORIGIN)
    page = go(world, anna, KEYS + "/toevoegen")
    answer = {"answer": key.register(options_on(page)), "name": "Kantoor"}
    page = anna.submit(answer, action=KEYS + "/toevoegen")
    assert "Kantoor" in page.text
    assert "security_key_added" in sent(world)
    with world.session() as session:
        (kept,) = keys_of(session, world.people["Anna"].id)
    url = f"{KEYS}/{kept.id}"

    anna.get(url + "/naam")
    page = anna.submit({"name": "Thuis"}, action=url + "/naam")
    assert "Thuis" in page.text
    assert "Kantoor" not in page.text

    assert "Thuis" in anna.get(url + "/verwijderen").text
    page = anna.submit(action=url + "/verwijderen")
    assert "Thuis" not in page.text
    assert factors(world) == (Factor.APP,)


def test_an_answer_to_an_earlier_page_adds_no_key(world: World, anna: Visitor) -> None:
    """Goal K: the challenge is that of the last page, and good once."""
    key = SoftwareKey(ORIGIN)
    old = options_on(go(world, anna, KEYS + "/toevoegen"))
    anna.get(KEYS + "/toevoegen")

    anna.submit({"answer": key.register(old), "name": "Oud"}, action=KEYS + "/toevoegen", status=422)

    assert factors(world) == (Factor.APP,)


def test_a_key_can_be_what_shows_who_one_is(world: World) -> None:
    world.add("Anna", "werkgever")
    key = give_key(world)
    anna = world.log_in("Anna")
    anna.get(APP)
    page = anna.get(CHECK + "?manier=security_key")

    page = anna.submit({"answer": key.answer(options_on(page))}, action=CHECK + "/sleutel")

    assert page.heading == "Koppel een authenticator-app"


def test_the_key_of_somebody_else_is_as_unknown_as_one_that_is_not_there(world: World, anna: Visitor) -> None:
    world.add("Bram", "werkgever")
    give_key(world, "Bram")
    with world.session() as session:
        (of_bram,) = keys_of(session, world.people["Bram"].id)
    go(world, anna, APP)

    for key_id in (of_bram.id, UUID(int=4)):
        for page in ("naam", "verwijderen"):
            anna.get(f"{KEYS}/{key_id}/{page}", status=404)


def test_what_is_preferred_is_asked_for_first(world: World) -> None:
    """L-11."""
    world.add("Anna", "werkgever")
    give_key(world)
    anna = world.log_in("Anna")
    anna.get(SECURITY + "/voorkeur")
    anna.submit({"factor": "security_key"}, action=SECURITY + "/voorkeur")

    assert anna.get(APP).heading == "Gebruik uw sleutel"
    with world.session() as session:
        assert session.get_one(Person, world.people["Anna"].id).preferred_factor == "security_key"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "factor:prefer")).one()
    assert entry.details["new"] == "security_key"


def test_what_one_does_not_have_cannot_be_preferred(world: World, anna: Visitor) -> None:
    anna.get(SECURITY + "/voorkeur")

    anna.submit({"factor": "sms"}, action=SECURITY + "/voorkeur", status=422)

"""The second step of logging in, with each factor and from one to another (L-08, L-09, L-11, L-12, L-15, L-35)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.recovering import make_reset
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from portal.app import create_app
from tests.pages import Page, Visitor
from tests.portal.second_steps import (
    give_key,
    give_phone,
    newest_code,
    options_on,
    promote,
    take_app,
    text_messages,
)
from tests.portal.world import OPERATOR, World
from tests.software_key import SoftwareKey

OTHERS = "/inloggen/mislukt"
KEY = "/inloggen/beveiligingssleutel"


@pytest.fixture
def anna(world: World) -> World:
    """A world in which Anna, who works at the employer, has an app."""
    world.add("Anna", "leidinggevende")
    return world


def past_password(world: World, name: str = "Anna", visitor: Visitor | None = None) -> Visitor:
    visitor = visitor or world.visitor()
    visitor.get("/inloggen")
    world.give_password(visitor, name)
    return visitor


def use_key(visitor: Visitor, key: SoftwareKey) -> Page:
    assert visitor.page is not None
    return visitor.submit({"answer": key.answer(options_on(visitor.page))})


def send_again(world: World, visitor: Visitor) -> Page:
    world.source.advance(timedelta(seconds=1))
    return visitor.submit(action="/inloggen/sms/versturen")


def reasons(world: World) -> list[object]:
    with world.session() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "login:fail"))
        return [entry.details["reason"] for entry in entries]


def test_a_code_by_sms_is_sent_by_the_password_and_logs_in(world_on_each_database: World) -> None:
    """L-08."""
    world = world_on_each_database
    world.add("Anna", "leidinggevende")
    give_phone(world, "Anna")
    take_app(world, "Anna")
    visitor = past_password(world)

    assert visitor.path == "/inloggen/sms"
    assert visitor.page is not None
    assert "•••• 01" in visitor.page.text
    assert 'autocomplete="one-time-code"' in visitor.page.response.text
    visitor.submit({"code": newest_code(world)}, action="/inloggen/sms")

    assert visitor.path == "/"


def test_looking_at_the_page_sends_no_sms_and_asking_again_ends_the_code_before(anna: World) -> None:
    """L-15: a browser that fetches pages ahead costs nothing; the newest code counts."""
    give_phone(anna, "Anna")
    take_app(anna, "Anna")
    visitor = past_password(anna)
    first = newest_code(anna)
    for path in ("/inloggen/sms", OTHERS, "/inloggen/sms"):
        visitor.get(path)
    assert len(text_messages(anna)) == 1

    send_again(anna, visitor)
    assert len(text_messages(anna)) == 2
    page = visitor.submit({"code": first}, action="/inloggen/sms", status=422)
    assert "Deze code klopt niet" in page.text
    visitor.submit({"code": newest_code(anna).upper()}, action="/inloggen/sms")

    assert visitor.path == "/"


def test_a_wrong_code_by_sms_is_refused_and_told_with_an_alert(anna: World) -> None:
    give_phone(anna, "Anna")
    take_app(anna, "Anna")
    visitor = past_password(anna)

    page = visitor.submit({"code": "222222"}, action="/inloggen/sms", status=422)

    assert 'role="alert"' in page.response.text
    assert reasons(anna) == ["sms code"]


def test_too_many_text_messages_are_told_and_the_last_code_still_works(anna: World) -> None:
    give_phone(anna, "Anna")
    take_app(anna, "Anna")
    visitor = past_password(anna)
    for _ in range(20):
        page = send_again(anna, visitor)
        if "Er zijn te veel codes per sms verstuurd." in page.text:
            break
    else:
        pytest.fail("there is no end to the text messages")

    visitor.submit({"code": newest_code(anna)}, action="/inloggen/sms")

    assert visitor.path == "/"


def test_a_security_key_logs_in(world_on_each_database: World) -> None:
    """L-09."""
    world = world_on_each_database
    world.add("Anna", "leidinggevende")
    key = give_key(world, "Anna")
    take_app(world, "Anna")
    visitor = past_password(world)
    assert visitor.path == KEY

    use_key(visitor, key)

    assert visitor.path == "/"


def test_a_challenge_of_one_page_is_worth_nothing_after_the_next(anna: World) -> None:
    """The session keeps one challenge, and what was answered to another is refused."""
    key = give_key(anna, "Anna")
    take_app(anna, "Anna")
    visitor = past_password(anna)
    assert visitor.page is not None
    old = options_on(visitor.page)
    visitor.get(KEY)

    page = visitor.submit({"answer": key.answer(old)}, status=422)

    assert "Deze sleutel is niet herkend." in page.text
    assert reasons(anna) == ["security key"]
    use_key(visitor, key)
    assert visitor.path == "/"


def test_the_answer_of_one_session_does_not_log_in_another(anna: World) -> None:
    """Bound to the session: who sees the answer of Anna's key, and has her password, gets nowhere with it."""
    key = give_key(anna, "Anna")
    take_app(anna, "Anna")
    own, thief = past_password(anna), past_password(anna, visitor=anna.visitor("198.51.100.7"))
    assert own.page is not None
    answer = key.answer(options_on(own.page))

    thief.submit({"answer": answer}, status=422)
    own.submit({"answer": answer})

    assert (thief.path, own.path) == (KEY, "/")


def test_the_way_used_last_is_asked_for_first(anna: World) -> None:
    """L-11."""
    give_phone(anna, "Anna")
    key = give_key(anna, "Anna")
    visitor = past_password(anna)
    visitor.get(KEY)
    use_key(visitor, key)
    assert past_password(anna).path == KEY

    visitor = past_password(anna)
    visitor.get("/inloggen/code")
    visitor.submit({"code": anna.next_code("Anna")})
    assert past_password(anna).path == "/inloggen/code"
    assert text_messages(anna) == []


def test_the_back_up_code_is_never_the_way_that_is_asked_for_first(anna: World) -> None:
    """L-11, L-14."""
    past_password(anna).submit({"code": anna.next_code("Anna")})
    visitor = past_password(anna)
    visitor.get("/inloggen/back-upcode")
    visitor.submit({"code": anna.people["Anna"].backup_code})
    assert visitor.path == "/back-upcode"

    assert past_password(anna).path == "/inloggen/code"


def test_who_cannot_log_in_is_offered_the_ways_that_there_are_and_no_others(anna: World) -> None:
    """L-15."""
    visitor = past_password(anna)
    page = visitor.get(OTHERS)
    assert ["Gebruik authenticator-app" in page.text, "Gebruik back-up code" in page.text] == [True, True]
    assert "SMS opnieuw versturen" not in page.text
    assert "Gebruik beveiligingssleutel" not in page.text

    give_phone(anna, "Anna")
    give_key(anna, "Anna")
    page = visitor.get(OTHERS)
    assert "SMS opnieuw versturen" in page.text
    assert "Gebruik beveiligingssleutel of passkey" in page.text
    assert "/inloggen" in page.links()


@pytest.mark.parametrize(
    ("path", "values"),
    [("/inloggen/sms", {"code": "222222"}), ("/inloggen/sms/versturen", {}), (KEY, {"answer": "{}"})],
)
def test_a_factor_that_one_has_not_is_not_asked_for(anna: World, path: str, values: dict[str, str]) -> None:
    visitor = past_password(anna)
    assert visitor.page is not None
    token = visitor.page.form().values["csrf_token"]

    response = visitor.client.post(path, data={"csrf_token": token, **values}, base_url=visitor.base_url)

    assert (response.status_code, response.headers["Location"]) == (303, "/inloggen/code")
    assert text_messages(anna) == []
    assert reasons(anna) == []


def test_an_administrator_with_another_factor_is_not_let_in_by_sms(anna: World) -> None:
    """L-35: a code that was on its way is worth nothing either."""
    give_phone(anna, "Anna")
    visitor = past_password(anna)
    visitor.get(OTHERS)
    visitor.submit(action="/inloggen/sms/versturen")
    code, page = newest_code(anna), visitor.page
    assert page is not None
    promote(anna, "Anna", "gebruikersbeheer")

    visitor.submit({"code": code}, action="/inloggen/sms")

    assert visitor.path == "/inloggen/code"
    assert "SMS opnieuw versturen" not in visitor.get(OTHERS).text


def test_who_has_only_sms_and_became_administrator_sets_up_another_factor_first(anna: World) -> None:
    """L-35: before anything else, at the next request of a session that is open too."""
    give_phone(anna, "Anna")
    take_app(anna, "Anna")
    promote(anna, "Anna", "gebruikersbeheer")
    visitor = past_password(anna)
    visitor.submit({"code": newest_code(anna)}, action="/inloggen/sms")

    assert visitor.path == KEY.replace("/inloggen", "/tweede-stap")
    assert visitor.page is not None
    assert "Inloggen met een sms-code kan niet met uw rechten." in visitor.page.text
    visitor.get("/")
    assert visitor.path.startswith("/tweede-stap")
    page = visitor.get("/tweede-stap/klaar")
    assert "Kies ten minste één manier." in page.text
    key = SoftwareKey("https://datakluis.example")
    visitor.get("/tweede-stap/beveiligingssleutel")
    assert visitor.page is not None
    visitor.submit({"answer": key.register(options_on(visitor.page))})
    visitor.get("/")
    assert visitor.path == "/"


def test_where_security_keys_are_switched_off_nothing_shows_that_they_exist(anna: World) -> None:
    """L-09: also for who has one; what is left is the back-up code, and a new factor after it."""
    give_key(anna, "Anna")
    take_app(anna, "Anna")
    off = replace(anna.services.settings, security_keys=False)
    services = replace(anna.services, settings=off)
    visitor = past_password(replace(anna, app=create_app(off, services=services), services=services))

    assert visitor.path == OTHERS
    assert visitor.page is not None
    assert "sleutel of passkey" not in visitor.page.text
    visitor.get(KEY)
    assert visitor.path == OTHERS
    visitor.get("/inloggen/back-upcode")
    page = visitor.submit({"code": anna.people["Anna"].backup_code})
    assert visitor.path == "/tweede-stap/sms"
    visitor.get("/tweede-stap/beveiligingssleutel")
    assert visitor.path == "/tweede-stap/sms"
    assert "sleutel of passkey" not in page.text


def test_a_login_from_another_device_is_told_by_mail_but_not_the_first(anna: World) -> None:
    """With the time and what to do, and nobody's address or name."""
    own = anna.log_in("Anna")
    assert new_device_mails(anna) == 0
    own.submit(action="/uitloggen")
    anna.log_in("Anna", own)
    assert new_device_mails(anna) == 0

    anna.log_in("Anna", anna.visitor("198.51.100.7"))

    assert new_device_mails(anna) == 1


def new_device_mails(world: World) -> int:
    with world.session() as session:
        return len(session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "new_device_login")).all())


def test_the_link_of_a_mail_sets_up_no_second_factor(anna: World) -> None:
    """Design 2.3: a thief of the mailbox of somebody who has no second factor gets no further."""
    take_app(anna, "Anna")
    with anna.session() as session, session.begin():
        token = make_reset(session, anna.people["Anna"].id, renews_factors=False, by=OPERATOR)
    visitor = anna.visitor()
    visitor.get(f"/wachtwoord-herstellen/{token}")

    visitor.submit(action="/wachtwoord-herstellen")

    assert visitor.path == OTHERS
    for option in ("", "/beveiligingssleutel", "/app"):
        visitor.get(f"/tweede-stap{option}")
        assert visitor.path == OTHERS

"""Logging in and out through the forms (L-01, L-05, L-12, L-14, L-17, L-28; design 2.3; security.md, goal M)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.models import LoginSession
from audit.models import AuditEntry
from crypto.passwords import Argon2Parameters, stretch
from crypto.secret import Secret
from portal.transactions import database
from portal.views import login
from tests.pages import Visitor
from tests.portal.world import World

REFUSAL = "Verkeerde inloggegevens. De ingevoerde gebruikersnaam en/of wachtwoord is niet correct."


@pytest.fixture
def anna(world: World) -> World:
    """A world in which Anna, who works at the employer, can log in."""
    world.add("Anna", "werkgever")
    return world


def logged(world: World, action: str) -> list[AuditEntry]:
    with world.session() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_password_and_app_lead_to_the_start_page(world_on_each_database: World) -> None:
    """L-01, L-12, L-34."""
    world = world_on_each_database
    world.add("Anna", "werkgever")
    visitor = world.visitor()

    assert visitor.get("/inloggen").heading == "Inloggen"
    world.give_password(visitor, "Anna")
    assert visitor.path == "/inloggen/code"
    assert visitor.page is not None
    assert "Authentication App Token" in visitor.page.text
    page = visitor.submit({"code": world.next_code("Anna")})

    assert visitor.path == "/"
    assert "Goedemorgen, Anna." in page.text
    assert [entry.outcome for entry in logged(world, "login:succeed")] == ["success"]


def test_the_second_login_tells_when_the_first_was(anna: World) -> None:
    """L-34."""
    anna.log_in("Anna")
    anna.source.advance(timedelta(hours=5))

    page = anna.log_in("Anna").page

    assert page is not None
    assert "Goedemiddag, Anna." in page.text
    assert "Je vorige login was op 22-11-2026 om 10:00." in page.text


@pytest.mark.parametrize(
    ("name", "password"),
    [("Anna", "een ander wachtwoord"), ("Niemand", "zeven paarse fietsen van Anna"), ("Niemand", "x")],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(anna: World, name: str, password: str) -> None:
    """L-17."""
    visitor = anna.visitor()
    visitor.get("/inloggen")

    page = visitor.submit({"login_name": name, "password": password}, status=422)

    assert REFUSAL in page.text
    assert visitor.path == "/inloggen"
    assert [entry.outcome for entry in logged(anna, "login:fail")] == ["refused"]


def test_wrong_names_and_wrong_passwords_get_the_same_page_to_the_byte(anna: World) -> None:
    """L-17: nothing tells a name that exists from one that does not."""
    pages = []
    for name in ("Anna", "Hanna"):
        visitor = anna.visitor()
        visitor.get("/inloggen")
        page = visitor.submit({"login_name": name, "password": "een ander wachtwoord"}, status=422)
        token = page.forms[0].values["csrf_token"]
        text = page.response.text.replace(token, "token").replace(f'value="{name}"', 'value="name"')
        pages.append([line for line in text.splitlines() if "nonce=" not in line])

    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["Anna", "Niemand"])
def test_a_password_is_stretched_once_for_every_name_and_never_within_a_transaction(
    anna: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Design 2.3 and 4: it would keep every other writer waiting; L-17: the same work for a stranger."""
    transactions_open = []

    def watched(password: str, salt: bytes, parameters: Argon2Parameters) -> Secret:
        transactions_open.append(database().in_transaction())
        return stretch(password, salt, parameters)

    monkeypatch.setattr(login, "stretch", watched)
    visitor = anna.visitor()
    visitor.get("/inloggen")
    visitor.submit({"login_name": name, "password": "een ander wachtwoord"}, status=422)

    assert transactions_open == [False]


def test_too_many_tries_look_like_a_wrong_password_and_hold_back_the_right_one(anna: World) -> None:
    """L-17, L-18: the sixth try is not even looked at."""
    visitor = anna.visitor()
    visitor.get("/inloggen")
    for _ in range(5):
        visitor.submit({"login_name": "Anna", "password": "een ander wachtwoord"}, status=422)

    page = visitor.submit({"login_name": "Anna", "password": anna.people["Anna"].password}, status=422)

    assert REFUSAL in page.text
    reasons = [entry.details["reason"] for entry in logged(anna, "login:fail")]
    assert sorted(reasons) == ["password"] * 5 + ["too many tries"]


def test_tries_of_a_stranger_do_not_hold_back_the_device_of_the_person(anna: World) -> None:
    """L-18: a device that logged in before has its own count."""
    own = anna.log_in("Anna")
    own.submit(action="/uitloggen")
    stranger = anna.visitor("198.51.100.7")
    stranger.get("/inloggen")
    for _ in range(6):
        stranger.submit({"login_name": "Anna", "password": "een ander wachtwoord"}, status=422)

    anna.log_in("Anna", own)

    assert own.path == "/"


def test_the_password_alone_reaches_no_page(anna: World) -> None:
    """L-35: between the two steps every page leads back to logging in."""
    visitor = anna.visitor()
    visitor.get("/inloggen")
    anna.give_password(visitor, "Anna")

    for path in ("/", "/back-upcode", "/gebruiksvoorwaarden"):
        visitor.get(path)
        assert visitor.path == "/inloggen"


@pytest.mark.parametrize("option", ["", "/sms", "/sms/code", "/beveiligingssleutel", "/app", "/klaar"])
def test_a_stolen_password_adds_no_second_factor(anna: World, option: str) -> None:
    """L-05: setting one up with the password alone is for someone who has none yet."""
    visitor = anna.visitor()
    visitor.get("/inloggen")
    anna.give_password(visitor, "Anna")

    visitor.get(f"/tweede-stap{option}")

    assert visitor.path == "/inloggen/mislukt"


def test_the_password_stage_ends_after_five_minutes(anna: World) -> None:
    """Design 2.3."""
    visitor = anna.visitor()
    visitor.get("/inloggen")
    anna.give_password(visitor, "Anna")
    anna.source.advance(timedelta(minutes=5))

    visitor.get("/inloggen/code")

    assert visitor.path == "/inloggen"


def test_a_code_is_good_once(anna: World) -> None:
    """Security.md, finding 3."""
    first = anna.visitor()
    first.get("/inloggen")
    anna.give_password(first, "Anna")
    code = anna.next_code("Anna")
    first.submit({"code": code})
    second = anna.visitor()
    second.get("/inloggen")
    anna.give_password(second, "Anna")

    page = second.submit({"code": code}, status=422)

    assert "Deze code klopt niet, of is al gebruikt." in page.text
    assert second.path == "/inloggen/code"


def test_the_back_up_code_replaces_the_app_once_and_is_renewed(anna: World) -> None:
    """L-14, L-15."""
    for expected, status in (("/back-upcode", 200), ("/inloggen/back-upcode", 422)):
        visitor = anna.visitor()
        visitor.get("/inloggen")
        anna.give_password(visitor, "Anna")
        visitor.get("/inloggen/back-upcode")
        visitor.submit({"code": anna.people["Anna"].backup_code.lower().replace("-", " ")}, status=status)
        assert visitor.path == expected


def test_a_session_dies_at_log_out_also_for_whoever_copied_the_cookie(anna: World) -> None:
    """L-28; security.md, goal M."""
    visitor = anna.log_in("Anna")
    copied = visitor.client.get_cookie("__Host-datakluis", domain="datakluis.example")
    assert copied is not None

    visitor.submit(action="/uitloggen")

    assert visitor.path == "/inloggen"
    thief = anna.visitor()
    thief.client.set_cookie("__Host-datakluis", copied.value, domain="datakluis.example", secure=True)
    thief.get("/")
    assert thief.path == "/inloggen"


def test_a_cookie_of_before_the_login_is_worth_nothing_after_it(anna: World) -> None:
    """Security.md, goal M: no fixed sessions."""
    visitor = anna.visitor()
    visitor.get("/inloggen")
    before = visitor.client.get_cookie("__Host-datakluis", domain="datakluis.example")
    anna.log_in("Anna", visitor)
    after = visitor.client.get_cookie("__Host-datakluis", domain="datakluis.example")

    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = anna.visitor()
    thief.client.set_cookie("__Host-datakluis", before.value, domain="datakluis.example", secure=True)
    thief.get("/")
    assert thief.path == "/inloggen"


def test_a_session_ends_after_an_hour_without_a_request(anna: World) -> None:
    """L-27."""
    visitor = anna.log_in("Anna")
    anna.source.advance(timedelta(minutes=59))
    visitor.get("/")
    assert visitor.path == "/"
    anna.source.advance(timedelta(minutes=60))

    visitor.get("/")

    assert visitor.path == "/inloggen"


def test_a_session_of_the_arbo_service_ends_after_a_quarter(world: World) -> None:
    """L-27."""
    world.add("Carla", "casemanager_arbo", at=world.service_id)
    visitor = world.log_in("Carla")
    world.source.advance(timedelta(minutes=15))

    visitor.get("/")

    assert visitor.path == "/inloggen"


def test_the_cookie_is_for_this_host_over_tls_only_and_holds_nothing_readable(anna: World) -> None:
    """Design 2.3."""
    visitor = anna.visitor()
    cookies = visitor.get("/inloggen").response.headers.getlist("Set-Cookie")

    (cookie,) = cookies
    assert cookie.startswith("__Host-datakluis=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert len(cookie.split("=", 1)[1].split(";")[0]) == 43


def test_what_was_asked_for_is_shown_after_the_login(anna: World) -> None:
    visitor = anna.visitor()
    visitor.get("/back-upcode?van=post")

    anna.log_in("Anna", visitor)
    assert visitor.path == "/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y", "evil"],
)
def test_a_login_leads_to_no_other_site(anna: World, target: str) -> None:
    """Security.md, finding 7: no open redirect."""
    visitor = anna.visitor()
    visitor.page = visitor.get("/inloggen")
    response = visitor.client.post(
        "/inloggen",
        query_string={"next": target},
        data={**visitor.page.form().values, "login_name": "Anna", "password": anna.people["Anna"].password},
        base_url="https://datakluis.example",
    )
    assert response.headers["Location"] == "/inloggen/code"
    visitor.get("/inloggen/code")

    visitor.submit({"code": anna.next_code("Anna")})

    assert visitor.path == "/"


def test_a_visitor_who_only_looks_gets_no_row(world: World) -> None:
    """Design 2.3: a row is made when something must be remembered."""
    visitor = world.visitor()

    for path in ("/health", "/static/datakluis.css"):
        visitor.client.get(path, base_url="https://datakluis.example").close()

    with world.session() as session:
        assert session.scalars(select(LoginSession)).all() == []


def test_a_stolen_table_of_sessions_names_nobody_and_opens_nothing(anna: World) -> None:
    """Design 2.3: the secret of the person lies sealed under what only the cookie holds."""
    visitor: Visitor = anna.log_in("Anna")
    cookie = visitor.client.get_cookie("__Host-datakluis", domain="datakluis.example")
    assert cookie is not None
    with anna.session() as session:
        (row,) = session.scalars(select(LoginSession).where(LoginSession.stage == "complete"))

    stored = row.id_hash + row.data_sealed + (row.secret_sealed or b"")
    assert anna.people["Anna"].secret.reveal() not in stored
    assert cookie.value.encode() not in stored

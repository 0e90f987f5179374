"""What is dangerous asks for the password again, and nothing that was filled in is lost (screens.md; ASVS 7.5.1)."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import pytest
from flask import request

from accounts.actor import Actor
from accounts.permissions import Permission
from portal.authorisation import access_of, requires
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.world import World

ASKED = "Vul uw wachtwoord in"
CONFIRM = "/wachtwoord-bevestigen"
COOKIE = "__Host-datakluis"
HOST = "datakluis.example"
DANGEROUS = {
    "authorisations.change_group",
    "authorisations.change_user",
    "employer_agreements.add",
    "recovery_sheets.make_new",
    "recovery_sheets.ask_void",
    "recovery_sheets.declare_void",
    "scopes.change_group",
    "scopes.change_people_of_group",
    "scopes.change_people_of_user",
    "scopes.change_user",
    "substitution.register",
    "user_accounts.end",
    "user_accounts.remove",
    "user_accounts.reset",
    "users.add",
    "users.change",
    "vault_management.ask_withdraw",
    "vault_management.withdraw",
}


def page_of(text: str) -> str:
    title = escape(text)
    return f'<!doctype html><html lang="nl"><head><title>{title}</title></head><body><h1>{title}</h1></body></html>'


@pytest.fixture
def anna(world: World) -> Visitor:
    """Anna, who logged in some time ago, at a portal with a dangerous page and a dangerous form."""

    def look(*, actor: Actor) -> str:
        return page_of("Gevaarlijk")

    def act(*, actor: Actor) -> str:
        return page_of(f"Gedaan met {' en '.join(request.form.getlist('wat'))}")

    guarded = requires(Permission.START_SEE, fresh=True)
    world.app.add_url_rule("/gevaarlijk", "look", guarded(look))
    world.app.add_url_rule("/gevaarlijk/doen", "act", guarded(act), methods=["POST"])
    world.add("Anna", "werkgever")
    visitor = world.log_in("Anna")
    world.let_password_age(visitor)
    return visitor


def password_of(world: World) -> dict[str, str]:
    return {"confirmed_password": world.people["Anna"].password}


def send(visitor: Visitor, values: dict[str, list[str]], token: str | None = None) -> None:
    """Send the dangerous form with the session's token, or another."""
    assert visitor.page is not None
    own = visitor.page.form("/uitloggen").values["csrf_token"]
    response = visitor.client.post(
        "/gevaarlijk/doen",
        data={"csrf_token": own if token is None else token, **values},
        environ_overrides=visitor.environment,
        base_url=visitor.base_url,
    )
    visitor._keep(response, 200 if token is None else 400)


def waiting(visitor: Visitor) -> list[str | None]:
    """Return what waits in the page that asks for the password."""
    assert visitor.page is not None
    return [field.get("value") for field in visitor.page.root.iter("input") if field.get("name") == "wat"]


def test_a_page_asks_and_then_opens(world: World, anna: Visitor) -> None:
    assert anna.get("/gevaarlijk?a=1").heading == ASKED

    page = anna.submit(password_of(world), action=CONFIRM)

    assert page.heading == "Gevaarlijk"
    assert page.response.request.full_path == "/gevaarlijk?a=1"
    assert anna.get("/gevaarlijk").heading == "Gevaarlijk"


def test_it_asks_again_after_fifteen_minutes_and_not_before(world: World, anna: Visitor) -> None:
    anna.get("/gevaarlijk")
    anna.submit(password_of(world), action=CONFIRM)
    world.source.advance(timedelta(minutes=14, seconds=59))
    assert anna.get("/gevaarlijk").heading == "Gevaarlijk"
    world.source.advance(timedelta(seconds=1))
    assert anna.get("/gevaarlijk").heading == ASKED


def test_a_login_counts(world: World) -> None:
    world.app.add_url_rule(
        "/gevaarlijk", "look", requires(Permission.START_SEE, fresh=True)(lambda actor: page_of("Nu"))
    )
    world.add("Anna", "werkgever")

    assert world.log_in("Anna").get("/gevaarlijk").heading == "Nu"


def test_a_form_that_was_filled_in_is_sent_after_all(world: World, anna: Visitor) -> None:
    """Every field of it, also after a typing error; markup in a field stays what was typed."""
    send(anna, {"wat": ["alles", '"><b>niets</b>']})
    assert anna.page is not None
    assert anna.page.heading == ASKED
    # The form of a test page holds each name once; a browser sends both.
    anna.submit({"confirmed_password": "niet dit", "wat": waiting(anna)}, action=CONFIRM, status=422)
    assert waiting(anna) == ["alles", '"><b>niets</b>']

    page = anna.submit({**password_of(world), "wat": waiting(anna)}, action=CONFIRM)

    assert page.heading == 'Gedaan met alles en "><b>niets</b>'


def test_a_forged_form_is_refused_before_anything_is_asked(anna: Visitor) -> None:
    send(anna, {"wat": ["alles"]}, token="0" * 64)

    assert anna.page is not None
    assert ASKED not in anna.page.text


def test_the_cookie_of_before_is_worth_nothing_afterwards(world: World, anna: Visitor) -> None:
    """ASVS 7.2.4: whoever had a copy of it has nothing now."""
    stolen = anna.client.get_cookie(COOKIE, domain=HOST)
    assert stolen is not None
    anna.get("/gevaarlijk")
    anna.submit(password_of(world), action=CONFIRM)

    thief = world.visitor()
    thief.client.set_cookie(COOKIE, stolen.value, domain=HOST, secure=True)
    assert thief.get("/").heading == "Inloggen"
    assert anna.get("/").status == 200


def test_a_session_does_not_live_longer_by_giving_the_password_again(world: World, anna: Visitor) -> None:
    """L-26: twelve hours from the login on."""
    for _ in range(14):
        world.source.advance(timedelta(minutes=49))
        anna.get("/gevaarlijk")
        anna.submit(password_of(world), action=CONFIRM)
    world.source.advance(timedelta(minutes=20))

    assert anna.get("/").heading == "Inloggen"


def test_wrong_passwords_are_counted_as_those_of_a_login(world: World, anna: Visitor) -> None:
    """A thief with a session guesses no faster than one without (goal I)."""
    anna.get("/gevaarlijk")
    for _ in range(5):
        anna.submit({"confirmed_password": "niet dit"}, action=CONFIRM, status=422)
    page = anna.submit(password_of(world), action=CONFIRM, status=422)

    assert "Probeer het om" in page.text
    assert anna.get("/gevaarlijk").heading == ASKED


@pytest.mark.parametrize("target", ["https://elders.example/", "//elders.example", "/\\elders.example"])
def test_nothing_leads_out_of_the_house(world: World, anna: Visitor, target: str) -> None:
    anna.get(f"{CONFIRM}?next={target}")
    anna.submit({**password_of(world), "confirmation_next": target}, action=CONFIRM)

    assert anna.path == "/"


def test_what_is_dangerous_is_declared_so(world: World) -> None:
    """Taken from the running app, so that a route that stops asking is found; new ones are added here."""
    declared = {
        endpoint
        for endpoint, view in world.app.view_functions.items()
        if (access := access_of(view)) is not None and access.fresh
    }
    assert declared >= DANGEROUS


@pytest.mark.parametrize(
    ("url", "name", "action"),
    [
        ("/herstelblad", "Gerda", "recovery_sheet:make"),
        ("/datakluis-beheer/autorisaties/{person}/toegang-intrekken", "Frits", "access:withdraw"),
    ],
    ids=["sheet", "access"],
)
def test_nothing_is_done_before_the_password_was_given(company: Company, url: str, name: str, action: str) -> None:
    anna = company.visitor("Anna", "/herstelblad")
    company.portal.let_password_age(anna)
    person_id = str(company.world.people[name].id)

    page = company.post(anna, url.format(person=person_id), {"named": person_id})

    assert page.heading == ASKED
    assert company.entries(action) == []
    anna.submit({"confirmed_password": company.portal.people["Anna"].password}, action=CONFIRM)
    assert len(company.entries(action)) == 1

"""In which language a page is, for whom (T-02, design 7)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.models import Person
from tests.pages import Page, Visitor
from tests.portal.test_onboarding import PASSWORD, invite_someone
from tests.portal.world import World

CHOOSE = "/taal"


def language_of(page: Page) -> str | None:
    return page.root.get("lang")


def choose(visitor: Visitor, language: str, *, status: int = 200) -> Page:
    return visitor.submit({"language": language}, action=CHOOSE, status=status)


def kept_language(world: World, name: str) -> str:
    with world.session() as session:
        return session.scalars(select(Person.language).where(Person.login_name == name.lower())).one()


def english(world: World, name: str) -> None:
    with world.session() as session, session.begin():
        session.scalars(select(Person).where(Person.login_name == name.lower())).one().language = "en"


def test_a_page_is_dutch_whatever_the_browser_asks_for(world: World) -> None:
    response = world.visitor().client.get(
        "/inloggen", headers={"Accept-Language": "en"}, base_url=world.services.settings.base_url
    )

    assert '<html lang="nl">' in response.text
    assert "<h1>Inloggen</h1>" in response.text


def test_a_visitor_chooses_a_language_and_stays_where_he_was(world: World) -> None:
    visitor = world.visitor()
    visitor.get("/inloggen?next=/logboek")

    page = choose(visitor, "en")

    assert (language_of(page), page.heading) == ("en", "Log in")
    assert page.response.request.full_path == "/inloggen?next=/logboek"
    assert language_of(choose(visitor, "nl")) == "nl"


def test_an_error_page_is_in_the_language_that_was_chosen(world: World) -> None:
    visitor = world.visitor()
    visitor.get("/inloggen")
    choose(visitor, "en")

    assert language_of(visitor.get("/bestaat-niet", status=404)) == "en"


@pytest.mark.parametrize("language", ["", "de", "../en"])
def test_another_language_is_refused(world: World, language: str) -> None:
    visitor = world.visitor()
    visitor.get("/inloggen")

    choose(visitor, language, status=400)

    assert language_of(visitor.get("/inloggen")) == "nl"


def test_a_choice_leads_to_no_other_site(world: World) -> None:
    visitor = world.visitor()
    form = visitor.get("/inloggen").form(CHOOSE)

    answer = visitor.client.post(
        CHOOSE,
        data={**form.values, "language": "en", "next": "https://example.org/"},
        environ_overrides=visitor.environment,
        base_url=visitor.base_url,
    )

    assert answer.location == "/"


def test_a_cookie_that_was_made_up_is_no_choice(world: World) -> None:
    visitor = world.visitor()
    visitor.client.set_cookie("__Host-datakluis-taal", "xx", domain="datakluis.example", secure=True)

    assert language_of(visitor.get("/inloggen")) == "nl"


def test_the_answer_to_a_form_offers_no_other_language(world: World) -> None:
    """What it says, such as a back-up code, can't be asked for again."""
    visitor = world.visitor()
    visitor.get("/inloggen")

    page = visitor.submit({"login_name": "", "password": ""}, status=422)

    assert CHOOSE not in [form.action for form in page.forms]


def test_who_has_logged_in_reads_the_own_language_and_so_does_the_browser_afterwards(world: World) -> None:
    world.add("Anna", "werkgever")
    english(world, "Anna")
    visitor = world.visitor()
    assert language_of(visitor.get("/inloggen")) == "nl"

    page = world.log_in("Anna", visitor).page

    assert page is not None
    assert language_of(page) == "en"
    assert language_of(visitor.get("/bestaat-niet", status=404)) == "en"
    visitor.get("/")
    visitor.submit(action="/uitloggen")
    assert language_of(visitor.get("/inloggen")) == "en"


def test_the_own_language_counts_and_not_that_of_whoever_used_the_browser_before(world: World) -> None:
    world.add("Anna", "werkgever")
    visitor = world.visitor()
    visitor.get("/inloggen")
    choose(visitor, "en")

    page = world.log_in("Anna", visitor).page

    assert page is not None
    assert language_of(page) == "nl"


def test_between_password_and_code_the_own_language_is_spoken_unless_this_browser_chose(world: World) -> None:
    world.add("Anna", "werkgever")
    english(world, "Anna")
    fresh, dutch = world.visitor(), world.visitor()
    fresh.get("/inloggen")
    dutch.get("/inloggen")
    choose(dutch, "nl")

    world.give_password(fresh, "Anna")
    world.give_password(dutch, "Anna")

    assert fresh.page is not None
    assert dutch.page is not None
    assert (language_of(fresh.page), language_of(dutch.page)) == ("en", "nl")


def test_a_password_alone_changes_nobodys_language(world: World) -> None:
    world.add("Anna", "werkgever")
    world.log_in("Anna")
    thief = world.visitor()
    thief.get("/inloggen")
    world.give_password(thief, "Anna")

    choose(thief, "en")

    assert kept_language(world, "Anna") == "nl"


def test_who_was_invited_and_chose_english_at_once_keeps_it(world: World) -> None:
    visitor = world.visitor()
    visitor.get(invite_someone(world))

    page = choose(visitor, "en")
    assert (language_of(page), visitor.path) == ("en", "/uitnodiging")
    visitor.submit({"password": PASSWORD, "repeated": PASSWORD})

    assert visitor.page is not None
    assert language_of(visitor.page) == "en"
    assert kept_language(world, "Hanna") == "en"


def test_who_is_on_the_way_in_can_still_choose(world: World) -> None:
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    visitor.submit({"password": PASSWORD, "repeated": PASSWORD})

    choose(visitor, "en")

    assert kept_language(world, "Hanna") == "en"

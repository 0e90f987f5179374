"""What ends a session, or takes what it could do: at the very next request, with the clock standing still (goal M)."""

from __future__ import annotations

from accounts.models import AccountState, Person
from organisation.models import SessionSetting
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.security import APP, SECURITY, couple_app, go
from tests.portal.test_vault_management import person_url
from tests.portal.world import World

COOKIE = "__Host-datakluis"
HOST = "datakluis.example"
LOGIN = "Inloggen"


def cookie_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(COOKIE, domain=HOST)
    assert cookie is not None
    return cookie.value


def with_cookie(world: World, cookie: str) -> Visitor:
    """Return somebody at another machine who has a copy of a cookie."""
    thief = world.visitor("198.51.100.9")
    thief.client.set_cookie(COOKIE, cookie, domain=HOST, secure=True)
    return thief


def is_out(visitor: Visitor) -> bool:
    return visitor.get("/").heading == LOGIN


def test_logging_out_ends_every_copy_of_the_cookie_and_no_other_session(world: World) -> None:
    world.add("Anna", "werkgever")
    anna, elsewhere = world.log_in("Anna"), world.log_in("Anna")
    copy = with_cookie(world, cookie_of(anna))
    assert not is_out(copy)

    anna.submit(action="/uitloggen")

    assert is_out(copy)
    assert not is_out(elsewhere)


def test_no_cookie_from_before_the_login_works_after_it(world: World) -> None:
    """Neither the one of the login page nor the one between the two steps."""
    world.add("Anna", "werkgever")
    visitor = world.visitor()
    visitor.get("/inloggen")
    first = cookie_of(visitor)
    world.give_password(visitor, "Anna")
    second = cookie_of(visitor)
    visitor.submit({"code": world.next_code("Anna")})

    assert len({first, second, cookie_of(visitor)}) == 3
    for cookie in (first, second):
        copy = with_cookie(world, cookie)
        assert is_out(copy)
        assert copy.get("/inloggen/code").heading == LOGIN


def test_a_new_password_puts_every_other_session_and_every_copy_out(world: World) -> None:
    person = world.add("Anna", "werkgever")
    anna, elsewhere = world.log_in("Anna"), world.log_in("Anna")
    copy = with_cookie(world, cookie_of(anna))
    new = "vijf lauwe koffers op zolder"
    anna.get(SECURITY + "/wachtwoord")

    anna.submit({"present": person.password, "password": new, "repeated": new}, action=SECURITY + "/wachtwoord")

    assert [is_out(elsewhere), is_out(copy), is_out(anna)] == [True, True, False]


def test_another_app_puts_every_other_session_out(world: World) -> None:
    world.add("Anna", "werkgever")
    anna, elsewhere = world.log_in("Anna"), world.log_in("Anna")
    go(world, anna, APP)
    assert not is_out(elsewhere)

    couple_app(world, anna)

    assert [is_out(elsewhere), is_out(anna)] == [True, False]


def test_an_account_that_is_blocked_or_deactivated_is_out(world: World) -> None:
    world.add("Anna", "werkgever")
    world.add("Bram", "werkgever")
    visitors = {name: [world.log_in(name), world.log_in(name)] for name in ("Anna", "Bram")}
    with world.session() as session, session.begin():
        session.get_one(Person, world.people["Anna"].id).state = AccountState.INACTIVE
        session.get_one(Person, world.people["Bram"].id).state = AccountState.BLOCKED

    assert all(is_out(visitor) for each in visitors.values() for visitor in each)


def test_a_role_that_is_taken_is_gone(company: Company) -> None:
    frits = company.visitor("Frits", "/werknemers")
    company.take_role("Frits", "leidinggevende")
    company.take_role("Frits", "datakluisgebruiker")

    frits.get("/werknemers", status=403)


def test_a_share_that_is_withdrawn_shows_nobody_any_more(company: Company) -> None:
    share_id = company.share("Eva")
    carla = company.visitor("Carla", company.dossier_url("Eva"))
    assert carla.page is not None
    assert "Yılmaz" in carla.page.text
    anna = company.visitor("Anna", company.employee_url("Eva"))

    company.post(anna, company.employee_url("Eva", "/deling-intrekken"), {"share_id": str(share_id)})

    assert "Yılmaz" not in carla.get(company.dossier_url("Eva")).text


def test_access_to_the_vault_that_is_withdrawn_ends_the_sessions(company: Company) -> None:
    """K-16."""
    frits = [company.visitor("Frits", "/werknemers") for _ in range(2)]
    anna = company.visitor("Anna", "/datakluis-beheer/autorisaties")

    company.post(anna, person_url(company, "Frits", "toegang-intrekken"))

    assert [visitor.get("/werknemers").heading for visitor in frits] == [LOGIN, LOGIN]


def test_where_one_session_is_allowed_a_login_ends_the_older_ones(world: World) -> None:
    """L-29: at once, and only of whom it is set for."""
    anna = world.add("Anna", "werkgever")
    world.add("Bram", "werkgever")
    with world.session() as session, session.begin():
        setting = SessionSetting(owner_id=anna.id, organisation_id=world.employer_id, single_session=True)
        session.add(setting)
    older, of_bram = world.log_in("Anna"), world.log_in("Bram")

    newest = world.log_in("Anna")

    assert [is_out(older), is_out(of_bram), is_out(newest)] == [True, False, False]

"""A new password by the link of a mail, through the pages (design 2.3, L-23, U-20)."""

from __future__ import annotations

import pytest
from sqlalchemy import ColumnElement, select

from accounts.models import Authenticator, Credential, PasswordReset, Person
from accounts.recovering import send_reset
from audit.recording import Who
from delivery.models import OutgoingMessage
from delivery.outbox import open_content
from keys.check_words import renewed_key
from keys.grants import holders_opened_by
from tests.pages import Visitor
from tests.portal.company import Company

START = "/wachtwoord-herstellen"
KEEP, RENEW = f"{START}/back-upcode", f"{START}/zonder-back-upcode"
PASSWORD = "acht andere fietsen rijden"
TWICE = {"password": PASSWORD, "repeated": PASSWORD}


def link(company: Company, name: str, *, renews_factors: bool = False) -> str:
    """Let an administrator send somebody a link, and return its address."""
    with company.preparing() as world:
        session = world.session
        person = session.get_one(Person, world.people[name].id)
        before = set(session.scalars(select(OutgoingMessage.id)))
        send_reset(
            session,
            person,
            renews_factors=renews_factors,
            base_url="https://datakluis.example",
            by=Who.system("test"),
        )
        (mail,) = session.scalars(select(OutgoingMessage).where(OutgoingMessage.id.not_in(before))).all()
        return open_content(session, mail).values["link"].removeprefix("https://datakluis.example")


def begun(company: Company, name: str, *, renews_factors: bool = False) -> Visitor:
    """Somebody who has opened the link and gone on."""
    visitor = company.portal.visitor()
    visitor.get(link(company, name, renews_factors=renews_factors))
    visitor.submit(action=START)
    return visitor


def proven(company: Company, name: str) -> Visitor:
    """Somebody who has the link, and has shown the app."""
    visitor = begun(company, name)
    visitor.submit({"code": company.portal.next_code(name)})
    assert visitor.path == KEEP
    return visitor


def log_in(company: Company, name: str, password: str, *, status: int = 200) -> Visitor:
    visitor = company.portal.visitor("192.0.2.99")
    visitor.get("/inloggen")
    visitor.submit({"login_name": name, "password": password}, status=status)
    return visitor


def can_open_something(company: Company, name: str) -> bool:
    with company.portal.session() as session:
        return bool(holders_opened_by(session, company.portal.people[name].id))


def generation(company: Company, name: str) -> int:
    with company.portal.session() as session:
        return session.get_one(Credential, company.portal.people[name].id).key_generation


def test_the_token_leaves_the_address_at_once(company: Company) -> None:
    """Security.md 1.3; looking uses nothing up."""
    visitor = company.portal.visitor()
    address = link(company, "Anna")

    page = visitor.get(address)

    assert visitor.path == START
    assert address.rpartition("/")[2] not in page.text
    assert "blijft alles zoals het is" in page.text
    with company.portal.session() as session:
        assert session.scalars(select(PasswordReset.used_at)).all() == [None]


def test_with_the_backup_code_the_key_survives(company: Company) -> None:
    visitor = proven(company, "Anna")

    page = visitor.submit({**TWICE, "code": company.portal.people["Anna"].backup_code}, action=KEEP)

    assert visitor.path == "/back-upcode"
    assert "back-up code" in page.text.lower()
    assert generation(company, "Anna") == 1
    assert can_open_something(company, "Anna")
    log_in(company, "Anna", company.portal.people["Anna"].password, status=422)
    log_in(company, "Anna", PASSWORD)


def test_without_it_the_page_says_what_closes_and_a_new_key_waits(company: Company) -> None:
    visitor = proven(company, "Frits")
    page = visitor.get(RENEW)
    assert "de datakluis van Bakkerij Mulder" in page.text
    assert "Een herstelblad dat op uw naam staat, vervalt" in page.text
    assert "U bent de laatste" not in page.text

    visitor.submit(TWICE, action=RENEW)

    assert generation(company, "Frits") == 2
    assert not can_open_something(company, "Frits")
    visitor.submit(action="/back-upcode")
    visitor.submit(action="/back-upcode/bewaard")
    page = visitor.get("/")
    with company.portal.session() as session:
        renewed = renewed_key(session, company.portal.people["Frits"].id)
    assert renewed is not None
    assert "Wacht op toelating" in page.text
    assert " ".join(renewed.words) in page.text
    anna = company.visitor("Anna", "/datakluis-beheer/beheeracties")
    assert anna.page is not None
    assert " ".join(renewed.words) in anna.page.text


def test_the_last_way_into_a_vault_is_told_as_such(company: Company) -> None:
    visitor = proven(company, "Bram")

    assert "U bent de laatste met deze sleutel" in visitor.get(RENEW).text


@pytest.mark.parametrize("page", [KEEP, RENEW])
def test_the_mailbox_alone_gets_to_the_second_factor_and_no_further(company: Company, page: str) -> None:
    visitor = begun(company, "Anna")
    assert visitor.path.startswith("/inloggen/")

    visitor.get(page)
    assert visitor.path.startswith("/inloggen/")
    form = visitor.page
    assert form is not None
    values = {
        **TWICE,
        "code": company.portal.people["Anna"].backup_code,
        "csrf_token": form.forms[0].values["csrf_token"],
    }
    visitor.client.post(page, data=values, environ_overrides=visitor.environment, base_url=visitor.base_url)

    visitor.get("/")
    assert visitor.path == "/inloggen"
    log_in(company, "Anna", PASSWORD, status=422)
    log_in(company, "Anna", company.portal.people["Anna"].password)


def test_mail_and_second_factor_do_not_log_in_by_themselves(company: Company) -> None:
    visitor = proven(company, "Anna")

    visitor.get("/")

    assert visitor.path == "/inloggen"


def test_a_wrong_code_of_the_app_leads_nowhere(company: Company) -> None:
    visitor = begun(company, "Anna")
    visitor.submit({"code": "000000"}, status=422)

    visitor.get(KEEP)

    assert visitor.path.startswith("/inloggen/")


def test_the_backup_code_does_not_stand_in_for_the_second_factor_and_is_not_used_up(company: Company) -> None:
    """It would be gone before the key that it keeps is asked for."""
    visitor = begun(company, "Anna")
    form = visitor.page
    assert form is not None
    values = {"code": company.portal.people["Anna"].backup_code, "csrf_token": form.forms[0].values["csrf_token"]}

    for method in ("GET", "POST"):
        answer = visitor.client.open(
            "/inloggen/back-upcode",
            method=method,
            data=values if method == "POST" else None,
            environ_overrides=visitor.environment,
            base_url=visitor.base_url,
        )
        assert answer.headers["Location"] == "/inloggen/mislukt"

    assert "Bewaar uw back-up code" in visitor.get("/inloggen/mislukt").text
    with company.portal.session() as session:
        assert session.get_one(Credential, company.portal.people["Anna"].id).backup_hash is not None


def test_a_wrong_backup_code_changes_nothing(company: Company) -> None:
    visitor = proven(company, "Anna")

    page = visitor.submit({**TWICE, "code": "AAAA-BBBB-CCCC-DDDD-EEEE"}, action=KEEP, status=422)

    assert "Deze back-up code klopt niet" in page.text
    log_in(company, "Anna", company.portal.people["Anna"].password)


def test_a_weak_password_uses_up_neither_link_nor_code(company: Company) -> None:
    visitor = proven(company, "Anna")
    code = company.portal.people["Anna"].backup_code

    page = visitor.submit({"code": code, "password": "kort", "repeated": "kort"}, action=KEEP, status=422)

    assert "te kort" in page.text
    visitor.submit({**TWICE, "code": code}, action=KEEP)
    assert visitor.path == "/back-upcode"


def test_a_link_is_good_once(company: Company) -> None:
    address = link(company, "Frits")
    visitor = company.portal.visitor()
    visitor.get(address)
    visitor.submit(action=START)
    visitor.submit({"code": company.portal.next_code("Frits")})
    visitor.submit(TWICE, action=_on(visitor, RENEW))

    page = company.portal.visitor("192.0.2.50").get(address, status=404)

    assert "al gebruikt" in page.text


def test_a_link_dies_while_its_visitor_is_under_way(company: Company) -> None:
    """Whoever remembers the password logs in, and so ends what somebody else began."""
    visitor = proven(company, "Anna")
    visitor.get(RENEW)
    company.visitor("Anna")

    page = visitor.submit(TWICE, action=RENEW, status=404)

    assert "verlopen" in page.text
    assert generation(company, "Anna") == 1


def test_an_administrators_link_goes_past_the_second_factor_and_sets_up_a_new_one(company: Company) -> None:
    """U-20: also with a changed number the key that then comes opens nothing."""
    visitor = begun(company, "Frits", renews_factors=True)
    assert visitor.path == KEEP
    with company.portal.session() as session:
        assert session.scalars(select(Authenticator).where(_of(company, "Frits"))).all()

    visitor.submit(TWICE, action=_on(visitor, RENEW))

    with company.portal.session() as session:
        confirmed = select(Authenticator).where(_of(company, "Frits"), Authenticator.confirmed_at.is_not(None))
        assert session.scalars(confirmed).all() == []
    assert not can_open_something(company, "Frits")
    visitor.get("/")
    assert visitor.path == "/inloggen"


def test_all_other_sessions_end(company: Company) -> None:
    """Security.md, goal M."""
    other = company.visitor("Frits", "/")
    visitor = begun(company, "Frits")
    visitor.submit({"code": company.portal.next_code("Frits")})
    visitor.submit(TWICE, action=_on(visitor, RENEW))

    other.get("/")

    assert other.path == "/inloggen"


@pytest.mark.parametrize("address", [f"{START}/{'A' * 43}", f"{START}/x", START])
def test_a_link_that_nobody_was_sent_is_not_there(company: Company, address: str) -> None:
    assert "kennen we niet" in company.portal.visitor().get(address, status=404).text


@pytest.mark.parametrize("page", [KEEP, RENEW])
def test_who_has_given_the_password_is_not_under_way(company: Company, page: str) -> None:
    """The pages of a reset belong to a link: a login that stops half way does not open them."""
    visitor = log_in(company, "Anna", company.portal.people["Anna"].password)

    visitor.get(page)

    assert visitor.path == "/inloggen"


def _on(visitor: Visitor, page: str) -> str:
    visitor.get(page)
    return page


def _of(company: Company, name: str) -> ColumnElement[bool]:
    return Authenticator.person_id == company.portal.people[name].id

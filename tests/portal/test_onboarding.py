"""From the mail with the invitation to the start page, through the forms (L-03..L-05, L-10, L-13, L-25, L-33)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import select, update

from accounts.actor import Scope
from accounts.invitations import invite
from accounts.models import AccountState, Person
from accounts.passwords import check_new_password
from audit.models import AuditEntry
from delivery.sending import send_due
from delivery.transports import FolderTransport, list_mails
from organisation.memberships import add_member
from portal.terms import Terms
from portal.transactions import database
from portal.views import invitations, onboarding
from tests.pages import Page, Visitor
from tests.portal.world import OPERATOR, World

PASSWORD = "vijf lauwe koffers op zolder"
ANSWER = "Staat uw uitnodiging nog open? Dan krijgt u binnen een paar minuten een nieuwe e-mail"
LINK = re.compile(r"https://datakluis\.example(/uitnodiging/[\w-]{43})")


def invite_someone(world: World, login: str = "hanna") -> str:
    """Invite a manager and return the path of the link in the mail that arrives."""
    with world.session() as session, session.begin():
        person = invite(
            session,
            organisation_id=world.employer_id,
            login_name=login,
            display_name="Hanna de Wit",
            email="hanna@example.org",
            base_url=world.services.settings.base_url,
            by=OPERATOR,
        )
        add_member(session, person.id, world.employer_id, ["leidinggevende"], Scope(True), OPERATOR)
    return links_in_mails(world)[0]


def links_in_mails(world: World) -> list[str]:
    """The paths of the links in the invitations that arrived, the newest first."""
    folder = world.services.settings.mail_folder
    assert folder is not None
    send_due(world.services.factory, FolderTransport(folder))
    return [match[1] for mail in list_mails(folder) if (match := LINK.search(mail.text))]


def secret_on(page: Page) -> str:
    found = re.search(r"Typ dan deze sleutel over in de app\. ((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}) ", page.text)
    assert found is not None
    return found[1].replace(" ", "")


def code_of(world: World, secret: str) -> str:
    world.source.advance(timedelta(seconds=30))
    return TOTP(secret).at(world.source.now())


def set_password(visitor: Visitor, password: str = PASSWORD, repeated: str | None = None, *, status: int = 200) -> Page:
    return visitor.submit({"password": password, "repeated": repeated or password}, status=status)


def couple(world: World, visitor: Visitor) -> Page:
    page = visitor.get("/tweede-stap/app")
    return visitor.submit({"code": code_of(world, secret_on(page))})


def test_an_invited_person_comes_in_step_by_step(world_on_each_database: World) -> None:
    """L-03, L-05, L-10, L-13, L-33."""
    world = world_on_each_database
    visitor = world.visitor()

    page = visitor.get(invite_someone(world))
    assert page.heading == "Welkom bij Datakluis"
    assert visitor.path == "/uitnodiging"

    page = set_password(visitor)
    assert page.heading == "Ontvang een code per sms"
    page = visitor.get("/tweede-stap/app")
    assert page.heading == "Koppel een authenticator-app"
    assert "QR-Code" in page.text
    assert "AUTHENTICATIE APP REGISTREREN" in page.text
    assert "<svg" in page.response.text

    page = couple(world, visitor)
    assert page.heading == "Uw back-up code"
    page = visitor.submit()
    found = re.search(r"\b([A-Z2-7]{4}(?:-[A-Z2-7]{4}){4})\b", page.text)
    assert found is not None

    page = visitor.submit(action="/back-upcode/bewaard")
    assert page.heading == "Gebruiksvoorwaarden"
    page = visitor.submit(action="/gebruiksvoorwaarden")
    assert page.heading == "Start"
    assert "Dit is je eerste login." in page.text
    with world.session() as session:
        person = session.scalars(select(Person).where(Person.login_name == "hanna")).one()
        assert person.state == AccountState.ACTIVE
        actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == person.id)))
    assert {
        "invitation:use",
        "password:set",
        "authenticator:couple",
        "login:succeed",
        "backup_code:make",
        "terms:accept",
    } <= actions


def test_a_link_opened_by_a_mail_scanner_still_works(world: World) -> None:
    """L-04: looking uses nothing up, and the token leaves the address at once (security.md 1.3)."""
    link = invite_someone(world)
    world.visitor().get(link)

    visitor = world.visitor()
    visitor.get(link)

    assert set_password(visitor).heading == "Ontvang een code per sms"


def test_a_link_works_once(world: World) -> None:
    """L-04."""
    link = invite_someone(world)
    visitor = world.visitor()
    visitor.get(link)
    set_password(visitor)

    page = world.visitor().get(link, status=404)

    assert page.heading == "Deze uitnodiging is al gebruikt"
    assert "Bel dan meteen de beheerder" in page.text


def test_of_two_who_opened_the_same_link_one_sets_the_password(world: World) -> None:
    """Security.md, finding 4."""
    link = invite_someone(world)
    first, second = world.visitor(), world.visitor()
    first.get(link)
    second.get(link)
    set_password(first)

    page = second.submit({"password": PASSWORD, "repeated": PASSWORD}, status=404)

    assert page.heading == "Deze uitnodiging is al gebruikt"


def test_a_link_is_good_for_24_hours(world: World) -> None:
    """L-04."""
    link = invite_someone(world)
    world.source.advance(timedelta(hours=24))

    page = world.visitor().get(link, status=404)

    assert page.heading == "Deze uitnodiging is verlopen"


def test_who_comes_too_late_asks_for_a_new_link_and_the_old_one_stays_dead(world: World) -> None:
    """L-04: it goes to the address that was invited."""
    link, visitor = invite_someone(world), world.visitor()
    world.source.advance(timedelta(hours=24))
    visitor.get(link, status=404)
    assert visitor.path == "/uitnodiging"

    page = visitor.submit(action="/uitnodiging/opnieuw")

    assert ANSWER in page.text
    (new,) = set(links_in_mails(world)) - {link}
    assert world.visitor().get(new).heading == "Welkom bij Datakluis"
    assert world.visitor().get(link, status=404).heading == "Deze uitnodiging is verlopen"


@pytest.mark.parametrize("case", ["unknown", "used"])
def test_asking_for_a_new_link_gets_the_same_answer_whatever_the_link_was(world: World, case: str) -> None:
    """L-04."""
    link, visitor = invite_someone(world), world.visitor()
    if case == "used":
        world.source.advance(timedelta(hours=24))
        visitor.get(link, status=404)
        with world.session() as session, session.begin():
            session.execute(update(Person).where(Person.login_name == "hanna").values(state=AccountState.ACTIVE))
    else:
        visitor.get("/inloggen")
    assert visitor.page is not None
    token = next(form.values["csrf_token"] for form in visitor.page.forms if "csrf_token" in form.values)

    response = visitor.client.post("/uitnodiging/opnieuw", data={"csrf_token": token}, base_url=visitor.base_url)

    assert response.headers["Location"] == "/inloggen"
    assert ANSWER in visitor.get("/inloggen").text
    assert links_in_mails(world) == [link]


def test_new_links_are_sent_three_times_a_day(world: World) -> None:
    """Goal I: a link that was found cannot fill a mailbox."""
    link = invite_someone(world)
    world.source.advance(timedelta(hours=24))
    for _ in range(5):
        visitor = world.visitor()
        visitor.get(link, status=404)
        assert ANSWER in visitor.submit(action="/uitnodiging/opnieuw").text
        world.source.advance(timedelta(minutes=6))
    assert len(links_in_mails(world)) == 1 + 3
    world.source.advance(timedelta(days=1))

    visitor.get(link, status=404)
    visitor.submit(action="/uitnodiging/opnieuw")

    assert len(links_in_mails(world)) == 1 + 4


@pytest.mark.parametrize("path", ["/uitnodiging/" + "A" * 43, "/uitnodiging/x", "/uitnodiging"])
def test_an_unknown_link_says_what_to_do(world: World, path: str) -> None:
    page = world.visitor().get(path, status=404)

    assert page.heading == "Deze uitnodiging kennen we niet"


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("kort7!", "te kort"),
        ("123456789012", "uitgelekt"),
        ("hannadewit2026", "te raden"),
        ("", "Kies een wachtwoord van ten minste 12 tekens"),
        ("a" * 257, "ten hoogste 256 tekens"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(world: World, password: str, told: str) -> None:
    """L-25."""
    visitor = world.visitor()
    visitor.get(invite_someone(world))

    page = set_password(visitor, password, status=422)

    assert page.heading == "Welkom bij Datakluis"
    assert told in page.text
    assert not password or password not in page.response.text


def test_a_new_password_is_looked_at_outside_any_transaction(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Design 4: one that was chosen to keep the check busy would keep every other writer waiting."""
    transactions_open = []

    def watched(password: str, words: list[str]) -> None:
        transactions_open.append(database().in_transaction())
        check_new_password(password, words)

    monkeypatch.setattr(invitations, "check_new_password", watched)
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    set_password(visitor)

    assert transactions_open == [False]


def test_a_password_typed_in_two_ways_is_refused(world: World) -> None:
    visitor = world.visitor()
    visitor.get(invite_someone(world))

    page = set_password(visitor, PASSWORD, PASSWORD + "!", status=422)

    assert "Typ hier hetzelfde wachtwoord als hierboven" in page.text


def test_a_wrong_token_couples_nothing_and_keeps_the_same_secret(world: World) -> None:
    """L-10: who typed wrong need not point the app again."""
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    set_password(visitor)
    before = secret_on(visitor.get("/tweede-stap/app"))

    page = visitor.submit({"code": "000000"}, status=422)

    assert "Deze cijfers kloppen niet." in page.text
    assert secret_on(page) == before


def test_a_back_up_code_is_shown_once_and_another_replaces_it_until_it_is_kept(world: World) -> None:
    """L-13."""
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    set_password(visitor)
    couple(world, visitor)
    shown = visitor.submit().text

    visitor.get("/")
    again = visitor.submit().text

    assert visitor.path == "/back-upcode"
    assert shown != again


def test_a_back_up_code_comes_as_a_file_without_being_kept(world: World) -> None:
    """L-13."""
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    set_password(visitor)
    couple(world, visitor)
    page = visitor.submit()
    form = page.form("/back-upcode/bestand")

    response = visitor.client.post(form.action, data=form.values, base_url=visitor.base_url)

    assert response.mimetype == "text/plain"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert form.values["code"] in response.text
    odd = visitor.client.post(form.action, data={**form.values, "code": "<script>"}, base_url=visitor.base_url)
    assert odd.status_code == 400


def test_no_page_before_the_back_up_code_was_kept(world: World) -> None:
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    set_password(visitor)
    couple(world, visitor)

    visitor.get("/")

    assert visitor.path == "/back-upcode"


def test_terms_that_changed_meanwhile_are_shown_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """L-33: what is accepted is what was on the page."""
    visitor = world.visitor()
    visitor.get(invite_someone(world))
    set_password(visitor)
    couple(world, visitor)
    visitor.submit()
    visitor.submit(action="/back-upcode/bewaard")
    monkeypatch.setattr("portal.authorisation.current_terms", lambda: Terms("own-2", ("Nieuwe tekst.",)))
    monkeypatch.setattr(onboarding, "current_terms", lambda: Terms("own-2", ("Nieuwe tekst.",)))

    page = visitor.submit(action="/gebruiksvoorwaarden")

    assert page.heading == "Gebruiksvoorwaarden"
    assert "Nieuwe tekst." in page.text
    assert visitor.submit(action="/gebruiksvoorwaarden").heading == "Start"

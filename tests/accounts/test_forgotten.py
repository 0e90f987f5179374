"""Forgotten login details: whoever is named, the visitor's request is the same; the mail differs (L-20..L-23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from accounts.errors import MalformedAddress, TooManyTries
from accounts.forgotten import Forgotten, answer_requests, ask
from accounts.invitations import invite
from accounts.models import AccountState, Authenticator, ForgottenRequest, PasswordReset, Person
from accounts.people import set_email
from accounts.recovering import find_reset
from audit import PLATFORM_ID
from audit.models import AuditEntry
from audit.recording import Who
from crypto.source import SeededSource
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.outbox import MailContent, open_content
from tests.accounts.test_recovering import newest_token
from tests.people import ACCESS_POINT, SignedUp, sign_up

ORGANISATION = UUID(int=11)
BASE_URL = "https://kluis.example.org"
ANSWERS = {"login_name", "password_reset"}


def known(session: Session, name: str = "Anna") -> SignedUp:
    """Let somebody sign up and log in once."""
    person = sign_up(session, ORGANISATION, name)
    person.person.login_at = session.source.now()
    session.flush()
    return person


def mails(session: Session) -> list[MailContent]:
    """Return the answers that wait to be sent."""
    answers = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind.in_(ANSWERS))).all()
    return [open_content(session, message) for message in answers]


def ask_and_answer(session: Session, kind: Forgotten, typed: str) -> list[MailContent]:
    """Ask as a visitor, and let the worker answer."""
    ask(session, kind, typed, access_point=ACCESS_POINT)
    answer_requests(session, BASE_URL)
    return mails(session)


def test_a_login_name_gets_a_link_by_mail(session: Session) -> None:
    """L-23."""
    anna = known(session)

    (mail,) = ask_and_answer(session, Forgotten.PASSWORD, " ANNA ")

    assert mail.to == "anna@example.org"
    assert mail.values["link"] == f"{BASE_URL}/wachtwoord-herstellen/{newest_token(session)}"
    reset = find_reset(session, newest_token(session))
    assert (reset.person_id, reset.renews_factors, reset.requested_by) == (anna.id, False, None)


def test_a_mail_address_gets_its_login_name(session: Session) -> None:
    """L-22."""
    known(session)
    known(session, "Bram")

    (mail,) = ask_and_answer(session, Forgotten.LOGIN_NAME, "Anna@Example.org")

    assert (mail.to, dict(mail.values)) == ("anna@example.org", {"login_names": "anna"})


def test_an_address_with_several_login_names_gets_them_in_one_mail(session: Session) -> None:
    known(session)
    bram, eva = known(session, "Bram"), known(session, "Eva")
    for other in (bram, eva):
        set_email(session, other.person, "anna@example.org")
    eva.person.state = AccountState.BLOCKED

    (mail,) = ask_and_answer(session, Forgotten.LOGIN_NAME, "anna@example.org")

    assert mail.values["login_names"] == "anna\nbram"


@pytest.mark.parametrize(
    "who", ["nobody", "invited", "never logged in", "blocked", "inactive", "without a second factor"]
)
@pytest.mark.parametrize("kind", Forgotten)
def test_who_may_not_help_oneself_gets_nothing(session: Session, kind: Forgotten, who: str) -> None:
    """L-20, L-21: an administrator sends those a link."""
    if who == "invited":
        invite(
            session,
            organisation_id=ORGANISATION,
            login_name="anna",
            display_name="Anna",
            email="anna@example.org",
            base_url=BASE_URL,
            by=Who.system("test"),
        )
    elif who != "nobody":
        person = known(session).person
        if who == "never logged in":
            person.login_at = None
        elif who == "without a second factor":
            _uncouple(session, person)
        else:
            person.state = who
        session.flush()

    assert ask_and_answer(session, kind, "anna@example.org" if kind is Forgotten.LOGIN_NAME else "anna") == []
    assert session.scalars(select(PasswordReset)).all() == []
    assert session.scalar(select(func.count(ForgottenRequest.id))) == 0


@pytest.mark.parametrize("kind", Forgotten)
def test_the_request_does_the_same_whoever_it_names(session: Session, kind: Forgotten) -> None:
    """So its time can't tell: the statements are alike to the letter, and none reads of a person."""
    known(session)
    typed = {Forgotten.LOGIN_NAME: "{}@example.org", Forgotten.PASSWORD: "{}"}[kind]
    statements: list[list[str]] = []
    for name in ("anna", "nobody"):
        seen: list[str] = []
        listener = _listening(session, seen)
        ask(session, kind, typed.format(name), access_point=ACCESS_POINT)
        event.remove(session.get_bind(), "before_cursor_execute", listener)
        statements.append(seen)

    assert statements[0] == statements[1]
    assert len(statements[0]) > 3
    assert not any("person" in statement.split("RETURNING")[0].replace("person_id", "") for statement in statements[0])


def test_what_was_typed_is_nowhere_readable_and_soon_gone(session: Session) -> None:
    ask(session, Forgotten.PASSWORD, "wachtwoord-in-het-verkeerde-veld", access_point=ACCESS_POINT)

    row = session.scalars(select(ForgottenRequest)).one()
    assert b"verkeerde" not in row.typed_sealed
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "login:ask")).all()
    assert [entry.details for entry in entries] == [{"kind": "password"}]
    assert {(entry.organisation_id, entry.access_point) for entry in entries} == {(PLATFORM_ID, ACCESS_POINT)}
    answer_requests(session, BASE_URL)
    assert session.scalars(select(ForgottenRequest)).all() == []


def test_the_organisation_sees_that_a_mail_was_sent(session: Session) -> None:
    anna = known(session)
    ask_and_answer(session, Forgotten.PASSWORD, "anna")
    ask_and_answer(session, Forgotten.LOGIN_NAME, "anna@example.org")

    for action in ("password_reset:send", "login:remind"):
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()
        assert (entry.organisation_id, entry.object_id, entry.actor_id) == (ORGANISATION, anna.id, None)


def test_five_a_day_for_what_is_typed_known_or_not(session: Session, source: SeededSource) -> None:
    """Security.md, goal I."""
    known(session)
    for name in ("anna", "nobody"):
        for number in range(5):
            ask(session, Forgotten.PASSWORD, name, access_point=f"198.51.100.{number}{ord(name[0])}")
        with pytest.raises(TooManyTries):
            ask(session, Forgotten.PASSWORD, name, access_point="198.51.100.9")
        source.advance(timedelta(hours=23))
        with pytest.raises(TooManyTries):
            ask(session, Forgotten.PASSWORD, name, access_point="198.51.100.8")
        source.advance(timedelta(hours=1))
        ask(session, Forgotten.PASSWORD, name, access_point="198.51.100.7")


def test_five_a_day_from_an_address_whatever_is_typed(session: Session) -> None:
    for number in range(5):
        ask(session, Forgotten.PASSWORD, f"naam{number}", access_point=ACCESS_POINT)

    with pytest.raises(TooManyTries):
        ask(session, Forgotten.PASSWORD, "naam6", access_point=ACCESS_POINT)
    ask(session, Forgotten.PASSWORD, "naam6", access_point="198.51.100.6")
    refused = session.scalars(select(AuditEntry).where(AuditEntry.outcome == "refused")).all()
    assert [entry.action for entry in refused] == ["login:ask"]


def test_a_request_that_nobody_answered_for_an_hour_is_answered_no_more(session: Session, source: SeededSource) -> None:
    known(session)
    ask(session, Forgotten.PASSWORD, "anna", access_point=ACCESS_POINT)
    source.advance(timedelta(hours=1))

    assert answer_requests(session, BASE_URL) == 1
    assert mails(session) == []


def test_one_request_that_cannot_be_opened_holds_up_no_other(session: Session) -> None:
    known(session)
    ask(session, Forgotten.PASSWORD, "iemand", access_point=ACCESS_POINT)
    session.scalars(select(ForgottenRequest)).one().typed_sealed = b"rommel"
    session.flush()
    ask(session, Forgotten.PASSWORD, "anna", access_point=ACCESS_POINT)

    assert answer_requests(session, BASE_URL) == 2
    assert len(mails(session)) == 1


def test_what_is_no_mail_address_is_told(session: Session) -> None:
    with pytest.raises(MalformedAddress):
        ask(session, Forgotten.LOGIN_NAME, "geen adres", access_point=ACCESS_POINT)


def _uncouple(session: Session, person: Person) -> None:
    for authenticator in session.scalars(select(Authenticator).where(Authenticator.person_id == person.id)):
        session.delete(authenticator)


def _listening(session: Session, seen: list[str]) -> Callable[..., None]:
    def listener(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", listener)
    return listener

"""The people who log in: their names, addresses and how the log knows them before their roles are known."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from accounts.errors import LoginNameIsAddress, LoginNameTaken, MalformedAddress
from accounts.models import AccountState, Person
from audit.recording import Who
from crypto.sealing import Context
from database.session import Session
from delivery.languages import Language
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, queue_mail
from keys.errors import NotFound

# No login name that somebody chose begins so and goes on with a digest under a key of the server.
_BY_ADDRESS = "mail:"


def create_person(
    session: Session,
    *,
    organisation_id: UUID,
    login_name: str,
    display_name: str,
    email: str,
    person_id: UUID | None = None,
) -> Person:
    """Add someone who is invited: without password, key or rights yet.

    `person_id` is for who chose a password before, which was stretched for that id. Raises `LoginNameTaken`,
    `LoginNameIsAddress`, `MalformedAddress`.
    """
    name = normalise_login_name(login_name)
    check_login_name(name)
    if person_by_login_name(session, name) is not None:
        raise LoginNameTaken
    person = Person(
        id=person_id or session.source.new_id(),
        organisation_id=organisation_id,
        login_name=name,
        display_name=display_name.strip(),
        state=AccountState.INVITED,
        created_at=session.source.now(),
    )
    set_email(session, person, email)
    session.add(person)
    session.flush()
    return person


def set_email(session: Session, person: Person, email: str) -> None:
    """Seal a person's mail address, bound to that person. Raises `MalformedAddress`."""
    address = normalise_email(email)
    key = session.package_key("accounts")
    person.email_sealed = key.seal(address.encode(), _place_of_email(person.id))
    person.email_lookup = email_lookup(session, address)


def email_lookup(session: Session, address: str) -> bytes:
    """Return the keyed digest by which people with a normalised mail address are found."""
    return session.package_key("accounts").lookup(b"email/" + address.encode())


def email_of(session: Session, person: Person) -> str:
    """Return a person's mail address, to send to. Raises `crypto.errors.UnsealError` when the row was changed."""
    return session.package_key("accounts").open(person.email_sealed, _place_of_email(person.id)).decode()


def choose_language(session: Session, person_id: UUID, language: Language) -> None:
    """Let a person read screens, mails and SMS in `language` from now on (T-02). Raises `NotFound`."""
    person_by_id(session, person_id).language = language.value


def notify(
    session: Session, person: Person, kind: MailKind, values: Mapping[str, str] | None = None
) -> OutgoingMessage:
    """Queue a mail to a person, in the language that person reads, and return its row."""
    return queue_mail(
        session,
        organisation_id=person.organisation_id,
        kind=kind,
        to=email_of(session, person),
        values=values,
        language=Language(person.language),
    )


def person_by_id(session: Session, person_id: UUID) -> Person:
    """Return a person as the database has it now. Raises `NotFound`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def person_by_login_name(session: Session, login_name: str) -> Person | None:
    """Return the person with this login name, however it was typed; not who logs in by mail address."""
    return session.scalar(select(Person).where(Person.login_name == normalise_login_name(login_name)))


def person_logging_in(session: Session, typed: str) -> Person | None:
    """Return whom somebody means at the login page: by login name or, where nobody has that, by mail address.

    It is one query for whatever was typed. It must not tell who may add login names whether an address is taken.
    """
    names = [normalise_login_name(typed)]
    with suppress(MalformedAddress):
        names.append(login_name_of_address(session, normalise_email(typed)))
    found = {
        person.login_name: person for person in session.scalars(select(Person).where(Person.login_name.in_(names)))
    }
    return found.get(names[0]) or found.get(names[-1])


def check_login_name(name: str) -> None:
    """Refuse what only a mail address has: it would come before the account of who logs in by that address.

    It is refused whether or not there is such an account, so that nobody hears of one. Raises `LoginNameIsAddress`.
    """
    if "@" in name:
        raise LoginNameIsAddress


def login_name_of_address(session: Session, address: str) -> str:
    """Return the login name of who logs in by a normalised mail address: a keyed digest, so that it names nobody."""
    return _BY_ADDRESS + session.package_key("accounts").lookup(b"login name/" + address.encode()).hex()


def shown_login_name(session: Session, person: Person) -> str:
    """Return what somebody types to log in: the login name, or the mail address of who logs in by that."""
    return email_of(session, person) if person.login_name.startswith(_BY_ADDRESS) else person.login_name


def normalise_login_name(typed: str) -> str:
    """Return a login name in its one form: NFC, without surrounding space, lower case."""
    return unicodedata.normalize("NFC", typed.strip()).lower()


def normalise_email(typed: str) -> str:
    """Return a mail address in its one form, in ASCII. Raises `MalformedAddress`."""
    try:
        # Example domains of RFC 2606 receive no mail, but are what tests and the demo use.
        checked = validate_email(typed.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise MalformedAddress from None
    if checked.ascii_email is None:
        # Letters beyond ASCII before the @ need a mail server that offers SMTPUTF8, which few do.
        raise MalformedAddress
    return checked.ascii_email.lower()


def who_is(person: Person, access_point: str) -> Who:
    """Return a person as the log knows one who is not yet, or not by role, logged in."""
    return Who(person.id, person.organisation_id, (), access_point)


def _place_of_email(person_id: UUID) -> Context:
    return Context("person", person_id, "email_sealed")

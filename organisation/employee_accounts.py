"""Accounts of employees and contact persons: by mail address, in an organisation of their own (D-05, G-11, D-rule 31).

Nobody makes one but its owner, who has shown a code from the own phone. Who has one shows to no sender (design 2.6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from accounts.actor import Scope
from accounts.credentials import PersonSecret, add_credential
from accounts.errors import LoginNameTaken
from accounts.models import AccountState, Person
from accounts.people import create_person, login_name_of_address, normalise_email, person_by_login_name, who_is
from accounts.phones import set_phone
from accounts.terms import accept_terms
from audit.actions import Action
from audit.recording import Who, record
from crypto.passwords import Argon2Parameters
from crypto.secret import Secret
from database.session import Session
from delivery.languages import Language
from keys.holders import create_holder, make_first_generation
from keys.models import HolderKind
from organisation.memberships import add_member
from organisation.models import EMPLOYEES_ID
from organisation.presets import EMPLOYEE

_LONGEST_NAME = 120


@dataclass(frozen=True)
class NewAccount:
    """What somebody says who signs up, with the address that was written to and the number that was checked.

    `person_id` was made before: the password was stretched for it.
    """

    person_id: UUID
    email: str = field(repr=False)
    phone: str = field(repr=False)
    initials: str = field(repr=False)
    given_name: str = field(repr=False)
    last_name: str = field(repr=False)
    terms_version: str
    infix: str | None = field(default=None, repr=False)
    language: Language = Language.DUTCH

    @property
    def display_name(self) -> str:
        """How its owner is called on the own pages: *Anna de Wit*."""
        return " ".join(part for part in (self.given_name, self.infix, self.last_name) if part)[:_LONGEST_NAME]


def can_log_in_with(session: Session, email: str) -> bool:
    """Tell whether somebody logs in with a mail address already; only who reads its mail and SMS may hear that."""
    return person_by_login_name(session, login_name_of_address(session, normalise_email(email))) is not None


def create_account(
    session: Session, new: NewAccount, stretched: Secret, parameters: Argon2Parameters, *, access_point: str
) -> Person:
    """Make the account of an employee, with a key under the password, the number confirmed and the terms accepted.

    `stretched` was made with `credentials.password_salt` of the id, outside any transaction. Raises `LoginNameTaken`
    when somebody logs in with the address already, `accounts.errors.MalformedNumber`.
    """
    person = _create(session, new)
    who = who_is(person, access_point)
    record(session, Action.USER_CREATE, by=who, object_type="person", object_id=person.id, details={"role": EMPLOYEE})
    create_holder(session, HolderKind.PERSON, EMPLOYEES_ID, person.id)
    secret = make_first_generation(session, person.id, by=who)
    record(session, Action.PASSWORD_SET, by=who)
    add_credential(session, PersonSecret(person.id, 1, secret), stretched, parameters)
    person.state = AccountState.ACTIVE
    person.language = new.language.value
    _confirm_phone(session, person, new.phone, who)
    accept_terms(session, person.id, new.terms_version, access_point=access_point)
    add_member(session, person.id, EMPLOYEES_ID, [EMPLOYEE], Scope(whole=False), who)
    session.flush()
    return person


def _create(session: Session, new: NewAccount) -> Person:
    address = normalise_email(new.email)
    try:
        with session.begin_nested():
            person = create_person(
                session,
                organisation_id=EMPLOYEES_ID,
                login_name=login_name_of_address(session, address),
                display_name=new.display_name,
                email=address,
                person_id=new.person_id,
            )
    except IntegrityError:
        # Of two that sign up with one address at the same time, one was faster.
        raise LoginNameTaken from None
    person.initials, person.given_name = new.initials, new.given_name
    person.infix, person.last_name = new.infix, new.last_name
    return person


def _confirm_phone(session: Session, person: Person, number: str, who: Who) -> None:
    record(session, Action.PHONE_COUPLE, by=who, details={"reason": "first"})
    set_phone(session, person, number)
    person.phone_confirmed_at = session.source.now()

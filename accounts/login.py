"""Logging in: the password, then the second factor, then the keys (L-01, L-12; design 2.3).

The steps, each in a transaction of its own: `begin_login`; `crypto.passwords.stretch`, outside any transaction;
`finish_password`; after a second factor (`authenticators.check_code`, `backup_codes.use_backup_code`) `complete_login`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NoReturn
from uuid import UUID

from sqlalchemy import literal, update

from accounts import failed_tries
from accounts.credentials import PersonSecret, open_with_password, password_salt
from accounts.devices import UNKNOWN, device_of, new_device_token
from accounts.errors import AccountBlocked, TooManyTries, WrongLogin
from accounts.models import Credential, Person
from accounts.people import normalise_login_name, person_by_id, person_logging_in, who_is
from accounts.recovering import end_resets
from accounts.second_factors import Factor
from accounts.standing import is_good
from audit import PLATFORM_ID
from audit.actions import Action
from audit.recording import Outcome, Who, record
from crypto.errors import WrongVerifier
from crypto.passwords import Argon2Parameters, check_verifier, split
from crypto.root_key import SaltKey
from crypto.secret import Secret
from database.session import Session
from keys.errors import NotFound

_NO_HASH = bytes(32)


@dataclass(frozen=True)
class LoginChallenge:
    """How to stretch what was typed as the password. For a name that nobody has, everything in it is made up.

    `person_id` is None for such a name, and for someone who has no password yet.
    """

    salt: bytes = field(repr=False)
    parameters: Argon2Parameters
    person_id: UUID | None
    account_id: UUID
    access_point: str
    subject: bytes = field(repr=False)
    budget: failed_tries.Budget = failed_tries.PASSWORD


@dataclass(frozen=True)
class PasswordAccepted:
    """The password was right. `password_key` opens the person's secret, once there is a second factor too."""

    person_id: UUID
    password_key: Secret = field(repr=False)


@dataclass(frozen=True)
class SecondFactor:
    """A second factor was right: one of `Factor`, or ``backup_code``. Only the verbs that check one make it."""

    person_id: UUID
    factor: str


@dataclass(frozen=True)
class LoggedIn:
    """Someone has logged in. `device_token` is for the cookie of the device, if it had none for this person.

    `is_new_device` tells of a device that was not there at any login before; of the first login it is not told.
    """

    opened: PersonSecret
    device_token: str = field(repr=False)
    is_new_device: bool


def begin_login(
    session: Session,
    login_name: str,
    access_point: str,
    device: str | None = None,
    *,
    salt_key: SaltKey,
    parameters: Argon2Parameters = Argon2Parameters(),  # noqa: B008
    attempts: int = failed_tries.MOST_ATTEMPTS,
) -> LoginChallenge:
    """Count a try to log in, and say how to stretch the password. The caller commits before it does so.

    `device` is the token from the device's cookie, `parameters` what a name that nobody has costs: the same as a new
    account. After `attempts` wrong passwords in a row no device that is not known tries any more (L-18). Raises
    `TooManyTries`, alike for a name that exists and one that does not (L-17).
    """
    person = person_logging_in(session, login_name)
    account_id = person.id if person is not None else _made_up_id(session, login_name)
    credential = session.get(Credential, account_id, populate_existing=True)
    device_number = device_of(session, device, account_id)
    challenge = LoginChallenge(
        salt=password_salt(salt_key, account_id),
        parameters=Argon2Parameters.decode(credential.password_parameters) if credential else parameters,
        person_id=account_id if credential else None,
        account_id=account_id,
        access_point=access_point,
        subject=failed_tries.subject_of(session, _counted_as(person, login_name), device_number),
        budget=failed_tries.password_budget(attempts) if device_number == UNKNOWN else failed_tries.PASSWORD,
    )
    _count(session, challenge)
    return challenge


def finish_password(session: Session, challenge: LoginChallenge, stretched: Secret) -> PasswordAccepted:
    """Check the stretched password, and forget the tries that were counted for this name on this device.

    Raises `WrongLogin`, and `AccountBlocked` (which is one) for the right password of a blocked account; the refusal
    is in the log by then, of the platform when nobody has the name.
    """
    halves = split(stretched)
    credential = session.get(Credential, challenge.account_id, populate_existing=True)
    try:
        check_verifier(halves.verifier, credential.password_hash if credential else _NO_HASH)
    except WrongVerifier:
        _note_lock(session, challenge)
        _refuse(session, challenge, "password", WrongLogin())
    # Argon2id took a while: what this session read before it may be out of date.
    person = session.get_one(Person, challenge.account_id, populate_existing=True)
    if not is_good(session, person):
        _refuse(session, challenge, "blocked", AccountBlocked())
    failed_tries.forget(session, challenge.budget, challenge.subject)
    if challenge.budget is not failed_tries.PASSWORD:
        person.locked_at = None
    failed_tries.give_back(session, failed_tries.ADDRESS, subject_of_address(session, challenge.access_point))
    return PasswordAccepted(person.id, halves.key)


def complete_login(
    session: Session, password_key: Secret, second_factor: SecondFactor, *, access_point: str, device: str | None = None
) -> LoggedIn:
    """Log a login, note its moment and the one before (L-34), and open the person's secret.

    The second factor is the one that is asked for first from now on, unless it was the back-up code (L-11). Raises
    `WrongLogin` when the password was changed between the two steps, `AccountBlocked` when the account was blocked.
    """
    person = person_by_id(session, second_factor.person_id)
    if not is_good(session, person):
        record_refused_factor(session, person.id, "blocked", access_point=access_point)
        raise AccountBlocked
    try:
        # A login that did not come about is no login in the log, for the error keeps what was counted.
        with session.begin_nested():
            details = {"factor": second_factor.factor}
            record(session, Action.LOGIN_SUCCEED, by=who_is(person, access_point), details=details)
            opened = open_with_password(session, person.id, password_key)
    except WrongLogin:
        record_refused_factor(session, person.id, "password", access_point=access_point)
        raise
    is_known = device_of(session, device, person.id) != UNKNOWN
    is_new_device = person.login_at is not None and not is_known
    person.previous_login_at, person.login_at = person.login_at, session.source.now()
    person.warned_at = None
    if second_factor.factor in set(Factor):
        person.preferred_factor = second_factor.factor
    end_resets(session, person.id)
    token = device if device and is_known else new_device_token(session, person.id)
    return LoggedIn(opened, token, is_new_device)


def unblock(session: Session, login_name: str) -> None:
    """Let somebody try again from a device that is not known, however many tries in a row were wrong.

    Whoever keeps trying somebody else's name closes that count for good; someone who is trusted must open it again.
    Raises `keys.errors.NotFound` for a name that nobody has.
    """
    person = person_logging_in(session, login_name)
    if person is None:
        raise NotFound
    person.locked_at = None
    name = _counted_as(person, login_name)
    failed_tries.forget(session, failed_tries.PASSWORD, failed_tries.subject_of(session, name, UNKNOWN))
    by_person = failed_tries.subject_of(session, str(person.id), UNKNOWN)
    for budget in (failed_tries.SECOND_FACTOR, failed_tries.BACKUP_CODE):
        failed_tries.forget(session, budget, by_person)


def record_refused_factor(session: Session, person_id: UUID, reason: str, *, access_point: str) -> None:
    """Log that a second factor was refused, in the log of the person's organisation."""
    who = who_is(person_by_id(session, person_id), access_point)
    record(session, Action.LOGIN_FAIL, by=who, details={"reason": reason}, outcome=Outcome.REFUSED)


def _count(session: Session, challenge: LoginChallenge) -> None:
    try:
        address = subject_of_address(session, challenge.access_point)
        failed_tries.count_try(session, failed_tries.ADDRESS, address)
        failed_tries.count_try(session, challenge.budget, challenge.subject)
    except TooManyTries as error:
        _refuse(session, challenge, "too many tries", error)


def _counted_as(person: Person | None, typed: str) -> str:
    """The name under which tries are counted: one mail address can be typed in more than one way."""
    return person.login_name if person is not None else normalise_login_name(typed)


def _note_lock(session: Session, challenge: LoginChallenge) -> None:
    """Let administrators see that devices that are not known get nowhere any more (L-18); it decides nothing.

    For a name that nobody has the same two statements run, so that they take no other time.
    """
    is_closed = failed_tries.is_closed(session, challenge.budget, challenge.subject)
    locking = update(Person).where(Person.id == challenge.account_id, Person.locked_at.is_(None), literal(is_closed))
    session.execute(locking.values(locked_at=session.source.now()).execution_options(synchronize_session=False))


def _refuse(session: Session, challenge: LoginChallenge, reason: str, error: WrongLogin | TooManyTries) -> NoReturn:
    person = session.get(Person, challenge.account_id, populate_existing=True)
    who = who_is(person, challenge.access_point) if person else Who(None, PLATFORM_ID, (), challenge.access_point)
    record(session, Action.LOGIN_FAIL, by=who, details={"reason": reason}, outcome=Outcome.REFUSED)
    raise error


def _made_up_id(session: Session, login_name: str) -> UUID:
    # Always the same for one name, so that its salt, and with it the time it takes, is that of any other name.
    digest = failed_tries.subject_of(session, "nobody", normalise_login_name(login_name))
    return UUID(bytes=digest[:16], version=4)


def subject_of_address(session: Session, access_point: str) -> bytes:
    """Return the keyed digest under which the tries from a network address are counted."""
    try:
        address = ip_address(access_point)
    except ValueError:
        return failed_tries.subject_of(session, access_point)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        # Whoever has one address of IPv6 has 2^64 of them: the network that one connection gets counts as one.
        access_point = str(ip_network((address, 64), strict=False))
    return failed_tries.subject_of(session, access_point)

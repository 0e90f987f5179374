"""A new password by the link of a mail (design 2.3, L-23, U-20): the mail is only the first of three things.

The second is the second factor that the person has; the third the back-up code, with which the person's key survives.
Without the code there is a new key, which opens nothing until others admit the person again. Who was sent a link that
renews the second factors sets up new ones afterwards, and gets in with a key that opens nothing, or with the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete

from accounts import failed_tries
from accounts.credentials import PersonSecret, set_password
from accounts.devices import UNKNOWN
from accounts.errors import FactorMissing
from accounts.login import SecondFactor
from accounts.models import Authenticator, PasswordReset, Person, SecurityKey, SmsCode
from accounts.people import person_by_id, who_is
from accounts.recovering import use_reset
from audit.actions import Action
from audit.recording import record
from crypto.passwords import Argon2Parameters
from crypto.secret import Secret
from database.session import Session
from keys.renewal import renew_key

BACKUP_CODE = "backup_code"


@dataclass(frozen=True)
class PasswordReplaced:
    """A person has a new password. `closed` are the holders that the lost key could open; none when it survived."""

    person: Person
    renews_factors: bool
    closed: frozenset[UUID]


def reset_password(
    session: Session,
    token: str,
    second_factor: SecondFactor | None,
    stretched: Secret,
    parameters: Argon2Parameters,
    *,
    kept: PersonSecret | None,
    access_point: str,
) -> PasswordReplaced:
    """Use a link, once, and replace the password; all sessions of the person end, and a mail tells of it.

    `kept` is the person's secret, out of the back-up code; without it the person gets a new key, all grants of the lost
    one are destroyed, and the caller asks again for what closed. Raises `ResetError`, and `FactorMissing` when no
    second factor of this very person was checked; the back-up code is none, for it is asked for besides.
    """
    reset = use_reset(session, token)
    person = person_by_id(session, reset.person_id)
    if not _is_enough(reset, second_factor) or (kept is not None and kept.person_id != person.id):
        raise FactorMissing
    who = who_is(person, access_point)
    details = {"key": "kept" if kept else "renewed", "factors": "removed" if reset.renews_factors else "kept"}
    record(session, Action.PASSWORD_RESET_USE, by=who, details=details)
    closed: frozenset[UUID] = frozenset()
    if kept is None:
        renewed = renew_key(session, person.id, by=who)
        kept, closed = PersonSecret(person.id, renewed.generation, renewed.secret), renewed.closed
    if reset.renews_factors:
        _remove_factors(session, person)
    set_password(session, kept, stretched, parameters, access_point=access_point)
    # What was tried was the password that is no more.
    unknown_device = failed_tries.subject_of(session, person.login_name, UNKNOWN)
    failed_tries.forget(session, failed_tries.PASSWORD, unknown_device)
    person.locked_at = None
    return PasswordReplaced(person, reset.renews_factors, closed)


def _is_enough(reset: PasswordReset, second_factor: SecondFactor | None) -> bool:
    if reset.renews_factors:
        return True
    is_own = second_factor is not None and second_factor.person_id == reset.person_id
    return is_own and second_factor is not None and second_factor.factor != BACKUP_CODE


def _remove_factors(session: Session, person: Person) -> None:
    for factor in (Authenticator, SecurityKey, SmsCode):
        session.execute(delete(factor).where(factor.person_id == person.id))
    person.phone_confirmed_at = None
    person.preferred_factor = None
    session.flush()

"""Password and second factor once more, from somebody who has logged in, before what is dangerous (ASVS 7.5.1).

The steps of the password are those of a login: `begin_confirmation`; `crypto.passwords.stretch`, outside any
transaction; `finish_confirmation`. A wrong try counts as a wrong login of that person on that device.
"""

from __future__ import annotations

from uuid import UUID

from accounts.login import LoginChallenge, PasswordAccepted, SecondFactor, begin_login, finish_password
from accounts.people import person_by_id, who_is
from audit.actions import Action
from audit.recording import record
from crypto.passwords import Argon2Parameters
from crypto.root_key import SaltKey
from crypto.secret import Secret
from database.session import Session


def begin_confirmation(
    session: Session,
    person_id: UUID,
    access_point: str,
    device: str | None = None,
    *,
    salt_key: SaltKey,
    parameters: Argon2Parameters = Argon2Parameters(),  # noqa: B008
) -> LoginChallenge:
    """Count a try, and say how to stretch the password. The caller commits before it does so. Raises `TooManyTries`."""
    name = person_by_id(session, person_id).login_name
    return begin_login(session, name, access_point, device, salt_key=salt_key, parameters=parameters)


def finish_confirmation(session: Session, challenge: LoginChallenge, stretched: Secret) -> PasswordAccepted:
    """Check the stretched password and log that it was given. Raises `WrongLogin`, which is in the log by then."""
    accepted = finish_password(session, challenge, stretched)
    person = person_by_id(session, accepted.person_id)
    record(session, Action.PASSWORD_CONFIRM, by=who_is(person, challenge.access_point))
    return accepted


def confirm_factor(session: Session, second_factor: SecondFactor, access_point: str) -> None:
    """Log that somebody who has logged in showed a second factor once more, before ways in are changed (L-32)."""
    person = person_by_id(session, second_factor.person_id)
    details = {"factor": second_factor.factor}
    record(session, Action.FACTOR_CONFIRM, by=who_is(person, access_point), details=details)

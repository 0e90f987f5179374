"""Logging in at a command: the same two steps and verbs as in the browser, and no session (L-01, L-12)."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import click

from accounts.actor import Actor
from accounts.authenticators import check_code
from accounts.backup_codes import needs_backup_code
from accounts.credentials import PersonSecret
from accounts.errors import NotCoupled, TooManyTries, WrongCode, WrongLogin
from accounts.login import LoginChallenge, PasswordAccepted, begin_login, complete_login, finish_password
from accounts.people import person_by_id
from accounts.terms import has_accepted
from crypto.passwords import stretch
from database.session import Session
from keys.opened import OpenedKeys
from organisation.calendar import DUTCH_TIME
from organisation.memberships import actor_for
from portal.services import Services
from portal.terms import read_terms

_WRONG_LOGIN = "De combinatie van inlognaam en wachtwoord klopt niet."
_WRONG_CODE = "Deze code klopt niet, of is al gebruikt. Wacht op de volgende code in uw app en begin opnieuw."
_NO_APP = "Voor deze opdracht is de code van een authenticator-app nodig. Koppel er eerst een in de browser."
_FIRST_STEPS = "Log eerst een keer in met de browser: daar wacht nog een stap op u."


@dataclass(frozen=True)
class LoggedInPerson:
    """Who logged in at a command, and where; the keys are open as long as the command runs."""

    opened: PersonSecret = field(repr=False)
    access_point: str

    def actor(self, session: Session) -> Actor:
        """The person with the roles of this moment. Raises `organisation.errors.NotAMember`."""
        keys = OpenedKeys(self.opened.person_id, self.opened.generation, self.opened.secret)
        return actor_for(session, self.opened.person_id, self.access_point, keys)


def log_in(services: Services, command: str) -> LoggedInPerson:
    """Ask for login name, password and the code of the app; each try is counted and logged as in the browser.

    Ends the command with one sentence when anything of it is wrong, or when the person must do a first step (L-33).
    """
    access_point = f"command {command}"
    accepted = _check_password(services, access_point)
    code = click.prompt("Code uit de authenticator-app")
    opened = _complete(services, accepted, code.strip(), access_point)
    _require_first_steps(services, accepted.person_id)
    return LoggedInPerson(opened, access_point)


def _complete(services: Services, accepted: PasswordAccepted, code: str, access_point: str) -> PersonSecret:
    # A refusal ends the transaction first: the try counts, and the log has it.
    with services.factory() as session, session.begin():
        try:
            factor = check_code(session, accepted.person_id, code, access_point=access_point)
            return complete_login(session, accepted.password_key, factor, access_point=access_point).opened
        except (WrongCode, WrongLogin):
            refusal = _WRONG_CODE
        except TooManyTries as error:
            refusal = _too_many(error)
        except NotCoupled:
            refusal = _NO_APP
    raise click.ClickException(refusal)


def _check_password(services: Services, access_point: str) -> PasswordAccepted:
    login_name = click.prompt("Inlognaam")
    # Without a terminal there is nothing to hide, and nobody to hide it from.
    password = click.prompt("Wachtwoord", hide_input=sys.stdin.isatty())
    challenge = _begin(services, login_name, access_point)
    stretched = stretch(password, challenge.salt, challenge.parameters)
    with services.factory() as session, session.begin(), suppress(WrongLogin):
        return finish_password(session, challenge, stretched)
    raise click.ClickException(_WRONG_LOGIN)


def _begin(services: Services, login_name: str, access_point: str) -> LoginChallenge:
    with services.factory() as session, session.begin():
        try:
            return begin_login(
                session,
                login_name,
                access_point,
                salt_key=services.salt_key,
                parameters=services.argon2,
                attempts=services.settings.login_attempts,
            )
        except TooManyTries as error:
            refusal = _too_many(error)
    raise click.ClickException(refusal)


def _require_first_steps(services: Services, person_id: UUID) -> None:
    with services.factory() as session, session.begin():
        version = read_terms(services.settings.terms_file).version
        done = has_accepted(person_by_id(session, person_id), version) and not needs_backup_code(session, person_id)
    if not done:
        raise click.ClickException(_FIRST_STEPS)


def _too_many(refusal: TooManyTries) -> str:
    if refusal.until is None:
        return "Het is te vaak mislukt. Vraag de beheerder van uw organisatie om hulp."
    return f"Het is een paar keer mislukt. Probeer het om {refusal.until.astimezone(DUTCH_TIME):%H:%M} opnieuw."

"""Logging in as a person would, step by step, with the transactions that the portal has."""

from __future__ import annotations

from accounts.authenticators import check_code
from accounts.login import LoggedIn, PasswordAccepted, begin_login, complete_login, finish_password
from crypto.passwords import stretch
from crypto.root_key import SaltKey
from database.session import SessionFactory
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp


def type_password(
    factory: SessionFactory,
    login_name: str,
    password: str,
    *,
    access_point: str = ACCESS_POINT,
    device: str | None = None,
    salt_key: SaltKey = SALT_KEY,
) -> PasswordAccepted:
    """Go through the password step; what was counted and logged is kept whatever comes of it."""
    with factory() as session:
        try:
            challenge = begin_login(
                session, login_name, access_point, device, salt_key=salt_key, parameters=CHEAP_ARGON2
            )
        finally:
            session.commit()
    stretched = stretch(password, challenge.salt, challenge.parameters)
    with factory() as session:
        try:
            return finish_password(session, challenge, stretched)
        finally:
            session.commit()


def log_in(factory: SessionFactory, person: SignedUp, *, device: str | None = None) -> LoggedIn:
    """Log in with the password and the code that the app shows now."""
    accepted = type_password(factory, person.person.login_name, person.password, device=device)
    with factory() as session:
        second = check_code(session, person.id, person.code(session), access_point=ACCESS_POINT, device=device)
        logged_in = complete_login(session, accepted.password_key, second, access_point=ACCESS_POINT, device=device)
        session.commit()
    return logged_in

"""What every command needs: the settings, a transaction, and errors told in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError

from accounts.errors import LoginNameIsAddress, LoginNameTaken, MalformedAddress
from audit.actions import Action
from audit.errors import LogUnavailable
from audit.recording import Who, record
from database.session import Session
from keys.errors import NotFound
from organisation.errors import (
    AlreadyMember,
    LastDayTooEarly,
    NameMissing,
    NameTaken,
    NoServiceAgreement,
    UnknownRole,
    UnknownUnit,
)
from portal.logs import configure_logs
from portal.services import Services, open_services
from portal.settings import Settings, SettingsError, settings_from_environment

SENTENCES: dict[type[Exception], str] = {
    AlreadyMember: "This person is a member of an organisation already.",
    LastDayTooEarly: "The agreement began after that day; choose a later one.",
    LoginNameIsAddress: "A login name has no @; by mail address people log in with an account of their own.",
    LoginNameTaken: "Somebody has this login name already; choose another.",
    LogUnavailable: "The log cannot be written, so nothing was done; look at the database and its disk.",
    MalformedAddress: "This is not a mail address that mail can be sent to.",
    NameMissing: "A name has 1 to 120 characters.",
    NameTaken: "There is an organisation with this name already.",
    NoServiceAgreement: "No agreement between these two runs, now or later.",
    NotFound: "There is nobody with this login name.",
    UnknownRole: "There is no such role for this kind of organisation; `datakluis invite --help` names them.",
    UnknownUnit: "The scope names something that is not part of this organisation.",
}


def read_settings() -> Settings:
    """Return the settings, or end the command with what to do about them."""
    configure_logs()
    try:
        return settings_from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def open_portal() -> Services:
    """Return the key files and database of the settings, or end the command with what to do about them."""
    try:
        return open_services(read_settings())
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def one_transaction(services: Services, command: str) -> Iterator[tuple[Session, Who]]:
    """Yield a session and who acts, and commit both what was done and the entry that `command` ran.

    A refusal of the domain ends the command with one sentence, and nothing is kept.
    """
    by = Who.system(command)
    try:
        with services.factory() as session, session.begin():
            record(session, Action.COMMAND_RUN, by=by, details={"command": command})
            yield session, by
    except tuple(SENTENCES) as error:
        raise click.ClickException(SENTENCES[type(error)]) from None
    except DBAPIError as error:
        raise click.ClickException(f"The database does not work ({type(error).__name__}); has init been run?") from None

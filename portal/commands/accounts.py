"""Helping people who cannot log in."""

from __future__ import annotations

import click

from accounts import login, states
from accounts.people import person_logging_in
from portal.commands.context import one_transaction, open_portal


@click.command("unblock")
@click.argument("login_name", metavar="LOGIN")
def unblock(login_name: str) -> None:
    """Let who logs in as LOGIN try again: after too many wrong tries, or after the account was blocked."""
    with one_transaction(open_portal(), "unblock") as (session, by):
        login.unblock(session, login_name)
        person = person_logging_in(session, login_name)
        if person is not None:
            states.unblock(session, person, by=by)
    click.echo("Wrong passwords and codes from devices that never logged in are forgotten.")

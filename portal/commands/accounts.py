"""Helping people who cannot log in."""

from __future__ import annotations

import click

from accounts import login
from portal.commands.context import one_transaction, open_portal


@click.command("unblock")
@click.argument("login_name", metavar="LOGIN")
def unblock(login_name: str) -> None:
    """Let who logs in as LOGIN try again, after so many wrong tries that nothing more was allowed."""
    with one_transaction(open_portal(), "unblock") as (session, _by):
        login.unblock(session, login_name)
    click.echo("Wrong passwords and codes from devices that never logged in are forgotten.")

"""The command `datakluis`: what the operator does, each act an entry in the platform's log (design 6)."""

from __future__ import annotations

import os

import click

from portal.commands.accounts import unblock
from portal.commands.audit import audit
from portal.commands.demo import demo
from portal.commands.importing import import_employees
from portal.commands.initialising import init, migrate
from portal.commands.organisations import create_employer, create_service, end_agreement, invite
from portal.commands.running import serve, worker
from portal.commands.signing import signing


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A portal that keeps the personal data of employees encrypted in the vault of their employer.

    Settings are environment variables; docs/settings.md has them all.
    """
    # The database, its journal and the mails of the demo are for the user that runs this, and for no other.
    os.umask(0o077)


for command in (
    audit,
    create_employer,
    create_service,
    demo,
    end_agreement,
    import_employees,
    init,
    invite,
    migrate,
    serve,
    signing,
    unblock,
    worker,
):
    main.add_command(command)

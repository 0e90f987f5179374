"""Looking after the log."""

from __future__ import annotations

import sys

import click

from audit.verification import verify
from portal.commands.context import one_transaction, open_portal


@click.group("audit")
def audit() -> None:
    """Look after the log."""


@audit.command("verify")
def verify_log() -> None:
    """Check every entry and every chain; ends with 1 when something was changed behind the log's back."""
    with one_transaction(open_portal(), "audit verify") as (session, _by):
        report = verify(session)
    for fault in report.faults:
        click.echo(f"{fault}", err=True)
    click.echo(f"{report}")
    sys.exit(1 if report.faults else 0)

"""Looking after the log."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from audit.verification import Report, verify
from database.engine import read_only
from portal.commands.context import one_transaction, open_portal
from portal.services import Services


@click.group("audit")
def audit() -> None:
    """Look after the log."""


@audit.command("verify")
def verify_log() -> None:
    """Check every entry and every chain; ends with 1 when something was changed behind the log's back."""
    services = open_portal()
    with one_transaction(services, "audit verify"):
        pass
    report = _verify(services)
    for fault in report.faults:
        place = f"number {fault.number}" if fault.number is not None else "not sealed"
        click.echo(
            f"organisation {fault.organisation_id}, {place}, entry {fault.entry_id}: {fault.what.value}", err=True
        )
    click.echo(
        f"{report.entries} entries of {report.organisations} organisations, of which {report.unsealed} wait for their "
        f"seal: {report.fault_count or 'no'} faults."
    )
    sys.exit(1 if report.fault_count else 0)


def _verify(services: Services) -> Report:
    # Reading a long log must not keep those who write waiting.
    factory = replace(services.factory, engine=read_only(services.factory.engine))
    with factory() as session:
        return verify(session)

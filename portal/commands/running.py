"""Running the portal and its worker."""

from __future__ import annotations

import click

from portal.commands.context import open_portal, read_settings
from portal.commands.initialising import prepare_authority
from portal.serving import serve as serve_portal
from portal.worker import run_worker


@click.command("serve")
def serve() -> None:
    """Serve the portal, with the worker beside it."""
    settings = read_settings()
    prepare_authority(open_portal())
    click.echo(
        f"Datakluis listens on {settings.listen_host}:{settings.listen_port}; people reach it at {settings.base_url}."
    )
    serve_portal(settings)


@click.command("worker")
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
def worker(parent: int | None) -> None:
    """Seal the log and send mail, without serving pages."""
    run_worker(open_portal(), parent)

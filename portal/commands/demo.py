"""The demo: an invented world on this machine, ready to log in to."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import structlog

from portal.demo.accounts import PASSWORD, Kept, told_as_json
from portal.demo.folder import DemoInUse, NotADemo, demo_variables, ready_demo
from portal.logs import configure_logs
from portal.serving import serve
from portal.settings import PREFIX, Settings

DATA_VARIABLE = PREFIX + "DATA"
_DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "var" / "demo"
_OPENER = """
import socket, sys, time, webbrowser
for _ in range(600):
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", int(sys.argv[1]))) == 0:
            webbrowser.open(sys.argv[2])
            break
    time.sleep(0.1)
"""


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option("--fresh", is_flag=True, help="Make the world anew, also when there is one.")
@click.option("--no-serve", is_flag=True, help="Only make the world.")
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON and nothing else.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page with the accounts in a browser.")
@click.option(
    "--data",
    "folder",
    envvar=DATA_VARIABLE,
    type=click.Path(path_type=Path, file_okay=False),
    default=_DEFAULT_FOLDER,
    help=f"The folder of the demo, also as {DATA_VARIABLE}.  [default: var/demo in the project]",
)
def demo(port: int, fresh: bool, no_serve: bool, as_json: bool, open_browser: bool, folder: Path) -> None:
    """Start an invented world: an arbo service, three employers, people in every role. For this machine only."""
    if not no_serve:
        _refuse_busy_port(port)
    folder = folder.expanduser().absolute()
    _use_only_own_settings(folder, port)
    configure_logs()
    # A line for each request would push the accounts out of the terminal.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        with ready_demo(folder, port, _Progress(), fresh=fresh) as (settings, kept):
            click.echo(told_as_json(kept) if as_json else _table(kept))
            if not no_serve:
                _serve(settings, kept, open_browser=open_browser)
    except NotADemo:
        raise click.ClickException(
            f"{folder} bevat iets anders dan een demo. Kies met --data een andere map."
        ) from None
    except DemoInUse:
        raise click.ClickException(
            f"De demo in {folder} draait nog. Stop die eerst, of kies met --data een andere map."
        ) from None


def _serve(settings: Settings, kept: Kept, *, open_browser: bool) -> None:
    if open_browser:
        command = [sys.executable, "-c", _OPENER, str(settings.listen_port), f"{kept.base_url}/demo"]
        subprocess.Popen(command)  # noqa: S603 - our own program, no shell
    sys.stdout.flush()
    serve(settings)


class _Progress:
    """Writes each step of making the world on a line, with the seconds since the first, to standard error."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        click.echo(f"[{time.monotonic() - self._started:5.1f}s] {line}", err=True)


def _refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Poort {port} is al in gebruik. Draait de demo al? Kies anders een andere poort, "
                f'bijvoorbeeld: make demo ARGS="--port {port % 65535 + 1}".'
            ) from None


def _use_only_own_settings(folder: Path, port: int) -> None:
    """Put the demo's settings in place of all others, so that a real installation's are never used for it."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ.update(demo_variables(folder, port))


def _table(kept: Kept) -> str:
    """The accounts as lines for a terminal."""
    width = max(len(account.login) for account in kept.accounts)
    lines = ["", f"  Datakluis draait op {kept.base_url}", f"  Accounts en codes:  {kept.base_url}/demo"]
    lines += [f"  Postvak:            {kept.base_url}/demo/postvak", f"  Wachtwoord van iedereen: {PASSWORD}"]
    organisation = ""
    for account in kept.accounts:
        if account.organisation != organisation:
            organisation = account.organisation
            lines += ["", f"  {organisation}"]
        lines.append(f"    {account.login:<{width}}  {account.role}")
    return "\n".join([*lines, "", "  Stoppen met Ctrl-C.", ""])

"""The certificates to sign with: handing out the root, keeping its key offline, an authority of the organisation's own.

docs/signing.md tells when each is of use.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
from cryptography.hazmat.primitives import serialization

from crypto.secret import Secret
from portal.commands.context import one_transaction, open_portal
from portal.commands.initialising import name_of_authority
from portal.timestamps import roots_to_check_with
from signing.archiving import look_into_archive
from signing.authority_keys import (
    destroy_root_key,
    read_root_key,
    use_organisations_authority,
)
from signing.errors import AuthorityRefused, NoAuthority
from signing.trusted_roots import OF_TIMESTAMPS

SHORTEST_PASSWORD = 12

REFUSALS = {
    "expires_soon": "This authority expires within a year; signatures need one that lasts longer.",
    "no_authority": "This certificate may not issue certificates for an authority below it, as one for a seal may not.",
    "no_key": "There is no certificate with its private key (RSA or an elliptic curve) in this file.",
    "offline": "The private key of the root is not in this database: it was taken offline, or is the organisation's.",
    "unreadable": "This file is no PKCS#12, or the password is wrong.",
}


@click.group("signing")
def signing() -> None:
    """The certificates that documents are signed with."""


@signing.command("root")
def root() -> None:
    """Print the certificates that signed documents are checked with (PEM), for who checks them without the portal."""
    services = open_portal()
    with one_transaction(services, "signing root") as (session, _by):
        found = roots_to_check_with(session, services.settings)
    if not found.of_signatures:
        raise click.ClickException("There are no certificates to sign with yet; run `datakluis migrate`.")
    for certificate in found.of_signatures:
        click.echo(certificate.public_bytes(serialization.Encoding.PEM).decode(), nl=False)
    for certificate in found.of_timestamps:
        click.echo(f"{OF_TIMESTAMPS}\n{certificate.public_bytes(serialization.Encoding.PEM).decode()}", nl=False)


@signing.command("take-root-offline")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.password_option(help="What the file is sealed with; asked for when it is not given.")
def take_root_offline(file: Path, password: str) -> None:
    """Write the private key of the root to FILE, sealed under a password, and destroy it here.

    Nothing here needs it: only who would certify new keys under the same root does. Keep FILE off this server.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise click.ClickException(f"A password has at least {SHORTEST_PASSWORD} characters.")
    services = open_portal()
    try:
        with one_transaction(services, "signing take-root-offline") as (session, _by):
            sealed = read_root_key(session, Secret(password.encode()))
            _write_anew(file, sealed)
            serialization.load_pem_private_key(file.read_bytes(), password.encode())
            destroy_root_key(session)
    except (AuthorityRefused, NoAuthority) as error:
        raise click.ClickException(_told(error)) from None
    except OSError as error:
        raise click.ClickException(f"{file} can't be written ({error.strerror}); nothing was changed.") from None
    click.echo(f"The private key of the root is in {file} and no longer here. Move it off this server, and back it up.")


@signing.command("use-authority")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--password", prompt=True, hide_input=True, default="", help="Of FILE; asked for when it is not given.")
def use_authority(file: Path, password: str) -> None:
    """Sign from now on under the organisation's own authority in FILE (PKCS#12), which may certify authorities.

    Its key certifies new keys for this portal and is not kept. What was signed before stays valid.
    """
    services = open_portal()
    secret = Secret(password.encode()) if password else None
    try:
        with one_transaction(services, "signing use-authority") as (session, _by):
            name = name_of_authority(services.settings)
            made = use_organisations_authority(session, name, file.read_bytes(), secret)
    except AuthorityRefused as error:
        raise click.ClickException(_told(error)) from None
    click.echo(f"Signs under {made.root.subject.rfc4514_string()} from now on.")


@signing.command("verify-archive")
def verify_archive() -> None:
    """Check the yearly timestamps over everything that was signed; the exit code is 1 when something was changed."""
    services = open_portal()
    with one_transaction(services, "signing verify-archive") as (session, _by):
        found = look_into_archive(session, roots_to_check_with(session, services.settings).for_moments)
    for one in found:
        told = "right" if one.is_right else "WRONG"
        click.echo(f"{one.number}. {one.made_at:%Y-%m-%d %H:%M} UTC, {one.documents} signed documents: {told}")
    if not found:
        click.echo("Nothing is archived yet: what is signed in a year is stamped in the next.")
    if not all(one.is_right for one in found):
        raise click.ClickException("The archive is not what was stamped: somebody changed a timestamp or a digest.")


def _write_anew(file: Path, data: bytes) -> None:
    # Never over something that is there, and for nobody else to read.
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())


def _told(error: AuthorityRefused | NoAuthority) -> str:
    if isinstance(error, NoAuthority):
        return "There are no certificates to sign with yet; run `datakluis migrate`."
    return REFUSALS[error.code]

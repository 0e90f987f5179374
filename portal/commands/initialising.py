"""The first start, and each start after a new release."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from audit import PLATFORM_ID
from crypto.errors import RootKeyFileError
from crypto.root_key import FileRootKey, SaltKey
from crypto.source import Source, SystemSource
from database.migrations import upgrade
from database.session import Session
from organisation.models import Organisation, OrganisationKind
from organisation.roles import install_presets
from portal.commands.context import one_transaction, open_portal, read_settings
from portal.services import Services, open_services
from portal.settings import Settings
from signing.authority_keys import ensure_authority, has_authority


@click.command("init")
def init() -> None:
    """Make the data directory, the key files, the tables, the roles and the certificates; what is there is kept."""
    settings = read_settings()
    try:
        made = make_files(settings, SystemSource())
    except (RootKeyFileError, OSError) as error:
        raise click.ClickException(f"{error}.") from None
    for line in made:
        click.echo(line)
    prepare_database(open_services(settings))
    click.echo("Ready. Next: datakluis create-service, create-employer, invite, serve.")


@click.command("migrate")
def migrate() -> None:
    """Bring the tables of the database up to this release."""
    prepare_database(open_portal(), command="migrate")
    click.echo("The database is up to date.")


def make_files(settings: Settings, source: Source) -> list[str]:
    """Make the data directory and the key files that are missing; return a line about each key made."""
    settings.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = []
    for name, path, create in (
        ("root key", settings.root_key_file, FileRootKey.create),
        ("salt key", settings.salt_key_file, SaltKey.create),
    ):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            create(path, source)
            lines.append(f"Made the {name} in {path}: move it out of the data directory and back it up apart from it.")
    return lines


def prepare_database(services: Services, command: str = "init") -> None:
    """Migrate, then add the platform's own organisation, the roles that come along and the certificates to sign with.

    What is there already is kept.
    """
    upgrade(services.factory.engine)
    with one_transaction(services, command) as (session, _by):
        _add_platform(session)
        install_presets(session)
        ensure_authority(session, name_of_authority(services.settings))


def prepare_authority(services: Services) -> None:
    """Make the certificates to sign with where there are none: an installation from before there was signing."""
    with services.factory() as session, session.begin():
        is_there = has_authority(session)
    if not is_there:
        with one_transaction(services, "serve") as (session, _by):
            ensure_authority(session, name_of_authority(services.settings))


def name_of_authority(settings: Settings) -> str:
    """What this installation is called in its certificates: the name at which people reach it."""
    return f"Datakluis {urlsplit(settings.base_url).hostname}"


def _add_platform(session: Session) -> None:
    if session.get(Organisation, PLATFORM_ID) is None:
        session.add(
            Organisation(
                id=PLATFORM_ID,
                kind=OrganisationKind.PLATFORM.value,
                name="Platform",
                holder_id=None,
                first_member_id=None,
                created_at=session.source.now(),
            )
        )

"""What `create_app` makes once and everything in the portal uses: settings, sessions of the database, the salt key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from crypto.errors import RootKeyFileError
from crypto.passwords import Argon2Parameters, set_memory_limit
from crypto.root_key import FileRootKey, PackageKey, RootKey, SaltKey
from crypto.source import Source, SystemSource
from database.engine import make_engine
from database.session import SessionFactory
from delivery.sms import SmsRules
from documents.handing_over import follow_with_documents
from documents.removing import keep_while
from documents.store import FolderStore
from documents.storing import Intake
from documents.virus_scanning import VirusScanner
from portal.settings import Settings, SettingsError
from portal.sms import make_gateway, sms_rules
from portal.timestamps import make_timestamper, read_timestamp_service
from signing.authority import Authority
from signing.holding import is_being_signed
from signing.timestamping import Timestamper

EXTENSION = "datakluis"

# The packages that get a sub-key of the root key (design 4); nobody else sees the root key.
KEYED_PACKAGES = ("accounts", "audit", "delivery", "dialogs", "documents", "keys", "organisation", "signing", "vault")


@dataclass(frozen=True)
class Services:
    """The parts that a running portal is made of."""

    settings: Settings
    factory: SessionFactory
    salt_key: SaltKey = field(repr=False)
    argon2: Argon2Parameters = field(default_factory=Argon2Parameters)

    @property
    def source(self) -> Source:
        """Where ids, tokens and the time come from (design 2.6)."""
        return self.factory.source

    @property
    def sms_rules(self) -> SmsRules:
        """What a verb that sends a code by SMS needs to know."""
        return sms_rules(self.settings)

    @property
    def intake(self) -> Intake:
        """How files that are shared come in, and where they lie."""
        scanner = VirusScanner(self.settings.virus_scanner) if self.settings.virus_scanner else None
        return Intake(FolderStore(self.settings.files_directory), self.settings.attachment_limit_mib, scanner)

    def timestamper(self, authority: Authority) -> Timestamper:
        """The timestamp service that stamps what is signed under `authority`."""
        return make_timestamper(self.settings, authority, self.source)


def open_services(settings: Settings, source: Source | None = None) -> Services:
    """Read the key files and connect to the database. Raises `SettingsError` without key files to read."""
    try:
        root_key = FileRootKey.load(settings.root_key_file)
        salt_key = SaltKey.load(settings.salt_key_file)
    except RootKeyFileError as error:
        raise SettingsError(f"{error}. Has `datakluis init` been run?") from None
    connect_packages()
    # A gateway that cannot be spoken to stops the start, not the first SMS; so does a timestamp service.
    make_gateway(settings)
    read_timestamp_service(settings)
    set_memory_limit(settings.argon2_memory_mib * 1024)
    factory = SessionFactory(make_engine(settings.database_url), source or SystemSource(), package_keys(root_key))
    return Services(settings, factory, salt_key)


def connect_packages() -> None:
    """Let packages follow what those below them do, which do not know them; every process does it before anything."""
    follow_with_documents()
    keep_while(is_being_signed)


def package_keys(root_key: RootKey) -> Mapping[str, PackageKey]:
    """Return the sub-key of each package that needs one."""
    return {name: root_key.for_package(name) for name in KEYED_PACKAGES}


def attach(app: Flask, services: Services) -> None:
    """Let the requests of `app` use `services`."""
    app.extensions[EXTENSION] = services


def current_services() -> Services:
    """Return the services of the running application."""
    return cast(Services, current_app.extensions[EXTENSION])

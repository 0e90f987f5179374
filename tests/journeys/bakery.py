"""Bakkerij Mulder behind a running portal, with people who have logged in before: `tests.world` in the real thing."""

from __future__ import annotations

from pathlib import Path

from crypto.root_key import SaltKey
from crypto.source import SystemSource
from portal.services import open_services
from portal.settings import parse_settings
from tests.journeys.authenticator_app import AuthenticatorApp, present_step
from tests.journeys.people import Person
from tests.journeys.running_portal import RunningPortal
from tests.people import SignedUp
from tests.world import make_world

EMPLOYEES = (("WK001", "Yılmaz"), ("WK002", "Janssen"), ("WK003", "de Boer"))


class _KnownToken(SystemSource):
    """Gives the salt key that the people of `tests.people` have their passwords under."""

    def token(self, length: int) -> bytes:
        return bytes(range(length))


def open_bakery(portal: RunningPortal) -> dict[str, SignedUp]:
    """Initialise a portal and fill it; return the people by name. Nobody is shared yet but WK002.

    Anna administers the vault, Hans too; Ilse is a vault user who may edit; Petra is the privacy officer. Carla is of
    the arbo service Noord, as is Cor.
    """
    portal.command("init")
    settings = parse_settings(portal.environment)
    _put_known_salt_key(settings.salt_key_file)
    services = open_services(settings)
    with services.factory() as session, session.begin():
        world = make_world(session)
        world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever", "bsn_inzage")
        world.hire_vault_user("Hans", "datakluisbeheerder")
        world.hire_arbo("Cor")
        world.hire("Petra", world.employer, "privacyfunctionaris")
        employees = [world.employ(number, name) for number, name in EMPLOYEES]
        world.share(employees[1])
    services.factory.engine.dispose()
    return world.people


def knows_how_to_log_in(person: Person, signed_up: SignedUp) -> None:
    """Give somebody in a browser window the password and the phone of a person of the bakery."""
    person.password = signed_up.password
    # The step before was used when the app was coupled.
    person.app = AuthenticatorApp(signed_up.totp_secret, last_step=present_step() - 1)


def _put_known_salt_key(path: Path) -> None:
    path.unlink()
    SaltKey.create(path, _KnownToken())

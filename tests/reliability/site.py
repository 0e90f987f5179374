"""A real server, an employer with its clerks, and what can be done to them."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from crypto.root_key import SaltKey
from crypto.source import SystemSource
from portal.commands.initialising import make_files, prepare_database
from portal.services import Services, open_services
from portal.settings import parse_settings
from tests.people import SALT_KEY
from tests.reliability.clerks import Clerk, OfficeHours
from tests.reliability.ledger import Kind, Ledger, State
from tests.threats.running import RunningPortal
from tests.world import World, make_world
from vault.access import request_access, waiting_requests

CLERKS = ("Berend", "Celine", "Daan", "Elif", "Fenna")
EMPLOYEES_EACH = 4
MOST_CHANGES = 12
LONGEST_WAIT = 0.5
LONGEST_WORK = 20
ROLES = ("datakluisgebruiker", "werkgever")


@dataclass(frozen=True)
class Moment:
    """So many seconds after so many changes were acknowledged since the server started."""

    changes: int
    seconds: float


class OurSalt(SystemSource):
    """Makes the salt key with which the people of the tests have chosen their passwords."""

    def token(self, length: int) -> bytes:
        """Return the bytes of that key."""
        return bytes(range(length))


@dataclass
class Site:
    """The server, its people, and what they know."""

    portal: RunningPortal
    services: Services
    world: World
    ledger: Ledger = field(default_factory=Ledger)
    hours: OfficeHours = field(default_factory=OfficeHours)
    clerks: list[Clerk] = field(default_factory=list)
    newcomers: int = 0

    @contextmanager
    def session(self) -> Iterator[World]:
        """Yield the world in a transaction of its own, for what is done or looked at while the server is down."""
        with self.services.factory() as session, session.begin():
            self.world.session = session
            yield self.world

    def work(self, moment: Moment, strike: Callable[[], None]) -> None:
        """Let the clerks work until that moment, then strike in the middle of it, and wait until all have noticed."""
        before, deadline = self.ledger.counts[State.OK], time.monotonic() + LONGEST_WORK
        self.hours.open()
        while self.ledger.counts[State.OK] < before + moment.changes and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(moment.seconds)
        self.hours.close()
        strike()
        self.hours.wait()

    def kill_server(self) -> None:
        """Kill every process of the server at once."""
        self.portal.stop(signal.SIGKILL)

    def ask_for_access(self, count: int = 1) -> None:
        """Let newcomers ask for the vault, which the administrator may then grant."""
        with self.session() as world:
            for _ in range(count):
                self.newcomers += 1
                name = f"Nieuw{self.newcomers}"
                world.hire(name, world.employer, *ROLES)
                request_access(world.session, world.actor(name))
            known = set(self.ledger.things(Kind.ADMITTED))
            for request in waiting_requests(world.session, world.actor("Anna")):
                if request.admission_id not in known:
                    self.ledger.begin((Kind.ADMITTED, request.admission_id), False)
                    self.clerks[0].requests.append(request.admission_id)

    def end(self) -> None:
        """Stop the clerks and the server."""
        self.hours.end()
        self.portal.stop(signal.SIGKILL)
        self.services.factory.engine.dispose()


def make_site(folder: Path, **changes: str) -> Site:
    """Make the files, the database and the people of a server that does not run yet."""
    portal = RunningPortal(folder, changes)
    own = {name: value for name, value in portal.environment.items() if name.startswith("DATAKLUIS_")}
    settings = parse_settings(own)
    settings.data_directory.mkdir(parents=True)
    SaltKey.create(settings.salt_key_file, OurSalt())
    make_files(settings, SystemSource())
    services = open_services(settings)
    assert services.salt_key.salt_for(UUID(int=0)) == SALT_KEY.salt_for(UUID(int=0))
    prepare_database(services)
    with services.factory() as session, session.begin():
        world = make_world(session)
    site = Site(portal, services, world)
    _hire(site)
    return site


def open_site(site: Site) -> None:
    """Start the server, and let the clerks log in."""
    site.portal.start()
    for clerk in site.clerks:
        clerk.log_in()
        clerk.start()


def moments(kills: int, seed: int = 1) -> Iterator[Moment]:
    """When to strike: at random, now and then before a new server has done anything at all."""
    chance = random.Random(seed)
    return (Moment(chance.randrange(MOST_CHANGES), chance.uniform(0, LONGEST_WAIT)) for _ in range(kills))


def _hire(site: Site) -> None:
    with site.session() as world:
        people = {"Anna": world.people["Anna"]}
        for name in CLERKS:
            people[name] = world.hire_vault_user(name, *ROLES)
        colleague = world.hire_vault_user("Gijs", *ROLES)
        for name, person in people.items():
            clerk = Clerk(name, person, site.portal.port, site.ledger, site.hours)
            site.clerks.append(clerk)
            clerk.employees = [] if name == "Anna" else _employ(site, world, name)
    site.clerks[0].colleague = colleague.id
    site.ledger.begin((Kind.ADMINISTRATOR, colleague.id), False)


def _employ(site: Site, world: World, clerk: str) -> list[UUID]:
    made = []
    for number in range(EMPLOYEES_EACH):
        employee = world.employ(f"{clerk}{number}", "Begin")
        site.ledger.begin((Kind.NAME, employee), "Begin")
        site.ledger.begin((Kind.SHARED, employee), False)
        made.append(employee)
    return made

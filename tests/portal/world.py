"""A portal with an arbo service, an employer and people, as the operator's commands and invitations would make it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from pyotp import TOTP

from accounts.actor import Actor, Scope
from audit.recording import Who
from crypto.source import SeededSource
from database.session import Session
from organisation.memberships import actor_for, add_member
from organisation.models import Department
from organisation.registering import create_employer, create_service
from portal.app import create_app
from portal.application import Portal
from portal.commands.initialising import make_files, prepare_database
from portal.services import Services, open_services
from portal.settings import Settings, parse_settings
from tests.pages import Visitor
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp, sign_up

OPERATOR = Who.system("test")
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class World:
    """A running portal and what the tests know of it."""

    app: Portal
    services: Services
    source: SeededSource
    service_id: UUID
    employer_id: UUID
    departments: dict[str, UUID]
    people: dict[str, SignedUp] = field(default_factory=dict)

    def session(self) -> Session:
        """Return a session of the world's database, to prepare something or to look."""
        return self.services.factory()

    def add(self, name: str, *roles: str, at: UUID | None = None, department: str | None = None) -> SignedUp:
        """Add someone who did all first steps, at the employer unless told otherwise."""
        scope = Scope(False, frozenset({self.departments[department]})) if department else Scope(True)
        with self.session() as session, session.begin():
            person = sign_up(session, at or self.employer_id, name, salt_key=SALT_KEY)
            add_member(session, person.id, at or self.employer_id, roles, scope, OPERATOR)
        self.people[name] = person
        return person

    def actor(self, session: Session, name: str) -> Actor:
        """Return a person of the world as a request would have it."""
        person = self.people[name]
        return actor_for(session, person.id, ACCESS_POINT, person.keys())

    def visitor(self, address: str = "192.0.2.10") -> Visitor:
        """Return somebody with a browser who has not logged in."""
        return Visitor(self.app, address, self.services.settings.base_url)

    def log_in(self, name: str, visitor: Visitor | None = None) -> Visitor:
        """Let a person of the world log in through the forms; the clock moves on to the next code of the app."""
        visitor = visitor or self.visitor()
        visitor.get("/inloggen")
        self.give_password(visitor, name)
        visitor.submit({"code": self.next_code(name)})
        return visitor

    def give_password(self, visitor: Visitor, name: str) -> None:
        """Take the first step of logging in."""
        visitor.submit({"login_name": name, "password": self.people[name].password})

    def let_password_age(self, visitor: Visitor) -> None:
        """Let so much time pass that what is dangerous asks for the password again, and the session goes on."""
        for _ in range(2):
            self.source.advance(timedelta(minutes=10))
            visitor.get("/")

    def code_of(self, secret: str) -> str:
        """Return what an app with this secret shows half a minute from now, which is then."""
        self.source.advance(timedelta(seconds=30))
        return TOTP(secret.replace(" ", "")).at(self.source.now())

    def next_code(self, name: str) -> str:
        """Return the code that the app of this person shows half a minute from now, which is then."""
        self.source.advance(timedelta(seconds=30))
        with self.session() as session:
            return self.people[name].code(session)


RECEIPT_SECRET = "Zq7" * 10
"""What a gateway knows that tells what became of an SMS."""


def make_settings(folder: Path, database_url: str, **changes: str) -> Settings:
    """Return settings for a portal in `folder`."""
    values = {
        "DATA_DIRECTORY": str(folder / "data"),
        "DATABASE_URL": database_url,
        "BASE_URL": "https://datakluis.example",
        "MAIL_FOLDER": str(folder / "mail"),
        "SMS_RECEIPT_SECRET": RECEIPT_SECRET,
        **changes,
    }
    return parse_settings({f"DATAKLUIS_{name}": value for name, value in values.items()})


def make_world(folder: Path, database_url: str, **changes: str) -> World:
    """Make a portal on a database that has its tables, with an arbo service *Arbo Zorg* and an employer *Van Dam*."""
    settings, source = make_settings(folder, database_url, **changes), SeededSource("portal", START)
    make_files(settings, source)
    opened = open_services(settings, source)
    services = replace(opened, salt_key=SALT_KEY, argon2=CHEAP_ARGON2)
    prepare_database(services)
    with services.factory() as session, session.begin():
        service = create_service(session, "Arbo Zorg", OPERATOR)
        employer = create_employer(session, "Van Dam", service.id, ["Verkoop", "Magazijn"], OPERATOR)
        rows = session.query(Department).filter_by(organisation_id=employer.id)
        departments = {department.name: department.id for department in rows}
    app = create_app(settings, services=services)
    return World(app, services, source, service.id, employer.id, departments)

"""The people and vaults of `tests.world` behind a running portal: who is who is told there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import event, select

from audit.models import AuditEntry
from crypto.source import SeededSource
from organisation.memberships import take_role
from portal.app import create_app
from portal.services import open_services
from tests.pages import Page, Visitor, checked
from tests.people import CHEAP_ARGON2, SALT_KEY
from tests.portal.world import World as PortalWorld
from tests.portal.world import make_settings
from tests.portal.world import make_world as make_portal
from tests.world import OPERATOR, World, make_world


@dataclass
class Company:
    """A portal, its organisations, and the employees: Eva and Joris in the Winkel, Noor in the Oven, Piet elsewhere."""

    portal: PortalWorld
    world: World
    employees: dict[str, UUID] = field(default_factory=dict)

    @contextmanager
    def preparing(self) -> Iterator[World]:
        """Yield the world in a transaction of its own, to prepare something without a browser."""
        with self.portal.services.factory() as session, session.begin():
            self.world.session = session
            yield self.world

    def visitor(self, name: str, url: str | None = None, *, status: int = 200) -> Visitor:
        """Return a person who has logged in and, if told so, gone to `url`."""
        visitor = self.portal.log_in(name)
        if url:
            visitor.get(url, status=status)
        return visitor

    def page(self, name: str, url: str, *, status: int = 200) -> Page:
        """Return `url` as a person sees it."""
        page = self.visitor(name, url, status=status).page
        assert page is not None
        return page

    def share(self, name: str, *, by: str = "Anna") -> UUID:
        """Share an employee with the arbo service Noord; return the share's id."""
        with self.preparing() as world:
            return world.share(self.employees[name], by=by).id

    def post(self, visitor: Visitor, url: str, values: dict[str, str] | None = None, *, status: int = 200) -> Page:
        """Send something to a route for which the visitor has no form, as a forger with a session of his own would."""
        response = visitor.client.post(
            url,
            data={"csrf_token": self.token(visitor), **(values or {})},
            follow_redirects=True,
            environ_overrides=visitor.environment,
            base_url=visitor.base_url,
        )
        assert response.status_code == status, f"{url}: {response.status_code}"
        page = checked(response)
        if status in {200, 422}:
            # An error page has no token; who was refused goes back to the page before.
            visitor.page = page
        return page

    def token(self, visitor: Visitor) -> str:
        """Return the token against forgery on the page that a visitor sees."""
        assert visitor.page is not None
        return visitor.page.form("/uitloggen").values["csrf_token"]

    def take_role(self, name: str, role: str) -> None:
        """Take a role from someone, whatever that person is doing."""
        with self.preparing() as world:
            take_role(world.session, world.people[name].id, role, OPERATOR)

    def employee_url(self, name: str, rest: str = "") -> str:
        """Return the address of an employee's page, or of one below it."""
        return f"/werknemers/{self.employees[name]}{rest}"

    def dossier_url(self, name: str, rest: str = "") -> str:
        """Return the address of a dossier."""
        return f"/dossiers/{self.employees[name]}{rest}"

    def department_url(self, name: str, rest: str = "") -> str:
        """Return the address of the employer's tree with a department opened."""
        return f"/werknemers?afdeling={self.world.departments[name].id}{rest}"

    def entries(self, action: str, organisation: UUID | None = None) -> list[AuditEntry]:
        """Return the log entries of one action, of one organisation where it is given."""
        with self.portal.session() as session:
            statement = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.moment)
            if organisation is not None:
                statement = statement.where(AuditEntry.organisation_id == organisation)
            return list(session.scalars(statement))


@contextmanager
def counted_queries(company: Company) -> Iterator[list[str]]:
    """Yield a list that gets every statement that is sent to the database meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    engine = company.portal.services.factory.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def make_company(folder: Path, database_url: str) -> Company:
    """Make the portal and its people: Frits sees the Winkel, Gerda has no vault, Ilse may edit and read BSNs."""
    portal = make_portal(folder, database_url)
    with portal.services.factory() as session, session.begin():
        world = make_world(session)
        world.hire_vault_user("Frits", "datakluisgebruiker", "leidinggevende", scope=world.scope("Winkel"))
        world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever", "bsn_inzage")
        world.hire("Gerda", world.employer, "leidinggevende", scope=world.scope("Winkel"))
        employees = {
            "Eva": world.employ("WK001", "Yılmaz"),
            "Joris": world.employ("WK002", "Janssen"),
            "Noor": world.employ("OV001", "Bakker", "Oven"),
            "Piet": world.employ("PE001", "Persman", "Pers", by="Bram"),
        }
    portal.people = world.people
    return Company(portal, world, employees)


def copy_company(original: Company, folder: Path) -> Company:
    """Return another portal with the same people on a copy of the database, which must be a file; it takes no time."""
    database = folder / "company.sqlite3"
    shutil.copyfile(original.portal.services.settings.database_url.removeprefix("sqlite:///"), database)
    return company_on(original, folder, f"sqlite:///{database}")


def company_on(original: Company, folder: Path, database_url: str) -> Company:
    """Return another portal with the same people on a database that is a copy of theirs."""
    shutil.copytree(original.portal.services.settings.data_directory, folder / "data")
    source = SeededSource("copy", original.portal.source.now())
    opened = open_services(make_settings(folder, database_url), source)
    services = replace(opened, salt_key=SALT_KEY, argon2=CHEAP_ARGON2)
    portal = replace(
        original.portal, app=create_app(services.settings, services=services), services=services, source=source
    )
    world = replace(original.world, people=dict(original.world.people), departments=dict(original.world.departments))
    portal.people = world.people
    return Company(portal, world, dict(original.employees))

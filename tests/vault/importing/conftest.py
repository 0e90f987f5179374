"""An employer with an open vault, and Anna who imports its employees."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from accounts.actor import Actor, Scope
from audit.recording import Who
from database.session import Session, SessionFactory
from organisation.admission import enter_service
from organisation.memberships import actor_for, add_member
from organisation.registering import create_employer, create_service
from organisation.roles import install_presets
from tests.people import ACCESS_POINT, SignedUp, sign_up
from tests.prepared_world import PreparedRows
from tests.vault.importing.files import HEADINGS, row, text_file
from vault.agreements import register_signatory
from vault.importing.jobs import upload
from vault.importing.writing import write_rows
from vault.opening import open_vault

OPERATOR = Who.system("create-employer")


@dataclass(frozen=True)
class House:
    """An arbo service and two employers that it serves; the vault of the first is open."""

    factory: SessionFactory
    service_id: UUID
    employer_id: UUID
    other_employer_id: UUID
    anna: SignedUp

    def actor(self, session: Session, person: SignedUp | None = None) -> Actor:
        """Anna, or another person, as a new request would have her."""
        person = person or self.anna
        return actor_for(session, person.id, ACCESS_POINT, person.keys())

    def employ(self, name: str, organisation_id: UUID, roles: list[str], scope: Scope | None = None) -> SignedUp:
        """A further person with a place in an organisation."""
        with self.factory() as session, session.begin():
            person = sign_up(session, organisation_id, name)
            add_member(session, person.id, organisation_id, roles, scope or Scope(True), OPERATOR)
            return person

    def open_vault_as(self, person: SignedUp) -> None:
        """Register a signatory and open the vault of this person's employer."""
        with self.factory() as session, session.begin():
            actor = self.actor(session, person)
            register_signatory(session, name="Tekenaar", email="tekenaar@example.org", actor=actor)
            open_vault(session, actor)


@pytest.fixture(scope="session")
def prepared_house() -> PreparedRows[House]:
    """The house with Anna as vault administrator of its first employer."""
    return PreparedRows(make_house)


@pytest.fixture(scope="session")
def prepared_staff() -> PreparedRows[House]:
    """The house with four people in its vault, and an arbo service with a key."""
    return PreparedRows(make_staff)


@pytest.fixture
def house(session_factory: SessionFactory, prepared_house: PreparedRows[House]) -> House:
    """The house with Anna as vault administrator of its first employer."""
    return replace(prepared_house.put_into(session_factory), factory=session_factory)


@pytest.fixture
def staff(session_factory: SessionFactory, prepared_staff: PreparedRows[House]) -> House:
    """The house with four people in its vault, and an arbo service with a key."""
    return replace(prepared_staff.put_into(session_factory), factory=session_factory)


def make_house(factory: SessionFactory) -> House:
    """Make the organisations and Anna, and open the vault."""
    with factory() as session, session.begin():
        install_presets(session)
        service = create_service(session, "Arbodienst Noord", OPERATOR)
        employer = create_employer(session, "Bakkerij Jansen", service.id, ["Productie", "HR"], OPERATOR)
        other = create_employer(session, "Drukkerij Peeters", service.id, ["Productie"], OPERATOR)
        anna = sign_up(session, employer.id, "Anna")
        add_member(session, anna.id, employer.id, ["datakluisbeheerder"], Scope(True), OPERATOR)
    house = House(factory, service.id, employer.id, other.id, anna)
    house.open_vault_as(anna)
    return house


def make_staff(factory: SessionFactory) -> House:
    """Make the house, and let Anna import its people."""
    house = make_house(factory)
    carla = house.employ("Carla", house.service_id, ["casemanager_arbo"])
    with house.factory() as session, session.begin():
        enter_service(session, house.actor(session, carla))
    rows = [
        HEADINGS,
        row(),
        row(number="B", bsn="", last_name="Çelik"),
        row(number="C", bsn="", last_name="Bakker"),
        row(number="D", bsn=""),
    ]
    with house.factory() as session, session.begin():
        actor = house.actor(session)
        import_id = upload(session, io.BytesIO(text_file(rows)), actor).id
    list(write_rows(house.factory, import_id, actor))
    return house

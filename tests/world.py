"""A small world for tests, with real keys: two arbo services, three employers, and people in every role.

Anna administers the vault of Bakkerij Mulder, which Carla's service Noord serves; Bram that of Drukkerij Visser, which
Dirk's service Zuid serves. Garage Smit is served by Noord as well, outside the scope of Carla's colleague Cor. Frits is
a manager and vault user of one department, Gerda a manager without the vault, Hans a second vault administrator, Petra
the privacy officer, Ilse a vault user who may edit and read BSNs. Eva and the others are employees in the vault.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts.actor import Actor, Scope
from accounts.credentials import PersonSecret, password_salt, set_password
from audit.recording import Who
from crypto.passwords import stretch
from database.session import Session
from keys.renewal import RenewedSecret, renew_key
from organisation.admission import admit, enter_service, waiting_members
from organisation.employments import EmploymentData
from organisation.memberships import actor_for, add_member
from organisation.models import EMPLOYEES_ID, Department, Organisation
from organisation.readmission import ask_again
from organisation.registering import add_departments, create_employer, create_service
from organisation.roles import install_presets
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp, make_backup_code_of, sign_up
from vault.access import approve, request_access, waiting_requests
from vault.agreements import register_signatory
from vault.fields import Card, Details, Gender
from vault.models import CareQuestionKind, Share
from vault.opening import open_vault
from vault.records import create_record
from vault.sharing import share_record

OPERATOR = Who.system("test")
WHOLE = Scope(whole=True)
TEST_BSN = "999990019"


@dataclass
class World:
    """The organisations and people of a test, in one session."""

    session: Session
    service: Organisation
    other_service: Organisation
    employer: Organisation
    other_employer: Organisation
    garage: Organisation
    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, SignedUp] = field(default_factory=dict)

    def hire(self, name: str, organisation: Organisation, *roles: str, scope: Scope = WHOLE) -> SignedUp:
        """Let a person log in for the first time, with a place and roles."""
        person = sign_up(self.session, organisation.id, name)
        add_member(self.session, person.id, organisation.id, roles, scope, OPERATOR)
        self.people[name] = person
        return person

    def hire_vault_user(self, name: str, *roles: str, scope: Scope = WHOLE) -> SignedUp:
        """Let a person of Bakkerij Mulder log in, ask for access, and be approved by Anna."""
        person = self.hire(name, self.employer, *roles, scope=scope)
        request_access(self.session, self.actor(name))
        for request in waiting_requests(self.session, self.actor("Anna")):
            if request.person_id == person.id:
                approve(self.session, request.admission_id, self.actor("Anna"))
        return person

    def hire_arbo(self, name: str, scope: Scope = WHOLE, roles: tuple[str, ...] = ("casemanager_arbo",)) -> SignedUp:
        """Let a colleague of Carla log in, ask to be admitted, and be admitted by her."""
        person = self.hire(name, self.service, *roles, scope=scope)
        enter_service(self.session, self.actor(name))
        for line in waiting_members(self.session, self.actor("Carla")):
            admit(self.session, line.admission_id, self.actor("Carla"))
        return person

    def open_account(self, name: str) -> SignedUp:
        """Let somebody have an account as employees and contact persons have: at no organisation."""
        employees = self.session.get_one(Organisation, EMPLOYEES_ID)
        return self.hire(name, employees, "werknemer", scope=Scope(whole=False))

    def renew_key(self, name: str) -> RenewedSecret:
        """Let a person forget the password and have no back-up code: a new key asks for everything that it closed.

        The password stays as it was typed; the app is the same.
        """
        person, by = self.people[name], self.actor(name).who
        renewed = renew_key(self.session, person.id, by=by)
        secret = PersonSecret(person.id, renewed.generation, renewed.secret)
        stretched = stretch(person.password, password_salt(SALT_KEY, person.id), CHEAP_ARGON2)
        set_password(self.session, secret, stretched, CHEAP_ARGON2, access_point=ACCESS_POINT)
        make_backup_code_of(self.session, secret)
        ask_again(self.session, person.id, renewed.closed, by=by)
        self.people[name] = replace(person, secret=renewed.secret, generation=renewed.generation)
        return renewed

    def actor(self, name: str, session: Session | None = None) -> Actor:
        """A person as a new request would have it: roles, scope and keys of this moment."""
        person = self.people[name]
        return actor_for(session or self.session, person.id, ACCESS_POINT, person.keys())

    def scope(self, *departments: str) -> Scope:
        """The scope of someone who sees those departments only."""
        return Scope(whole=False, units=frozenset(self.departments[name].id for name in departments))

    def employment(self, department: str = "Winkel", **other: object) -> EmploymentData:
        """An employment that began years ago."""
        values: dict[str, object] = {
            "department_id": self.departments[department].id,
            "starts_on": date(2020, 1, 1),
            "function_group": "Verkoop",
            "function": "Verkoper",
            "kind": "Vast",
            "hours": Decimal("36.00"),
        }
        return EmploymentData(**{**values, **other})  # type: ignore[arg-type]

    def employ(self, personnel_number: str, last_name: str, department: str = "Winkel", *, by: str = "Anna") -> UUID:
        """Add an employee to the vault of whoever adds."""
        return create_record(
            self.session,
            personnel_number=personnel_number,
            card=card(last_name),
            details=details(),
            employment=self.employment(department),
            actor=self.actor(by),
        ).id

    def share(self, employee_id: UUID, *, by: str = "Anna") -> Share:
        """Share an employee with the service."""
        return share_record(self.session, employee_id, CareQuestionKind.SICK_REPORT, "Belt morgen zelf", self.actor(by))


def card(last_name: str = "Yılmaz", **other: object) -> Card:
    """A card with values that a search of raw bytes can find."""
    values: dict[str, object] = {
        "last_name": last_name,
        "birth_date": date(1990, 12, 31),
        "prefix": None,
        "first_name": "Eva",
        "initials": "E.",
        "postcode": "3511AB",
    }
    return Card(**{**values, **other})  # type: ignore[arg-type]


def details(**other: object) -> Details:
    """Details with values that a search of raw bytes can find."""
    values: dict[str, object] = {
        "gender": Gender.FEMALE,
        "bsn": TEST_BSN,
        "email": "eva@bakkerij.example",
        "phone_mobile": "0612345678",
        "street": "Tulpenlaan",
        "house_number": "12",
        "city": "Utrecht",
    }
    return Details(**{**values, **other})  # type: ignore[arg-type]


def make_world(session: Session, *, vault_open: bool = True) -> World:
    """The organisations with Anna, Bram, Carla and Dirk; Noord and Zuid have their key, and the vaults are open."""
    install_presets(session)
    service = create_service(session, "Noord", OPERATOR)
    other_service = create_service(session, "Zuid", OPERATOR)
    world = World(
        session=session,
        service=service,
        other_service=other_service,
        employer=create_employer(session, "Bakkerij Mulder", service.id, [], OPERATOR),
        other_employer=create_employer(session, "Drukkerij Visser", other_service.id, [], OPERATOR),
        garage=create_employer(session, "Garage Smit", service.id, [], OPERATOR),
    )
    for organisation, names in (
        (world.employer, ["Winkel", "Oven"]),
        (world.other_employer, ["Pers"]),
        (world.garage, ["Werkplaats"]),
    ):
        world.departments |= add_departments(session, organisation.id, names, OPERATOR)
    world.hire("Anna", world.employer, "datakluisbeheerder", "werkgever")
    world.hire("Bram", world.other_employer, "datakluisbeheerder", "werkgever")
    world.hire("Carla", service, "klantbeheer", "casemanager_arbo")
    world.hire("Dirk", other_service, "klantbeheer", "casemanager_arbo")
    for name in ("Carla", "Dirk"):
        enter_service(session, world.actor(name))
    if vault_open:
        for name in ("Anna", "Bram"):
            open_a_vault(world, name)
    return world


def open_a_vault(world: World, name: str) -> None:
    """Let an administrator register who signs, and open the vault."""
    actor = world.actor(name)
    register_signatory(world.session, name="Dirk Directeur", email="directeur@example.org", actor=actor)
    open_vault(world.session, actor)

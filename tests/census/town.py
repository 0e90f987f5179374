"""Two arbo services, three employers and somebody in every role, each value of which is a canary.

Noord serves Bakkerij (`B`) and Garage (`G`); Zuid serves Drukkerij (`D`). Each employer has two departments, *1* and
*2*, and an employee of each kind: shared in department 1 (`B1s`), not shared there (`B1u`), shared in 2 (`B2s`). The
service asked for each of them; for `B1u` it still waits.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import event, select

from accounts.actor import Scope
from accounts.invitations import make_invitation
from accounts.models import Credential
from accounts.people import create_person
from crypto.recovery_code import write_code
from crypto.source import SeededSource
from database.session import Session
from documents.label_administration import LabelContent, create_label, retire_label
from documents.models import Audience as DocumentAudience
from documents.models import DocumentLabel
from organisation.admission import admit, enter_service, waiting_members
from organisation.announcements import AnnouncementData, Audience, write_announcement
from organisation.contact_persons import Contact, add_contact
from organisation.departments import add_department
from organisation.employer_fields import UNKNOWN_WAGE_TAX_NUMBER, Address
from organisation.employer_folders import add_folder
from organisation.employer_profiles import save_profile
from organisation.employments import EmploymentData
from organisation.groups import add_group
from organisation.memberships import actor_for, add_member
from organisation.models import Department, Employment, ServiceAgreement
from organisation.models import Role as RoleRow
from organisation.registering import add_employer, create_employer, create_service
from organisation.sites import add_site
from portal.app import create_app
from portal.commands.initialising import make_files, prepare_database
from portal.services import open_services
from tests.census.canaries import Flock, Kind
from tests.organisation.employers import FULL
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp, sign_up
from tests.portal.world import OPERATOR, START, World, make_settings
from tests.vault.importing.files import HEADINGS, row, text_file
from vault.access import approve, request_access, waiting_requests, withdraw_access
from vault.agreements import register_signatory
from vault.fields import Card, Details, Gender
from vault.importing.jobs import keep_upload, read_upload
from vault.importing.writing import write_rows
from vault.models import CareQuestionKind
from vault.opening import open_vault
from vault.records import create_record
from vault.recovery_sheets import make
from vault.share_requests import request_share
from vault.sharing import share_record

EMPLOYERS = {"B": "N", "G": "N", "D": "Z"}
SERVICES = ("N", "Z")
ASKERS = {"B": "case manager", "G": "case manager", "D": "south"}
"""Who of the service asks an employer to share; that employer's vault users may know the name."""
ASKS = "asks"
KEEPERS = {"N": "customer manager", "Z": "south"}
"""Who administers the employers of a service."""
VISITOR, HALF_WAY, NEWCOMER = "not logged in", "after the password", "newcomer"
WITHOUT_FACTOR = "after the password, without a second factor"


@dataclass(frozen=True)
class Role:
    """Somebody of the town: where, in which preset roles, seeing what, and what the keys are worth."""

    name: str
    organisation: str
    presets: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    opens: bool = False

    @property
    def is_service(self) -> bool:
        """Whether this is somebody of an arbo service."""
        return self.organisation in SERVICES


ROLES = {
    role.name: role
    for role in (
        Role("administrator", "B", ("datakluisbeheerder",), opens=True),
        Role("second administrator", "B", ("datakluisbeheerder", "datakluisgebruiker"), opens=True),
        Role("hr", "B", ("werkgever", "datakluisgebruiker", "bsn_inzage"), opens=True),
        Role("manager", "B", ("leidinggevende", "datakluisgebruiker"), ("1",), opens=True),
        Role("manager without vault", "B", ("leidinggevende",), ("1",)),
        Role("employer without vault", "B", ("werkgever",)),
        Role("privacy officer", "B", ("privacyfunctionaris",)),
        Role("waiting user", "B", ("leidinggevende", "datakluisgebruiker"), ("1",)),
        Role("withdrawn user", "B", ("leidinggevende", "datakluisgebruiker"), ("1",)),
        Role(NEWCOMER, "B", ("leidinggevende",)),
        Role("user administrator", "B", ("leidinggevende", "gebruikersbeheer"), ("1",)),
        Role("garage", "G", ("datakluisbeheerder", "werkgever"), opens=True),
        Role("garage waiting", "G", ("datakluisgebruiker",)),
        Role("printer", "D", ("datakluisbeheerder", "werkgever", "bsn_inzage"), opens=True),
        Role("printer waiting", "D", ("datakluisgebruiker",)),
        Role("customer manager", "N", ("klantbeheer",), opens=True),
        Role("case manager", "N", ("casemanager_arbo", "bsn_inzage"), ("B",), opens=True),
        Role("service privacy officer", "N", ("privacyfunctionaris",)),
        Role("waiting colleague", "N", ("casemanager_arbo",)),
        Role("south", "Z", ("klantbeheer", "casemanager_arbo"), opens=True),
        Role("south waiting", "Z", ("casemanager_arbo",)),
    )
}


NAMED = {
    "B": "employer without vault", "G": "garage waiting", "D": "printer waiting", "N": "service privacy officer",
    "Z": "south waiting",
}  # fmt: skip
"""Whom the recovery sheet of each organisation names."""


@dataclass
class Town:
    """A portal, its people, the canaries, and the ids of all that can be asked for."""

    portal: World
    flock: Flock = field(default_factory=Flock)
    organisations: dict[str, UUID] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)
    roles_of_groups: dict[str, UUID] = field(default_factory=dict)
    departments: dict[str, UUID] = field(default_factory=dict)
    employees: dict[str, UUID] = field(default_factory=dict)
    employments: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    last_names: dict[str, str] = field(default_factory=dict)
    shares: dict[str, UUID] = field(default_factory=dict)
    requests: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, SignedUp] = field(default_factory=dict)
    admissions: dict[str, UUID] = field(default_factory=dict)
    sheets: dict[str, UUID] = field(default_factory=dict)
    announcements: dict[str, UUID] = field(default_factory=dict)
    labels: dict[str, UUID] = field(default_factory=dict)
    retired_labels: dict[str, UUID] = field(default_factory=dict)
    recovery_codes: dict[str, str] = field(default_factory=dict)
    imports: dict[str, UUID] = field(default_factory=dict)
    done_imports: dict[str, UUID] = field(default_factory=dict)
    empty_departments: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, UUID] = field(default_factory=dict)
    contacts: dict[str, UUID] = field(default_factory=dict)
    agreements: dict[str, UUID] = field(default_factory=dict)
    folders: dict[str, UUID] = field(default_factory=dict)
    waiting: dict[str, UUID] = field(default_factory=dict)
    coming: dict[str, UUID] = field(default_factory=dict)
    invitation: str = ""
    invited: str = ""

    def act(self, session: Session, role: str, verb: Callable[..., object], *arguments: object) -> object:
        """Let somebody do something."""
        person = self.people[role]
        return verb(session, *arguments, actor_for(session, person.id, ACCESS_POINT, person.keys()))

    def labels_of(self, endpoint: str) -> dict[str, UUID]:
        """A label of each service, in the state in which a page has something to do with it."""
        return self.retired_labels if endpoint == "document_labels.restore" else self.labels


def make_town(folder: Path) -> Town:
    """Build the town on a database of its own."""
    url = f"sqlite:///{folder / 'town.sqlite3'}"
    settings, source = make_settings(folder, url), SeededSource("census", START)
    make_files(settings, source)
    services = open_services(settings, source)
    services = type(services)(settings, services.factory, SALT_KEY, CHEAP_ARGON2)
    # Nothing here outlives the test, so nothing has to be on the disk.
    event.listen(services.factory.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    prepare_database(services)
    app = create_app(settings, services=services)
    nowhere = UUID(int=0)
    town = Town(World(app, services, source, nowhere, nowhere, {}))
    with services.factory() as session, session.begin():
        _found(town, session)
        for role in ROLES.values():
            _hire(town, session, role)
        for service in SERVICES:
            _admit(town, session, service)
        for employer in EMPLOYERS:
            _fill_vault(town, session, employer)
            _fill_master_data(town, session, employer)
        for service in SERVICES:
            _let_wait(town, session, service)
        _withdraw(town, session)
        for organisation in NAMED:
            _make_sheet(town, session, organisation)
        for employer in EMPLOYERS:
            _make_group(town, session, employer)
        for service in SERVICES:
            _announce(town, session, service)
            _make_labels(town, session, service)
        _forget_backup_code(town, session)
        _invite(town, session)
    for employer in EMPLOYERS:
        _import(town, employer)
    town.portal.people = town.people
    return town


def administrator_of(employer: str) -> str:
    """Who opened an employer's vault."""
    return {"B": "administrator", "G": "garage", "D": "printer"}[employer]


def maker_of(organisation: str) -> str:
    """Who made the recovery sheet of an employer or an arbo service."""
    return {"N": "customer manager", "Z": "south"}.get(organisation) or administrator_of(organisation)


def _found(town: Town, session: Session) -> None:
    flock = town.flock
    for service in SERVICES:
        name = flock.text(Kind.ORGANISATION, service)
        town.organisations[service] = create_service(session, name, OPERATOR).id
    for employer, service in EMPLOYERS.items():
        names = {number: flock.text(Kind.DEPARTMENT, employer, number) for number in ("1", "2")}
        name = flock.text(Kind.ORGANISATION, employer)
        served_by = town.organisations[service]
        town.organisations[employer] = create_employer(session, name, served_by, names.values(), OPERATOR).id
        rows = session.scalars(select(Department).where(Department.organisation_id == town.organisations[employer]))
        by_name = {row.name: row.id for row in rows}
        town.departments |= {f"{employer}{number}": by_name[text] for number, text in names.items()}


def _hire(town: Town, session: Session, role: Role) -> None:
    units = town.organisations if role.is_service else town.departments
    keys = [unit if role.is_service else role.organisation + unit for unit in role.sees]
    scope = Scope(not keys, frozenset(units[key] for key in keys))
    organisation = town.organisations[role.organisation]
    unit = ASKS if role.name in ASKERS.values() else ""
    person = sign_up(session, organisation, town.flock.text(Kind.STAFF, role.organisation, unit))
    add_member(session, person.id, organisation, role.presets, scope, OPERATOR)
    town.people[role.name] = person


def _members(organisation: str, *presets: str) -> list[Role]:
    return [role for role in ROLES.values() if role.organisation == organisation and set(presets) & set(role.presets)]


def _admit(town: Town, session: Session, service: str) -> None:
    members = _members(service, "klantbeheer", "casemanager_arbo")
    first = members[0].name
    for role in members:
        town.act(session, role.name, enter_service)
    waiting = {line.person_id: line.admission_id for line in town.act(session, first, waiting_members)}  # type: ignore[attr-defined]
    for role in members[1:]:
        if role.opens:
            town.act(session, first, admit, waiting[town.people[role.name].id])
        else:
            town.admissions[service] = waiting[town.people[role.name].id]


def _fill_vault(town: Town, session: Session, employer: str) -> None:
    administrator = administrator_of(employer)
    person = town.people[administrator]
    actor = actor_for(session, person.id, ACCESS_POINT, person.keys())
    signatory = town.flock.text(Kind.SIGNATORY, employer)
    register_signatory(session, name=signatory, email=f"{signatory}@example.org", function=signatory, actor=actor)
    open_vault(session, actor)
    for role in _members(employer, "datakluisgebruiker"):
        town.act(session, role.name, request_access)
    for request in waiting_requests(session, actor):
        role = next(role for role in ROLES.values() if town.people[role.name].id == request.person_id)
        if role.opens or role.name == "withdrawn user":
            approve(session, request.admission_id, actor)
        else:
            town.admissions[employer] = request.admission_id
    for unit, shared in (("1s", True), ("1u", False), ("2s", True)):
        _employ(town, session, employer, unit, administrator)
        _ask(town, session, employer, unit)
        if shared:
            reason = town.flock.text(Kind.REASON, employer, unit)
            employee = town.employees[employer + unit]
            share = share_record(session, employee, CareQuestionKind.SICK_REPORT, reason, actor)
            town.shares[employer + unit] = share.id


def _ask(town: Town, session: Session, employer: str, unit: str) -> None:
    """Let the service ask for somebody; whom the employer shares after that is its answer."""
    asker = town.people[ASKERS[employer]]
    actor = actor_for(session, asker.id, ACCESS_POINT, asker.keys())
    request = request_share(
        session,
        town.employees[employer + unit],
        CareQuestionKind.CONSULTATION,
        town.flock.text(Kind.REASON, employer, unit),
        lifetime=timedelta(days=14),
        actor=replace(actor, scope=Scope(True)),
    )
    town.requests[employer + unit] = request.id


def _employ(town: Town, session: Session, employer: str, unit: str, administrator: str) -> None:
    flock, name = town.flock, employer + unit

    def person() -> str:
        return flock.text(Kind.PERSON, employer, unit)

    def employment() -> str:
        return flock.text(Kind.EMPLOYMENT, employer, unit)

    town.last_names[name] = person()
    town.numbers[name] = flock.number("PN" + employer, 8, Kind.NUMBER, employer, unit)
    card = Card(
        last_name=town.last_names[name],
        birth_date=flock.birth_date(employer, unit),
        prefix=None,
        first_name=person(),
        initials=None,
        postcode=flock.postcode(employer, unit),
    )
    details = Details(
        gender=Gender.FEMALE,
        bsn=flock.bsn(employer, unit),
        email=f"{person()}@example.org",
        email_private=f"{person()}@example.org",
        phone_mobile=flock.number("06123", 10, Kind.PERSON, employer, unit),
        street=person(),
        house_number="1",
        city=person(),
    )
    placed = EmploymentData(
        department_id=town.departments[employer + unit[0]],
        starts_on=START.date().replace(year=2020),
        function_group=employment(),
        function=employment(),
        kind=employment(),
        site=employment(),
        hours=Decimal("36.00"),
    )
    actor_person = town.people[administrator]
    actor = actor_for(session, actor_person.id, ACCESS_POINT, actor_person.keys())
    number = town.numbers[name]
    made = create_record(session, personnel_number=number, card=card, details=details, employment=placed, actor=actor)
    town.employees[name] = made.id

    found = select(Employment.id).where(Employment.employee_id == made.id)
    town.employments[name] = session.scalars(found).one()


def _withdraw(town: Town, session: Session) -> None:
    town.act(session, "administrator", withdraw_access, town.people["withdrawn user"].id)


def _fill_master_data(town: Town, session: Session, employer: str) -> None:
    """A department in which nobody works, a site, and whom to call there and at the head one."""
    manager, flock, employer_id = KEEPERS[EMPLOYERS[employer]], town.flock, town.organisations[employer]
    empty = flock.text(Kind.DEPARTMENT, employer, "3")
    made = town.act(session, manager, lambda *given: add_department(given[0], employer_id, empty, None, given[1]))
    town.empty_departments[employer] = made.id  # type: ignore[attr-defined]
    name = flock.text(Kind.ORGANISATION, employer)
    site = town.act(session, manager, lambda *given: add_site(given[0], employer_id, name, Address(), None, given[1]))
    town.sites[employer] = site.id  # type: ignore[attr-defined]
    for site_id in (None, town.sites[employer]):
        person = Contact(flock.text(Kind.CONTACT, employer), email=f"{flock.text(Kind.CONTACT, employer)}@example.org")
        row = town.act(
            session,
            manager,
            lambda *given, site_id=site_id, person=person: add_contact(
                given[0], employer_id, site_id, person, given[1]
            ),
        )
        town.contacts[employer] = row.id  # type: ignore[attr-defined]
    agreement = select(ServiceAgreement.id).where(ServiceAgreement.employer_id == employer_id)
    town.agreements[employer] = session.scalars(agreement).one()


def _let_wait(town: Town, session: Session, service: str) -> None:
    """An employer that everything is known of and that is not published yet, and an empty folder for it."""
    manager, name = KEEPERS[service], town.flock.text(Kind.WAITING, service)
    person = town.people[manager]
    actor = actor_for(session, person.id, ACCESS_POINT, person.keys())
    town.folders[service] = add_folder(session, town.flock.text(Kind.FOLDER, service), None, actor).id
    employer = add_employer(session, name, START.date() + timedelta(days=60), actor)
    add_department(session, employer.id, "Kassen", None, actor)
    # The other fiscal number of the tests is a BSN of the town.
    known = replace(FULL, wage_tax_number=UNKNOWN_WAGE_TAX_NUMBER)
    save_profile(session, employer.id, name, known, expected_version=0, actor=actor)
    town.waiting[service] = employer.id
    agreement = select(ServiceAgreement.id).where(ServiceAgreement.employer_id == employer.id)
    town.coming[service] = session.scalars(agreement).one()


def _make_sheet(town: Town, session: Session, organisation: str) -> None:
    person = town.people[maker_of(organisation)]
    actor = actor_for(session, person.id, ACCESS_POINT, person.keys())
    made = make(session, town.people[NAMED[organisation]].id, None, actor)
    town.sheets[organisation] = made.sheet_id
    town.recovery_codes[organisation] = write_code(made.printed_half)


def _make_group(town: Town, session: Session, employer: str) -> None:
    """Let the employer's service add a group, which is empty."""
    organisation, name = town.organisations[employer], town.flock.text(Kind.STAFF, employer)
    role = session.scalars(select(RoleRow.id).where(RoleRow.key == "werkgever")).one()
    town.roles_of_groups[employer] = role
    town.groups[employer] = town.act(  # type: ignore[attr-defined]
        session, maker_of(EMPLOYERS[employer]), add_group, organisation, None, name, role
    ).id


def _announce(town: Town, session: Session, service: str) -> None:
    data = AnnouncementData("Onderhoud", "Zaterdag dicht.", Audience.OWN, START.date())
    written = town.act(session, maker_of(service), lambda at, actor: write_announcement(at, data, actor).id)
    town.announcements[service] = written  # type: ignore[assignment]


def _make_labels(town: Town, session: Session, service: str) -> None:
    """Let a service have a label of its own and one out of use; their names are those of no other service's."""
    for labels, name in ((town.labels, "Casus"), (town.retired_labels, "Oud")):
        content = LabelContent(f"{name} {service}", of_employer=False, audience=DocumentAudience.BOTH)
        made = town.act(session, maker_of(service), create_label, content)
        assert isinstance(made, DocumentLabel)
        labels[service] = made.id
    town.act(session, maker_of(service), retire_label, town.retired_labels[service])


def _forget_backup_code(town: Town, session: Session) -> None:
    """Let the newcomer stand where the first login left off."""
    credential = session.get_one(Credential, town.people[NEWCOMER].id)
    credential.backup_hash = credential.backup_sealed = credential.backup_parameters = credential.backup_kept_at = None


def _invite(town: Town, session: Session) -> None:
    name = town.invited = town.flock.text(Kind.STAFF, "B")
    invited = create_person(
        session,
        organisation_id=town.organisations["B"],
        login_name=name,
        display_name=name,
        email=f"{name}@example.org",
    )
    town.invitation = make_invitation(session, invited.id)


def _import(town: Town, employer: str) -> None:
    factory = town.portal.services.factory
    person = town.people[administrator_of(employer)]
    for kept, unit in ((town.done_imports, "i1"), (town.imports, "i2")):
        name = town.flock.text(Kind.PERSON, employer, unit)
        number = town.flock.number("PN" + employer, 8, Kind.NUMBER, employer, unit)
        with factory() as session, session.begin():
            department = session.get_one(Department, town.departments[f"{employer}1"]).name
            values = row(number=number, last_name=name, first_name=name, bsn="", city=name, department=department,
                         mobile="", email=f"{name}@example.org", postcode="")  # fmt: skip
            actor = actor_for(session, person.id, ACCESS_POINT, person.keys())
            data = io.BytesIO(text_file([HEADINGS, values]))
            kept[employer] = keep_upload(session, read_upload(data), actor).id
    list(write_rows(factory, town.done_imports[employer], actor))

"""Whom somebody may invite into a dialogue; never a user of another employer (D-07, D-rules 16, 23 and 30)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, func, select

from accounts.actor import Actor
from accounts.errors import MalformedNumber
from accounts.models import Person
from accounts.people import email_of, person_by_id
from accounts.permissions import Permission
from accounts.phones import normalise_phone
from accounts.standing import may_log_in
from audit.actions import Action
from audit.recording import record
from database.session import Session
from dialogs.errors import NotFound
from dialogs.models import ParticipantKind
from keys.check_words import RenewedKey, renewed_keys
from organisation.calendar import today
from organisation.contact_persons import contacts_of, record_reading
from organisation.effective_roles import people_with_permission
from organisation.errors import NoServiceAgreement
from organisation.models import Employee, Organisation
from organisation.scope import organisations_in_view, require_listing
from organisation.seeing import members_who_see, members_who_see_employer
from organisation.service_agreements import running_service, serves
from organisation.tree import find_employee
from organisation.visible_people import ids_in_view
from vault.errors import NotShared, NoVaultAccess
from vault.records import open_whole
from vault.sharing import running_share
from vault.sides import is_employer, may_know_shares, side_of


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be invited: by which id, what called, and of which organisation or in which role.

    Mail address and mobile number are those of the record, for an invitation; a user needs none. With
    `substitutes_for` it is somebody who does the work of that participant now. To a `renewed` key nothing is handed
    before its check words were compared (design 2.3).
    """

    id: UUID
    name: str = field(repr=False)
    label: str = field(repr=False)
    kind: ParticipantKind
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    substitutes_for: UUID | None = None
    renewed: RenewedKey | None = None

    @property
    def has_email(self) -> bool:
        """Whether nobody need ask for the mail address."""
        return self.kind is ParticipantKind.USER or self.email is not None

    @property
    def has_phone(self) -> bool:
        """Whether nobody need ask for the mobile number."""
        return self.kind is ParticipantKind.USER or self.phone is not None


@dataclass(frozen=True)
class Candidates:
    """Whom the actor may invite: colleagues and the other side, contact persons, and the employee."""

    users: tuple[Candidate, ...]
    contact_persons: tuple[Candidate, ...] = ()
    employee: Candidate | None = None

    @property
    def all(self) -> tuple[Candidate, ...]:
        """All of them."""
        return (*self.users, *self.contact_persons, *([self.employee] if self.employee else []))


def candidates(
    session: Session, actor: Actor, *, employee_id: UUID | None = None, employer_id: UUID | None = None
) -> Candidates:
    """Whom the actor may invite into a dialogue about an employee, about an employer, or about neither.

    Nobody is offered to himself: neither as a user nor as a contact person with the same mail address. The look at the
    employee's record and at the contact persons is told in the log before. Raises `PermissionDenied`, `NotFound` for
    whom or what the actor does not see, `vault.errors.NotShared` on the arbo side (D-rule 23).
    """
    actor.require(Permission.DIALOGUE_START)
    if employee_id is not None:
        employee = find_to_talk_about(session, actor, employee_id)
        return Candidates(
            _users(session, actor, employee.organisation_id, employee),
            _contact_persons(session, actor, employee.organisation_id),
            _employee(session, actor, employee),
        )
    if employer_id is not None:
        require_employer_in_view(session, actor, employer_id)
        return Candidates(_users(session, actor, employer_id, None), _contact_persons(session, actor, employer_id))
    return Candidates(_named(session, [_colleagues(session, actor)], actor))


def find_to_talk_about(session: Session, actor: Actor, employee_id: UUID) -> Employee:
    """An employee in view; on the arbo side only one who is shared with the actor's service (D-rule 23).

    Raises `PermissionDenied`, `NotFound`, `vault.errors.NotShared`.
    """
    employee = find_employee(session, actor, employee_id)
    if not is_employer(actor):
        share = running_share(session, employee.id)
        if share is None or share.service_id != actor.organisation_id:
            raise NotShared
    return employee


def require_employer_in_view(session: Session, actor: Actor, employer_id: UUID) -> None:
    """Raises `PermissionDenied`, and `NotFound` for an employer that is not the own one or served in scope."""
    require_listing(actor)
    in_view = organisations_in_view(actor, today(session))
    if employer_id not in set(session.scalars(in_view)):
        raise NotFound


def _users(session: Session, actor: Actor, employer_id: UUID, employee: Employee | None) -> tuple[Candidate, ...]:
    """Colleagues who see the employee, and those of the other side of the agreement who do."""
    colleagues = _colleagues(session, actor)
    if employee is not None:
        colleagues = colleagues.where(Person.id.in_(_seeing(session, actor.organisation_id, employee)))
    found = [colleagues]
    other = _other_side(session, actor, employer_id, employee)
    if other is not None:
        found.append(other)
    return _named(session, found, actor)


def _colleagues(session: Session, actor: Actor) -> Select[UUID]:
    return _talking().where(Person.organisation_id == actor.organisation_id, Person.id.in_(ids_in_view(session, actor)))


def _other_side(session: Session, actor: Actor, employer_id: UUID, employee: Employee | None) -> Select[UUID] | None:
    """The users of the other side who may take part: where an agreement runs and, of an employee, a share."""
    if not is_employer(actor):
        vault_users = _talking().where(
            Person.organisation_id == employer_id, Person.id.in_(people_with_permission(Permission.VAULT_READ))
        )
        if employee is None:
            return vault_users
        return vault_users.where(Person.id.in_(_seeing(session, employer_id, employee)))
    service_id = _service_of(session, actor, employee)
    if service_id is None:
        return None
    staff = _talking().where(
        Person.organisation_id == service_id, Person.id.in_(people_with_permission(Permission.DOSSIER_READ))
    )
    if employee is None:
        return staff.where(Person.id.in_(members_who_see_employer(service_id, employer_id)))
    return staff.where(Person.id.in_(_seeing(session, service_id, employee)))


def _service_of(session: Session, actor: Actor, employee: Employee | None) -> UUID | None:
    """The service whose staff an employer's user may invite. Who may not know of shares learns nothing of them."""
    if employee is None:
        try:
            return running_service(session, actor.organisation_id).id
        except NoServiceAgreement:
            return None
    share = running_share(session, employee.id) if may_know_shares(session, actor) else None
    return share.service_id if share and serves(session, share.service_id, actor.organisation_id) else None


def _seeing(session: Session, organisation_id: UUID, employee: Employee) -> Select[UUID]:
    return members_who_see(organisation_id, employee, today(session))


def _talking() -> Select[UUID]:
    """The people whose roles let them take part in dialogues; the caller says of which organisation."""
    return select(Person.id).where(Person.id.in_(people_with_permission(Permission.DIALOGUE_READ)))


def _named(session: Session, found: list[Select[UUID]], actor: Actor) -> tuple[Candidate, ...]:
    """The people of some queries with name and organisation, the own one first; without the actor."""
    ids = {person_id for statement in found for person_id in session.scalars(statement)} - {actor.person_id}
    statement = (
        select(Person.id, Person.display_name, Organisation.name)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.id.in_(ids), may_log_in(today(session)))
        .order_by(
            Person.organisation_id != actor.organisation_id,
            Organisation.name,
            func.lower(Person.display_name),
            Person.id,
        )
    )
    renewed = renewed_keys(session, ids)
    return tuple(
        Candidate(person_id, name, organisation, ParticipantKind.USER, renewed=renewed.get(person_id))
        for person_id, name, organisation in session.execute(statement)
    )


def _contact_persons(session: Session, actor: Actor, employer_id: UUID) -> tuple[Candidate, ...]:
    record_reading(session, employer_id, actor)
    employer = session.get_one(Organisation, employer_id)
    own_address = email_of(session, person_by_id(session, actor.person_id))
    return tuple(
        Candidate(
            line.id,
            line.contact.name,
            line.contact.function or employer.name,
            ParticipantKind.CONTACT_PERSON,
            line.contact.email,
            _mobile(line.contact.phone),
        )
        for line in contacts_of(session, employer_id)
        if (line.contact.email or "").strip().lower() != own_address
    )


def _employee(session: Session, actor: Actor, employee: Employee) -> Candidate | None:
    """The employee, for whom the record is open: nobody invites *Anoniem*."""
    if side_of(session, actor) is None:
        return None
    share = None if is_employer(actor) else running_share(session, employee.id)
    entry = record(
        session,
        Action.EMPLOYEE_READ,
        by=actor.who,
        subjects=[employee.id],
        ground=str(share.id) if share else None,
        details={"version": employee.version, "side": actor.audience},
    )
    try:
        card, details = open_whole(session, actor, employee.id, entry=entry)
    except NoVaultAccess:
        # The service has not taken in the share yet.
        return None
    employer = session.get_one(Organisation, employee.organisation_id)
    return Candidate(
        employee.id,
        card.full_name,
        employer.name,
        ParticipantKind.EMPLOYEE,
        # What is written to the own address is read by nobody at work.
        details.email_private or details.email,
        _mobile(details.phone_mobile),
    )


def _mobile(number: str | None) -> str | None:
    try:
        return normalise_phone(number) if number else None
    except MalformedNumber:
        return None

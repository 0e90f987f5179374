"""Adding arbo services, employers and departments: acts of the operator and of Klantbeheer (O-01)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from keys.holders import create_holder
from keys.models import HolderKind
from organisation.calendar import today
from organisation.employer_access import record_for_both, require_whole_scope
from organisation.employer_models import EmployerFolder, EmployerPlacement
from organisation.errors import NameAmbiguous, NameMissing, NameTaken, NotFound
from organisation.models import Department, Organisation, OrganisationKind
from organisation.service_agreements import make_agreement

FIRST_FOLDER = "1. Klanten"
"""The folder that employers lie in as long as a service has made no other (O-24)."""


def create_service(session: Session, name: str, by: Who) -> Organisation:
    """Add an arbo service, with a holder that gets its key at the first member's first login (design 2.1).

    Raises `NameMissing`, `NameTaken`.
    """
    service = _create(session, OrganisationKind.SERVICE, name)
    service.holder_id = create_holder(session, HolderKind.SERVICE, service.id).id
    _record_creation(session, service, by)
    return service


def create_employer(
    session: Session, name: str, service_id: uuid.UUID, departments: Iterable[str], by: Who
) -> Organisation:
    """Add an employer that the service serves from today, published at once, with its departments.

    Raises `NotFound` for an unknown service, `NameMissing`, `NameTaken`.
    """
    service = session.get(Organisation, service_id)
    if service is None or service.kind != OrganisationKind.SERVICE:
        raise NotFound
    employer = _create(session, OrganisationKind.EMPLOYER, name)
    _record_creation(session, employer, by)
    make_agreement(session, employer.id, service.id, today(session), None, by)
    placement = EmployerPlacement(
        service_id=service.id,
        employer_id=employer.id,
        folder_id=_first_folder(session, service.id).id,
        published_at=session.source.now(),
    )
    session.add(placement)
    add_departments(session, employer.id, departments, by)
    return employer


def add_employer(session: Session, name: str, first_day: date, actor: Actor) -> Organisation:
    """Add an employer that the actor's service serves from that day; it is visible once it is published (O-01, O-23).

    The name is taken only where the service has an employer of that name itself: of others' employers nothing is told.
    Raises `PermissionDenied`, `NameMissing`, `NameTaken`.
    """
    require_whole_scope(actor)
    clean = clean_name(name)
    if name_is_taken(session, actor.organisation_id, clean):
        raise NameTaken
    employer = _new_organisation(session, OrganisationKind.EMPLOYER, clean)
    record_for_both(
        session,
        Action.ORGANISATION_CREATE,
        actor,
        employer.id,
        object_type="organisation",
        object_id=employer.id,
        details={"kind": employer.kind},
    )
    session.add(employer)
    session.flush()
    make_agreement(session, employer.id, actor.organisation_id, first_day, None, actor.who)
    _first_folder(session, actor.organisation_id)
    session.add(EmployerPlacement(service_id=actor.organisation_id, employer_id=employer.id))
    session.flush()
    return employer


def name_is_taken(session: Session, service_id: uuid.UUID, name: str, *, besides: uuid.UUID | None = None) -> bool:
    """Whether another employer in the service's own tree has that name."""
    statement = (
        select(Organisation.id)
        .join(EmployerPlacement, EmployerPlacement.employer_id == Organisation.id)
        .where(EmployerPlacement.service_id == service_id, Organisation.name == name)
    )
    return any(employer_id != besides for employer_id in session.scalars(statement))


def add_departments(
    session: Session, organisation_id: uuid.UUID, names: Iterable[str], by: Who
) -> dict[str, Department]:
    """Add the departments that the employer does not have yet; the answer holds all of those names, old and new.

    A name differs from another in more than case and spaces. Raises `NameMissing`.
    """
    known = _departments_by_folded_name(session, organisation_id)
    present = len(known)
    answer: dict[str, Department] = {}
    for name in names:
        if folded(name) not in known:
            known[folded(name)] = _new_department(session, organisation_id, name)
        answer[name] = known[folded(name)]
    if len(known) > present:
        _record_departments(session, organisation_id, len(known) - present, by)
    return answer


def find_organisation(session: Session, name: str, kind: OrganisationKind) -> Organisation:
    """The organisation of that kind with that name, for the operator's commands. Raises `NotFound`, `NameAmbiguous`."""
    statement = select(Organisation).where(Organisation.kind == kind.value, Organisation.name == name.strip())
    found = session.scalars(statement.limit(2)).all()
    if not found:
        raise NotFound
    if len(found) > 1:
        raise NameAmbiguous
    return found[0]


def _create(session: Session, kind: OrganisationKind, name: str) -> Organisation:
    clean = clean_name(name)
    taken = select(Organisation.id).where(Organisation.kind == kind.value, Organisation.name == clean)
    if session.scalar(taken) is not None:
        raise NameTaken
    organisation = _new_organisation(session, kind, clean)
    session.add(organisation)
    session.flush()
    return organisation


def _new_organisation(session: Session, kind: OrganisationKind, name: str) -> Organisation:
    return Organisation(
        id=session.source.new_id(),
        kind=kind.value,
        name=name,
        holder_id=None,
        first_member_id=None,
        created_at=session.source.now(),
    )


def _first_folder(session: Session, service_id: uuid.UUID) -> EmployerFolder:
    statement = select(EmployerFolder).where(
        EmployerFolder.service_id == service_id, EmployerFolder.parent_id.is_(None)
    )
    folder = session.scalars(statement.order_by(EmployerFolder.name, EmployerFolder.id).limit(1)).first()
    if folder is None:
        folder = EmployerFolder(id=session.source.new_id(), service_id=service_id, name=FIRST_FOLDER)
        session.add(folder)
        session.flush()
    return folder


def _record_creation(session: Session, organisation: Organisation, by: Who) -> None:
    record(
        session,
        Action.ORGANISATION_CREATE,
        by=by,
        object_type="organisation",
        object_id=organisation.id,
        details={"kind": organisation.kind},
    )


def _new_department(session: Session, organisation_id: uuid.UUID, name: str) -> Department:
    department = Department(id=session.source.new_id(), organisation_id=organisation_id, name=clean_name(name))
    session.add(department)
    return department


def _record_departments(session: Session, organisation_id: uuid.UUID, count: int, by: Who) -> None:
    record(
        session,
        Action.DEPARTMENT_CREATE,
        by=by,
        organisation_id=organisation_id,
        object_type="organisation",
        object_id=organisation_id,
        details={"count": count},
    )


def _departments_by_folded_name(session: Session, organisation_id: uuid.UUID) -> dict[str, Department]:
    statement = select(Department).where(Department.organisation_id == organisation_id)
    return {folded(department.name): department for department in session.scalars(statement)}


def clean_name(name: str) -> str:
    """The name of an organisation, a department, a folder or a site, with single spaces. Raises `NameMissing`."""
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= 120 or not clean.isprintable():
        raise NameMissing
    return clean


def folded(name: str) -> str:
    """A name as it is compared with others: without regard to case and spaces."""
    return " ".join(name.split()).casefold()

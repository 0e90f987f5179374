"""Adding arbo services, employers and departments: acts of the operator, later of Klantbeheer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from keys.holders import create_holder
from keys.models import HolderKind
from organisation.calendar import today
from organisation.employer_models import EmployerFolder, EmployerPlacement
from organisation.errors import NameMissing, NameTaken, NotFound
from organisation.models import Department, Organisation, OrganisationKind, ServiceAgreement

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
    session.add(
        ServiceAgreement(
            id=session.source.new_id(),
            service_id=service.id,
            employer_id=employer.id,
            starts_on=today(session),
            ends_on=None,
        )
    )
    placement = EmployerPlacement(
        service_id=service.id,
        employer_id=employer.id,
        folder_id=_first_folder(session, service.id).id,
        published_at=session.source.now(),
    )
    session.add(placement)
    _record_creation(session, employer, by)
    add_departments(session, employer.id, departments, by)
    return employer


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
        if _folded(name) not in known:
            known[_folded(name)] = _new_department(session, organisation_id, name)
        answer[name] = known[_folded(name)]
    if len(known) > present:
        _record_departments(session, organisation_id, len(known) - present, by)
    return answer


def find_organisation(session: Session, name: str, kind: OrganisationKind) -> Organisation:
    """The organisation of that kind with that name, for the operator's commands. Raises `NotFound`."""
    statement = select(Organisation).where(Organisation.kind == kind.value, Organisation.name == name.strip())
    organisation = session.scalars(statement).first()
    if organisation is None:
        raise NotFound
    return organisation


def _create(session: Session, kind: OrganisationKind, name: str) -> Organisation:
    clean = _clean_name(name)
    taken = select(Organisation.id).where(Organisation.kind == kind.value, Organisation.name == clean)
    if session.scalar(taken) is not None:
        raise NameTaken
    organisation = Organisation(
        id=session.source.new_id(),
        kind=kind.value,
        name=clean,
        holder_id=None,
        first_member_id=None,
        created_at=session.source.now(),
    )
    session.add(organisation)
    session.flush()
    return organisation


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
    department = Department(id=session.source.new_id(), organisation_id=organisation_id, name=_clean_name(name))
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
    return {_folded(department.name): department for department in session.scalars(statement)}


def _clean_name(name: str) -> str:
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= 120:
        raise NameMissing
    return clean


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()

"""From a personnel number to the employees whom a log can be asked about (LOG11)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from organisation.models import Employee, Organisation, OrganisationKind, ServiceAgreement
from organisation.scope import is_visible


@dataclass(frozen=True)
class LogSubject:
    """An employee as a number, with the employer that gave it."""

    employee_id: uuid.UUID
    personnel_number: str
    employer: str


def subjects_with_number(session: Session, actor: Actor, personnel_number: str) -> list[LogSubject]:
    """The employees with exactly that number: at most one of an employer, for an arbo service one at each it serves.

    Also those who left the actor's view since, as `organisation.tree.personnel_numbers`. It is a search, and is logged
    as one (LOG1). Raises `PermissionDenied`.
    """
    actor.require(Permission.LOG_READ)
    employers = select(Organisation.id).where(Organisation.id == actor.organisation_id)
    if actor.audience != OrganisationKind.EMPLOYER:
        employers = select(ServiceAgreement.employer_id).where(ServiceAgreement.service_id == actor.organisation_id)
    statement = (
        select(Employee.id, Employee.personnel_number, Organisation.name)
        .join(Organisation, Organisation.id == Employee.organisation_id)
        .where(Employee.personnel_number == personnel_number, Employee.organisation_id.in_(employers), is_visible())
        .order_by(Organisation.name, Employee.id)
    )
    found = [LogSubject(*row) for row in session.execute(statement)]
    record(
        session,
        Action.EMPLOYEE_SEARCH,
        by=actor.who,
        subjects=[subject.employee_id for subject in found],
        details={"fields": "personnel_number", "count": len(found)},
    )
    return found

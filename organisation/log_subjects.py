"""From a personnel number to the employees whom a log can be asked about (LOG11)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditSubject
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.models import Employee, Organisation, OrganisationKind, ServiceAgreement
from organisation.scope import is_visible
from organisation.service_agreements import is_running


@dataclass(frozen=True)
class LogSubject:
    """An employee as a number, with the employer that gave it."""

    employee_id: uuid.UUID
    personnel_number: str
    employer: str


def subjects_with_number(session: Session, actor: Actor, personnel_number: str) -> list[LogSubject]:
    """The employees with exactly that number: at most one of an employer, for an arbo service one at each it serves.

    Also those who left the actor's view since, as `organisation.tree.personnel_numbers`; of an employer that is no
    longer served only whom the own log tells of. It is a search, and is logged as one (LOG1). Raises
    `PermissionDenied`.
    """
    actor.require(Permission.LOG_READ)
    statement = (
        select(Employee.id, Employee.personnel_number, Organisation.name)
        .join(Organisation, Organisation.id == Employee.organisation_id)
        .where(Employee.personnel_number == personnel_number, _is_known(actor, today(session)), is_visible())
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


def _is_known(actor: Actor, on: date) -> ColumnElement[bool]:
    if actor.audience == OrganisationKind.EMPLOYER:
        return Employee.organisation_id == actor.organisation_id
    agreements = select(ServiceAgreement.employer_id).where(ServiceAgreement.service_id == actor.organisation_id)
    told_of = exists().where(
        AuditSubject.organisation_id == actor.organisation_id, AuditSubject.subject_id == Employee.id
    )
    served_before = and_(Employee.organisation_id.in_(agreements), told_of)
    return or_(Employee.organisation_id.in_(agreements.where(is_running(on))), served_before)

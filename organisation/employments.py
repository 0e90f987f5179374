"""Adding and correcting employees as numbers with their employments (E-02, E-06, E-11, E-14)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from organisation.errors import EmploymentExists, NotFound, OrganisationError, PersonnelNumberTaken
from organisation.models import Employee, Employment
from organisation.tree import find_department


@dataclass(frozen=True)
class EmploymentData:
    """The fields of an employment (E-06); `hours` a week."""

    department_id: uuid.UUID
    starts_on: date
    function_group: str
    function: str
    kind: str
    site: str | None = None
    hours: Decimal | None = None
    ends_on: date | None = None


def add_employee(session: Session, actor: Actor, personnel_number: str, employment: EmploymentData) -> Employee:
    """Add an employee of the actor's employer with a first employment, in a department in scope.

    Raises `PermissionDenied`, `NotFound` for a department out of view, `PersonnelNumberTaken`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    find_department(session, actor, employment.department_id)
    _refuse_taken_number(session, actor.organisation_id, personnel_number)
    employee = Employee(
        id=session.source.new_id(),
        organisation_id=actor.organisation_id,
        personnel_number=personnel_number,
        batch_id=None,
        version=1,
        created_at=session.source.now(),
    )
    with _one_of_several_at_once(session, PersonnelNumberTaken):
        session.add(employee)
    _insert(session, employee, employment)
    return employee


def add_employment(session: Session, actor: Actor, employee: Employee, employment: EmploymentData) -> Employment:
    """Add a further employment of an employee whom the caller found in view (E-14).

    Raises `PermissionDenied`, `NotFound` for a department out of view, `EmploymentExists`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    find_department(session, actor, employment.department_id)
    _refuse_same_start(session, employee.id, employment.starts_on, except_for=None)
    return _insert(session, employee, employment)


def correct_employment(
    session: Session, actor: Actor, employee: Employee, employment_id: uuid.UUID, employment: EmploymentData
) -> Employment:
    """Correct what is known of an employment (E-11, first choice) of an employee whom the caller found in view.

    Raises `PermissionDenied`, `NotFound` for a foreign employment or a department out of view, present or new (K-08:
    of one person another employment may lie outside the scope), `EmploymentExists`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    present = session.get(Employment, employment_id)
    if present is None or present.employee_id != employee.id:
        raise NotFound
    for department_id in {present.department_id, employment.department_id}:
        find_department(session, actor, department_id)
    _refuse_same_start(session, employee.id, employment.starts_on, except_for=employment_id)
    with _one_of_several_at_once(session, EmploymentExists):
        for name, value in asdict(employment).items():
            setattr(present, name, value)
    return present


def change_personnel_number(session: Session, actor: Actor, employee: Employee, personnel_number: str) -> None:
    """Give an employee whom the caller found in view another number.

    Raises `PermissionDenied`, `PersonnelNumberTaken`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    if employee.personnel_number != personnel_number:
        _refuse_taken_number(session, employee.organisation_id, personnel_number)
        with _one_of_several_at_once(session, PersonnelNumberTaken):
            employee.personnel_number = personnel_number


def _refuse_taken_number(session: Session, organisation_id: uuid.UUID, personnel_number: str) -> None:
    taken = select(Employee.id).where(
        Employee.organisation_id == organisation_id, Employee.personnel_number == personnel_number
    )
    if session.scalar(taken) is not None:
        raise PersonnelNumberTaken


def _refuse_same_start(
    session: Session, employee_id: uuid.UUID, starts_on: date, *, except_for: uuid.UUID | None
) -> None:
    statement = select(Employment.id).where(Employment.employee_id == employee_id, Employment.starts_on == starts_on)
    present = session.scalar(statement)
    if present is not None and present != except_for:
        raise EmploymentExists


def _insert(session: Session, employee: Employee, employment: EmploymentData) -> Employment:
    row = Employment(
        id=session.source.new_id(),
        organisation_id=employee.organisation_id,
        employee_id=employee.id,
        **asdict(employment),
    )
    with _one_of_several_at_once(session, EmploymentExists):
        session.add(row)
    return row


@contextmanager
def _one_of_several_at_once(session: Session, refusal: type[OrganisationError]) -> Iterator[None]:
    """Raise `refusal` when somebody else stored the same since it was looked for; the error's text holds the row."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        raise refusal from None

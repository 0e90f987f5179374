"""The tree of employers, departments and employees as numbers: what both sides may know (K-02, K-19, H-13)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, distinct, exists, func, or_, select
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.models import Department, Employee, Employment, Organisation, OrganisationKind, ServiceAgreement
from organisation.scope import (
    departments_in_view,
    departments_with_people_in_view,
    has_not_ended,
    is_employment_in_view,
    is_in_view,
    is_of_visible,
    is_placing,
    is_visible,
    organisations_in_view,
    require_listing,
)

PAGE_SIZE = 50


@dataclass(frozen=True)
class DepartmentCount:
    """A department in view, with how many people work there and the employer it belongs to."""

    id: uuid.UUID
    name: str
    count: int
    employer_id: uuid.UUID
    employer: str


@dataclass(frozen=True)
class EmploymentLine:
    """An employment with the personnel number of whom it is of; no name, no birth date (K-02)."""

    employee_id: uuid.UUID
    personnel_number: str
    employment_id: uuid.UUID
    department_id: uuid.UUID
    department: str
    site: str | None
    function_group: str
    function: str
    kind: str
    hours: Decimal | None
    starts_on: date
    ends_on: date | None
    version: int


def employers_in_scope(session: Session, actor: Actor) -> list[Organisation]:
    """The employers whose employees the actor sees: the own one, or those served today in scope, by name.

    Raises `PermissionDenied`.
    """
    require_listing(actor)
    in_view = Organisation.id.in_(organisations_in_view(actor, today(session)))
    statement = select(Organisation).where(in_view).order_by(Organisation.name, Organisation.id)
    return list(session.scalars(statement))


def departments_in_scope(session: Session, actor: Actor) -> list[DepartmentCount]:
    """The departments that the actor sees, by employer and name, and how many people are not out of service (E-09).

    One in which the actor sees single people only is among them, with their count (U-15).

    Raises `PermissionDenied`.
    """
    require_listing(actor)
    day = today(session)
    counts = _counts(actor, day).subquery()
    statement = (
        select(Department.id, Department.name, func.coalesce(counts.c.people, 0), Organisation.id, Organisation.name)
        .join(Organisation, Organisation.id == Department.organisation_id)
        .outerjoin(counts, counts.c.department_id == Department.id)
        .where(Department.id.in_(departments_with_people_in_view(actor, day)))
        .order_by(Organisation.name, Organisation.id, Department.name, Department.id)
    )
    return [DepartmentCount(*row) for row in session.execute(statement)]


def departments_to_choose(session: Session, actor: Actor) -> list[Department]:
    """The departments that the actor sees, by name, without counting anybody. Raises `PermissionDenied`."""
    require_listing(actor)
    in_view = Department.id.in_(departments_in_view(actor, today(session)))
    return list(session.scalars(select(Department).where(in_view).order_by(Department.name, Department.id)))


def find_department_with_people(session: Session, actor: Actor, department_id: uuid.UUID) -> Department:
    """The department, also when the actor sees only some of its people. Raises as `find_department`."""
    return _find_department(session, actor, department_id, departments_with_people_in_view(actor, today(session)))


def find_department(session: Session, actor: Actor, department_id: uuid.UUID) -> Department:
    """The department. Raises `NotFound` when it does not exist or is out of view, `PermissionDenied`."""
    return _find_department(session, actor, department_id, departments_in_view(actor, today(session)))


def _find_department(
    session: Session, actor: Actor, department_id: uuid.UUID, in_view: Select[uuid.UUID]
) -> Department:
    require_listing(actor)
    statement = select(Department).where(Department.id == department_id, Department.id.in_(in_view))
    department = session.scalars(statement).first()
    if department is None:
        raise NotFound
    return department


def employees_in_department(
    session: Session, actor: Actor, department_id: uuid.UUID, page: int = 1, *, former: bool = False
) -> list[EmploymentLine]:
    """One page (50) of the people of a department by personnel number; with `former` those who left it (E-09).

    Raises `NotFound`, `PermissionDenied`.
    """
    department = find_department_with_people(session, actor, department_id)
    day = today(session)
    still_here = ~has_not_ended(day) if former else has_not_ended(day)
    statement = (
        _lines()
        .where(
            Employment.organisation_id == department.organisation_id,
            Employment.department_id == department.id,
            *_only_in_view(actor, day),
            is_visible(),
            is_placing(day),
            still_here,
            ~_has_newer_there(day),
        )
        .order_by(Employee.personnel_number, Employee.id)
        .limit(PAGE_SIZE)
        .offset((max(page, 1) - 1) * PAGE_SIZE)
    )
    return _read_lines(session, statement)


def find_employee(session: Session, actor: Actor, employee_id: uuid.UUID, *, lock: bool = False) -> Employee:
    """The employee as a number; with `lock` the row is kept from others until the transaction ends.

    Raises `NotFound` when there is none or it is out of view, `PermissionDenied`.
    """
    require_listing(actor)
    statement = select(Employee).where(Employee.id == employee_id, is_in_view(actor, today(session)))
    if lock:
        # Who writes a row that refers to the employee checks that he or she is there, and need not wait for that.
        statement = statement.with_for_update(of=Employee, key_share=True).execution_options(populate_existing=True)
    employee = session.scalars(statement).first()
    if employee is None:
        raise NotFound
    return employee


def employments_of(
    session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[EmploymentLine]]:
    """The employments of employees that the caller has found in view, newest first (E-14), in one query.

    Only those in departments that the actor sees: what someone does elsewhere is not in his or her scope (D-rule 16).
    """
    statement = (
        _lines()
        .where(
            Employee.id.in_(set(employee_ids)),
            is_employment_in_view(actor, today(session)),
        )
        .order_by(Employment.starts_on.desc(), Employment.id)
    )
    return _by_employee(_read_lines(session, statement))


def all_employments_of(session: Session, employee_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[EmploymentLine]]:
    """Every employment of employees, newest first, for whoever may see all of them: the employees themselves."""
    statement = _lines().where(Employee.id.in_(set(employee_ids)))
    return _by_employee(_read_lines(session, statement.order_by(Employment.starts_on.desc(), Employment.id)))


def personnel_numbers(session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The personnel numbers of people whom the organisation's own log names, also of those who left its view since.

    Raises `PermissionDenied` for whoever may not read the log.
    """
    actor.require(Permission.LOG_READ)
    if actor.audience == OrganisationKind.EMPLOYER:
        employers = select(Organisation.id).where(Organisation.id == actor.organisation_id)
    else:
        employers = select(ServiceAgreement.employer_id).where(ServiceAgreement.service_id == actor.organisation_id)
    statement = select(Employee.id, Employee.personnel_number).where(
        Employee.id.in_(set(employee_ids)), Employee.organisation_id.in_(employers), is_visible()
    )
    return dict(session.execute(statement).all())


def _only_in_view(actor: Actor, day: date) -> list[ColumnElement[bool]]:
    """Of a department with people in view: nothing more to ask for whoever sees departments as a whole only."""
    return [is_employment_in_view(actor, day)] if actor.scope.employees else []


def _has_newer_there(day: date) -> ColumnElement[bool]:
    # Of two employments in one department the newest speaks for the person, so that each is shown once.
    newer = aliased(Employment)
    return exists().where(
        newer.employee_id == Employment.employee_id,
        newer.department_id == Employment.department_id,
        newer.starts_on > Employment.starts_on,
        or_(newer.ends_on.is_(None), newer.ends_on >= day),
    )


def _counts(actor: Actor, day: date) -> Select[uuid.UUID, int]:
    people = func.count(distinct(Employment.employee_id)).label("people")
    return (
        select(Employment.department_id, people)
        .where(
            Employment.organisation_id.in_(organisations_in_view(actor, day)),
            is_employment_in_view(actor, day),
            is_of_visible(),
            has_not_ended(day),
        )
        .group_by(Employment.department_id)
    )


def _lines() -> Select[Employee, Employment, str]:
    return (
        select(Employee, Employment, Department.name)
        .join(Employment, Employment.employee_id == Employee.id)
        .join(Department, Department.id == Employment.department_id)
    )


def _read_lines(session: Session, statement: Select[Employee, Employment, str]) -> list[EmploymentLine]:
    return [_line(employee, employment, name) for employee, employment, name in session.execute(statement)]


def _by_employee(lines: Iterable[EmploymentLine]) -> dict[uuid.UUID, list[EmploymentLine]]:
    answer: dict[uuid.UUID, list[EmploymentLine]] = {}
    for line in lines:
        answer.setdefault(line.employee_id, []).append(line)
    return answer


def _line(employee: Employee, employment: Employment, department: str) -> EmploymentLine:
    return EmploymentLine(
        employee_id=employee.id,
        personnel_number=employee.personnel_number,
        employment_id=employment.id,
        department_id=employment.department_id,
        department=department,
        site=employment.site,
        function_group=employment.function_group,
        function=employment.function,
        kind=employment.kind,
        hours=employment.hours,
        starts_on=employment.starts_on,
        ends_on=employment.ends_on,
        version=employment.version,
    )

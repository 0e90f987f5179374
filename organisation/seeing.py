"""Which members of an organisation see an employee: the other way round than `scope` tells it (H-13, U-12, U-15)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Select, or_, select

from organisation.employer_models import EmployerFolder, EmployerPlacement
from organisation.models import Department, Employee, Employment, Membership, UserGroup
from organisation.scope import is_placing
from organisation.scope_in_effect import sees_whole, units_in_effect


def members_who_see(organisation_id: uuid.UUID, employee: Employee, on: date) -> Select[uuid.UUID]:
    """The ids of the members of an organisation in whose scope an employee lies on that day.

    The organisation is the employee's own, or an arbo service that the caller knows to serve it.
    """
    units = units_in_effect()
    by_unit = select(units.c.person_id).where(
        or_(
            units.c.unit_id.in_([employee.id, employee.organisation_id]),
            units.c.unit_id.in_(_departments_around(employee, on)),
            units.c.unit_id.in_(_folders_around(organisation_id, employee.organisation_id)),
        )
    )
    return (
        select(Membership.person_id)
        .outerjoin(UserGroup, UserGroup.id == Membership.group_id)
        .where(
            Membership.organisation_id == organisation_id,
            or_(sees_whole(), Membership.person_id.in_(by_unit)),
        )
    )


def members_who_see_employer(service_id: uuid.UUID, employer_id: uuid.UUID) -> Select[uuid.UUID]:
    """The ids of the members of an arbo service in whose scope an employer lies as a whole.

    The caller knows that the service serves it.
    """
    units = units_in_effect()
    around = _folders_around(service_id, employer_id)
    by_unit = select(units.c.person_id).where(or_(units.c.unit_id == employer_id, units.c.unit_id.in_(around)))
    return (
        select(Membership.person_id)
        .outerjoin(UserGroup, UserGroup.id == Membership.group_id)
        .where(Membership.organisation_id == service_id, or_(sees_whole(), Membership.person_id.in_(by_unit)))
    )


def _departments_around(employee: Employee, on: date) -> Select[uuid.UUID]:
    """The departments that place the employee, and those above them."""
    works_in = select(Employment.department_id).where(Employment.employee_id == employee.id, is_placing(on))
    found = (
        select(Department.id, Department.parent_id)
        .where(Department.id.in_(works_in))
        .cte("departments_around", recursive=True)
    )
    above = select(Department.id, Department.parent_id).join(found, found.c.parent_id == Department.id)
    return select(found.union(above).c.id)


def _folders_around(service_id: uuid.UUID, employer_id: uuid.UUID) -> Select[uuid.UUID]:
    """The folder in which an arbo service keeps the employer, and those above it."""
    lies_in = select(EmployerPlacement.folder_id).where(
        EmployerPlacement.service_id == service_id, EmployerPlacement.employer_id == employer_id
    )
    found = (
        select(EmployerFolder.id, EmployerFolder.parent_id)
        .where(EmployerFolder.id.in_(lies_in))
        .cte("folders_around", recursive=True)
    )
    above = select(EmployerFolder.id, EmployerFolder.parent_id).join(found, found.c.parent_id == EmployerFolder.id)
    return select(found.union(above).c.id)

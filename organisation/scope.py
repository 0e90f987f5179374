"""What an actor may see, as conditions of a query; every loader of employees starts here (H-13, K-08, D-rule 16).

An employer's member sees the departments of the own organisation in scope; a member of an arbo service those of the
published employers in scope that it serves today. A folder in scope has every employer in it in scope (O-24). An
employee is seen through the employments that place him or her: those that have not ended or, of a former employee, the
last one; or as the single employee that is in scope, wherever he or she works (U-15). A batch that is not visible yet
does not exist (design 2.2).
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.employer_models import EmployerFolder, EmployerPlacement
from organisation.models import (
    Batch,
    Department,
    Employee,
    Employment,
    Organisation,
    OrganisationKind,
    ServiceAgreement,
)
from organisation.service_agreements import is_running


def require_listing(actor: Actor) -> None:
    """Raises `PermissionDenied` unless the actor may see employments: one permission for each side."""
    employer = actor.audience == OrganisationKind.EMPLOYER
    actor.require(Permission.EMPLOYEE_LIST if employer else Permission.DOSSIER_READ)


def departments_in_view(actor: Actor, on: date) -> Select[uuid.UUID]:
    """The ids of the departments of which the actor sees everybody on that day."""
    if actor.audience == OrganisationKind.EMPLOYER:
        own = select(Department.id).where(Department.organisation_id == actor.organisation_id)
        return own if actor.scope.whole else own.where(Department.id.in_(actor.scope.units))
    of_employers = Department.organisation_id.in_(_employers_in_scope(actor, on))
    if actor.scope.whole:
        return select(Department.id).where(of_employers)
    by_itself = and_(Department.id.in_(actor.scope.units), Department.organisation_id.in_(_employers_served(actor, on)))
    return select(Department.id).where(or_(of_employers, by_itself))


def departments_with_people_in_view(actor: Actor, on: date) -> Select[uuid.UUID]:
    """The ids of those departments and of the ones in which a single employee in scope works."""
    in_view = departments_in_view(actor, on)
    if not actor.scope.employees:
        return in_view
    worked_in = select(Employment.department_id).where(Employment.employee_id.in_(_employees_in_scope(actor, on)))
    return select(Department.id).where(or_(Department.id.in_(in_view), Department.id.in_(worked_in)))


def organisations_in_view(actor: Actor, on: date) -> Select[uuid.UUID]:
    """The ids of the employers with people whom the actor sees on that day: the own one, or those served in scope."""
    if actor.audience == OrganisationKind.EMPLOYER:
        return select(Organisation.id).where(Organisation.id == actor.organisation_id)
    served = _employers_served(actor, on)
    if actor.scope.whole:
        return served
    of_department = select(Department.organisation_id).where(Department.id.in_(actor.scope.units))
    of_employee = select(Employee.organisation_id).where(Employee.id.in_(actor.scope.employees))
    employer_id = ServiceAgreement.employer_id
    return served.where(or_(is_in_employer_scope(actor), employer_id.in_(of_department), employer_id.in_(of_employee)))


def _employers_in_scope(actor: Actor, on: date) -> Select[uuid.UUID]:
    """The employers of whom the actor sees everybody."""
    served = _employers_served(actor, on)
    return served if actor.scope.whole else served.where(is_in_employer_scope(actor))


def is_in_employer_scope(actor: Actor) -> ColumnElement[bool]:
    """The condition that an employer itself, or a folder around it, is in scope.

    The statement selects from `ServiceAgreement` and joins `EmployerPlacement`.
    """
    in_folder = EmployerPlacement.folder_id.in_(folders_below(actor.scope.units))
    return or_(ServiceAgreement.employer_id.in_(actor.scope.units), in_folder)


def _employees_in_scope(actor: Actor, on: date) -> Select[uuid.UUID]:
    """The single employees in scope, as far as they are of the own organisation or of one that is served."""
    singly = select(Employee.id).where(Employee.id.in_(actor.scope.employees))
    if actor.audience == OrganisationKind.EMPLOYER:
        return singly.where(Employee.organisation_id == actor.organisation_id)
    return singly.where(Employee.organisation_id.in_(_employers_served(actor, on)))


def _employers_served(actor: Actor, on: date) -> Select[uuid.UUID]:
    served = (
        select(ServiceAgreement.employer_id)
        .join(
            EmployerPlacement,
            and_(
                EmployerPlacement.service_id == ServiceAgreement.service_id,
                EmployerPlacement.employer_id == ServiceAgreement.employer_id,
            ),
        )
        .where(
            ServiceAgreement.service_id == actor.organisation_id,
            is_running(on),
            EmployerPlacement.published_at.is_not(None),
        )
    )
    return served if actor.audience == OrganisationKind.SERVICE else served.where(false())


def folders_below(units: frozenset[uuid.UUID]) -> Select[uuid.UUID]:
    """The folders among those units, with all folders below them (O-24)."""
    folders = select(EmployerFolder.id).where(EmployerFolder.id.in_(units)).cte(recursive=True)
    below = select(EmployerFolder.id).join(folders, EmployerFolder.parent_id == folders.c.id)
    return select(folders.union(below).c.id)


def is_visible() -> ColumnElement[bool]:
    """The condition that an employee is not part of a batch that is still being written."""
    return or_(Employee.batch_id.is_(None), Employee.batch_id.not_in(_invisible_batches()))


def is_of_visible() -> ColumnElement[bool]:
    """The same of an employment, without a look at its employee."""
    return Employment.employee_id.not_in(select(Employee.id).where(Employee.batch_id.in_(_invisible_batches())))


def _invisible_batches() -> Select[uuid.UUID]:
    return select(Batch.id).where(Batch.visible_at.is_(None))


def has_not_ended(on: date) -> ColumnElement[bool]:
    """The condition that an employment runs on that day or later."""
    return or_(Employment.ends_on.is_(None), Employment.ends_on >= on)


def is_placing(on: date) -> ColumnElement[bool]:
    """The condition that an employment places its employee: it has not ended, or all have and it is the last."""
    other = aliased(Employment)
    runs = exists().where(
        other.employee_id == Employment.employee_id, or_(other.ends_on.is_(None), other.ends_on >= on)
    )
    latest = (
        select(func.max(other.starts_on))
        .where(other.employee_id == Employment.employee_id)
        .correlate(Employment)
        .scalar_subquery()
    )
    return or_(has_not_ended(on), and_(~runs, Employment.starts_on == latest))


def is_employment_in_view(actor: Actor, on: date) -> ColumnElement[bool]:
    """The condition that the actor sees an employment: by its department, or as one of a single employee in scope."""
    in_department = Employment.department_id.in_(departments_in_view(actor, on))
    if not actor.scope.employees:
        return in_department
    return or_(in_department, Employment.employee_id.in_(_employees_in_scope(actor, on)))


def is_in_view(actor: Actor, on: date) -> ColumnElement[bool]:
    """The condition that the actor sees an employee on that day, former ones among them.

    The statement selects from or joins `Employee`. Asked of one employee it looks at that one's employments only.
    """
    placed = (
        exists()
        .where(
            Employment.employee_id == Employee.id,
            Employment.department_id.in_(departments_in_view(actor, on)),
            is_placing(on),
        )
        .correlate(Employee)
    )
    if not actor.scope.employees:
        return and_(is_visible(), placed)
    return and_(is_visible(), or_(placed, Employee.id.in_(_employees_in_scope(actor, on))))

"""Whether what is put in somebody's scope is a part of the own organisation (U-15, D-rule 16)."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select

from accounts.actor import Scope
from database.session import Session
from organisation.employer_models import EmployerFolder
from organisation.errors import UnknownUnit
from organisation.models import Department, Employee, Organisation, OrganisationKind, ServiceAgreement


def check_scope(session: Session, organisation: Organisation, scope: Scope) -> None:
    """Raises `UnknownUnit` for a part that is none of the organisation.

    Of an employer those are its departments and employees; of an arbo service its folders, the employers that it serves
    at some time, and their departments and employees.
    """
    employers = _employers(organisation)
    departments = select(Department.id).where(Department.organisation_id.in_(employers))
    known = set(session.scalars(departments.where(Department.id.in_(scope.units))))
    if organisation.kind == OrganisationKind.SERVICE:
        known |= set(session.scalars(employers.where(ServiceAgreement.employer_id.in_(scope.units))))
        folders = select(EmployerFolder.id).where(EmployerFolder.service_id == organisation.id)
        known |= set(session.scalars(folders.where(EmployerFolder.id.in_(scope.units))))
    employees = select(Employee.id).where(Employee.organisation_id.in_(employers), Employee.id.in_(scope.employees))
    if not scope.units <= known or not scope.employees <= set(session.scalars(employees)):
        raise UnknownUnit


def _employers(organisation: Organisation) -> Select[uuid.UUID]:
    if organisation.kind == OrganisationKind.SERVICE:
        return select(ServiceAgreement.employer_id).where(ServiceAgreement.service_id == organisation.id)
    return select(Organisation.id).where(Organisation.id == organisation.id)

"""Looking at employments as they lie in the database."""

from __future__ import annotations

from sqlalchemy import select

from organisation.models import Employment
from tests.portal.company import Company


def all_employments(company: Company, name: str) -> list[Employment]:
    """The employments of an employee of the company, the oldest first."""
    statement = select(Employment).where(Employment.employee_id == company.employees[name])
    with company.portal.session() as session:
        return list(session.scalars(statement.order_by(Employment.starts_on)))


def only_employment(company: Company, name: str) -> Employment:
    """The one employment of an employee of the company."""
    (employment,) = all_employments(company, name)
    return employment

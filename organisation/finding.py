"""Finding employees by what is open about them: their employments, and whether they are in service (H-06, H-07, E-09).

The conditions are those of a query, so that whom the actor does not see is never counted (D-rule 46).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true

from accounts.actor import Actor
from database.planning import Unindexed
from database.session import Session
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.models import Department, Employee, Employment, OrganisationKind
from organisation.scope import (
    departments_with_people_in_view,
    has_not_ended,
    is_employment_in_view,
    is_in_view,
    is_placing,
    is_visible,
    organisations_in_view,
    require_listing,
)


@dataclass(frozen=True)
class EmploymentFilter:
    """What must be true of one employment of whoever is found; what is empty leaves nobody out.

    The texts are the first letters of what stands in the employment. The days are the first and the last of a time in
    which it ran, one day of it at least. `former` also finds who is out of service.
    """

    department_ids: frozenset[uuid.UUID] = frozenset()
    employer_id: uuid.UUID | None = None
    site: str | None = None
    function_group: str | None = None
    function: str | None = None
    kind: str | None = None
    in_service_from: date | None = None
    in_service_until: date | None = None
    former: bool = False

    @property
    def texts(self) -> dict[str, str]:
        """The texts that were given, by the name of the column."""
        values = {name: (getattr(self, name) or "").strip() for name in ("site", "function_group", "function", "kind")}
        return {name: value for name, value in values.items() if value}

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what is given."""
        given = {
            "department": self.department_ids,
            "employer": self.employer_id,
            "former": self.former,
            "in_service": self.in_service_from or self.in_service_until,
            **self.texts,
        }
        return tuple(sorted(name for name, value in given.items() if value))


def require_in_view(session: Session, actor: Actor, wanted: EmploymentFilter) -> None:
    """Raises `PermissionDenied`, and `NotFound` for a department or an employer out of view."""
    require_listing(actor)
    day = today(session)
    if wanted.department_ids:
        seen = select(Department.id).where(
            Department.id.in_(wanted.department_ids), Department.id.in_(departments_with_people_in_view(actor, day))
        )
        if set(session.scalars(seen)) != wanted.department_ids:
            raise NotFound
    if wanted.employer_id and wanted.employer_id not in set(session.scalars(organisations_in_view(actor, day))):
        raise NotFound


def is_found(actor: Actor, day: date, wanted: EmploymentFilter, *, among: bool = False) -> ColumnElement[bool]:
    """The condition on `Employee` that the actor sees someone in whose employments `wanted` is true.

    With `among` the query begins with something else that tells whom to look at, and not with all of the employer's.
    """
    among = among or _sees_few(actor, wanted)
    employers = _of_employers(actor, day, wanted, Unindexed(Employee.organisation_id) if among else None)
    return and_(is_visible(), employers, _has_fitting(actor, day, wanted), _placed(actor, day, wanted))


def employees_of_employments(actor: Actor, day: date, wanted: EmploymentFilter) -> Select[uuid.UUID]:
    """Whom `is_found` finds, by way of their employments: fast where the actor sees few of many; several times each."""
    return (
        select(Employee.id)
        .join(Employment, Employment.employee_id == Employee.id)
        .where(
            Employment.organisation_id == Employee.organisation_id,
            is_visible(),
            _of_employers(actor, day, wanted),
            *_fitting(actor, day, wanted),
            _placed(actor, day, wanted),
        )
    )


def _sees_few(actor: Actor, wanted: EmploymentFilter) -> bool:
    """Tell whether to begin with the employments of some departments, and not with all employees of the employer."""
    return bool(wanted.department_ids) or (actor.audience == OrganisationKind.EMPLOYER and not actor.scope.whole)


def _has_fitting(actor: Actor, day: date, wanted: EmploymentFilter) -> ColumnElement[bool]:
    fitting = _fitting(actor, day, wanted)
    if _sees_few(actor, wanted):
        own = Employment.organisation_id == actor.organisation_id
        return Employee.id.in_(select(Employment.employee_id).where(own, *fitting))
    return exists().where(Employment.employee_id == Employee.id, *fitting).correlate(Employee)


def _of_employers(
    actor: Actor, day: date, wanted: EmploymentFilter, column: ColumnElement[uuid.UUID] | None = None
) -> ColumnElement[bool]:
    organisation_id = Employee.organisation_id if column is None else column
    # With one value to compare, and not a query, the rows come out in the order of the numbers.
    if actor.audience == OrganisationKind.EMPLOYER:
        return organisation_id == actor.organisation_id
    in_view = organisation_id.in_(organisations_in_view(actor, day))
    return in_view if wanted.employer_id is None else and_(organisation_id == wanted.employer_id, in_view)


def _fitting(actor: Actor, day: date, wanted: EmploymentFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [is_employment_in_view(actor, day)]
    if wanted.department_ids:
        conditions.append(Employment.department_id.in_(wanted.department_ids))
    for name, text in wanted.texts.items():
        conditions.append(getattr(Employment, name).istartswith(text, autoescape=True))
    if wanted.in_service_until:
        conditions.append(Employment.starts_on <= wanted.in_service_until)
    if wanted.in_service_from:
        conditions.append(or_(Employment.ends_on.is_(None), Employment.ends_on >= wanted.in_service_from))
    if not _is_about_the_past(wanted):
        conditions.append(is_placing(day) if wanted.former else has_not_ended(day))
    return conditions


def _is_about_the_past(wanted: EmploymentFilter) -> bool:
    return wanted.in_service_from is not None or wanted.in_service_until is not None


def _placed(actor: Actor, day: date, wanted: EmploymentFilter) -> ColumnElement[bool]:
    """That the person is in view today, which an employment of the past alone does not make true (D-rule 16)."""
    if not _is_about_the_past(wanted):
        return true()
    works = exists().where(
        Employment.employee_id == Employee.id,
        is_employment_in_view(actor, day),
        has_not_ended(day),
    )
    return is_in_view(actor, day) if wanted.former else works.correlate(Employee)

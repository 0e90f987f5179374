"""Employees as numbers with their employments: adding, correcting, changing, ending (E-02, E-06..E-15)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.errors import (
    EmploymentConflict,
    EmploymentExists,
    NotFound,
    OrganisationError,
    OutsideEmployment,
    PersonnelNumberTaken,
)
from organisation.models import Employee, Employment
from organisation.scope import departments_in_view, is_employment_in_view, is_of_visible, require_listing
from organisation.tree import EmploymentLine, find_department, find_department_with_people

EMPLOYMENT = "employment"
"""What an entry of the log calls its object when it is about one employment."""
MOST_WORDS = 500


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
    _insert(session, employee, employment, session.source.new_id())
    return employee


def add_employment(session: Session, actor: Actor, employee: Employee, employment: EmploymentData) -> Employment:
    """Add a further employment of an employee whom the caller found in view (E-14), with its log entry.

    Raises `PermissionDenied`, `NotFound` for a department out of view, `EmploymentExists`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    find_department_with_people(session, actor, employment.department_id)
    _refuse_same_start(session, employee.id, employment.starts_on, except_for=None)
    employment_id = session.source.new_id()
    _record(session, actor, employee, Action.EMPLOYMENT_CREATE, employment_id)
    return _insert(session, employee, employment, employment_id)


def find_employment(session: Session, actor: Actor, employee: Employee, employment_id: uuid.UUID) -> Employment:
    """One employment of an employee whom the caller found in view, as it is now.

    Raises `NotFound` for a foreign employment or one in a department out of view (K-08: of one person another
    employment may lie outside the scope), `PermissionDenied`.
    """
    (present,) = _find(session, actor, employee, {employment_id})
    return present


def correct_employment(
    session: Session,
    actor: Actor,
    employee: Employee,
    employment_id: uuid.UUID,
    employment: EmploymentData,
    *,
    expected_version: int,
) -> None:
    """Correct what is known of an employment (E-11, first choice; E-12); the log tells which fields, not the values.

    What equals the present changes nothing and is not logged. Raises `PermissionDenied`, `NotFound` as
    `find_employment` and for a new department out of view, `EmploymentExists`, `EmploymentConflict`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    present = find_employment(session, actor, employee, employment_id)
    find_department_with_people(session, actor, employment.department_id)
    changed = {name: value for name, value in asdict(employment).items() if getattr(present, name) != value}
    if not changed:
        return
    _refuse_same_start(session, employee.id, employment.starts_on, except_for=employment_id)
    _record_change(session, actor, employee, employment_id, changed)
    with _one_of_several_at_once(session, EmploymentExists):
        _change(session, {employment_id: expected_version}, changed)


def change_employment(
    session: Session,
    actor: Actor,
    employee: Employee,
    employment_id: uuid.UUID,
    employment: EmploymentData,
    *,
    expected_version: int,
) -> Employment:
    """Let an employment change from `employment.starts_on` (E-11, second choice): the present one ends the day before.

    Raises as `correct_employment`, and `OutsideEmployment` for a day that is not after the first day of the present
    employment, or after its last.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    present = find_employment(session, actor, employee, employment_id)
    find_department_with_people(session, actor, employment.department_id)
    if not present.starts_on < employment.starts_on <= (present.ends_on or date.max):
        raise OutsideEmployment
    _refuse_same_start(session, employee.id, employment.starts_on, except_for=None)
    ends = {"ends_on": employment.starts_on - timedelta(days=1)}
    next_id = session.source.new_id()
    _record_change(session, actor, employee, employment_id, ends)
    _record(session, actor, employee, Action.EMPLOYMENT_CREATE, next_id, {"follows": str(employment_id)})
    _change(session, {employment_id: expected_version}, ends)
    return _insert(session, employee, employment, next_id)


def end_employments(
    session: Session, actor: Actor, employee: Employee, versions: Mapping[uuid.UUID, int], last_day: date
) -> None:
    """Report an employee out of service (E-15): `last_day` becomes the last day of those employments, all or none.

    `versions` are the ids with the versions in which they were read. Raises `PermissionDenied`, `NotFound` as
    `find_employment`, `OutsideEmployment` for a day before one of them began or for one that has ended already,
    `EmploymentConflict`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    day = today(session)
    ended = _find(session, actor, employee, versions.keys())
    if any(last_day < present.starts_on or (present.ends_on or date.max) < day for present in ended):
        raise OutsideEmployment
    for present in ended:
        _record(session, actor, employee, Action.EMPLOYMENT_END, present.id)
    _change(session, versions, {"ends_on": last_day})


def overlapping(lines: Iterable[EmploymentLine], starts_on: date, ends_on: date | None) -> list[EmploymentLine]:
    """The employments among `lines` with a day in common with that period; both first and last days count."""
    return [
        line for line in lines if line.starts_on <= (ends_on or date.max) and starts_on <= (line.ends_on or date.max)
    ]


@dataclass(frozen=True)
class KnownWords:
    """What stands in the employments in view, to choose from where a new word may be typed as well (E-07)."""

    sites: tuple[str, ...]
    function_groups: tuple[str, ...]
    functions: tuple[str, ...]
    kinds: tuple[str, ...]


def known_words(session: Session, actor: Actor) -> KnownWords:
    """The sites, function groups, functions and kinds in the departments that the actor sees, at most 500 of each.

    Raises `PermissionDenied`.
    """
    require_listing(actor)
    in_view = departments_in_view(actor, today(session))
    columns = (Employment.site, Employment.function_group, Employment.function, Employment.kind)
    return KnownWords(*(_distinct(session, column, in_view) for column in columns))


def _distinct(session: Session, column: InstrumentedAttribute[Any], in_view: Select[uuid.UUID]) -> tuple[str, ...]:
    # Reading all in their order takes a fifth of the time that looking up those of most departments would take.
    statement = (
        select(column)
        .where(Employment.department_id.in_(in_view), is_of_visible(), column.is_not(None))
        .distinct()
        .order_by(column)
        .limit(MOST_WORDS)
    )
    return tuple(session.scalars(statement))


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


def _find(
    session: Session, actor: Actor, employee: Employee, employment_ids: Collection[uuid.UUID]
) -> Sequence[Employment]:
    require_listing(actor)
    statement = (
        select(Employment)
        .where(
            Employment.id.in_(employment_ids),
            Employment.employee_id == employee.id,
            is_employment_in_view(actor, today(session)),
        )
        .order_by(Employment.starts_on)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(statement).all()
    if not found or len(found) != len(employment_ids):
        raise NotFound
    return found


def _record(
    session: Session,
    actor: Actor,
    employee: Employee,
    action: Action,
    employment_id: uuid.UUID,
    details: Mapping[str, str] | None = None,
) -> None:
    record(
        session,
        action,
        by=actor.who,
        subjects=[employee.id],
        object_type=EMPLOYMENT,
        object_id=employment_id,
        details=details,
    )


def _record_change(
    session: Session, actor: Actor, employee: Employee, employment_id: uuid.UUID, changed: Iterable[str]
) -> None:
    # The names of the fields, so that the log need not keep what was corrected (AVG art. 5).
    names = " ".join(name.removesuffix("_id") for name in changed)
    _record(session, actor, employee, Action.EMPLOYMENT_CHANGE, employment_id, {"fields": names})


def _change(session: Session, versions: Mapping[uuid.UUID, int], values: Mapping[str, Any]) -> None:
    """Change the employments that still have those versions. Raises `EmploymentConflict` unless all have."""
    unchanged = or_(
        *(
            and_(Employment.id == employment_id, Employment.version == version)
            for employment_id, version in versions.items()
        )
    )
    statement = (
        update(Employment)
        .where(unchanged)
        .values(version=Employment.version + 1, **values)
        .returning(Employment.id)
        .execution_options(synchronize_session="fetch")
    )
    if len(session.scalars(statement).all()) != len(versions):
        raise EmploymentConflict


def _insert(session: Session, employee: Employee, employment: EmploymentData, employment_id: uuid.UUID) -> Employment:
    row = Employment(
        id=employment_id,
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

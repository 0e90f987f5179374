"""Reading the people of an export in batches, each logged person by person before anything of it leaves (LOG1, LOG5).

Every batch is one short transaction: who exports is looked at anew, the entry is written, the records are opened, and
only after the commit are its rows handed out. Without its entry a batch does not exist; whoever lost a right, the key
or the session since the batch before gets no further one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, select, true

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.models import AuditEntry
from audit.recording import record
from database.session import Session, SessionFactory
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.models import Employee, Employment, Organisation
from organisation.scope import has_not_ended, is_employment_in_view, is_in_view, is_placing, require_listing
from organisation.tree import EmploymentLine, employers_in_scope, employments_of, find_department_with_people
from vault.errors import NoVaultAccess
from vault.exporting.columns import ExportColumns, ExportRow, export_columns
from vault.fields import Card, Details
from vault.records import open_many
from vault.sides import is_employer, side_of
from vault.tree import grounds_of

PEOPLE_A_BATCH = 250


@dataclass(frozen=True)
class ExportChoice:
    """What is asked for: which form, former employees and ended employments too, the BSN, one part of the people."""

    file_format: str
    former: bool = False
    with_bsn: bool = False
    department_id: uuid.UUID | None = None
    employer_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Export:
    """An export that began: its columns, and its rows batch by batch, to be read once."""

    columns: ExportColumns
    batches: Iterator[list[ExportRow]]


@dataclass(frozen=True)
class _Plan:
    choice: ExportChoice
    named: bool
    employers: tuple[Organisation, ...]


def plan_columns(session: Session, actor: Actor, *, with_bsn: bool) -> ExportColumns:
    """The columns that an export of the actor would have; nothing is opened.

    Raises `PermissionDenied`.
    """
    actor.require(Permission.EMPLOYEE_EXPORT)
    require_listing(actor)
    return _columns(actor, named=side_of(session, actor) is not None, with_bsn=with_bsn)


def begin_export(factory: SessionFactory, actor_of: Callable[[Session], Actor], choice: ExportChoice) -> Export:
    """Begin an export of the employees in view, one row for each employment, ordered by personnel number.

    `actor_of` gives who exports, as of now, in each transaction. An employer's vault user gets everybody's data, arbo
    staff those of whom is shared, whoever has no key only the employments; the BSN takes its own right (D-rule 37).

    Raises `PermissionDenied`, and `organisation.errors.NotFound` for a department or employer out of view, also while
    the rows are read; then besides `NoVaultAccess`, `audit.errors.LogUnavailable`, and what `actor_of` raises.
    """
    with factory() as session, session.begin():
        actor = actor_of(session)
        _require(actor, choice)
        named = side_of(session, actor) is not None
        plan = _Plan(choice, named, _employers(session, actor, choice))
        columns = _columns(actor, named=named, with_bsn=choice.with_bsn)
    return Export(columns, _batches(factory, actor_of, plan))


def _batches(factory: SessionFactory, actor_of: Callable[[Session], Actor], plan: _Plan) -> Iterator[list[ExportRow]]:
    part = 0
    for employer in plan.employers:
        after: str | None = ""
        while after is not None:
            part += 1
            with factory() as session, session.begin():
                rows, after = _read(session, actor_of(session), plan, employer, after, part)
            yield rows


def _read(
    session: Session, actor: Actor, plan: _Plan, employer: Organisation, after: str, part: int
) -> tuple[list[ExportRow], str | None]:
    """The rows of the next people, and the number after which the next batch begins; None after the last."""
    _require(actor, plan.choice)
    if plan.named and side_of(session, actor) is None:
        # Going on without names would look like people who are not known.
        raise NoVaultAccess
    if plan.choice.department_id is not None:
        find_department_with_people(session, actor, plan.choice.department_id)
    day = today(session)
    people = list(session.scalars(_page(actor, plan.choice, employer.id, after, day)))
    ids = [employee.id for employee in people]
    entry = record(
        session,
        Action.EMPLOYEE_EXPORT,
        by=actor.who,
        subjects=grounds_of(session, actor, ids),
        details=_details(plan.choice, len(ids), part),
    )
    opened = _opened(session, actor, plan, ids, entry)
    rows = _rows(session, actor, plan, employer, people, opened, day)
    return rows, people[-1].personnel_number if len(people) == PEOPLE_A_BATCH else None


def _require(actor: Actor, choice: ExportChoice) -> None:
    actor.require(Permission.EMPLOYEE_EXPORT)
    require_listing(actor)
    if choice.with_bsn:
        actor.require(Permission.BSN_READ)


def _employers(session: Session, actor: Actor, choice: ExportChoice) -> tuple[Organisation, ...]:
    if choice.department_id is not None:
        department = find_department_with_people(session, actor, choice.department_id)
        return (session.get_one(Organisation, department.organisation_id),)
    in_scope = tuple(employers_in_scope(session, actor))
    if choice.employer_id is None:
        return in_scope
    chosen = tuple(employer for employer in in_scope if employer.id == choice.employer_id)
    if not chosen:
        raise NotFound
    return chosen


def _columns(actor: Actor, *, named: bool, with_bsn: bool) -> ExportColumns:
    return export_columns(named=named, with_bsn=named and with_bsn, of_employers=not is_employer(actor))


def _page(actor: Actor, choice: ExportChoice, employer_id: uuid.UUID, after: str, day: date) -> Select[Employee]:
    statement = (
        select(Employee)
        .where(Employee.organisation_id == employer_id, Employee.personnel_number > after, is_in_view(actor, day))
        .order_by(Employee.personnel_number)
        .limit(PEOPLE_A_BATCH)
    )
    employed = exists().where(
        Employment.employee_id == Employee.id,
        is_employment_in_view(actor, day),
        true() if choice.department_id is None else Employment.department_id == choice.department_id,
        is_placing(day) if choice.former else has_not_ended(day),
    )
    return statement.where(employed.correlate(Employee))


def _details(choice: ExportChoice, count: int, part: int) -> dict[str, Detail]:
    return {
        "count": count,
        "format": choice.file_format,
        "part": part,
        "bsn": "yes" if choice.with_bsn else "no",
        "former": "yes" if choice.former else "no",
    }


def _opened(
    session: Session, actor: Actor, plan: _Plan, ids: list[uuid.UUID], entry: AuditEntry
) -> dict[uuid.UUID, tuple[Card, Details]]:
    """The data of those whose key the actor's side has: for an employer everybody, on the arbo side who is shared."""
    if not plan.named or not ids:
        return {}
    opened = open_many(session, actor, ids, entry=entry)
    if plan.choice.with_bsn:
        return opened
    return {employee_id: (card, details.without_bsn()) for employee_id, (card, details) in opened.items()}


def _rows(
    session: Session,
    actor: Actor,
    plan: _Plan,
    employer: Organisation,
    people: list[Employee],
    opened: dict[uuid.UUID, tuple[Card, Details]],
    day: date,
) -> list[ExportRow]:
    lines = employments_of(session, actor, [employee.id for employee in people])
    return [
        ExportRow(employer.name, line, *opened.get(employee.id, (None, None)))
        for employee in people
        for line in reversed(lines.get(employee.id, []))
        if _is_asked_for(line, plan.choice, day)
    ]


def _is_asked_for(line: EmploymentLine, choice: ExportChoice, day: date) -> bool:
    if choice.department_id is not None and line.department_id != choice.department_id:
        return False
    return choice.former or line.ends_on is None or line.ends_on >= day

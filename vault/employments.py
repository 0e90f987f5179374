"""Employments as those live with them who hold the key of the vault (E-07..E-15; design 2.2).

What the arbo side may know of an employment lies open (K-02); who may change it must have the employer's key as well,
as for every other change of a record.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.reading import LogFilter, find_entries
from audit.recording import record
from database.session import Session
from organisation import employments
from organisation.calendar import today
from organisation.employments import EMPLOYMENT, EmploymentData
from organisation.memberships import person_names
from organisation.models import Employee, Employment
from organisation.tree import find_employee
from vault.field_checks import check_employment
from vault.sides import require_vault

MOST_CHANGES = 200
_CHANGES = frozenset(
    {Action.EMPLOYEE_CREATE, Action.EMPLOYMENT_CREATE, Action.EMPLOYMENT_CHANGE, Action.EMPLOYMENT_END}
)


@dataclass(frozen=True)
class EmploymentChange:
    """One line of the history: what was done when, by whom, and the names of the fields that changed."""

    action: Action
    moment: datetime
    by: str
    fields: tuple[str, ...]


def add_employment(session: Session, employee_id: uuid.UUID, employment: EmploymentData, actor: Actor) -> Employment:
    """Add a further employment: of somebody who returns, or beside another (E-14).

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `InvalidFields`, `organisation.errors.NotFound` for an
    employee or department out of view, `organisation.errors.EmploymentExists` for the same start date.
    """
    employee = _find_to_change(session, employee_id, actor)
    checked = check_employment(employment, today(session))
    return employments.add_employment(session, actor, employee, checked)


def correct_employment(
    session: Session,
    employee_id: uuid.UUID,
    employment_id: uuid.UUID,
    employment: EmploymentData,
    *,
    expected_version: int,
    actor: Actor,
) -> None:
    """Correct an employment (E-11, E-12). Raises as `add_employment`, and `organisation.errors.EmploymentConflict`."""
    employee = _find_to_change(session, employee_id, actor)
    checked = check_employment(employment, today(session))
    employments.correct_employment(session, actor, employee, employment_id, checked, expected_version=expected_version)


def change_employment(
    session: Session,
    employee_id: uuid.UUID,
    employment_id: uuid.UUID,
    employment: EmploymentData,
    *,
    expected_version: int,
    actor: Actor,
) -> Employment:
    """Let an employment change from `employment.starts_on` (E-11): the present one ends the day before.

    Raises as `correct_employment`, and `organisation.errors.OutsideEmployment`.
    """
    employee = _find_to_change(session, employee_id, actor)
    checked = check_employment(employment, today(session))
    return employments.change_employment(
        session, actor, employee, employment_id, checked, expected_version=expected_version
    )


def end_employments(
    session: Session, employee_id: uuid.UUID, versions: Mapping[uuid.UUID, int], last_day: date, actor: Actor
) -> None:
    """Report an employee out of service after `last_day` (E-15), which may lie ahead; all those employments or none.

    A running share stays until somebody withdraws it. Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`,
    `organisation.errors.NotFound`, `organisation.errors.OutsideEmployment`, `organisation.errors.EmploymentConflict`.
    """
    employee = _find_to_change(session, employee_id, actor)
    employments.end_employments(session, actor, employee, versions, last_day)


def employment_history(
    session: Session, employee_id: uuid.UUID, employment_id: uuid.UUID, actor: Actor
) -> list[EmploymentChange]:
    """Who changed an employment when, the newest first, at most 200 (*Historie weergave*, E-10).

    From the employer's log, which keeps the names of fields and no values; the look is an entry of its own (LOG2).
    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound`.
    """
    employee = _find_to_change(session, employee_id, actor, lock=False)
    found = employments.find_employment(session, actor, employee, employment_id)
    record(
        session,
        Action.EMPLOYMENT_HISTORY,
        by=actor.who,
        subjects=[employee.id],
        object_type=EMPLOYMENT,
        object_id=found.id,
    )
    wanted = LogFilter(subject_id=employee.id, object_id=found.id, actions=_CHANGES)
    entries = [line.entry for line in find_entries(session, actor.organisation_id, wanted, size=MOST_CHANGES).lines]
    names = person_names(session, [entry.actor_id for entry in entries])
    return [_change(entry, names) for entry in entries]


def _change(entry: AuditEntry, names: Mapping[uuid.UUID, str]) -> EmploymentChange:
    return EmploymentChange(
        action=Action(entry.action),
        moment=entry.moment,
        by=names.get(entry.actor_id, "") if entry.actor_id else "",
        fields=tuple(str(entry.details.get("fields", "")).split()),
    )


def _find_to_change(session: Session, employee_id: uuid.UUID, actor: Actor, *, lock: bool = True) -> Employee:
    """The employee in view; the row is kept, so that of two changes of one person the second sees the first."""
    actor.require(Permission.EMPLOYEE_WRITE)
    require_vault(session, actor)
    return find_employee(session, actor, employee_id, lock=lock)

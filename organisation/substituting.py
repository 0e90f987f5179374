"""What a substitute may do meanwhile: what the absent person may, with exceptions (M-06, D-rules 28 and 48).

Medical, confidential and vault rights are not carried along, nor those of administrators and of the log; a substitute
who has them by himself keeps them. What the absent person has as a substitute of a third goes no further.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_, select

from accounts.actor import Scope
from accounts.models import AccountState, Person
from accounts.permissions import Permission
from database.session import Session
from organisation.calendar import today
from organisation.models import Membership, Substitution

CARRIED = frozenset(
    {
        Permission.DOSSIER_READ,
        Permission.EMPLOYEE_EXPORT,
        Permission.EMPLOYEE_IMPORT,
        Permission.EMPLOYEE_LIST,
        Permission.EMPLOYEE_WRITE,
        Permission.EMPLOYER_READ,
        Permission.START_SEE,
    }
)
"""The permissions that go along; one that is not here does not, so that a new one is thought about first."""

# Who was blocked by somebody else's guesses while away is still away.
_STATES = (AccountState.ACTIVE.value, AccountState.BLOCKED.value)


def absent_person_of(session: Session, substitute_id: uuid.UUID) -> uuid.UUID | None:
    """For whom this person substitutes today, by the Dutch calendar; at most one, as `substitution` sees to.

    Nobody whose account was ended or whose place in the organisation was taken away.
    """
    statement = (
        select(Substitution.absent_id)
        .join(Person, Person.id == Substitution.absent_id)
        .join(Membership, Membership.person_id == Substitution.absent_id)
        .where(
            Substitution.substitute_id == substitute_id,
            Substitution.organisation_id == Membership.organisation_id,
            Person.state.in_(_STATES),
            is_in_effect(session),
        )
    )
    return session.scalars(statement.order_by(Substitution.registered_at, Substitution.id)).first()


def is_in_effect(session: Session) -> ColumnElement[bool]:
    """The condition that a substitution runs today, both days of its period included."""
    day = today(session)
    runs = and_(Substitution.starts_on <= day, Substitution.ends_on >= day)
    return and_(Substitution.ended_at.is_(None), runs)


def together(own: Scope, other: Scope) -> Scope:
    """What lies in one of two scopes."""
    if own.whole or other.whole:
        return Scope(whole=True)
    return Scope(whole=False, units=own.units | other.units, employees=own.employees | other.employees)

"""Where an account stands: invited, active, blocked or ended, and until which day (U-09, U-19; L-18, L-19)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_

from accounts.models import AccountState, Person
from database.calendar import today
from database.session import Session


class Reason(StrEnum):
    """Why an account is blocked or inactive."""

    BY_HAND = "by hand"
    UNUSED = "unused"
    DEACTIVATED = "deactivated"
    EXPIRED = "expired"
    REMOVED = "removed"


class Standing(StrEnum):
    """Where an account stands, as an administrator sees it."""

    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"
    """Too many wrong passwords: only a device that logged in before gets in (L-18)."""
    BLOCKED = "blocked"
    INACTIVE = "inactive"


def standing_of(person: Person) -> Standing:
    """Return where somebody's account stands, as far as the row tells it: a day that has passed is the worker's."""
    if person.state == AccountState.ACTIVE and person.locked_at is not None:
        return Standing.LOCKED
    return Standing(person.state)


def is_good(session: Session, person: Person) -> bool:
    """Tell whether somebody may log in today: the account is active, and its last day has not passed (U-09)."""
    return person.state == AccountState.ACTIVE and (person.valid_until is None or person.valid_until >= today(session))


def is_awaited(session: Session, person: Person) -> bool:
    """Tell whether somebody who was invited may still accept: the last day of the account has not passed (U-09)."""
    in_time = person.valid_until is None or person.valid_until >= today(session)
    return person.state == AccountState.INVITED and in_time


def may_log_in(on: date) -> ColumnElement[bool]:
    """Return the same as a condition of a query that selects from `Person`."""
    in_time = or_(Person.valid_until.is_(None), Person.valid_until >= on)
    return and_(Person.state == AccountState.ACTIVE.value, in_time)

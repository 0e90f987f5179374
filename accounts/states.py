"""Changing where an account stands: blocking, unblocking, closing, opening again (U-09, U-19; L-18, L-19).

What an account opens by its keys is the organisation's to end (`organisation.ending_accounts`); here its sessions end.
"""

from __future__ import annotations

from datetime import date

from accounts import login
from accounts.models import AccountState, Credential, Person
from accounts.sessions import end_sessions_of
from accounts.standing import Reason, Standing, standing_of
from audit.actions import Action
from audit.both_sides import record_on_both_sides
from audit.recording import Who
from database.calendar import today
from database.session import Session


def block(session: Session, person: Person, reason: Reason, *, by: Who) -> int:
    """Block an active account: its sessions end at once, its keys stay for when it is unblocked; return how many ended.

    An account that is not active stays as it is.
    """
    if person.state != AccountState.ACTIVE:
        return 0
    _record(session, Action.USER_BLOCK, person, by, {"reason": reason.value})
    _change(session, person, AccountState.BLOCKED, reason)
    return end_sessions_of(session, person.id)


def unblock(session: Session, person: Person, *, by: Who) -> None:
    """*Deblokkeren*: let somebody log in again, also from devices that are not known (U-19, L-18).

    An account that is neither blocked nor locked stays as it is.
    """
    if standing_of(person) not in {Standing.BLOCKED, Standing.LOCKED}:
        return
    _record(session, Action.USER_UNBLOCK, person, by, {"from": standing_of(person).value})
    _change(session, person, AccountState.ACTIVE, None)
    login.unblock(session, person.login_name)


def close(session: Session, person: Person, reason: Reason) -> int:
    """Let nobody log in to an account any more, and end its sessions at once; return how many those were.

    The entry of the log, and the end of what the account opens, are the caller's.
    """
    _change(session, person, AccountState.INACTIVE, reason)
    return end_sessions_of(session, person.id)


def reopen(session: Session, person: Person, *, by: Who) -> None:
    """Let somebody whose account had ended log in again; whoever never had a password is invited anew by the caller.

    A last day that has passed is taken away. An account that was removed, or has not ended, stays as it is.
    """
    if person.state != AccountState.INACTIVE or person.state_reason == Reason.REMOVED:
        return
    _record(session, Action.USER_ACTIVATE, person, by, {})
    if person.valid_until is not None and person.valid_until < today(session):
        person.valid_until = None
    has_password = session.get(Credential, person.id) is not None
    _change(session, person, AccountState.ACTIVE if has_password else AccountState.INVITED, None)


def set_valid_until(session: Session, person: Person, last_day: date | None, *, by: Who) -> None:
    """Let an account end after a day, or not at all (*Specifieke geldigheidsperiode account instellen*, U-09)."""
    if person.valid_until == last_day:
        return
    details = {"from": _day(person.valid_until), "to": _day(last_day)}
    _record(session, Action.USER_VALIDITY, person, by, details)
    person.valid_until = last_day
    session.flush()


def _change(session: Session, person: Person, state: AccountState, reason: Reason | None) -> None:
    person.state = state.value
    person.state_reason = None if reason is None else reason.value
    person.state_changed_at = session.source.now()
    person.locked_at = person.warned_at = None
    session.flush()


def _record(session: Session, action: Action, person: Person, by: Who, details: dict[str, str]) -> None:
    record_on_both_sides(
        session,
        action,
        by=by,
        organisation_id=person.organisation_id,
        object_type="person",
        object_id=person.id,
        details=details,
    )


def _day(day: date | None) -> str:
    return "none" if day is None else day.isoformat()

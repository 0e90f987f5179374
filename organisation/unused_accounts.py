"""Accounts that nobody uses: a warning by mail, and fourteen days later a block (L-19).

Those of employees are left alone: they open nothing but what was sent to their owners, often for years after the last
visit, and there is no administrator who could unblock them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select

from accounts.models import AccountState, Person
from accounts.people import notify
from accounts.standing import Reason
from accounts.states import block
from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from delivery.outbox import MailKind
from organisation.models import EMPLOYEES_ID

NOTICE = timedelta(days=14)
BATCH_SIZE = 50
WORKER = Who.system("worker")


def warn_unused(session: Session, days: int) -> int:
    """Warn at most 50 users who will be blocked in fourteen days, after `days` without a login; return how many."""
    cutoff = session.source.now() - timedelta(days=days) + NOTICE
    unwarned = list(session.scalars(_unused_since(cutoff).where(Person.warned_at.is_(None))))
    for person in unwarned:
        record(
            session,
            Action.USER_WARN,
            by=WORKER,
            organisation_id=person.organisation_id,
            object_type="person",
            object_id=person.id,
        )
        person.warned_at = session.source.now()
        notify(session, person, MailKind.ACCOUNT_UNUSED)
    session.flush()
    return len(unwarned)


def block_unused(session: Session, days: int) -> int:
    """Block at most 50 users who were warned fourteen days ago and have not logged in for `days`; return how many."""
    now = session.source.now()
    warned = _unused_since(now - timedelta(days=days)).where(Person.warned_at <= now - NOTICE)
    unused = list(session.scalars(warned))
    for person in unused:
        block(session, person, Reason.UNUSED, by=WORKER)
    return len(unused)


def _unused_since(moment: datetime) -> Select[Person]:
    """Active accounts without a login since a moment, of which nothing was changed since either."""
    return (
        select(Person)
        .where(
            Person.state == AccountState.ACTIVE.value,
            Person.organisation_id != EMPLOYEES_ID,
            _is_before(moment),
            or_(Person.state_changed_at.is_(None), Person.state_changed_at <= moment),
        )
        .order_by(Person.id)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _is_before(moment: datetime) -> ColumnElement[bool]:
    return or_(Person.login_at <= moment, and_(Person.login_at.is_(None), Person.created_at <= moment))

"""What the page of a user tells: where the account stands, and the last logins out of the log (U-19, U-21)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from accounts.standing import Standing, standing_of
from audit.actions import Action
from audit.both_sides import record_on_both_sides
from audit.models import AuditEntry
from database.session import Session
from organisation.administered import AdministeredUser
from organisation.granting import may_administer

LOGINS_SHOWN = 4


@dataclass(frozen=True)
class UserPage:
    """Where an account stands, when its user logged in last, and whether the actor may change it."""

    standing: Standing
    logins: tuple[datetime, ...]
    may_change: bool


def read_user(session: Session, user: AdministeredUser, actor: Actor) -> UserPage:
    """Tell it of somebody whom the caller has found to be administered; it is a look at a person, and logged as one."""
    record_on_both_sides(
        session,
        Action.USER_READ,
        by=actor.who,
        organisation_id=user.organisation.id,
        object_type="person",
        object_id=user.person.id,
    )
    return UserPage(
        standing=standing_of(user.person),
        logins=last_logins(session, user.organisation.id, user.person.id),
        may_change=may_change(session, user, actor),
    )


def may_change(session: Session, user: AdministeredUser, actor: Actor) -> bool:
    """Whether the actor may change an account: to choose what a page offers."""
    is_other = user.person.id != actor.person_id
    has_right = Permission.USER_ADMINISTER in actor.permissions
    return has_right and is_other and may_administer(session, user.person.id, user.organisation.id, actor)


def last_logins(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> tuple[datetime, ...]:
    """The moments of somebody's last four logins, the latest first (U-21)."""
    statement = (
        select(AuditEntry.moment)
        .where(
            AuditEntry.organisation_id == organisation_id,
            AuditEntry.actor_id == person_id,
            AuditEntry.action == Action.LOGIN_SUCCEED.value,
        )
        .order_by(AuditEntry.moment.desc(), AuditEntry.id)
        .limit(LOGINS_SHOWN)
    )
    return tuple(session.scalars(statement))

"""What was shared lately, for the start page of both sides (S-06, H-03)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from organisation.calendar import today
from organisation.models import Employee
from organisation.scope import is_in_view
from vault.models import Share
from vault.sides import is_employer
from vault.tree import names

LATELY = timedelta(weeks=3)


@dataclass(frozen=True)
class RecentShare:
    """A share that was made lately and still runs; `name` is None for who may not see it."""

    employee_id: uuid.UUID
    personnel_number: str
    name: str | None
    shared_at: datetime


def recent_shares(session: Session, actor: Actor, limit: int = 5) -> list[RecentShare]:
    """The newest running shares of the last three weeks in the actor's view, the newest first; logged as a list is.

    Raises `PermissionDenied` for whoever may not see shares of the own side.
    """
    actor.require(Permission.SHARE_READ if is_employer(actor) else Permission.DOSSIER_READ)
    own_side = Share.organisation_id if is_employer(actor) else Share.service_id
    statement = (
        select(Share.employee_id, Employee.personnel_number, Share.shared_at)
        .join(Employee, Employee.id == Share.employee_id)
        .where(
            own_side == actor.organisation_id,
            is_in_view(actor, today(session)),
            Share.ended_at.is_(None),
            Share.shared_at > session.source.now() - LATELY,
        )
        .order_by(Share.shared_at.desc(), Share.id)
        .limit(limit)
    )
    rows = session.execute(statement).all()
    named = names(session, actor, [employee_id for employee_id, _number, _moment in rows]) if rows else {}
    return [RecentShare(employee_id, number, named.get(employee_id), moment) for employee_id, number, moment in rows]

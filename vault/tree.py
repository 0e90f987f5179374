"""The names in lists and trees: for whom is shared, on both sides; everybody else is *Anoniem* (K-19, K-20, S-15)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.models import Employee
from organisation.scope import is_in_view, require_listing
from vault.models import RecordKey, Share
from vault.records import open_cards
from vault.sides import is_employer, side_of


def names(session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str | None]:
    """The name of each of those employees who is shared, as `A. van Dijk`; None for who is *Anoniem*.

    One log entry for the list, with a subject for each person who is named; only their cards are opened, in one
    query. Who is out of view is None as well. Raises `PermissionDenied`.
    """
    require_listing(actor)
    shown = list(dict.fromkeys(employee_ids))
    named = _shared(session, actor, shown)
    details = {"count": len(shown), "shared": len(named)}
    entry = record(session, Action.EMPLOYEE_LIST, by=actor.who, subjects=named, details=details)
    cards = open_cards(session, actor, named, entry=entry) if named else {}
    return {employee_id: cards[employee_id].display_name if employee_id in cards else None for employee_id in shown}


def names_in_log(
    session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID], *, entry: AuditEntry
) -> dict[uuid.UUID, str]:
    """The names that the actor's own keys open, of people whom a page of the log is about; others are left out.

    `entry` is that of reading the log. An employer's vault user so sees the names of all in scope, arbo staff those
    that are shared. Raises `PermissionDenied` for whoever may not read the log.
    """
    actor.require(Permission.LOG_READ)
    if side_of(session, actor) is None:
        return {}
    cards = open_cards(session, actor, employee_ids, entry=entry)
    return {employee_id: card.display_name for employee_id, card in cards.items()}


def _shared(session: Session, actor: Actor, employee_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    holder_id = side_of(session, actor)
    if holder_id is None or not employee_ids:
        return set()
    statement = (
        select(Share.employee_id)
        .join(Employee, Employee.id == Share.employee_id)
        .join(RecordKey, RecordKey.employee_id == Share.employee_id)
        .where(
            Share.employee_id.in_(employee_ids),
            is_in_view(actor, today(session)),
            Share.ended_at.is_(None),
            RecordKey.holder_id == holder_id,
        )
    )
    if not is_employer(actor):
        statement = statement.where(Share.service_id == actor.organisation_id)
    return set(session.scalars(statement))

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
from database.planning import Unindexed
from database.session import Session
from organisation.calendar import today
from organisation.models import Employee
from organisation.scope import is_in_view, require_listing
from vault.models import RecordKey, Share
from vault.records import open_cards
from vault.sides import is_employer, side_of


def names(session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str | None]:
    """The name of each of those employees who is shared, as `A. van Dijk`; None for who is *Anoniem*.

    One log entry for the list, with a subject for each person who is named, on the arbo side with the share as its
    ground (LOG6); only their cards are opened, in one query. Who is out of view is None as well. Raises
    `PermissionDenied`.
    """
    require_listing(actor)
    shown = list(dict.fromkeys(employee_ids))
    named = _running_shares(session, actor, shown)
    subjects = dict.fromkeys(named) if is_employer(actor) else named
    details = {"count": len(shown), "shared": len(named)}
    entry = record(session, Action.EMPLOYEE_LIST, by=actor.who, subjects=subjects, details=details)
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


def grounds_of(session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str | None]:
    """For the log, on what ground the actor sees each of those employees: the id of the share that runs (LOG6).

    None for an employer, who needs none for its own people, and for whom the arbo side sees as *Anoniem*.
    """
    shown = list(employee_ids)
    shares = {} if is_employer(actor) else _running_shares(session, actor, shown)
    return {employee_id: shares.get(employee_id) for employee_id in shown}


def _running_shares(session: Session, actor: Actor, employee_ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The share of each of those employees in view who is shared and whose key the actor's side has."""
    holder_id = side_of(session, actor)
    if holder_id is None or not employee_ids:
        return {}
    statement = (
        select(Share.employee_id, Share.id)
        .join(Employee, Employee.id == Share.employee_id)
        .join(RecordKey, RecordKey.employee_id == Share.employee_id)
        .where(
            Share.employee_id.in_(employee_ids),
            is_in_view(actor, today(session)),
            Share.ended_at.is_(None),
            Unindexed(RecordKey.holder_id) == holder_id,
        )
    )
    if not is_employer(actor):
        statement = statement.where(Share.service_id == actor.organisation_id)
    return {employee_id: str(share_id) for employee_id, share_id in session.execute(statement)}

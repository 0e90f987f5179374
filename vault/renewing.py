"""Sealing records anew whose key a service may remember after its agreement ended (design 2.1, 2.7).

A key that was destroyed in the database may live on in somebody's memory or copy; what it opened must not open with it
any more. That takes the key of the vault, so it waits for the next session that has it, and goes in small batches.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import delete, exists, select

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.planning import Unindexed
from database.session import Session
from keys.due_work import finish
from keys.models import DueWork
from organisation.models import Batch, Employee
from vault.models import RecordKey, RecordPart
from vault.places import place_of_part
from vault.record_keys import NumberedKey, key_for_writing, key_of
from vault.sides import is_employer, require_side

BATCH_SIZE = 50
RENEW = "renew"


def renew_batch(session: Session, actor: Actor) -> int:
    """Give at most 50 records a fresh key where that is due, seal their parts under it, and tell how many were due.

    It concerns the whole vault, as re-wrapping does, whatever the actor's scope: nothing of it is shown. A record that
    got a new key since, by an edit or another session, is left as it is; one that an import is changing waits until
    that is done. Raises `PermissionDenied`, `VaultClosed`,
    `NoVaultAccess`; for an arbo service nothing is ever due.
    """
    if not is_employer(actor):
        return 0
    holder_id = require_side(session, actor)
    employees = _lock(session, {piece.object_id for piece in _due(session, holder_id)})
    # Looked at once more: meanwhile an import may have begun to change one of them, or a colleague may have been first.
    due = [piece for piece in _due(session, holder_id) if piece.object_id in employees]
    if not due:
        return 0
    people = [piece.object_id for piece in due]
    record(session, Action.KEY_RENEW, by=actor.who, subjects=people, details={"count": len(people)})
    for employee_id in people:
        _renew(session, employees[employee_id], holder_id, actor)
    finish(session, due)
    return len(due)


def _lock(session: Session, employee_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Employee]:
    statement = select(Employee).where(Employee.id.in_(employee_ids)).order_by(Employee.id)
    locked = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {employee.id: employee for employee in session.scalars(locked)}


def _due(session: Session, holder_id: uuid.UUID) -> list[DueWork]:
    """What is due on records of which no next version waits for its batch: that version has a fresh key of its own."""
    waits = exists().where(
        RecordPart.employee_id == DueWork.object_id,
        Unindexed(RecordPart.batch_id) == Batch.id,
        Batch.visible_at.is_(None),
    )
    statement = select(DueWork).where(DueWork.holder_id == holder_id, DueWork.kind == RENEW, ~waits)
    return list(session.scalars(statement.order_by(DueWork.created_at, DueWork.id).limit(BATCH_SIZE)))


def _renew(session: Session, employee: Employee, holder_id: uuid.UUID, actor: Actor) -> None:
    fresh = key_for_writing(session, employee, holder_id, actor)
    statement = select(RecordPart).where(RecordPart.employee_id == employee.id, RecordPart.key_number != fresh.number)
    former: dict[int, Secret] = {}
    for part in session.scalars(statement.execution_options(populate_existing=True)).all():
        if part.key_number not in former:
            former[part.key_number] = key_of(session, employee, part.key_number, holder_id, actor).secret
        _reseal(part, former[part.key_number], fresh)
    session.flush()
    session.execute(
        delete(RecordKey)
        .where(RecordKey.employee_id == employee.id, RecordKey.key_number != fresh.number)
        .execution_options(synchronize_session=False)
    )


def _reseal(part: RecordPart, former: Secret, fresh: NumberedKey) -> None:
    place = place_of_part(part.employee_id, part.part, part.version, part.key_number)
    plaintext = unseal(former, part.sealed, place)
    part.key_number = fresh.number
    part.sealed = seal(fresh.secret, plaintext, place_of_part(part.employee_id, part.part, part.version, fresh.number))

"""Moving record keys to the newest generation of their holder, in batches (design 2.1).

A withdrawal leaves older keys under the generation before, which the newest one opens. Re-wrapping keeps that chain
short; which withdrawal a key has lived through stays on record, so that its next change still replaces it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from database.session import Session
from keys.due_work import add_due_work, due_work, finish
from keys.holders import current_generation
from keys.models import SealedForm
from vault.models import RecordKey
from vault.record_keys import RecordKeyOpener, wrap
from vault.sides import keep_generation, require_side

BATCH_SIZE = 500
REWRAP = "rewrap"


def leave_rewrapping(session: Session, organisation_id: UUID, holder_id: UUID) -> None:
    """Leave the re-wrapping to the next sessions that can open the holder, since it has moved on (design 2.7)."""
    add_due_work(session, organisation_id=organisation_id, holder_id=holder_id, kind=REWRAP, object_ids=[holder_id])


def rewrap_batch(session: Session, actor: Actor) -> int:
    """Re-wrap at most 500 record keys of the actor's side if that is due, and tell how many: 0 when nothing is.

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`.
    """
    holder_id = require_side(session, actor)
    due = due_work(session, holder_id, REWRAP, limit=1)
    if not due:
        return 0
    keep_generation(session, holder_id)
    generation = current_generation(session, holder_id)
    statement = (
        select(RecordKey)
        .where(
            RecordKey.holder_id == holder_id,
            RecordKey.form == SealedForm.WRAPPED,
            RecordKey.generation < generation,
        )
        .order_by(RecordKey.employee_id, RecordKey.key_number)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    batch = list(session.scalars(statement))
    if batch:
        _rewrap(session, actor, batch, generation)
    if len(batch) < BATCH_SIZE:
        finish(session, due)
    return len(batch)


def _rewrap(session: Session, actor: Actor, batch: list[RecordKey], generation: int) -> None:
    holder_id = batch[0].holder_id
    record(
        session,
        Action.KEY_REWRAP,
        by=actor.who,
        object_type="holder",
        object_id=holder_id,
        details={"count": len(batch), "generation": generation, "kind": "record_key"},
    )
    opener = RecordKeyOpener(session, actor.keys, holder_id)
    wrap_key = actor.keys.wrap_key(session, holder_id, generation)
    for row in batch:
        record_key = opener.open(row)
        row.generation = generation
        wrap(row, record_key, wrap_key)
    session.flush()

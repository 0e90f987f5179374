"""Taking in what was shared with an arbo service, before its tree, lists and pages are shown (design 2.2, S-13)."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from database.session import Session
from keys.holders import current_generation
from keys.models import SealedForm
from vault.indexing import index_records
from vault.models import RecordKey
from vault.record_keys import RecordKeyOpener, wrap
from vault.sides import require_side

BATCH_SIZE = 500


def take_in_shares(session: Session, actor: Actor) -> int:
    """Re-wrap every record key that lies as it was sent to the actor's side, index its record, and tell how many.

    It is done by whoever comes first, in batches of 500, each with its log entry; opening a record works without it,
    only slower, and finding it only among few. Raises `PermissionDenied`, and `NoVaultAccess` for someone who waits
    to be admitted.
    """
    holder_id = require_side(session, actor)
    taken_in = 0
    while batch := _waiting(session, holder_id):
        _take_in(session, actor, holder_id, batch)
        taken_in += len(batch)
    return taken_in


def _waiting(session: Session, holder_id: uuid.UUID) -> list[RecordKey]:
    statement = (
        select(RecordKey)
        .where(RecordKey.holder_id == holder_id, RecordKey.form == SealedForm.SEALED)
        .order_by(RecordKey.employee_id, RecordKey.key_number)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def _take_in(session: Session, actor: Actor, holder_id: uuid.UUID, batch: list[RecordKey]) -> None:
    people = {row.employee_id for row in batch}
    record(session, Action.SHARE_INTAKE, by=actor.who, subjects=people, details={"count": len(people)})
    opener = RecordKeyOpener(session, actor.keys, holder_id)
    generation = current_generation(session, holder_id)
    wrap_key = actor.keys.wrap_key(session, holder_id, generation)
    for row in batch:
        record_key = opener.open(row)
        row.generation = generation
        wrap(row, record_key, wrap_key)
    session.flush()
    index_records(session, actor, holder_id, people)

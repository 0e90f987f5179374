"""Keeping the blind indexes of both sides up to date (design 2.2, 2.5, 2.7).

The vault's are written with the records. A service indexes what it takes in, and what the employer changed since; and
either side indexes what is older than its index secret. That waits, as due work, for a session with the key.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete, exists, select

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from crypto.sealing import unseal
from database.insertion import insert_into
from database.planning import Unindexed
from database.session import Session
from keys.due_work import add_due_work, claim, due_work, finish
from keys.index_secrets import INDEX
from organisation.models import Employee, Organisation
from vault.blind_index import make_indexer
from vault.fields import Card, Details
from vault.models import Part, RecordIndex, RecordKey, RecordPart, Share
from vault.places import place_of_part
from vault.record_keys import RecordKeyOpener
from vault.sides import require_side

BATCH_SIZE = 500


def leave_indexing(session: Session, employee_ids: Iterable[uuid.UUID]) -> None:
    """Leave to the services with which these employees are shared to index what was just changed of them."""
    statement = select(Organisation.id, Organisation.holder_id, Share.employee_id).join(
        Share, Share.service_id == Organisation.id
    )
    statement = statement.where(Share.employee_id.in_(list(employee_ids)), Share.ended_at.is_(None))
    by_service: dict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]] = {}
    for service_id, holder_id, employee_id in session.execute(statement):
        if holder_id is not None:
            by_service.setdefault((service_id, holder_id), []).append(employee_id)
    for (service_id, holder_id), changed in by_service.items():
        add_due_work(session, organisation_id=service_id, holder_id=holder_id, kind=INDEX, object_ids=changed)


def index_batch(session: Session, actor: Actor) -> bool:
    """Index what is due of the actor's side, at most 500 pieces, and tell whether more may be.

    It is done by whoever comes first, whatever this person's scope, with a log entry before anything is opened. Raises
    `PermissionDenied`, `VaultClosed`, `NoVaultAccess`.
    """
    holder_id = require_side(session, actor)
    make_indexer(session, actor, holder_id)
    waiting = due_work(session, holder_id, INDEX, BATCH_SIZE)
    changed = {piece.object_id for piece in waiting} - {holder_id}
    older = _not_indexed(session, holder_id) if len(changed) < len(waiting) else []
    _keep(session, {*changed, *older})
    claimed = claim(session, waiting)
    wanted = {piece.object_id for piece in claimed}
    if holder_id in wanted:
        wanted |= set(older)
    finish(session, [piece for piece in claimed if piece.object_id != holder_id or len(older) < BATCH_SIZE])
    if people := wanted - {holder_id}:
        record(session, Action.INDEX_WRITE, by=actor.who, subjects=people, details={"count": len(people)})
        index_records(session, actor, holder_id, people)
    return bool(claimed) and BATCH_SIZE in {len(waiting), len(older)}


def _keep(session: Session, employee_ids: set[uuid.UUID]) -> None:
    """Wait for whoever changes these records or ends their shares: what is read next stays until this is done."""
    rows = select(Employee.id).where(Employee.id.in_(employee_ids)).order_by(Employee.id)
    session.execute(rows.with_for_update(read=True))


def index_records(session: Session, actor: Actor, holder_id: uuid.UUID, employee_ids: Collection[uuid.UUID]) -> None:
    """Index the present version of those records that the holder can open; the caller wrote the entry of that look."""
    indexer = make_indexer(session, actor, holder_id)
    opened = _open(session, actor, holder_id, employee_ids)
    rows = [
        indexer.row(employee.id, employee.organisation_id, employee.version, card, details)
        for employee, card, details in opened
    ]
    # The row of a version that waits for its batch stays.
    present = exists().where(Employee.id == RecordIndex.employee_id, RecordIndex.version <= Employee.version)
    session.execute(
        delete(RecordIndex).where(
            RecordIndex.holder_id == holder_id, RecordIndex.employee_id.in_(employee_ids), present
        ),
        execution_options={"synchronize_session": False},
    )
    if rows:
        # A colleague may have come at the same time, with another key of the same record.
        session.execute(insert_into(session, RecordIndex).on_conflict_do_nothing(), rows)


def _not_indexed(session: Session, holder_id: uuid.UUID) -> list[uuid.UUID]:
    indexed = exists().where(RecordIndex.employee_id == RecordKey.employee_id, RecordIndex.holder_id == holder_id)
    can_be = (
        select(RecordKey.employee_id)
        .distinct()
        .join(Employee, Employee.id == RecordKey.employee_id)
        .join(
            RecordPart,
            (RecordPart.employee_id == Employee.id)
            & (RecordPart.version == Employee.version)
            & (RecordPart.key_number == RecordKey.key_number),
        )
        .where(RecordKey.holder_id == holder_id, ~indexed)
    )
    return list(session.scalars(can_be.limit(BATCH_SIZE)))


def _open(
    session: Session, actor: Actor, holder_id: uuid.UUID, employee_ids: Collection[uuid.UUID]
) -> list[tuple[Employee, Card, Details]]:
    opener = RecordKeyOpener(session, actor.keys, holder_id)
    statement = (
        select(Employee, RecordPart, RecordKey)
        .join(RecordPart, (RecordPart.employee_id == Employee.id) & (RecordPart.version == Employee.version))
        .join(
            RecordKey,
            (RecordKey.employee_id == RecordPart.employee_id) & (RecordKey.key_number == RecordPart.key_number),
        )
        .where(Employee.id.in_(employee_ids), Unindexed(RecordKey.holder_id) == holder_id)
        .execution_options(populate_existing=True)
    )
    parts: dict[Employee, dict[str, Any]] = {}
    for employee, part, key_row in session.execute(statement):
        place = place_of_part(employee.id, part.part, part.version, part.key_number)
        parts.setdefault(employee, {})[part.part] = unseal(opener.open(key_row), part.sealed, place)
    return [
        (employee, Card.from_bytes(both[Part.CARD]), Details.from_bytes(both[Part.DETAILS]))
        for employee, both in parts.items()
        if len(both) == len(Part)
    ]

"""Writing what an import changes of people who are there: sealed beside what is there, invisible until its batch is.

Of a person it is the next version of both parts and of the index row, and a fresh record key where somebody may still
know the old one (design 2.1); of an employment how it will be. Nothing that is there is touched.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from accounts.actor import Actor
from crypto.hybrid import seal_to
from crypto.secret import Secret
from database.session import Session
from keys.holders import PublicKey, public_key
from keys.models import HolderGeneration, SealedForm
from organisation.models import Employee, Organisation, StagedEmployment
from vault.contact_changes import is_contact_changed
from vault.errors import NoVaultAccess
from vault.importing.comparing import Compared
from vault.importing.errors import PeopleChanged
from vault.importing.people import PresentPerson
from vault.linked_accounts import linked_accounts
from vault.models import RecordIndex, RecordKey, RecordPart, Share, StagedRecordKey, StaleRecordKey
from vault.places import place_of_record_key
from vault.record_keys import NumberedKey, RecordKeyOpener, wrap
from vault.record_sealing import RecordSealer, seal_parts


def write_changes(
    session: Session, batch_id: uuid.UUID, rows: Sequence[Compared], sealer: RecordSealer, actor: Actor
) -> int:
    """Stage what these rows change; the answer is of how many people the record gets a next version.

    Raises `PeopleChanged` when one of them was changed since the rows were compared, `NoVaultAccess`.
    """
    people = {row.present.employee_id: row for row in rows if row.present is not None and row.changes_person}
    employments = [row for row in rows if row.changes_employment]
    if people:
        _require_unchanged(session, people)
        _write_versions(session, batch_id, people, sealer, actor)
    if employments:
        staged = [_staged(session, batch_id, row, sealer.organisation_id) for row in employments]
        session.connection().execute(insert(StagedEmployment), staged)
    return len(people)


def _require_unchanged(session: Session, people: dict[uuid.UUID, Compared]) -> None:
    # Whoever edits, shares or renews one of them meanwhile waits, and then finds what is staged here.
    kept = select(Employee.id, Employee.version).where(Employee.id.in_(people)).order_by(Employee.id)
    versions = dict(session.execute(kept.with_for_update(read=True)).all())
    if any(row.present is None or versions.get(key) != row.present.version for key, row in people.items()):
        raise PeopleChanged


def _write_versions(
    session: Session, batch_id: uuid.UUID, people: dict[uuid.UUID, Compared], sealer: RecordSealer, actor: Actor
) -> None:
    present = [row.present for row in people.values() if row.present]
    reached_otherwise = {employee_id for employee_id, row in people.items() if _changes_contact(row)}
    keys = _keys_for_writing(session, batch_id, present, reached_otherwise, sealer, actor)
    parts: list[dict[str, Any]] = []
    indexes: list[dict[str, Any]] = []
    for employee_id, row in people.items():
        version = row.present.version + 1 if row.present else 1
        parts.extend(
            seal_parts(
                keys[employee_id],
                employee_id=employee_id,
                organisation_id=sealer.organisation_id,
                version=version,
                card=row.card,
                details=row.details,
                written_by=sealer.written_by,
                written_at=sealer.written_at,
                batch_id=batch_id,
                contact_changed_at=_contact_changed_at(row, sealer.written_at),
            )
        )
        indexes.append(sealer.indexer.row(employee_id, sealer.organisation_id, version, row.card, row.details))
    session.connection().execute(insert(RecordPart), parts)
    session.connection().execute(insert(RecordIndex), indexes)


def _contact_changed_at(row: Compared, now: datetime) -> datetime | None:
    """What the next version tells about the contact data (D-08): `now` until the batch is shown, which sets it."""
    if _changes_contact(row):
        return now
    return row.present.contact_changed_at if row.present else None


def _changes_contact(row: Compared) -> bool:
    return row.present is not None and is_contact_changed(row.present.details, row.details)


def _staged(session: Session, batch_id: uuid.UUID, row: Compared, organisation_id: uuid.UUID) -> dict[str, Any]:
    present = row.present_employment
    return {
        "id": session.source.new_id(),
        "batch_id": batch_id,
        "organisation_id": organisation_id,
        "employee_id": row.present.employee_id if row.present else None,
        "employment_id": present.id if present else None,
        "base_version": present.version if present else None,
        **asdict(row.employment),
    }


def _keys_for_writing(
    session: Session,
    batch_id: uuid.UUID,
    people: Sequence[PresentPerson],
    reached_otherwise: Collection[uuid.UUID],
    sealer: RecordSealer,
    actor: Actor,
) -> dict[uuid.UUID, NumberedKey]:
    """As `record_keys.key_for_writing`, for many at once; a fresh key waits for the batch as the parts do.

    The account of whoever is to be reached otherwise loses the record when the batch is shown, so that it gets a fresh
    key, which is not handed to that account.
    """
    rows = list(session.scalars(select(RecordKey).where(RecordKey.employee_id.in_([p.employee_id for p in people]))))
    newest: dict[uuid.UUID, RecordKey] = {}
    for row in rows:
        if row.holder_id == sealer.holder_id:
            other = newest.setdefault(row.employee_id, row)
            newest[row.employee_id] = max(other, row, key=lambda one: one.key_number)
    linked: dict[uuid.UUID, uuid.UUID] = dict(session.execute(linked_accounts(newest.keys())).all())
    lost = linked.keys() & set(reached_otherwise)
    stale = _stale(session, rows, newest) | lost
    opener = RecordKeyOpener(session, actor.keys, sealer.holder_id)
    keys: dict[uuid.UUID, NumberedKey] = {}
    for person in people:
        row = _require(newest.get(person.employee_id))
        if person.employee_id in stale:
            keys[person.employee_id] = NumberedKey(row.key_number + 1, Secret.random(session.source))
        elif row.key_number == person.key.number:
            keys[person.employee_id] = person.key
        else:
            keys[person.employee_id] = NumberedKey(row.key_number, opener.open(row))
    kept = {employee_id: holder_id for employee_id, holder_id in linked.items() if employee_id not in lost}
    _stage_keys(session, batch_id, {employee_id: keys[employee_id] for employee_id in stale}, kept, sealer)
    return keys


def _require(row: RecordKey | None) -> RecordKey:
    if row is None:
        raise NoVaultAccess
    return row


def _stale(session: Session, rows: Iterable[RecordKey], newest: dict[uuid.UUID, RecordKey]) -> set[uuid.UUID]:
    """Whose newest key existed at a withdrawal: it carries a mark, or one of its holders has moved on since."""
    rows = [row for row in rows if row.employee_id in newest and row.key_number == newest[row.employee_id].key_number]
    generations = _generations(session, {row.holder_id for row in rows})
    marks = select(StaleRecordKey.employee_id, StaleRecordKey.key_number).where(StaleRecordKey.employee_id.in_(newest))
    marked = {employee_id for employee_id, number in session.execute(marks) if number == newest[employee_id].key_number}
    return marked | {row.employee_id for row in rows if row.since_generation < generations[row.holder_id]}


def _generations(session: Session, holder_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    statement = select(HolderGeneration.holder_id, func.max(HolderGeneration.number))
    statement = statement.where(HolderGeneration.holder_id.in_(holder_ids)).group_by(HolderGeneration.holder_id)
    return dict(session.execute(statement).all())


def _stage_keys(
    session: Session,
    batch_id: uuid.UUID,
    keys: dict[uuid.UUID, NumberedKey],
    linked: dict[uuid.UUID, uuid.UUID],
    sealer: RecordSealer,
) -> None:
    """Hand each fresh key to all who remain: the vault, the services with which the person is shared, the own account.

    `linked` has the holder of the own account of those who are linked to it.
    """
    if not keys:
        return
    rows = [_for_vault(employee_id, key, sealer) for employee_id, key in keys.items()]
    recipients: dict[uuid.UUID, PublicKey] = {}
    accounts = [(employee_id, linked[employee_id]) for employee_id in keys if employee_id in linked]
    for employee_id, holder_id in [*session.execute(_running_shares(keys)), *accounts]:
        if holder_id not in recipients:
            recipients[holder_id] = public_key(session, holder_id)
        rows.append(_for_other(employee_id, keys[employee_id], recipients[holder_id], sealer))
    names = [column.name for column in RecordKey.__table__.columns]
    values = [{"batch_id": batch_id, **{name: getattr(row, name) for name in names}} for row in rows]
    session.connection().execute(insert(StagedRecordKey), values)


def _running_shares(employee_ids: Collection[uuid.UUID]) -> Any:
    return (
        select(Share.employee_id, Organisation.holder_id)
        .join(Organisation, Organisation.id == Share.service_id)
        .where(Share.employee_id.in_(employee_ids), Share.ended_at.is_(None), Organisation.holder_id.is_not(None))
        .order_by(Share.employee_id, Organisation.id)
    )


def _for_vault(employee_id: uuid.UUID, key: NumberedKey, sealer: RecordSealer) -> RecordKey:
    return wrap(_row(employee_id, key, sealer.holder_id, sealer.generation, sealer), key.secret, sealer.wrap_key)


def _for_other(employee_id: uuid.UUID, key: NumberedKey, recipient: PublicKey, sealer: RecordSealer) -> RecordKey:
    row = _row(employee_id, key, recipient.holder_id, recipient.generation, sealer)
    row.form = SealedForm.SEALED
    row.sealed = seal_to(recipient.value, key.secret.reveal(), place_of_record_key(row))
    return row


def _row(
    employee_id: uuid.UUID, key: NumberedKey, holder_id: uuid.UUID, generation: int, sealer: RecordSealer
) -> RecordKey:
    return RecordKey(
        employee_id=employee_id,
        key_number=key.number,
        holder_id=holder_id,
        organisation_id=sealer.organisation_id,
        generation=generation,
        since_generation=generation,
    )

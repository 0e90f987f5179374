"""The step that makes an import visible: all that lies ready takes its place, or nothing does (design 2.2).

It only moves rows, in a number of statements that does not grow with the people; nothing is opened or sealed in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Select,
    Update,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from database.planning import Unindexed
from database.session import Session
from keys.models import HolderGeneration
from organisation.models import Employee, Employment, Organisation, StagedEmployment
from vault.importing.errors import PeopleChanged
from vault.indexing import leave_indexing
from vault.linked_accounts import link_counts
from vault.models import (
    OwnDataLink,
    Part,
    RecordIndex,
    RecordKey,
    RecordPart,
    Share,
    StagedRecordKey,
    StaleRecordKey,
)
from vault.sides import keep_generation
from vault.unlinking import destroy_keys_of_batch, end_links_of_batch

SUBJECTS_AN_ENTRY = 1_000
_EMPLOYMENT_FIELDS = (
    "department_id", "site", "function_group", "function", "kind", "hours", "starts_on", "ends_on",
)  # fmt: skip


def people_changed_by(session: Session, batch_id: uuid.UUID) -> list[uuid.UUID]:
    """Whom of those who were there before a batch changes."""
    records = select(RecordPart.employee_id).where(RecordPart.batch_id == batch_id)
    employments = select(StagedEmployment.employee_id).where(StagedEmployment.batch_id == batch_id)
    return list(session.scalars(union(records, employments)))


def record_changes(session: Session, batch_id: uuid.UUID, people: Iterable[uuid.UUID], actor: Actor) -> None:
    """Log, for each of these people, that the import changes their data."""
    left = iter(people)
    while subjects := list(islice(left, SUBJECTS_AN_ENTRY)):
        record(
            session, Action.EMPLOYEE_UPDATE, by=actor.who, subjects=subjects, object_type="batch", object_id=batch_id
        )


def apply_changes(session: Session, batch_id: uuid.UUID, holder_id: uuid.UUID, records: int, actor: Actor) -> None:
    """Let the staged versions of `records` people, their keys and the staged employments take the place of the old.

    The own account of whoever is to be reached otherwise from now on is linked no more (D-08).
    The caller has logged it and holds the batch. Raises `PeopleChanged` when one of these people was changed since, or
    a key is not the right one any more because a share or a key holder came or went.
    """
    keep_generation(session, holder_id)
    _raise_versions(session, batch_id, records)
    end_links_of_batch(session, batch_id, by=actor.who)
    _move_keys(session, batch_id)
    _require_right_keys(session, batch_id, holder_id)
    destroy_keys_of_batch(session, batch_id)
    _destroy_older(session, batch_id)
    _date_contact_changes(session, batch_id)
    _apply_employments(session, batch_id)
    _leave_indexing(session, batch_id)


def _pending(batch_id: uuid.UUID, employee_id: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that the batch has a next version of the record of `employee_id`."""
    own = (
        Unindexed(RecordPart.batch_id) == batch_id,
        RecordPart.part == Part.CARD.value,
        RecordPart.employee_id == employee_id,
    )
    return exists().where(*own, *more)


def _people(batch_id: uuid.UUID) -> Select[uuid.UUID]:
    """Whose record gets a next version: to begin a statement with them, and not with everybody of all employers."""
    part = aliased(RecordPart)
    return select(part.employee_id).where(part.batch_id == batch_id)


def _raise_versions(session: Session, batch_id: uuid.UUID, records: int) -> None:
    # An edit since then has taken away what was staged (records.update_record), or has raised the version itself.
    ready = and_(
        Employee.id.in_(_people(batch_id)),
        _pending(batch_id, Employee.id, RecordPart.version == Employee.version + 1),
    )
    # In the order in which all do who keep several people, so that two of them never wait for each other.
    kept = select(Employee.id).where(ready).order_by(Employee.id).with_for_update(key_share=True).subquery()
    session.scalar(select(func.count()).select_from(kept))
    raised = _run(session, update(Employee).where(ready).values(version=Employee.version + 1))
    if raised != records:
        raise PeopleChanged


def _move_keys(session: Session, batch_id: uuid.UUID) -> None:
    names = [column.name for column in RecordKey.__table__.columns]
    staged = [getattr(StagedRecordKey, name) for name in names]
    own = StagedRecordKey.batch_id == batch_id
    _run(session, insert(RecordKey).from_select(names, select(*staged).where(own)))
    _run(session, delete(StagedRecordKey).where(own))


def _require_right_keys(session: Session, batch_id: uuid.UUID, holder_id: uuid.UUID) -> None:
    """Raise `PeopleChanged` unless exactly those have each new version's key who are to have it.

    They are the vault, the services of running shares, and the own accounts that are linked.
    """
    missing = or_(~_has_key(holder_id), _is_missing_for_a_share(), _is_missing_for_an_account())
    wrong = or_(_is_stale(), missing, _is_held_without_a_right(holder_id))
    own = (RecordPart.batch_id == batch_id, RecordPart.part == Part.CARD.value)
    if session.scalar(select(exists().where(*own, wrong))):
        raise PeopleChanged


def _is_stale() -> ColumnElement[bool]:
    newest = select(func.max(HolderGeneration.number)).where(HolderGeneration.holder_id == RecordKey.holder_id)
    marked = exists().where(
        StaleRecordKey.employee_id == RecordPart.employee_id, StaleRecordKey.key_number == RecordPart.key_number
    )
    left_behind = exists().where(_of_part(RecordKey), RecordKey.since_generation < newest.scalar_subquery())
    return or_(marked, left_behind)


def _has_key(holder_id: Any) -> ColumnElement[bool]:
    key = aliased(RecordKey)
    return exists().where(_of_part(key), key.holder_id == holder_id)


def _is_missing_for_a_share() -> ColumnElement[bool]:
    key = aliased(RecordKey)
    handed_over = exists().where(_of_part(key), key.holder_id == Organisation.holder_id).correlate_except(key)
    return (
        exists()
        .where(Share.employee_id == RecordPart.employee_id, Share.ended_at.is_(None))
        .where(Organisation.id == Share.service_id, ~handed_over)
    )


def _is_missing_for_an_account() -> ColumnElement[bool]:
    key = aliased(RecordKey)
    handed_over = exists().where(_of_part(key), key.holder_id == OwnDataLink.person_id).correlate_except(key)
    return exists().where(OwnDataLink.employee_id == RecordPart.employee_id, link_counts(), ~handed_over)


def _is_held_without_a_right(holder_id: uuid.UUID) -> ColumnElement[bool]:
    key = aliased(RecordKey)
    runs = exists().where(
        Share.employee_id == key.employee_id,
        Share.ended_at.is_(None),
        Organisation.id == Share.service_id,
        Organisation.holder_id == key.holder_id,
    )
    linked = exists().where(
        OwnDataLink.employee_id == key.employee_id,
        OwnDataLink.ended_at.is_(None),
        OwnDataLink.person_id == key.holder_id,
    )
    return exists().where(_of_part(key), key.holder_id != holder_id, ~runs, ~linked)


def _of_part(key: Any) -> ColumnElement[bool]:
    return and_(key.employee_id == RecordPart.employee_id, key.key_number == RecordPart.key_number)


def _destroy_older(session: Session, batch_id: uuid.UUID) -> None:
    """What was corrected is not kept (AVG art. 5), nor the marks of keys that were replaced."""
    newer = aliased(RecordPart)
    for table in (RecordPart, RecordIndex):
        replaced = exists().where(
            Unindexed(newer.batch_id) == batch_id, newer.employee_id == table.employee_id, newer.version > table.version
        )
        _run(session, delete(table).where(table.employee_id.in_(_people(batch_id)), replaced))
    replaced = exists().where(
        Unindexed(newer.batch_id) == batch_id,
        newer.employee_id == StaleRecordKey.employee_id,
        newer.key_number > StaleRecordKey.key_number,
    )
    _run(session, delete(StaleRecordKey).where(replaced))


def _date_contact_changes(session: Session, batch_id: uuid.UUID) -> None:
    """Other contact data count from now on: until here the former ones were those to be reached by (D-08)."""
    changed = and_(RecordPart.batch_id == batch_id, RecordPart.contact_changed_at == RecordPart.written_at)
    _run(session, update(RecordPart).where(changed).values(contact_changed_at=session.source.now()))


def _apply_employments(session: Session, batch_id: uuid.UUID) -> None:
    own = StagedEmployment.batch_id == batch_id
    change = and_(own, StagedEmployment.employment_id.is_not(None))
    wanted = session.scalar(select(func.count()).select_from(StagedEmployment).where(change))
    values = {name: getattr(StagedEmployment, name) for name in _EMPLOYMENT_FIELDS}
    unchanged = and_(
        Employment.id == StagedEmployment.employment_id, Employment.version == StagedEmployment.base_version
    )
    statement = update(Employment).where(change, unchanged).values(version=Employment.version + 1, **values)
    if _run(session, statement) != wanted:
        raise PeopleChanged
    names = ["id", "organisation_id", "employee_id", *_EMPLOYMENT_FIELDS]
    further = select(*(getattr(StagedEmployment, name) for name in names), literal(1))
    further = further.where(own, StagedEmployment.employment_id.is_(None))
    try:
        with session.begin_nested():
            _run(session, insert(Employment).from_select([*names, "version"], further))
    except IntegrityError:
        # Somebody added the same employment meanwhile; the text of this error holds the row.
        raise PeopleChanged from None
    _run(session, delete(StagedEmployment).where(own))


def _leave_indexing(session: Session, batch_id: uuid.UUID) -> None:
    shared = iter(session.scalars(_shared(batch_id)).all())
    while some := list(islice(shared, SUBJECTS_AN_ENTRY)):
        leave_indexing(session, some)


def _shared(batch_id: uuid.UUID) -> Select[uuid.UUID]:
    running = select(Share.employee_id).where(Share.ended_at.is_(None))
    return running.where(Share.employee_id.in_(_people(batch_id))).distinct()


def _run(session: Session, statement: Insert | Update | Delete) -> int:
    return session.connection().execute(statement).rowcount

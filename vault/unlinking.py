"""The end of a link between a record and the employee's own account (design 2.2, 2.7): it destroys, and needs no key.

What the account could open it may remember, so that the record gets a new key at its next change.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, exists, select, update

from accounts.models import AccountState, Person
from audit.actions import Action
from audit.recording import Who, record
from database.planning import Unindexed
from database.session import Session
from keys.present_keys import newest_generation_of
from organisation.models import Employee
from vault.linked_accounts import running_link
from vault.models import OwnDataLink, Part, RecordKey, RecordPart, StagedRecordKey, Vault
from vault.record_keys import destroy, mark_stale

BATCH_SIZE = 100
SUBJECTS_AN_ENTRY = 1_000
WORKER = Who.system("worker")


class Ended(StrEnum):
    """Why a link ended, where nobody asked for it."""

    CONTACT_CHANGED = "contact changed"
    KEY_RENEWED = "key renewed"
    ACCOUNT_ENDED = "account ended"


def end_link(session: Session, link: OwnDataLink, *, by: Who, reason: Ended | None = None) -> None:
    """End a link: the account's keys of the record are destroyed at once, and the record's key is stale from then on.

    The caller has locked the employee's row, as whoever changes, shares or links does.
    """
    record(
        session,
        Action.OWN_DATA_UNLINK,
        by=by,
        organisation_id=link.organisation_id,
        subjects=[link.employee_id],
        object_type="person",
        object_id=link.person_id,
        details={"reason": reason.value} if reason else {},
    )
    link.ended_at, link.ended_by = session.source.now(), by.person_id
    session.flush()
    employee = session.get_one(Employee, link.employee_id)
    destroy(session, employee, link.person_id)
    mark_stale(session, employee, session.get_one(Vault, link.organisation_id).holder_id)


def end_link_of_employee(session: Session, employee_id: uuid.UUID, reason: Ended, *, by: Who) -> None:
    """End the link of an employee whose row the caller has locked, if there is one."""
    link = running_link(session, employee_id)
    if link is not None:
        end_link(session, link, by=by, reason=reason)


def end_lapsed_links(session: Session) -> int:
    """End at most 100 links of accounts that have ended or whose key was renewed; return how many.

    Neither counts from that moment on; this destroys what is left of it.
    """
    ended = exists().where(Person.id == OwnDataLink.person_id, Person.state == AccountState.INACTIVE.value)
    renewed = exists().where(
        RecordKey.employee_id == OwnDataLink.employee_id,
        Unindexed(RecordKey.holder_id) == OwnDataLink.person_id,
        RecordKey.generation < newest_generation_of(RecordKey.holder_id),
    )
    count = 0
    for condition, reason in ((ended, Ended.ACCOUNT_ENDED), (renewed, Ended.KEY_RENEWED)):
        lapsed = select(OwnDataLink.id).where(OwnDataLink.ended_at.is_(None), condition)
        found = session.scalars(lapsed.order_by(OwnDataLink.id).limit(BATCH_SIZE)).all()
        count += _end_all(session, found, reason, WORKER)
    return count


def end_links_of_batch(session: Session, batch_id: uuid.UUID, *, by: Who) -> None:
    """End the links of everybody whose contact data an import changes, in a number of statements that does not grow.

    The caller has raised the versions of these employees, and so holds their rows. What the accounts could open is
    destroyed by `destroy_keys_of_batch`, after the import has looked whether one of them holds what it is to hold no
    more.
    """
    people = sorted(session.scalars(select(OwnDataLink.employee_id).where(*_of_batch(batch_id))))
    for start in range(0, len(people), SUBJECTS_AN_ENTRY):
        record(
            session,
            Action.OWN_DATA_UNLINK,
            by=by,
            subjects=people[start : start + SUBJECTS_AN_ENTRY],
            object_type="batch",
            object_id=batch_id,
            details={"reason": Ended.CONTACT_CHANGED.value},
        )
    values = {"ended_at": session.source.now(), "ended_by": by.person_id}
    session.connection().execute(update(OwnDataLink).where(*_of_batch(batch_id)).values(**values))


def destroy_keys_of_batch(session: Session, batch_id: uuid.UUID) -> None:
    """Destroy the keys that accounts have left of the records of a batch to which they are linked no more."""
    part = RecordPart
    people = select(part.employee_id).where(part.batch_id == batch_id, part.part == Part.CARD.value)
    for table in (RecordKey, StagedRecordKey):
        of_account = (OwnDataLink.person_id == table.holder_id, OwnDataLink.employee_id == table.employee_id)
        was_linked = exists().where(*of_account)
        is_linked = exists().where(*of_account, OwnDataLink.ended_at.is_(None))
        gone = delete(table).where(table.employee_id.in_(people), was_linked, ~is_linked)
        session.connection().execute(gone)


def _of_batch(batch_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    part = RecordPart
    changed = select(part.employee_id).where(
        part.batch_id == batch_id, part.part == Part.DETAILS.value, part.contact_changed_at == part.written_at
    )
    return OwnDataLink.ended_at.is_(None), OwnDataLink.employee_id.in_(changed)


def _end_all(session: Session, link_ids: Iterable[uuid.UUID], reason: Ended, by: Who) -> int:
    count = 0
    for link_id in link_ids:
        employee_id = session.get_one(OwnDataLink, link_id).employee_id
        session.execute(select(Employee.id).where(Employee.id == employee_id).with_for_update(key_share=True))
        link = session.get_one(OwnDataLink, link_id, populate_existing=True)
        if link.ended_at is None:
            end_link(session, link, by=by, reason=reason)
            count += 1
    return count

"""What follows when an arbo service stops serving an employer: nobody needs to be logged in (settled; design 2.7).

The worker comes by after the last day of the agreement by the Dutch calendar. It holds no key and needs none: it ends
what runs, destroys what the service held, and leaves to the employer's vault to seal anew what the service may have
remembered. Shares end also where the service's file has content; the identity copy that such a file keeps comes with
the documents. Everything goes in batches that each leave a whole: what a batch did not reach is there for the next.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import Who, record
from database.insertion import insert_into
from database.planning import Unindexed
from database.session import Session
from keys.due_work import add_due_work
from keys.models import DueWork
from organisation.calendar import today
from organisation.models import Employee, Organisation
from organisation.service_agreements import ended_pairs, serves
from vault.following import tell_ended
from vault.models import (
    RecordIndex,
    RecordKey,
    Share,
    ShareRequest,
    ShareRequestState,
    StagedRecordKey,
    StaleRecordKey,
    Vault,
)
from vault.renewing import RENEW

BATCH_SIZE = 100
WORKER = Who.system("worker")


@dataclass(frozen=True)
class EndedPair:
    """An employer and a service that served it until yesterday or before."""

    employer_id: uuid.UUID
    service_id: uuid.UUID


@dataclass(frozen=True)
class EndingConsequences:
    """What goes with the end of the agreements of a service with an employer.

    `shares` run, the first of them since `shared_since`; `requests` wait for an answer.
    """

    shares: int
    shared_since: datetime | None
    requests: int


def ending_consequences(session: Session, employer_id: uuid.UUID, actor: Actor) -> EndingConsequences:
    """What the end would take from the actor's own service; the caller has found the employer among those it has."""
    running = (
        Share.organisation_id == employer_id,
        Share.service_id == actor.organisation_id,
        Share.ended_at.is_(None),
    )
    shares, since = session.execute(select(func.count(), func.min(Share.shared_at)).where(*running)).one()
    waiting = select(func.count()).where(
        ShareRequest.organisation_id == employer_id,
        ShareRequest.service_id == actor.organisation_id,
        ShareRequest.state == ShareRequestState.WAITING.value,
    )
    return EndingConsequences(shares, since, session.scalar(waiting) or 0)


def end_shares(session: Session) -> int:
    """End at most 100 running shares of one employer with a service that serves it no more; tell how many.

    The service's keys of those records, its copies of the reasons, its index rows and its due work for them are
    destroyed, in one transaction with one entry on each side.
    """
    pair = _next_pair(session, Share, Share.ended_at.is_(None))
    if pair is None:
        return 0
    batch = _batch(session, pair)
    if not batch or serves(session, pair.service_id, pair.employer_id):
        return 0
    _record(session, Action.SHARE_LAPSE, pair, {share.employee_id: str(share.id) for share in batch})
    ending = update(Share).where(Share.id.in_([share.id for share in batch]), Share.ended_at.is_(None))
    session.execute(ending.values(ended_at=session.source.now(), service_reason_sealed=None))
    _take_back(session, pair, [share.employee_id for share in batch])
    tell_ended(session, batch)
    return len(batch)


def end_requests(session: Session) -> int:
    """End at most 100 requests to share of one service that serves the employer no more; tell how many.

    Those that wait are ended, with an entry on each side; what the service kept of any is destroyed.
    """
    pair = _next_pair(session, ShareRequest, _has_something_left())
    if pair is None:
        return 0
    statement = (
        select(ShareRequest)
        .where(
            ShareRequest.organisation_id == pair.employer_id,
            ShareRequest.service_id == pair.service_id,
            _has_something_left(),
        )
        .order_by(ShareRequest.id)
        .limit(BATCH_SIZE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    batch = list(session.scalars(statement))
    if not batch or serves(session, pair.service_id, pair.employer_id):
        return 0
    waiting = [request for request in batch if request.state == ShareRequestState.WAITING.value]
    if waiting:
        _record(session, Action.SHARE_REQUEST_LAPSE, pair, {request.employee_id: None for request in waiting})
    for request in waiting:
        request.state = ShareRequestState.ENDED.value
        request.decided_at = session.source.now()
    for request in batch:
        request.service_reason_sealed = None
        request.service_refusal_sealed = None
    session.flush()
    return len(batch)


def _has_something_left() -> ColumnElement[bool]:
    return or_(
        ShareRequest.state == ShareRequestState.WAITING.value,
        ShareRequest.service_reason_sealed.is_not(None),
        ShareRequest.service_refusal_sealed.is_not(None),
    )


def _next_pair(
    session: Session, of: type[Share] | type[ShareRequest], has_work: ColumnElement[bool]
) -> EndedPair | None:
    ended = ended_pairs(today(session)).subquery()
    statement = (
        select(ended.c.employer_id, ended.c.service_id)
        .join(of, (of.organisation_id == ended.c.employer_id) & (of.service_id == ended.c.service_id))
        .where(has_work)
        .limit(1)
    )
    found = session.execute(statement).first()
    return EndedPair(*found) if found is not None else None


def _batch(session: Session, pair: EndedPair) -> list[Share]:
    """Shares to end, with the rows of their employees locked first, as whoever shares, ends or edits does."""
    running = (
        Share.organisation_id == pair.employer_id,
        Share.service_id == pair.service_id,
        Share.ended_at.is_(None),
    )
    employees = (
        select(Employee.id)
        .where(Employee.id.in_(select(Share.employee_id).where(*running)))
        .order_by(Employee.id)
        .limit(BATCH_SIZE)
        .with_for_update()
    )
    locked = list(session.scalars(employees))
    statement = select(Share).where(*running, Share.employee_id.in_(locked)).order_by(Share.employee_id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def _take_back(session: Session, pair: EndedPair, employee_ids: list[uuid.UUID]) -> None:
    holder_id = session.get_one(Organisation, pair.service_id).holder_id
    vault = session.get_one(Vault, pair.employer_id)
    _mark_all_stale(session, employee_ids, [vault.holder_id, holder_id])
    if holder_id is not None:
        destroy_side(session, employee_ids, holder_id)
    add_due_work(
        session, organisation_id=pair.employer_id, holder_id=vault.holder_id, kind=RENEW, object_ids=employee_ids
    )


def destroy_side(session: Session, employee_ids: list[uuid.UUID], holder_id: uuid.UUID) -> None:
    """Destroy all that a side holds of those records: keys, also those of an import, index rows, and what was due."""
    for statement in (
        delete(RecordKey).where(Unindexed(RecordKey.holder_id) == holder_id, RecordKey.employee_id.in_(employee_ids)),
        delete(StagedRecordKey).where(
            StagedRecordKey.holder_id == holder_id, StagedRecordKey.employee_id.in_(employee_ids)
        ),
        delete(RecordIndex).where(RecordIndex.holder_id == holder_id, RecordIndex.employee_id.in_(employee_ids)),
        delete(DueWork).where(DueWork.holder_id == holder_id, DueWork.object_id.in_(employee_ids)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _mark_all_stale(session: Session, employee_ids: list[uuid.UUID], holder_ids: Iterable[uuid.UUID | None]) -> None:
    """Note that the newest keys are known to a side that is to know nothing more, also one that waits for an import."""
    wanted = set(holder_ids)
    newest = (
        select(table.employee_id, func.max(table.key_number))
        .where(table.holder_id.in_(wanted), table.employee_id.in_(employee_ids))
        .group_by(table.employee_id)
        for table in (RecordKey, StagedRecordKey)
    )
    numbers = [row for statement in newest for row in session.execute(statement)]
    rows = [{"employee_id": employee_id, "key_number": number} for employee_id, number in numbers]
    if rows:
        session.execute(insert_into(session, StaleRecordKey).on_conflict_do_nothing(), rows)


def _record(session: Session, action: Action, pair: EndedPair, subjects: dict[uuid.UUID, str | None]) -> None:
    for organisation_id in (pair.employer_id, pair.service_id):
        record(
            session,
            action,
            by=WORKER,
            organisation_id=organisation_id,
            subjects=subjects,
            object_type="organisation",
            object_id=pair.service_id,
            details={"count": len(subjects)},
        )

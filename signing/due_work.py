"""What waits of signatures, for whoever visits next with a key of it (design 2.7).

After a failure it is tried again at a later visit: after a minute, and after twice as long each time, at most an hour,
so that pages stay quick while a timestamp service is away. Who presses *Nu afronden* does not wait for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import takewhile
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Uuid, and_, exists, literal, or_, select, union

from accounts.actor import Actor
from database.session import Session
from keys.models import Grant
from signing.completing import continue_signing
from signing.errors import LockedOut, NotFound
from signing.events import EventKind
from signing.finishing import ENDED_WITHOUT
from signing.models import RequestState, Signer, SignerState, SigningEvent, SigningRequest, SigningRequestKey
from signing.working_files import Workshop

MOST_A_VISIT = 2
"""Each takes part of a second."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


def continue_waiting(
    session: Session,
    actor: Actor,
    workshop: Callable[[], Workshop],
    *,
    release: Callable[[], None],
    base_url: str,
) -> int:
    """Go on with what waits and the actor has a key of, and return with how many requests; most visits find none.

    `workshop` is asked for only where something waits.
    """
    waiting = [request_id for request_id in waiting_requests(session, actor) if _is_time(session, request_id)]
    for request_id in waiting[:MOST_A_VISIT]:
        try:
            continue_signing(session, request_id, actor, workshop(), release=release, base_url=base_url)
        except (LockedOut, NotFound):
            # Who was there takes no part any more: somebody else comes.
            continue
        release()
    return min(len(waiting), MOST_A_VISIT)


def waiting_requests(session: Session, actor: Actor) -> Sequence[UUID]:
    """The requests of which something waits that the actor can go on with, the oldest first."""
    statement = (
        select(SigningRequest.id)
        .join(
            SigningRequestKey,
            and_(
                SigningRequestKey.request_id == SigningRequest.id,
                SigningRequestKey.key_number == SigningRequest.key_number,
            ),
        )
        .where(SigningRequestKey.holder_id.in_(_holders(actor)), _is_waiting())
        .group_by(SigningRequest.id, SigningRequest.requested_at)
        .order_by(SigningRequest.requested_at, SigningRequest.id)
    )
    return session.scalars(statement).all()


def is_waiting(session: Session, request: SigningRequest) -> bool:
    """Tell whether something of a request waits, to choose whether a page offers *Nu afronden*."""
    return session.scalar(select(SigningRequest.id).where(SigningRequest.id == request.id, _is_waiting())) is not None


def _holders(actor: Actor) -> CompoundSelect[UUID]:
    """The holders through which the actor may have the key of a request: epochs of dialogues, and the own one."""
    handed = select(Grant.holder_id).where(
        Grant.recipient_id == actor.person_id, Grant.recipient_generation == actor.keys.generation
    )
    return union(handed, select(literal(actor.person_id, Uuid())))


def _is_waiting() -> ColumnElement[bool]:
    somebody_agreed = exists().where(Signer.request_id == SigningRequest.id, Signer.state == SignerState.AGREED.value)
    without_evidence = and_(SigningRequest.base_sha256.is_not(None), SigningRequest.evidence_id.is_(None))
    return or_(
        SigningRequest.state.in_([RequestState.PREPARING.value, RequestState.CLOSING.value]),
        and_(SigningRequest.state == RequestState.RUNNING.value, somebody_agreed),
        and_(SigningRequest.state.in_(sorted(ENDED_WITHOUT)), without_evidence),
    )


def _is_time(session: Session, request_id: UUID) -> bool:
    """Whether the pause after the last failures is over."""
    newest = (
        select(SigningEvent.kind, SigningEvent.happened_at)
        .where(SigningEvent.request_id == request_id)
        .order_by(SigningEvent.number.desc())
        .limit(12)
    )
    failures = list(takewhile(lambda event: event.kind == EventKind.WAITING, session.execute(newest)))
    if not failures:
        return True
    pause = min(FIRST_PAUSE * 2 ** (len(failures) - 1), LONGEST_PAUSE)
    return bool(failures[0].happened_at + pause <= session.source.now())

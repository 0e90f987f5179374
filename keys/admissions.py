"""Requests to be handed the key of a vault or a service, and what became of them (K-11, K-14; design 2.1)."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from audit.recording import Who
from database.session import Session
from keys.errors import AlreadyDecided, NotFound
from keys.models import Admission, AdmissionState


def request_admission(session: Session, *, holder_id: UUID, organisation_id: UUID, recipient_id: UUID) -> Admission:
    """Return the waiting request of this recipient for this holder: the one that is there, else a new one."""
    existing = _waiting(session, holder_id, recipient_id)
    if existing is not None:
        return existing
    admission = Admission(
        id=session.source.new_id(),
        organisation_id=organisation_id,
        holder_id=holder_id,
        recipient_id=recipient_id,
        state=AdmissionState.WAITING,
        requested_at=session.source.now(),
    )
    try:
        with session.begin_nested():
            session.add(admission)
    except IntegrityError:
        # Another request of the same person was faster; an unknown holder or recipient leaves nothing to find.
        existing = _waiting(session, holder_id, recipient_id)
        if existing is None:
            raise
        return existing
    return admission


def waiting_admissions(session: Session, organisation_id: UUID, holder_id: UUID) -> list[Admission]:
    """Return the requests that wait for a decision on this holder of this organisation, the longest waiting first."""
    waiting = select(Admission).where(
        Admission.organisation_id == organisation_id,
        Admission.holder_id == holder_id,
        Admission.state == AdmissionState.WAITING,
    )
    return list(session.scalars(waiting.order_by(Admission.requested_at, Admission.id)))


def decide(session: Session, admission_id: UUID, holder_id: UUID, *, state: AdmissionState, by: Who) -> Admission:
    """Decide a waiting request, once, by one conditional UPDATE; return it.

    Handing over the key is a further act of the caller. Raises `AlreadyDecided`, or `NotFound` when there is no such
    request for this holder.
    """
    decision = (
        update(Admission)
        .where(
            Admission.id == admission_id,
            Admission.holder_id == holder_id,
            Admission.state == AdmissionState.WAITING,
        )
        .values(state=state, decided_at=session.source.now(), decided_by=by.person_id)
        .returning(Admission)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    decided = session.scalar(decision)
    if decided is None:
        _refuse(session, admission_id, holder_id)
    return decided


def close_waiting(session: Session, holder_id: UUID, recipient_id: UUID, *, state: AdmissionState, by: Who) -> None:
    """Decide the waiting request of a recipient, where there is one, since another act made it pointless."""
    waiting = update(Admission).where(
        Admission.holder_id == holder_id,
        Admission.recipient_id == recipient_id,
        Admission.state == AdmissionState.WAITING,
    )
    closed = waiting.values(state=state, decided_at=session.source.now(), decided_by=by.person_id)
    session.execute(closed.execution_options(synchronize_session=False))


def _refuse(session: Session, admission_id: UUID, holder_id: UUID) -> NoReturn:
    of_this_holder = select(Admission.id).where(Admission.id == admission_id, Admission.holder_id == holder_id)
    raise AlreadyDecided if session.scalar(of_this_holder) else NotFound


def _waiting(session: Session, holder_id: UUID, recipient_id: UUID) -> Admission | None:
    return session.scalar(
        select(Admission).where(
            Admission.holder_id == holder_id,
            Admission.recipient_id == recipient_id,
            Admission.state == AdmissionState.WAITING,
        )
    )

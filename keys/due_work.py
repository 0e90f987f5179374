"""Work that needs a key and so waits for a session that can open the holder (design 2.7)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, select

from database.insertion import insert_into
from database.session import Session
from keys.models import DueWork

NEXT_GENERATION = "next_generation"
"""The holder is to move on, since somebody's grant was destroyed by an act that could not make the next generation."""


def add_due_work(
    session: Session, *, organisation_id: UUID, holder_id: UUID, kind: str, object_ids: Iterable[UUID]
) -> None:
    """Note that something of `kind` is due on each object; what was noted before stays noted once."""
    now = session.source.now()
    rows = [
        {
            "id": session.source.new_id(),
            "organisation_id": organisation_id,
            "holder_id": holder_id,
            "kind": kind,
            "object_id": object_id,
            "created_at": now,
        }
        for object_id in object_ids
    ]
    if rows:
        session.execute(insert_into(session, DueWork).on_conflict_do_nothing(), rows)


def due_work(session: Session, holder_id: UUID, kind: str, limit: int) -> list[DueWork]:
    """Return at most `limit` pieces of work on a holder, the oldest first."""
    waiting = select(DueWork).where(DueWork.holder_id == holder_id, DueWork.kind == kind)
    return list(session.scalars(waiting.order_by(DueWork.created_at, DueWork.id).limit(limit)))


def claim(session: Session, work: Iterable[DueWork]) -> list[DueWork]:
    """Return what of `work` is still due and has not been claimed by another session; until this transaction ends.

    So two sessions do not do the same at once.
    """
    wanted = select(DueWork).where(DueWork.id.in_([piece.id for piece in work])).order_by(DueWork.id)
    free = wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return list(session.scalars(free))


def finish(session: Session, work: Iterable[DueWork]) -> None:
    """Take away what is done. Doing it twice, by two sessions at once, does no harm."""
    session.execute(delete(DueWork).where(DueWork.id.in_([piece.id for piece in work])))


def drop_due_work(session: Session, holder_id: UUID, kind: str, object_ids: Iterable[UUID]) -> None:
    """Take away work on objects that the holder has lost; it needs no key."""
    lost = DueWork.object_id.in_(list(object_ids))
    session.execute(
        delete(DueWork).where(DueWork.holder_id == holder_id, DueWork.kind == kind, lost),
        execution_options={"synchronize_session": False},
    )

"""Moving a vault, service or circle on that had to wait for a session with its key (design 2.1, 2.7)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session
from keys.due_work import NEXT_GENERATION, claim, due_work, finish
from keys.holders import lock_holder, make_next_generation
from keys.models import DueWork, Grant, HolderKind
from vault.rewrapping import leave_rewrapping


def make_due_generation(session: Session, actor: Actor) -> bool:
    """Give each holder that the actor can open its next generation if that is due; tell whether one was.

    Somebody lost its key by an act that could not make the generation: what is written from now on is sealed under a
    secret that he or she never had.
    """
    handed = select(Grant.holder_id).where(Grant.recipient_id == actor.person_id)
    waiting = select(DueWork.holder_id).where(DueWork.kind == NEXT_GENERATION, DueWork.holder_id.in_(handed))
    due = session.scalars(waiting.order_by(DueWork.holder_id)).all()
    made = [_make(session, holder_id, actor) for holder_id in due if actor.keys.can_open(session, holder_id)]
    return any(made)


def _make(session: Session, holder_id: UUID, actor: Actor) -> bool:
    # The holder first, as whoever destroys a grant does, and only then the work that is due on it.
    holder = lock_holder(session, holder_id)
    claimed = claim(session, due_work(session, holder_id, NEXT_GENERATION, limit=1))
    if not claimed:
        return False
    make_next_generation(session, holder_id, actor.keys, by=actor.who)
    if holder.kind in {HolderKind.VAULT.value, HolderKind.SERVICE.value}:
        leave_rewrapping(session, holder.organisation_id, holder_id)
    finish(session, claimed)
    return True

"""Moving a vault or service on that had to wait for a session with its key (design 2.1, 2.7)."""

from __future__ import annotations

from accounts.actor import Actor
from database.session import Session
from keys.due_work import NEXT_GENERATION, claim, due_work, finish
from keys.holders import lock_holder
from vault.recovery_sheets import move_on
from vault.sides import require_side


def make_due_generation(session: Session, actor: Actor) -> bool:
    """Give the actor's side its next generation if that is due, since somebody lost the key; tell whether it was.

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`.
    """
    holder_id = require_side(session, actor)
    due = due_work(session, holder_id, NEXT_GENERATION, limit=1)
    if not due:
        return False
    lock_holder(session, holder_id)
    claimed = claim(session, due)
    if claimed:
        move_on(session, holder_id, actor)
        finish(session, claimed)
    return bool(claimed)

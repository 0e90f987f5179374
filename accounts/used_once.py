"""What can be used once and never again: a challenge of WebAuthn, a proof of work (security.md, goal K)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from accounts.errors import UsedBefore
from accounts.models import UsedOnce
from crypto.one_time import token_hash
from database.insertion import insert_into
from database.session import Session


def use_once(session: Session, purpose: str, token: str, expires_at: datetime) -> None:
    """Use `token` for `purpose`, which one of many that try at the same moment can.

    From `expires_at` on the caller refuses the token for its age; until then it is remembered as used. Raises
    `UsedBefore`. Commit also when the act itself fails: what was shown to the server once is used.
    """
    row = insert_into(session, UsedOnce).values(
        purpose=purpose, token_hash=token_hash(token, purpose), expires_at=expires_at
    )
    if session.execute(row.on_conflict_do_nothing().returning(UsedOnce.purpose)).first() is None:
        raise UsedBefore


def purge_used_once(session: Session) -> int:
    """Forget what has expired, and is refused for that; return how many."""
    gone = delete(UsedOnce).where(UsedOnce.expires_at <= session.source.now()).returning(UsedOnce.purpose)
    return len(session.scalars(gone).all())

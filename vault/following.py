"""What goes along with a share, in packages that the vault does not know: they follow it (design 2.2, 2.7).

Whatever begins or ends shares tells it here, in its own transaction: what follows is done or undone with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from accounts.actor import Actor
from database.session import Session
from vault.models import Share


class Follower(Protocol):
    """Something that goes along with shares."""

    def begun(self, session: Session, share: Share, actor: Actor) -> None:
        """A share began by the hand of a vault user, whose keys may hand over what lies under the vault."""

    def ended(self, session: Session, shares: Sequence[Share]) -> None:
        """Shares with one service ended; it can be the worker that tells it, which has no key."""


_followers: list[Follower] = []


def follow_shares(follower: Follower) -> None:
    """Let `follower` be told of every share from now on; whoever opens the database does it first, once or again."""
    if follower not in _followers:
        _followers.append(follower)


def tell_begun(session: Session, share: Share, actor: Actor) -> None:
    """Tell every follower of a share that was written just now."""
    for follower in _followers:
        follower.begun(session, share, actor)


def tell_ended(session: Session, shares: Sequence[Share]) -> None:
    """Tell every follower of shares with one service that have ended just now."""
    for follower in _followers:
        follower.ended(session, shares)

"""What a dialogue is about, for the way that leads to it above a page."""

from __future__ import annotations

from uuid import UUID

from accounts.actor import Actor
from database.session import Session
from dialogs.epochs import newest_epochs_held
from dialogs.rosters import open_roster


def subject_of(session: Session, dialogue_id: UUID, actor: Actor) -> str | None:
    """The subject in the newest roster that the actor opens; None where none opens, as after a renewed key.

    The caller has told the log of the look that this is part of.
    """
    epoch = newest_epochs_held(session, [dialogue_id], actor.keys).get(dialogue_id)
    return open_roster(session, epoch, actor.keys).subject if epoch else None

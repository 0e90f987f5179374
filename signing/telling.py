"""Telling the dialogue what became of a request: in its own words, for those who read it (G-05)."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from accounts.actor import Actor
from database.session import Session
from dialogs.errors import ContactChanged, DialogueClosed, LockedOut, NoLongerAuthorised, NotFound
from dialogs.finding import find_to_write
from dialogs.messages import write_event
from dialogs.notices import queue_notices
from dialogs.settling import settle
from signing.models import SigningRequest


def tell_dialogue(
    session: Session,
    request: SigningRequest,
    event: str,
    actor: Actor,
    *,
    base_url: str,
    about: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Write in the dialogue that something happened, where the actor can, and let the others be told that it did.

    `event` is one of those of `dialogs.contents.Content`, `about` the participant whom it concerns. What can't be
    written there, since the dialogue was closed say, is told by the state of each signer all the same.
    """
    if request.dialogue_id is None:
        return
    with suppress(ContactChanged, DialogueClosed, LockedOut, NoLongerAuthorised, NotFound), session.begin_nested():
        taking = find_to_write(session, request.dialogue_id, actor)
        epoch = settle(session, taking, actor)
        write_event(session, taking.dialogue, taking.me, epoch, event, about or taking.me.id, reason)
        queue_notices(session, taking.dialogue, taking.me, base_url=base_url)

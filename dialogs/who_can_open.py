"""*Wie kan dit openen?* of a dialogue, from the key rows themselves and never from a guess (design 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session
from dialogs.contents import Entry
from dialogs.epochs import epochs_held, invitations_of
from dialogs.finding import find_dialogue, participants_of
from dialogs.models import Participant
from dialogs.rosters import GENERATION, names_in, open_rosters
from keys.models import Grant
from keys.present_keys import newest_generation_of


@dataclass(frozen=True)
class DialogueOpener:
    """Somebody who can open a dialogue: since when, by whose hand, and from which message on.

    Without `is_new_open` only what was said until he or she went. By an `invitation` it opens once the link in the mail
    is used, together with the code by SMS.
    """

    participant_id: UUID
    name: str = field(repr=False)
    label: str = field(repr=False)
    since: datetime
    granted_by: str = field(repr=False)
    from_start: bool
    is_new_open: bool
    invitation: bool


def who_can_open_dialogue(session: Session, dialogue_id: UUID, actor: Actor) -> list[DialogueOpener]:
    """Who holds a grant of an epoch of a dialogue in which the actor takes or took part; nobody else can open it.

    Who is in none of the rosters that the actor opens is not told of, nor what began after the actor went. Raises
    `PermissionDenied`, `NotFound`.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    epochs = epochs_held(session, dialogue_id, actor.keys)
    rosters = open_rosters(session, epochs, actor.keys)
    names = names_in(rosters[key] for key in sorted(rosters))
    people = participants_of(session, dialogue_id)
    grants = _grants_by_recipient(session, [epoch.holder_id for epoch in epochs])
    invitations = invitations_of(session, [person.id for person in people])
    numbers = {epoch.holder_id: epoch.number for epoch in epochs}
    newest = max(numbers.values(), default=0)
    callers = {person.person_id: names[person.id] for person in people if person.id in names}
    openers = []
    for person in people:
        recipient = person.person_id or invitations.get(person.id)
        held = grants.get(recipient, []) if recipient else []
        if held and person.id in names:
            openers.append(_opener(person, names[person.id], held, numbers, newest, callers))
    return sorted(openers, key=lambda opener: (opener.participant_id != taking.me.id, opener.since))


def _grants_by_recipient(session: Session, holder_ids: list[UUID]) -> dict[UUID, list[Grant]]:
    """The grants that open something now: what was handed to a lost key opens nothing."""
    statement = select(Grant).where(
        Grant.holder_id.in_(holder_ids),
        Grant.generation == GENERATION,
        Grant.recipient_generation == newest_generation_of(Grant.recipient_id),
    )
    found: dict[UUID, list[Grant]] = {}
    for grant in session.scalars(statement):
        found.setdefault(grant.recipient_id, []).append(grant)
    return found


def _opener(
    person: Participant,
    entry: Entry,
    held: list[Grant],
    numbers: dict[UUID, int],
    newest: int,
    callers: dict[UUID | None, Entry],
) -> DialogueOpener:
    opened = {numbers[grant.holder_id] for grant in held}
    first = min(held, key=lambda grant: numbers[grant.holder_id])
    giver = callers.get(first.granted_by)
    return DialogueOpener(
        participant_id=person.id,
        name=entry.name,
        label=entry.label,
        since=first.granted_at,
        granted_by=giver.name if giver else "",
        from_start=min(opened) == 1,
        is_new_open=newest in opened,
        invitation=person.person_id is None,
    )

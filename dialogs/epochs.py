"""Opening an epoch: a secret of its own for what is said from now on, handed to those who are to hear it (design 2.1).

An epoch's secret has nothing to do with that of another, so that somebody who was added *from now on* opens nothing of
before, and somebody who went nothing of after, with all grants of that person and the whole database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, func, select

from accounts.actor import Actor
from crypto.secret import Secret
from database.session import Session
from dialogs.contents import Roster
from dialogs.errors import LockedOut
from dialogs.models import Dialogue, DialogueInvitation, Epoch, Participant, ParticipantState
from dialogs.rosters import GENERATION, open_roster, seal_roster
from keys.errors import NoKey
from keys.grants import hand_over, recipients_with_present_key
from keys.holders import create_holder, make_first_generation
from keys.models import Grant, HolderKind
from keys.opened import OpenedKeys
from keys.public_keys import lock_holder


@dataclass(frozen=True)
class OpenEpoch:
    """An epoch with its secret and its roster, for whoever writes in it."""

    row: Epoch
    secret: Secret = field(repr=False)
    roster: Roster = field(repr=False)


def open_first_epoch(
    session: Session, dialogue: Dialogue, participants: Iterable[Participant], roster: Roster, actor: Actor
) -> OpenEpoch:
    """Open the epoch with which a dialogue begins, for all its participants with a login who do not wait for a key."""
    epoch = _add_epoch(session, dialogue, roster, actor)
    begin_now = [person.person_id for person in participants if person.from_epoch == epoch.row.number]
    _hand_to(session, epoch, filter(None, begin_now), actor)
    return epoch


def open_next_epoch(
    session: Session,
    dialogue: Dialogue,
    staying: Sequence[Participant],
    roster: Roster,
    actor: Actor,
    *,
    newcomers: Collection[UUID] = (),
) -> OpenEpoch:
    """Open the next epoch of a dialogue that the caller has locked, for those who stay and for `newcomers` among them.

    Somebody whose own key is another than that which was handed the present epoch gets nothing: a renewed key is never
    granted by itself (design 2.3). Such a participant waits, with `from_epoch` beyond the newest, to be let in again.
    """
    able = who_is_able(session, dialogue)
    dialogue.epoch_number += 1
    dialogue.epoch_due = False
    epoch = _add_epoch(session, dialogue, roster, actor)
    for participant in staying:
        if participant.id in newcomers:
            participant.from_epoch = dialogue.epoch_number
        elif is_waiting_for_key(participant, able):
            participant.from_epoch = dialogue.epoch_number + 1
    with_key = [person.person_id for person in staying if person.person_id in able or person.id in newcomers]
    invited = invitations_of(session, [person.id for person in staying])
    _hand_to(session, epoch, [*filter(None, with_key), *invited.values()], actor)
    return epoch


def who_is_able(session: Session, dialogue: Dialogue) -> set[UUID]:
    """Who was handed the present epoch for the key that is still his or hers; locked, so that nobody gets another."""
    present = newest_epoch(session, dialogue)
    lock_holder(session, present.holder_id)
    return set(recipients_with_present_key(session, present.holder_id, GENERATION))


def is_waiting_for_key(participant: Participant, able: set[UUID]) -> bool:
    """Tell whether somebody who takes part can't open the present epoch, which `able` can."""
    return participant.state == ParticipantState.TAKING_PART and participant.person_id not in able


def newest_epoch(session: Session, dialogue: Dialogue) -> Epoch:
    """The epoch in which the next message of a dialogue is written."""
    return session.get_one(Epoch, (dialogue.id, dialogue.epoch_number), populate_existing=True)


def open_newest(session: Session, dialogue: Dialogue, actor: Actor) -> OpenEpoch:
    """The present epoch with its secret. Raises `LockedOut` for whoever can't open it."""
    row = newest_epoch(session, dialogue)
    try:
        secret = actor.keys.secret(session, row.holder_id, GENERATION)
    except NoKey:
        raise LockedOut from None
    return OpenEpoch(row, secret, open_roster(session, row, actor.keys))


def epochs_held(session: Session, dialogue_id: UUID, keys: OpenedKeys) -> list[Epoch]:
    """The epochs of a dialogue that somebody can open, the oldest first, opened (`OpenedKeys.preload`)."""
    statement = held_epochs(keys).where(Epoch.dialogue_id == dialogue_id).order_by(Epoch.number)
    epochs = list(session.scalars(statement.execution_options(populate_existing=True)))
    keys.preload(session, [epoch.holder_id for epoch in epochs])
    return epochs


def newest_epochs_held(session: Session, dialogue_ids: Iterable[UUID], keys: OpenedKeys) -> dict[UUID, Epoch]:
    """Of each of some dialogues the newest epoch that somebody can open, opened; the same queries however many."""
    wanted = list(dialogue_ids)
    held = held_epochs(keys).where(Epoch.dialogue_id.in_(wanted)).subquery()
    newest = select(held.c.dialogue_id, func.max(held.c.number).label("number")).group_by(held.c.dialogue_id).subquery()
    statement = select(Epoch).join(
        newest, (newest.c.dialogue_id == Epoch.dialogue_id) & (newest.c.number == Epoch.number)
    )
    epochs = {epoch.dialogue_id: epoch for epoch in session.scalars(statement)}
    keys.preload(session, [epoch.holder_id for epoch in epochs.values()])
    return epochs


def invitations_of(session: Session, participant_ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
    """The holders of the invitations that can still be used, by participant; of several the newest."""
    statement = (
        select(DialogueInvitation.participant_id, DialogueInvitation.holder_id)
        .where(
            DialogueInvitation.participant_id.in_(list(participant_ids)),
            DialogueInvitation.used_at.is_(None),
            DialogueInvitation.expires_at > session.source.now(),
        )
        .order_by(DialogueInvitation.created_at, DialogueInvitation.id)
    )
    return dict(session.execute(statement).all())


def held_epochs(keys: OpenedKeys) -> Select[Epoch]:
    """The epochs, of whichever dialogue, that somebody was handed; nothing is opened to tell."""
    return (
        select(Epoch)
        .join(Grant, Grant.holder_id == Epoch.holder_id)
        .where(
            Grant.recipient_id == keys.person_id,
            Grant.recipient_generation == keys.generation,
            Grant.generation == GENERATION,
        )
    )


def _add_epoch(session: Session, dialogue: Dialogue, roster: Roster, actor: Actor) -> OpenEpoch:
    holder = create_holder(session, HolderKind.EPOCH, dialogue.organisation_id)
    secret = make_first_generation(session, holder.id, by=actor.who)
    row = Epoch(
        dialogue_id=dialogue.id,
        number=dialogue.epoch_number,
        organisation_id=dialogue.organisation_id,
        holder_id=holder.id,
        roster_version=1,
        opened_by=actor.person_id,
        opened_at=session.source.now(),
    )
    seal_roster(row, roster, secret)
    session.add(row)
    session.flush()
    return OpenEpoch(row, secret, roster)


def _hand_to(session: Session, epoch: OpenEpoch, recipients: Iterable[UUID], actor: Actor) -> None:
    for recipient_id in recipients:
        hand_over(
            session, epoch.row.holder_id, to=recipient_id, secret=epoch.secret, generation=GENERATION, by=actor.who
        )

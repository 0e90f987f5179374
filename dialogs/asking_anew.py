"""An invitation once more: sent again by a participant, or asked anew by who let it expire (L-04, D-rule 32).

Asking anew needs a key, for what the new link opens has to be sealed to it; so it waits for the next visit of a
participant who can open all that the invited is to read (design 2.7).
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from accounts import failed_tries
from accounts.actor import Actor
from accounts.errors import TooManyTries
from crypto.secret import Secret
from database.session import Session
from dialogs.changes import changed_participants
from dialogs.epochs import epochs_held
from dialogs.errors import AlreadyTakesPart, ContactChanged, LockedOut, NotFound, NotInvitedYet, TooManyInvitations
from dialogs.finding import find_to_write
from dialogs.invitations import LIFETIME, hash_of, invite_participant
from dialogs.models import Dialogue, DialogueInvitation, DialogueState, Epoch, Participant, ParticipantState
from dialogs.rosters import GENERATION
from keys.due_work import add_due_work, claim, finish
from keys.models import DueWork, Grant

INVITE_AGAIN = "invite_again"
"""Somebody asked for a new link into a dialogue; the object is the participant, the holder the first epoch to read."""

MOST_IN_A_DAY = 5
"""How many invitations a participant is sent in a day, so that nobody fills another's mailbox."""
_AT_ONCE = 10


def ask_anew(session: Session, token: str) -> None:
    """Ask for a new invitation to the address that this link was sent to; nobody is told whether anything came of it.

    Nothing happens when the link is unknown or was used, when the participant is no longer awaited, or when too many
    were asked for.
    """
    participant = _awaited(session, token)
    if participant is None:
        return
    try:
        subject = failed_tries.subject_of(session, str(participant.id))
        failed_tries.count_try(session, failed_tries.INVITATION, subject)
    except TooManyTries:
        return
    first = select(Epoch.holder_id).where(
        Epoch.dialogue_id == participant.dialogue_id, Epoch.number >= participant.from_epoch
    )
    holder_id = session.scalar(first.order_by(Epoch.number).limit(1))
    if holder_id is not None:
        add_due_work(
            session,
            organisation_id=participant.organisation_id,
            holder_id=holder_id,
            kind=INVITE_AGAIN,
            object_ids=[participant.id],
        )


def invite_again(session: Session, dialogue_id: UUID, participant_id: UUID, actor: Actor, *, base_url: str) -> None:
    """Send a new link to a participant who has not joined (*Opnieuw versturen*); the one before no longer works.

    Raises as `dialogs.finding.find_to_write`, `NotFound` for a participant of another dialogue, `AlreadyTakesPart` for
    one who is not awaited, `NotInvitedYet` for one who is to be invited later (G-10), `ContactChanged` where another
    address or number is known by now (D-08), `LockedOut` when the actor can't open all that is to be read, and
    `TooManyInvitations`.
    """
    taking = find_to_write(session, dialogue_id, actor)
    participant = session.scalar(
        select(Participant).where(Participant.id == participant_id, Participant.dialogue_id == dialogue_id)
    )
    if participant is None:
        raise NotFound
    if participant.state != ParticipantState.INVITED:
        raise AlreadyTakesPart
    if not _was_invited(session, participant):
        raise NotInvitedYet
    if changed_participants(session, [participant]):
        raise ContactChanged
    if _sent_lately(session, participant) >= MOST_IN_A_DAY:
        raise TooManyInvitations
    holders = secrets_to_read(session, taking.dialogue, participant, actor)
    if holders is None:
        raise LockedOut
    invite_participant(
        session, participant, holders, base_url=base_url, by=actor.who, again=True, language=actor.language
    )


def _was_invited(session: Session, participant: Participant) -> bool:
    sent = select(DialogueInvitation.id).where(DialogueInvitation.participant_id == participant.id).limit(1)
    return session.scalar(sent) is not None


def _sent_lately(session: Session, participant: Participant) -> int:
    since = session.source.now() - LIFETIME
    sent = select(func.count()).where(
        DialogueInvitation.participant_id == participant.id, DialogueInvitation.created_at > since
    )
    return session.scalar(sent) or 0


def renew_waiting_invitations(session: Session, actor: Actor, base_url: str) -> int:
    """Send the new links that were asked for and that the actor has the keys for; return how many were sent."""
    takes_part = select(Participant.dialogue_id).where(
        Participant.person_id == actor.person_id, Participant.state == ParticipantState.TAKING_PART.value
    )
    waiting = (
        select(DueWork)
        .join(Grant, Grant.holder_id == DueWork.holder_id)
        .join(Epoch, Epoch.holder_id == DueWork.holder_id)
        .where(
            Grant.recipient_id == actor.person_id,
            Grant.recipient_generation == actor.keys.generation,
            DueWork.kind == INVITE_AGAIN,
            Epoch.dialogue_id.in_(takes_part),
        )
        .order_by(DueWork.created_at, DueWork.id)
        .limit(_AT_ONCE)
    )
    return sum(_renew(session, work, actor, base_url) for work in claim(session, session.scalars(waiting).all()))


def _renew(session: Session, work: DueWork, actor: Actor, base_url: str) -> bool:
    participant = session.get_one(Participant, work.object_id, populate_existing=True)
    dialogue = session.get_one(Dialogue, participant.dialogue_id, with_for_update=True, populate_existing=True)
    if participant.state != ParticipantState.INVITED or changed_participants(session, [participant]):
        finish(session, [work])
        return False
    if dialogue.state != DialogueState.OPEN:
        return False
    holders = secrets_to_read(session, dialogue, participant, actor)
    if holders is None:
        # Somebody who has read along from the beginning will do it.
        return False
    finish(session, [work])
    invite_participant(session, participant, holders, base_url=base_url, by=actor.who, again=True)
    return True


def secrets_to_read(
    session: Session, dialogue: Dialogue, participant: Participant, actor: Actor
) -> dict[UUID, Secret] | None:
    """The secrets of every epoch that a participant is to read; None when the actor lacks one of them."""
    held = [epoch for epoch in epochs_held(session, dialogue.id, actor.keys) if epoch.number >= participant.from_epoch]
    if [epoch.number for epoch in held] != list(range(participant.from_epoch, dialogue.epoch_number + 1)):
        return None
    return {epoch.holder_id: actor.keys.secret(session, epoch.holder_id, GENERATION) for epoch in held}


def _awaited(session: Session, token: str) -> Participant | None:
    of_link = DialogueInvitation.token_hash == hash_of(token), DialogueInvitation.used_at.is_(None)
    waiting = select(Participant).join(DialogueInvitation, DialogueInvitation.participant_id == Participant.id)
    return session.scalar(waiting.where(*of_link, Participant.state == ParticipantState.INVITED.value))

"""Invitations into a dialogue: a link by mail for one participant, good once and for 24 hours (D-04, D-rule 32).

What the link opens is sealed to a holder whose secret comes from the link's token, of which only a hash is kept. So
neither the server nor a stolen database opens it; and it lets nobody in without the code by SMS (`dialogs.codes`).
Nothing here looks for an account: whether the invited has one shows to no sender (design 2.6).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, delete, select, update

from accounts.errors import InvitationExpired, InvitationUnknown, InvitationUsed
from accounts.phones import masked_phone
from audit.actions import Action
from audit.recording import Who, record
from crypto.derivation import derive
from crypto.one_time import new_token, token_hash
from crypto.secret import Secret
from database.session import Session
from delivery.languages import Language
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, MessageState, queue_mail
from dialogs.changes import changed_participants
from dialogs.errors import InvitedToClosed
from dialogs.models import Dialogue, DialogueInvitation, DialogueState, Participant, ParticipantState
from dialogs.places import place_of_contact
from keys.grants import destroy_grants_to, hand_over
from keys.holders import create_holder, make_first_generation
from keys.models import Grant, HolderKind
from organisation.models import EMPLOYEES_ID, Organisation

LIFETIME = timedelta(hours=24)
# A worker that stood still for longer has other work to do first; the grants open nothing without the mail.
_LOOKED_BACK = timedelta(days=7)
PATH = "/berichten/uitnodiging"
_PURPOSE = "dialogue invitation"


class Delivery(StrEnum):
    """What is known of the mail with an invitation."""

    SENT = "sent"
    """It waits for the mail server."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    """It was refused, or did not leave in time (*niet bezorgd*)."""


@dataclass(frozen=True)
class OpenInvitation:
    """A link that is good, as its page shows it: which organisation invites, and where the code goes.

    `masked_number` is None where the sender gave no number, so that the recipient may give one (signing.md 7.2).
    """

    participant_id: UUID
    dialogue_id: UUID
    organisation_name: str
    masked_number: str | None = field(repr=False)


def invite_participant(
    session: Session,
    participant: Participant,
    holders: Mapping[UUID, Secret],
    *,
    base_url: str,
    by: Who,
    again: bool = False,
    language: Language = Language.DUTCH,
) -> DialogueInvitation:
    """Log it, queue the mail with the link, and seal the secrets of `holders` (epochs, by id) to what the link opens.

    Every earlier link of the participant is worth nothing from now on.
    """
    for log in logs_of(participant, by):
        record(
            session,
            Action.DIALOGUE_INVITATION_SEND,
            by=by,
            organisation_id=log,
            subjects=subjects_of(session, participant),
            object_type="participant",
            object_id=participant.id,
            details={"again": "yes"} if again else {},
        )
    end_invitations(session, [participant.id])
    token, now = new_token(session.source), session.source.now()
    holder = create_holder(session, HolderKind.INVITATION, participant.organisation_id)
    make_first_generation(session, holder.id, by=by, secret=secret_of(token))
    for holder_id, secret in holders.items():
        hand_over(session, holder_id, to=holder.id, secret=secret, generation=1, by=by)
    message = queue_mail(
        session,
        organisation_id=participant.organisation_id,
        kind=MailKind.DIALOGUE_INVITATION,
        to=email_of(session, participant),
        values={
            "link": f"{base_url.rstrip('/')}{PATH}#{token}",
            "organisation": _organisation_name(session, participant.organisation_id),
        },
        expires_at=now + LIFETIME,
        language=language,
    )
    invitation = DialogueInvitation(
        id=session.source.new_id(),
        participant_id=participant.id,
        organisation_id=participant.organisation_id,
        holder_id=holder.id,
        token_hash=hash_of(token),
        message_id=message.id,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(invitation)
    session.flush()
    return invitation


def end_invitations(session: Session, participant_ids: Collection[UUID]) -> None:
    """Let every link of these participants expire, and destroy what it could open: nobody is to join by it."""
    now = session.source.now()
    unused = DialogueInvitation.participant_id.in_(participant_ids), DialogueInvitation.used_at.is_(None)
    ended = update(DialogueInvitation).where(*unused, DialogueInvitation.expires_at > now).values(expires_at=now)
    session.execute(ended.execution_options(synchronize_session=False))
    # Not only of those that end now: what an expired link could open is of no use to anybody any more.
    for holder_id in session.scalars(select(DialogueInvitation.holder_id).where(*unused)).all():
        destroy_grants_to(session, holder_id)


def close_expired(session: Session) -> int:
    """Destroy what the links that expired in the last week could open; return how much that was. It needs no key."""
    now = session.source.now()
    expired = select(DialogueInvitation.holder_id).where(
        DialogueInvitation.expires_at <= now, DialogueInvitation.expires_at > now - _LOOKED_BACK
    )
    gone = delete(Grant).where(Grant.recipient_id.in_(expired)).returning(Grant.id)
    return len(session.scalars(gone).all())


def find_invitation(session: Session, token: str) -> tuple[DialogueInvitation, Participant]:
    """Return the invitation of a link and its participant; that uses nothing up, since mail scanners open links too.

    Raises `accounts.errors.InvitationUnknown`, `InvitationUsed`, `InvitationExpired`, also where the participant
    is not awaited any more, and `dialogs.errors.InvitedToClosed`.
    """
    known = _with_participant().where(DialogueInvitation.token_hash == hash_of(token))
    found = session.execute(known.execution_options(populate_existing=True)).first()
    if found is None:
        raise InvitationUnknown
    invitation, participant, state = found
    if invitation.used_at is not None:
        raise InvitationUsed
    if participant.state != ParticipantState.INVITED:
        # Whoever was taken out is not told what became of the dialogue.
        raise InvitationExpired
    if state != DialogueState.OPEN:
        raise InvitedToClosed
    if invitation.expires_at <= session.source.now():
        raise InvitationExpired
    if changed_participants(session, [participant]):
        # What was sent to an address that is another's by now lets nobody in (D-08).
        raise InvitationExpired
    return invitation, participant


def open_invitation(session: Session, token: str) -> OpenInvitation:
    """Return what the page of a link shows. Raises as `find_invitation`."""
    invitation, participant = find_invitation(session, token)
    number = phone_of(session, participant)
    return OpenInvitation(
        participant.id,
        participant.dialogue_id,
        _organisation_name(session, invitation.organisation_id),
        masked_phone(number) if number else None,
    )


def delivery_of(session: Session, participant_ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """Return what became of the newest mail to each of these participants; who was sent none is not in it."""
    sent = (
        select(DialogueInvitation.participant_id, OutgoingMessage.state)
        .join(OutgoingMessage, OutgoingMessage.id == DialogueInvitation.message_id)
        .where(DialogueInvitation.participant_id.in_(participant_ids))
        .order_by(DialogueInvitation.created_at, DialogueInvitation.id)
    )
    return {participant_id: _DELIVERIES[MessageState(state)] for participant_id, state in session.execute(sent)}


_DELIVERIES: Mapping[MessageState, Delivery] = {
    MessageState.WAITING: Delivery.SENT,
    MessageState.SENT: Delivery.DELIVERED,
    MessageState.EXPIRED: Delivery.UNDELIVERED,
    MessageState.GIVEN_UP: Delivery.UNDELIVERED,
}


def email_of(session: Session, participant: Participant) -> str:
    """Return the address that a participant's invitation goes to."""
    place = place_of_contact(participant.id, "email_sealed")
    return session.package_key("dialogs").open(participant.email_sealed or b"", place).decode()


def phone_of(session: Session, participant: Participant) -> str | None:
    """Return the number (E.164) that a participant's code goes to; None where the sender gave none."""
    if participant.phone_sealed is None:
        return None
    place = place_of_contact(participant.id, "phone_sealed")
    return session.package_key("dialogs").open(participant.phone_sealed, place).decode()


def logs_of(participant: Participant, by: Who) -> tuple[UUID, ...]:
    """Return in whose logs an act around an invitation stands: of who acts, and for an employee the dialogue's too."""
    if by.organisation_id == EMPLOYEES_ID:
        return by.organisation_id, participant.organisation_id
    return (by.organisation_id,)


def subjects_of(session: Session, participant: Participant) -> list[UUID]:
    """Return the employee whom the dialogue is about, for the log."""
    employee_id = session.get_one(Dialogue, participant.dialogue_id).employee_id
    return [employee_id] if employee_id else []


def hash_of(token: str) -> bytes:
    """Return what is kept of a link's token."""
    return token_hash(token, _PURPOSE)


def secret_of(token: str) -> Secret:
    """Return the secret of the holder that a link opens; it is kept nowhere."""
    return derive(Secret(token.encode("utf-8", "surrogatepass")), "dialogue invitation")


def _with_participant() -> Select[DialogueInvitation, Participant, str]:
    return (
        select(DialogueInvitation, Participant, Dialogue.state)
        .join(Participant, Participant.id == DialogueInvitation.participant_id)
        .join(Dialogue, Dialogue.id == Participant.dialogue_id)
    )


def _organisation_name(session: Session, organisation_id: UUID) -> str:
    return session.get_one(Organisation, organisation_id).name

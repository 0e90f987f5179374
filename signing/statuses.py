"""What is shown of where a signer stands, from the rows and from what became of the mail (G-05, signing.md 7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from database.session import Session
from delivery.models import OutgoingMessage
from delivery.outbox import MessageState
from dialogs.finding import STAYING
from dialogs.invitations import Delivery, delivery_of
from dialogs.models import Participant, ParticipantState
from signing.finding import ASKED, OPEN
from signing.models import RequestState, Signer, SignerState

LIVE = frozenset({RequestState.PREPARING, RequestState.RUNNING})
"""The states of a request in which somebody may still be asked."""


class SigningStatus(StrEnum):
    """What is shown of a signer."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    READ = "read"
    AGREED = "agreed"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CHANGED = "changed"
    """Other contact data are known by now, so that nothing reaches this signer (D-08)."""
    GONE = "gone"
    """Left the dialogue, or was taken out."""
    LAPSED = "lapsed"
    """The request ended before this signer answered."""


_STATUSES: Mapping[SignerState, SigningStatus] = {
    SignerState.WAITING: SigningStatus.WAITING,
    SignerState.ASKED: SigningStatus.SENT,
    SignerState.READ: SigningStatus.READ,
    SignerState.AGREED: SigningStatus.AGREED,
    SignerState.SIGNED: SigningStatus.SIGNED,
    SignerState.DECLINED: SigningStatus.DECLINED,
    SignerState.EXPIRED: SigningStatus.EXPIRED,
    SignerState.REPLACED: SigningStatus.REPLACED,
}


def status_of(signer: Signer, state: RequestState, person: Participant | None, changed: set[UUID]) -> SigningStatus:
    if signer.state not in OPEN:
        return _STATUSES[SignerState(signer.state)]
    if state is RequestState.EXPIRED:
        return SigningStatus.EXPIRED
    if state not in LIVE:
        return SigningStatus.LAPSED
    if person is not None and (person.id in changed or person.state == ParticipantState.CHANGED):
        return SigningStatus.CHANGED
    if person is not None and person.state not in STAYING:
        return SigningStatus.GONE
    return _STATUSES[SignerState(signer.state)]


def mail_statuses(session: Session, signers: Sequence[Signer]) -> Mapping[UUID, SigningStatus]:
    """What became of the mail to each signer who was asked: of an invitation the newest, which may be a later one."""
    asked = [signer for signer in signers if signer.state in ASKED]
    states = dict(
        session.execute(
            select(OutgoingMessage.id, OutgoingMessage.state).where(
                OutgoingMessage.id.in_([signer.message_id for signer in asked if signer.message_id])
            )
        ).all()
    )
    invited = delivery_of(session, [signer.participant_id for signer in asked if signer.participant_id])
    found: dict[UUID, SigningStatus] = {}
    for signer in asked:
        invitation = invited.get(signer.participant_id) if signer.participant_id else None
        if invitation is not None:
            found[signer.id] = _DELIVERIES[invitation]
        elif signer.message_id in states:
            found[signer.id] = _MAILS[MessageState(states[signer.message_id])]
    return found


_DELIVERIES: Mapping[Delivery, SigningStatus] = {
    Delivery.SENT: SigningStatus.SENT,
    Delivery.DELIVERED: SigningStatus.DELIVERED,
    Delivery.UNDELIVERED: SigningStatus.UNDELIVERED,
}
_MAILS: Mapping[MessageState, SigningStatus] = {
    MessageState.WAITING: SigningStatus.SENT,
    MessageState.SENT: SigningStatus.DELIVERED,
    MessageState.EXPIRED: SigningStatus.UNDELIVERED,
    MessageState.GIVEN_UP: SigningStatus.UNDELIVERED,
}

"""Reminding whoever was asked to sign: after 3, 7 and 12 days, and no more once it is of no use (signing.md 7.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import and_, or_, select

from accounts.people import notify
from audit.actions import Action
from audit.recording import Who
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, queue_mail
from dialogs.changes import changed_participants
from dialogs.invitations import PATH as INVITATION_PATH
from dialogs.invitations import email_of
from dialogs.models import Participant, ParticipantState
from dialogs.notices import reachable_people
from documents.models import Document
from organisation.models import Organisation
from signing.events import EventKind, add_event
from signing.finding import ASKED
from signing.models import RequestState, Signer, SigningRequest
from signing.recording import record_by
from signing.turns import address_of

AFTER = (timedelta(days=3), timedelta(days=7), timedelta(days=12))
"""How long after somebody was asked each reminder follows."""
BATCH_SIZE = 20


def remind_signers(session: Session, *, base_url: str) -> int:
    """Queue at most 20 reminders that are due, and return how many signers were looked at; it takes no key.

    The mail is constant. Nobody gets one who has signed or declined, whose request has ended or was overtaken by
    another version, or whose address or number became others (D-10).
    """
    now = session.source.now()
    is_due = or_(
        *(and_(Signer.reminders == count, Signer.asked_at <= now - after) for count, after in enumerate(AFTER))
    )
    statement = (
        select(Signer, SigningRequest, Participant)
        .join(SigningRequest, SigningRequest.id == Signer.request_id)
        .join(Document, Document.id == SigningRequest.document_id)
        .join(Participant, Participant.id == Signer.participant_id)
        .where(
            Signer.state.in_(ASKED),
            is_due,
            SigningRequest.state == RequestState.RUNNING.value,
            SigningRequest.expires_at > now,
            Document.version == SigningRequest.version_number,
            Document.removed_at.is_(None),
        )
        .order_by(Signer.asked_at, Signer.id)
        .limit(BATCH_SIZE)
        # As whoever acts as a signer does: the request first.
        .with_for_update(of=SigningRequest, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).all()
    changed = changed_participants(session, [person for _, _, person in found])
    for signer, request, person in found:
        if person.id not in changed:
            _remind(session, signer, request, person, base_url)
        # Somebody whom no mail reaches is not looked at again and again.
        signer.reminders += 1
        signer.reminded_at = now
    session.flush()
    return len(found)


def _remind(session: Session, signer: Signer, request: SigningRequest, person: Participant, base_url: str) -> None:
    number = signer.reminders + 1
    mail = _mail_to(session, request, person, base_url)
    if mail is None:
        return
    record_by(session, Action.SIGNING_REMIND, request, Who.system("worker"), {"number": number}, signer_id=signer.id)
    mail()
    add_event(session, request, EventKind.REMINDED, signer=signer, details={"number": number})


def _mail_to(
    session: Session, request: SigningRequest, person: Participant, base_url: str
) -> Callable[[], OutgoingMessage] | None:
    """What queues the mail to a signer; None for one whom none reaches. The log is told in between."""
    organisation = session.get_one(Organisation, request.organisation_id).name
    if person.state == ParticipantState.INVITED:
        # The worker has no key for another link: the page of the old one lets a new one be asked for.
        values = {"link": f"{base_url.rstrip('/')}{INVITATION_PATH}", "organisation": organisation}
        return lambda: queue_mail(
            session,
            organisation_id=request.organisation_id,
            kind=MailKind.SIGNING_REMINDER,
            to=email_of(session, person),
            values=values,
        )
    if person.state != ParticipantState.TAKING_PART or person.person_id is None:
        return None
    reachable = reachable_people(session, [person.person_id], MailKind.SIGNING_REMINDER)
    if not reachable:
        return None
    values = {"link": address_of(request, base_url), "organisation": organisation}
    return lambda: notify(session, reachable[0], MailKind.SIGNING_REMINDER, values)

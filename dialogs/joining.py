"""Answering an invitation: with the account that somebody has, or with a new one (D-04, D-05, G-11).

The link is used by one conditional UPDATE, and only by who has shown its code. Its holder opens the epochs, which are
sealed to the person's own key; then what the link could open is destroyed.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from accounts.actor import Actor
from accounts.errors import InvitationUsed
from accounts.models import Person
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import Who, record
from crypto.passwords import Argon2Parameters
from crypto.secret import Secret
from database.session import Session
from dialogs.codes import number_of, require_proof
from dialogs.epochs import OpenEpoch, newest_epoch
from dialogs.errors import AlreadyTakesPart, InvitedToClosed, OwnAccountNeeded
from dialogs.invitations import email_of, find_invitation, logs_of, phone_of, secret_of, subjects_of
from dialogs.messages import write_event
from dialogs.models import (
    Dialogue,
    DialogueInvitation,
    DialogueState,
    InvitationCode,
    Participant,
    ParticipantState,
    PhoneSource,
)
from dialogs.places import place_of_contact
from dialogs.rosters import GENERATION, open_roster
from keys.grants import destroy_grants_to, hand_over
from keys.models import Grant
from keys.opened import OpenedKeys
from organisation.employee_accounts import NewAccount, can_log_in_with, create_account
from organisation.models import EMPLOYEES_ID
from organisation.presets import EMPLOYEE


def join(session: Session, token: str, proof: UUID, actor: Actor) -> Participant:
    """Let who has logged in take part, with the account that is there.

    `proof` is what `codes.check_code` gave. Raises `accounts.errors.InvitationError`, `CodeMissing`,
    `PermissionDenied`, `OwnAccountNeeded` for an account at an organisation, and `AlreadyTakesPart` for whoever is in
    the dialogue already; then nothing is used up.
    """
    actor.require(Permission.DIALOGUE_READ)
    if actor.organisation_id != EMPLOYEES_ID:
        raise OwnAccountNeeded
    return _join(session, token, proof, actor.who, account="existing")


def has_account(session: Session, token: str, proof: UUID) -> bool:
    """Tell somebody who has shown the code whether the address that was written to has a login already.

    Raises as `join`.
    """
    invitation, participant = find_invitation(session, token)
    require_proof(session, invitation, proof)
    return can_log_in_with(session, email_of(session, participant))


def sign_up_and_join(
    session: Session,
    token: str,
    proof: UUID,
    new: NewAccount,
    stretched: Secret,
    parameters: Argon2Parameters,
    *,
    access_point: str,
) -> tuple[Person, Participant]:
    """Make an account for the address that was written to, and let its owner take part: both or neither.

    Raises as `join`, and as `organisation.employee_accounts.create_account`.
    """
    invitation, _participant = find_invitation(session, token)
    require_proof(session, invitation, proof)
    person = create_account(session, new, stretched, parameters, access_point=access_point)
    who = Who(person.id, EMPLOYEES_ID, (EMPLOYEE,), access_point)
    return person, _join(session, token, proof, who, account="new")


def address_and_number(session: Session, token: str, proof: UUID) -> tuple[str, str]:
    """Return the address that was written to and the number whose code was shown, for a new account.

    Raises as `join`.
    """
    invitation, participant = find_invitation(session, token)
    code = require_proof(session, invitation, proof)
    return email_of(session, participant), phone_of(session, participant) or number_of(session, code) or ""


def _join(session: Session, token: str, proof: UUID, who: Who, *, account: str) -> Participant:
    invitation, participant = find_invitation(session, token)
    # An epoch that is opened at this moment is handed to the link or, afterwards, to the person; never to neither.
    of_dialogue = select(Dialogue).where(Dialogue.id == participant.dialogue_id).with_for_update()
    dialogue = session.scalars(of_dialogue.execution_options(populate_existing=True)).one()
    if dialogue.state != DialogueState.OPEN:
        raise InvitedToClosed
    code = require_proof(session, invitation, proof)
    _free_earlier_place(session, dialogue, who)
    _use(session, invitation)
    _record(session, participant, who, account)
    opened = OpenedKeys(invitation.holder_id, 1, secret_of(token))
    _hand_over_epochs(session, opened, who)
    _take_part(session, participant, code, who)
    _tell(session, dialogue, participant, opened)
    destroy_grants_to(session, invitation.holder_id)
    return participant


def _free_earlier_place(session: Session, dialogue: Dialogue, who: Who) -> None:
    """An account has one place in a dialogue: whoever left, and was invited anew, takes part as the new participant."""
    earlier = select(Participant).where(Participant.dialogue_id == dialogue.id, Participant.person_id == who.person_id)
    place = session.scalar(earlier.execution_options(populate_existing=True))
    if place is not None and place.state == ParticipantState.TAKING_PART:
        raise AlreadyTakesPart
    if place is not None:
        place.person_id = None
        session.flush()


def _use(session: Session, invitation: DialogueInvitation) -> None:
    now = session.source.now()
    unused = update(DialogueInvitation).where(
        DialogueInvitation.id == invitation.id,
        DialogueInvitation.used_at.is_(None),
        DialogueInvitation.expires_at > now,
    )
    once = unused.values(used_at=now).returning(DialogueInvitation.id)
    if session.scalar(once.execution_options(synchronize_session=False)) is None:
        raise InvitationUsed


def _record(session: Session, participant: Participant, who: Who, account: str) -> None:
    for log in logs_of(participant, who):
        # Whether there was an account stands in no sender's log (design 2.6).
        details = {"account": account} if log == EMPLOYEES_ID else {}
        record(
            session,
            Action.DIALOGUE_INVITATION_USE,
            by=who,
            organisation_id=log,
            subjects=subjects_of(session, participant),
            object_type="participant",
            object_id=participant.id,
            details=details,
        )


def _hand_over_epochs(session: Session, opened: OpenedKeys, who: Who) -> None:
    grants = select(Grant).where(Grant.recipient_id == opened.person_id).order_by(Grant.holder_id)
    assert who.person_id is not None  # noqa: S101 - whoever joins has an account
    for grant in session.scalars(grants).all():
        secret = opened.secret(session, grant.holder_id, grant.generation)
        hand_over(session, grant.holder_id, to=who.person_id, secret=secret, generation=grant.generation, by=who)


def _take_part(session: Session, participant: Participant, code: InvitationCode, who: Who) -> None:
    participant.person_id = who.person_id
    participant.state = ParticipantState.TAKING_PART.value
    participant.joined_at = session.source.now()
    number = number_of(session, code)
    if number is not None:
        place = place_of_contact(participant.id, "phone_sealed")
        participant.phone_sealed = session.package_key("dialogs").seal(number.encode(), place)
        participant.phone_source = PhoneSource.RECIPIENT.value
    session.flush()


def _tell(session: Session, dialogue: Dialogue, participant: Participant, opened: OpenedKeys) -> None:
    """Let the conversation say that somebody joined; nobody gets a mail about it."""
    row = newest_epoch(session, dialogue)
    secret = opened.secret(session, row.holder_id, GENERATION)
    epoch = OpenEpoch(row, secret, open_roster(session, row, opened))
    write_event(session, dialogue, participant, epoch, "joined", participant.id)

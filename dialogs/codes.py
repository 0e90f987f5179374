"""The code by SMS that goes with an invitation into a dialogue (D-rule 32; signing.md 7.2).

It is what every code is (`accounts.one_time_codes`): six characters, good once, for ten minutes and five tries, and a
newer one puts an end to the one before. What is kept is a keyed digest that row and invitation are part of.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from accounts import failed_tries
from accounts.errors import TooManyTries, WrongCode
from accounts.one_time_codes import LIFETIME, new_code, use_up
from accounts.phones import masked_phone, normalise_phone
from audit import PLATFORM_ID
from audit.actions import Action
from audit.recording import Outcome, Who, record
from database.session import Session
from delivery.languages import Language
from delivery.sms import SmsKind, SmsRules, queue_sms
from dialogs.errors import CodeMissing, NumberMissing
from dialogs.invitations import find_invitation, phone_of, subjects_of
from dialogs.models import DialogueInvitation, InvitationCode, Participant
from dialogs.places import place_of_code, place_of_given_number

PROOF_GOOD_FOR = timedelta(minutes=30)
"""How long somebody who has shown the code may take for the steps that follow."""


def send_code(
    session: Session,
    token: str,
    *,
    given_number: str | None = None,
    access_point: str,
    rules: SmsRules,
    language: Language = Language.DUTCH,
) -> str:
    """Send a code to the number that the sender gave, and return what may be shown of that number.

    Where the sender gave none it goes to `given_number`, or once more to the one that was given before. Raises
    `accounts.errors.InvitationError`, `NumberMissing`, `accounts.errors.MalformedNumber`, and
    `delivery.errors.TooManySms`: then the code before still works.
    """
    invitation, participant = _locked(session, token)
    of_sender = phone_of(session, participant)
    number = of_sender or _given(session, invitation, given_number)
    code, expires_at = new_code(session.source), session.source.now() + LIFETIME
    # What was not sent is neither in the log nor counted, for the caller may keep the rest of the request.
    with session.begin_nested():
        _record(session, Action.SMS_CODE_SEND, participant, access_point, {"purpose": "dialogue"})
        queue_sms(
            session,
            organisation_id=invitation.organisation_id,
            person_id=participant.id,
            kind=SmsKind.DIALOGUE_INVITATION,
            to=number,
            code=code,
            expires_at=expires_at,
            language=language.value,
            rules=rules,
        )
    unused = InvitationCode.invitation_id == invitation.id, InvitationCode.used_at.is_(None)
    session.execute(delete(InvitationCode).where(*unused))
    row = InvitationCode(
        id=session.source.new_id(),
        invitation_id=invitation.id,
        organisation_id=invitation.organisation_id,
        tries=0,
        created_at=session.source.now(),
        expires_at=expires_at,
    )
    row.code_hash = _digest(session, row.id, invitation, code)
    if of_sender is None:
        row.number_sealed = session.package_key("dialogs").seal(number.encode(), place_of_given_number(row))
    session.add(row)
    session.flush()
    return masked_phone(number)


def waiting_number(session: Session, token: str) -> str | None:
    """Return what may be shown of the number to which the code that waits was sent; None when none waits.

    Raises `accounts.errors.InvitationError`.
    """
    invitation, participant = find_invitation(session, token)
    row = session.scalar(select(InvitationCode).where(*_usable(session, invitation)))
    if row is None:
        return None
    return masked_phone(phone_of(session, participant) or number_of(session, row) or "")


def check_code(session: Session, token: str, typed: str, *, access_point: str) -> UUID:
    """Check a code, and return what proves for half an hour that it was right; the link is not used up.

    The try is counted before its result is known, a newer code forgets none. Raises `accounts.errors.WrongCode` or
    `TooManyTries`, which are in the log by then, and `InvitationError`.
    """
    invitation, participant = find_invitation(session, token)
    subject = failed_tries.subject_of(session, str(invitation.id))

    def digest(code_id: UUID, code: str) -> bytes:
        return _digest(session, code_id, invitation, code)

    try:
        failed_tries.count_try(session, failed_tries.INVITATION_CODE, subject)
        row = use_up(session, InvitationCode, _usable(session, invitation), typed, digest)
    except (TooManyTries, WrongCode) as error:
        _refuse(session, participant, access_point, error)
    failed_tries.forget(session, failed_tries.INVITATION_CODE, subject)
    return row.id


def require_proof(session: Session, invitation: DialogueInvitation, proof: UUID) -> InvitationCode:
    """Return the code that `check_code` found right. Raises `CodeMissing` for another invitation's, or too long ago."""
    row = session.get(InvitationCode, proof, populate_existing=True)
    if row is None or row.invitation_id != invitation.id or row.used_at is None:
        raise CodeMissing
    if row.used_at <= session.source.now() - PROOF_GOOD_FOR:
        raise CodeMissing
    return row


def number_of(session: Session, row: InvitationCode) -> str | None:
    """Return the number that the recipient gave; None where the sender's was used."""
    if row.number_sealed is None:
        return None
    return session.package_key("dialogs").open(row.number_sealed, place_of_given_number(row)).decode()


def purge_invitation_codes(session: Session) -> int:
    """Delete the codes that neither work nor prove anything any more; return how many."""
    gone = delete(InvitationCode).where(InvitationCode.expires_at <= session.source.now() - PROOF_GOOD_FOR)
    return len(session.scalars(gone.returning(InvitationCode.id)).all())


def _locked(session: Session, token: str) -> tuple[DialogueInvitation, Participant]:
    # Of two codes that are asked for at once the later puts an end to the earlier.
    invitation, participant = find_invitation(session, token)
    session.execute(select(DialogueInvitation.id).where(DialogueInvitation.id == invitation.id).with_for_update())
    return invitation, participant


def _given(session: Session, invitation: DialogueInvitation, typed: str | None) -> str:
    if typed is not None:
        return normalise_phone(typed)
    before = select(InvitationCode).where(
        InvitationCode.invitation_id == invitation.id, InvitationCode.number_sealed.is_not(None)
    )
    row = session.scalar(before.order_by(InvitationCode.created_at.desc(), InvitationCode.id).limit(1))
    number = number_of(session, row) if row is not None else None
    if number is None:
        raise NumberMissing
    return number


def _usable(session: Session, invitation: DialogueInvitation) -> tuple[ColumnElement[bool], ...]:
    is_of_it = InvitationCode.invitation_id == invitation.id
    return is_of_it, InvitationCode.used_at.is_(None), InvitationCode.expires_at > session.source.now()


def _digest(session: Session, code_id: UUID, invitation: DialogueInvitation, code: str) -> bytes:
    place = place_of_code(code_id, invitation).encode()
    return session.package_key("dialogs").lookup(b"code/" + place + code.encode("utf-8", "surrogatepass"))


def _refuse(session: Session, participant: Participant, access_point: str, error: WrongCode | TooManyTries) -> NoReturn:
    reason = "sms code" if isinstance(error, WrongCode) else "too many tries"
    action = Action.DIALOGUE_INVITATION_USE
    _record(session, action, participant, access_point, {"reason": reason}, Outcome.REFUSED)
    raise error


def _record(
    session: Session,
    action: Action,
    participant: Participant,
    access_point: str,
    details: dict[str, str],
    outcome: Outcome = Outcome.SUCCESS,
) -> None:
    """Write an entry of somebody whose account, or whether there is one, the sender's log must not tell."""
    record(
        session,
        action,
        by=Who(None, PLATFORM_ID, (), access_point),
        organisation_id=participant.organisation_id,
        subjects=subjects_of(session, participant),
        object_type="participant",
        object_id=participant.id,
        details=details,
        outcome=outcome,
    )

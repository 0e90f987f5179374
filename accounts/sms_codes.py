"""Codes by SMS: six small letters and digits, good once, for ten minutes and five tries (L-07, L-08, L-15, L-32).

A code is for one purpose. What is stored is a keyed digest that person, purpose and row are part of, so that none can
be moved; a newer code puts an end to the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from accounts import failed_tries
from accounts.actor import Actor
from accounts.devices import device_of
from accounts.errors import NotCoupled, TooManyTries, WrongCode
from accounts.login import SecondFactor, record_refused_factor
from accounts.models import Person, SmsCode
from accounts.one_time_codes import LIFETIME, new_code, use_up
from accounts.people import notify, person_by_id, who_is
from accounts.phones import masked_phone, normalise_phone, phone_of, set_phone
from accounts.second_factors import Factor, require_no_factor, require_other_factor, wait_for_others
from audit.actions import Action
from audit.recording import record
from crypto.sealing import Context
from database.session import Session
from delivery.outbox import MailKind
from delivery.sms import SmsKind, SmsRules, queue_sms, queue_sms_notice


class SmsPurpose(StrEnum):
    """What a code is for; one for something else is a wrong code."""

    LOGIN = "login"
    CONFIRM = "confirm"
    """Showing once more who one is, within a session."""
    RESET = "reset"
    """A new password."""
    PHONE = "phone"
    """Coupling a number."""


_KINDS = {
    SmsPurpose.LOGIN: SmsKind.LOGIN_CODE,
    SmsPurpose.CONFIRM: SmsKind.CONFIRM_CODE,
    SmsPurpose.RESET: SmsKind.RESET_CODE,
    SmsPurpose.PHONE: SmsKind.PHONE_CODE,
}


@dataclass(frozen=True)
class SentCode:
    """That a code is on its way. `masked_number` may be shown, `code_id` names the row."""

    code_id: UUID
    masked_number: str = field(repr=False)


def sms_is_coupled(session: Session, person_id: UUID) -> bool:
    """Tell whether a person has a number that counts as a second factor."""
    return _confirmed_number(session, person_by_id(session, person_id)) is not None


def send_code(
    session: Session, person_id: UUID, purpose: SmsPurpose, *, access_point: str, rules: SmsRules
) -> SentCode:
    """Send a code to the person's confirmed number; the one before is worth nothing any more (L-08, L-15).

    Raises `NotCoupled` without such a number, `delivery.errors.TooManySms`: then the code before still works.
    """
    person = _locked(session, person_id)
    number = _confirmed_number(session, person)
    if number is None:
        raise NotCoupled
    return _send(session, person, purpose, number, access_point, rules)


def check_code(
    session: Session,
    person_id: UUID,
    typed: str,
    purpose: SmsPurpose = SmsPurpose.LOGIN,
    *,
    access_point: str,
    device: str | None = None,
) -> SecondFactor:
    """Check a code as the second factor. The try is counted before its result is known, a new code forgets none.

    Raises `WrongCode` or `TooManyTries`, which are in the log by then, or `NotCoupled`.
    """
    if not sms_is_coupled(session, person_id):
        raise NotCoupled
    subject = failed_tries.subject_of(session, str(person_id), device_of(session, device, person_id))
    try:
        failed_tries.count_try(session, failed_tries.SECOND_FACTOR, subject)
        _use_up(session, person_id, purpose, typed)
    except (TooManyTries, WrongCode) as error:
        _refuse(session, person_id, access_point, error)
    failed_tries.forget(session, failed_tries.SECOND_FACTOR, subject)
    return SecondFactor(person_id, Factor.SMS)


def begin_phone(
    session: Session, person_id: UUID, typed: str, *, access_point: str, rules: SmsRules, adding: bool = False
) -> SentCode:
    """Send a code to a number that is to be coupled; it counts after `confirm_phone` (L-07).

    `adding` may be true only for someone who has logged in completely, with a factor that counted before (L-32).
    Raises `MalformedNumber`, `delivery.errors.TooManySms`, and without `adding` `AlreadyCoupled` when there is a
    second factor of any kind: a password alone must not add another.
    """
    number = normalise_phone(typed)
    person = _locked(session, person_id)
    if not adding:
        require_no_factor(session, person_id)
    sent = _send(session, person, SmsPurpose.PHONE, number, access_point, rules)
    waiting = session.get_one(SmsCode, sent.code_id)
    waiting.number_sealed = session.package_key("accounts").seal(number.encode(), _place_of_number(waiting))
    session.flush()
    return sent


def send_phone_code_again(
    session: Session, person_id: UUID, *, access_point: str, rules: SmsRules, adding: bool = False
) -> SentCode:
    """Send another code to the number that waits (*SMS opnieuw versturen*). Raises as `begin_phone`, `NotCoupled`."""
    number = _waiting_number(session, person_id)
    if number is None:
        raise NotCoupled
    return begin_phone(session, person_id, number, access_point=access_point, rules=rules, adding=adding)


def waiting_phone(session: Session, person_id: UUID) -> str | None:
    """Return the last digits of the number that waits for its code, to say where the SMS went; None if none waits."""
    number = _waiting_number(session, person_id)
    return masked_phone(number) if number is not None else None


def confirm_phone(
    session: Session, person_id: UUID, typed: str, *, access_point: str, adding: bool = False
) -> SecondFactor:
    """Let the number that waits count, once its code was typed; the one before is told so by SMS, the person by mail.

    Raises `WrongCode`, `TooManyTries`, `NotCoupled` when none waits, `AlreadyCoupled` as `begin_phone` does.
    """
    person = _locked(session, person_id)
    if not adding:
        require_no_factor(session, person_id)
    if waiting_phone(session, person_id) is None:
        raise NotCoupled
    subject = failed_tries.subject_of(session, str(person_id))
    failed_tries.count_try(session, failed_tries.COUPLING, subject)
    used = _use_up(session, person_id, SmsPurpose.PHONE, typed)
    failed_tries.forget(session, failed_tries.COUPLING, subject)
    number, before = _open_number(session, used), _confirmed_number(session, person)
    details = {"reason": "first" if before is None else "replaced"}
    record(session, Action.PHONE_COUPLE, by=who_is(person, access_point), details=details)
    set_phone(session, person, number)
    person.phone_confirmed_at = session.source.now()
    session.execute(delete(SmsCode).where(SmsCode.person_id == person_id))
    _warn(session, person, before if before != number else None, MailKind.PHONE_CHANGED)
    return SecondFactor(person_id, Factor.SMS)


def remove_phone(session: Session, actor: Actor) -> None:
    """Take the actor's number away as a second factor, and every code that was sent to it; both are warned.

    Raises `NotCoupled`, and `LastFactor` when no other way in is left that is enough.
    """
    require_other_factor(session, actor.person_id, Factor.SMS, actor.permissions)
    person = person_by_id(session, actor.person_id)
    before = _confirmed_number(session, person)
    if before is None:
        raise NotCoupled
    record(session, Action.PHONE_REMOVE, by=actor.who)
    person.phone_sealed = person.phone_confirmed_at = None
    session.execute(delete(SmsCode).where(SmsCode.person_id == person.id))
    _warn(session, person, before, MailKind.PHONE_REMOVED)


def purge_sms_codes(session: Session) -> int:
    """Delete the codes that have expired; return how many."""
    gone = delete(SmsCode).where(SmsCode.expires_at <= session.source.now())
    return len(session.scalars(gone.returning(SmsCode.id)).all())


def _send(
    session: Session, person: Person, purpose: SmsPurpose, number: str, access_point: str, rules: SmsRules
) -> SentCode:
    code, expires_at = new_code(session.source), session.source.now() + LIFETIME
    # What was not sent is neither in the log nor counted, for the caller may keep the rest of the request.
    with session.begin_nested():
        record(session, Action.SMS_CODE_SEND, by=who_is(person, access_point), details={"purpose": purpose.value})
        queue_sms(
            session,
            organisation_id=person.organisation_id,
            person_id=person.id,
            kind=_KINDS[purpose],
            to=number,
            code=code,
            expires_at=expires_at,
            language=person.language,
            rules=rules,
        )
    session.execute(delete(SmsCode).where(SmsCode.person_id == person.id, SmsCode.purpose == purpose))
    row = SmsCode(
        id=session.source.new_id(),
        person_id=person.id,
        purpose=purpose.value,
        tries=0,
        created_at=session.source.now(),
        expires_at=expires_at,
    )
    row.code_hash = _digest(session, row.id, person.id, purpose, code)
    session.add(row)
    session.flush()
    return SentCode(row.id, masked_phone(number))


def _use_up(session: Session, person_id: UUID, purpose: SmsPurpose, typed: str) -> SmsCode:
    def digest(code_id: UUID, code: str) -> bytes:
        return _digest(session, code_id, person_id, purpose, code)

    return use_up(session, SmsCode, _usable(session, person_id, purpose), typed, digest)


def _usable(session: Session, person_id: UUID, purpose: SmsPurpose) -> tuple[ColumnElement[bool], ...]:
    is_theirs = (SmsCode.person_id == person_id) & (SmsCode.purpose == purpose.value)
    return is_theirs, SmsCode.used_at.is_(None), SmsCode.expires_at > session.source.now()


def _digest(session: Session, code_id: UUID, person_id: UUID, purpose: SmsPurpose, code: str) -> bytes:
    place = Context("sms_code", code_id, purpose.value, holder=person_id).encode()
    return session.package_key("accounts").lookup(b"sms_code/" + place + code.encode("utf-8", "surrogatepass"))


def _locked(session: Session, person_id: UUID) -> Person:
    # Of two pages that are asked for at once the later one puts an end to the code of the earlier.
    wait_for_others(session, person_id)
    return person_by_id(session, person_id)


def _confirmed_number(session: Session, person: Person) -> str | None:
    return phone_of(session, person) if person.phone_confirmed_at is not None else None


def _waiting_number(session: Session, person_id: UUID) -> str | None:
    row = session.scalar(select(SmsCode).where(*_usable(session, person_id, SmsPurpose.PHONE)))
    return _open_number(session, row) if row is not None else None


def _open_number(session: Session, row: SmsCode) -> str:
    return session.package_key("accounts").open(row.number_sealed or b"", _place_of_number(row)).decode()


def _place_of_number(row: SmsCode) -> Context:
    return Context("sms_code", row.id, "number_sealed", holder=row.person_id)


def _warn(session: Session, person: Person, number_before: str | None, kind: MailKind) -> None:
    notify(session, person, kind)
    if number_before is not None:
        queue_sms_notice(
            session,
            organisation_id=person.organisation_id,
            kind=SmsKind.PHONE_CHANGED,
            to=number_before,
            language=person.language,
        )


def _refuse(session: Session, person_id: UUID, access_point: str, error: WrongCode | TooManyTries) -> NoReturn:
    reason = "sms code" if isinstance(error, WrongCode) else "too many tries"
    record_refused_factor(session, person_id, reason, access_point=access_point)
    raise error

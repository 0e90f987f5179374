"""Asking for an SMS: a row of the outbox, in the transaction of the act, as a mail is (L-07, L-08)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from crypto.sealing import Context
from database.session import Session
from delivery.errors import SmsValueError
from delivery.models import OutgoingMessage
from delivery.outbox import MessageState
from delivery.sms_budgets import count_code

CHANNEL = "sms"
NOTICE_LIFETIME = timedelta(days=1)

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_CODE = re.compile(r"[a-z0-9]{4,12}")
# A name that a certificate can have; the portal's own, to which a phone binds the code it fills in.
_HOST = re.compile(r"[a-z0-9.-]{1,100}")
# Made of chance: a word of a title could say what is the matter with somebody.
_REFERENCE = re.compile(r"[A-Z0-9]{4,12}")


class SmsKind(StrEnum):
    """The text messages that there are; each has a template of its name in ``templates/sms``."""

    CONFIRM_CODE = "confirm_code"
    DIALOGUE_INVITATION = "dialogue_invitation"
    LOGIN_CODE = "login_code"
    PHONE_CHANGED = "phone_changed"
    PHONE_CODE = "phone_code"
    RESET_CODE = "reset_code"
    SIGNING_CODE = "signing_code"


@dataclass(frozen=True)
class SmsRules:
    """What the operator decides of SMS: the portal's host, to which codes are bound, and how many codes may be sent.

    `per_organisation_a_day` is a number of codes.
    """

    host: str
    per_organisation_a_day: int


@dataclass(frozen=True)
class SmsContent:
    """What lies sealed in a row of the outbox: to which number (E.164), and the code with the host it is bound to.

    `reference` is what the code of a signature is for, as the page calls it; other codes have none.
    """

    to: str = field(repr=False)
    code: str | None = field(repr=False)
    host: str | None
    reference: str | None = None


def queue_sms(
    session: Session,
    *,
    organisation_id: UUID,
    person_id: UUID,
    kind: SmsKind,
    to: str,
    code: str,
    expires_at: datetime,
    language: str,
    rules: SmsRules,
    reference: str | None = None,
) -> OutgoingMessage:
    """Put a code in the outbox, sealed, and return its row; one that has not left by `expires_at` never does.

    The code of a signature has a `reference`, and no other. It is counted against the budgets of the number, the person
    and the organisation first. Raises `TooManySms`, `SmsValueError`.
    """
    if not _CODE.fullmatch(code) or not _HOST.fullmatch(rules.host):
        raise SmsValueError("this is no code or no host that can be in an SMS")
    if (reference is not None) != (kind is SmsKind.SIGNING_CODE) or not _REFERENCE.fullmatch(reference or "NONE"):
        raise SmsValueError("the code of a signature has a reference, and no other has")
    number = _checked_number(to)
    count_code(
        session,
        number=number,
        person_id=person_id,
        organisation_id=organisation_id,
        per_day=rules.per_organisation_a_day,
    )
    content = SmsContent(number, code, rules.host, reference)
    return _queue(session, organisation_id, kind, content, expires_at, language)


def queue_sms_notice(
    session: Session, *, organisation_id: UUID, kind: SmsKind, to: str, language: str
) -> OutgoingMessage:
    """Put a warning without a code in the outbox; it is good for a day (L-32).

    It counts against no budget: it follows a change that took a code, and must not be kept away by asking for many.
    Raises `SmsValueError`.
    """
    content = SmsContent(_checked_number(to), None, None)
    return _queue(session, organisation_id, kind, content, session.source.now() + NOTICE_LIFETIME, language)


def open_sms(session: Session, message: OutgoingMessage) -> SmsContent:
    """Return what a row of the outbox says. Raises `crypto.errors.UnsealError`, also once it was wiped."""
    content = json.loads(session.package_key("delivery").open(message.sealed or b"", _place(message.id)))
    return SmsContent(content["to"], content["code"], content["host"], content.get("reference"))


def _queue(
    session: Session,
    organisation_id: UUID,
    kind: SmsKind,
    content: SmsContent,
    expires_at: datetime,
    language: str,
) -> OutgoingMessage:
    now = session.source.now()
    message = OutgoingMessage(
        id=session.source.new_id(),
        organisation_id=organisation_id,
        kind=kind.value,
        message_id=session.source.token(16).hex(),
        state=MessageState.WAITING.value,
        created_at=now,
        not_before=now,
        expires_at=expires_at,
        attempts=0,
        channel=CHANNEL,
        language=language,
    )
    values = {"to": content.to, "code": content.code, "host": content.host, "reference": content.reference}
    message.sealed = session.package_key("delivery").seal(json.dumps(values).encode(), _place(message.id))
    session.add(message)
    session.flush()
    return message


def _place(message_id: UUID) -> Context:
    return Context(table=OutgoingMessage.__tablename__, row=message_id, part="sealed")


def _checked_number(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise SmsValueError("this is no phone number in its international form")
    return number

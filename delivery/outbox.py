"""Asking for a mail: it is a row in the transaction of the act, so it leaves only if that act was committed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from crypto.sealing import Context
from database.session import Session
from delivery.errors import MailValueError
from delivery.languages import Language
from delivery.models import OutgoingMessage

# Narrower than RFC 5321: one recipient, without quotes, and nothing that means something to a header.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")
_UNFIT_FOR_A_LINK = re.compile(r"[^!#-;=?-\[\]-~]")
_MOMENT = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{4} [0-9]{2}:[0-9]{2}")
_MASKED_ADDRESS = re.compile(r"[!-~]•••@[A-Za-z0-9.-]{1,189}")
_COUNT = re.compile(r"[0-9]{1,9}")
_LONGEST_LINK = 2000
_LONGEST_LOGIN_NAME = 254
_LONGEST_ORGANISATION = 120


class MailKind(StrEnum):
    """The mails that there are; each has a subject, a text and an HTML template of its name in ``templates/mail``."""

    ACCESS_GRANTED = "access_granted"
    ACCESS_REQUEST = "access_request"
    ACCESS_WITHDRAWN = "access_withdrawn"
    ACCOUNT_UNUSED = "account_unused"
    ADMISSION_GRANTED = "admission_granted"
    ADMISSION_REQUEST = "admission_request"
    AGREEMENT_CONFIRMATION = "agreement_confirmation"
    AUTHENTICATOR_COUPLED = "authenticator_coupled"
    AUTHENTICATOR_REMOVED = "authenticator_removed"
    BACKUP_CODE_RENEWED = "backup_code_renewed"
    BACKUP_CODE_USED = "backup_code_used"
    DIALOGUE_INVITATION = "dialogue_invitation"
    DIALOGUE_NOTICE = "dialogue_notice"
    DIALOGUE_OVERVIEW = "dialogue_overview"
    EMAIL_CHANGED = "email_changed"
    INVITATION = "invitation"
    NEW_DEVICE_LOGIN = "new_device_login"
    LETTER_UNDELIVERED = "letter_undelivered"
    LOGIN_NAME = "login_name"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    PHONE_CHANGED = "phone_changed"
    PHONE_REMOVED = "phone_removed"
    READMISSION_REQUEST = "readmission_request"
    RECOVERY_SHEET_MADE = "recovery_sheet_made"
    RECOVERY_SHEET_USED = "recovery_sheet_used"
    SECURITY_KEY_ADDED = "security_key_added"
    SECURITY_KEY_REMOVED = "security_key_removed"
    SHARE_REQUEST = "share_request"
    SHARE_REQUEST_ANSWERED = "share_request_answered"
    SIGNING_REMINDER = "signing_reminder"
    SIGNING_TURN = "signing_turn"
    SUBSTITUTION_ENDED = "substitution_ended"
    SUBSTITUTION_REGISTERED = "substitution_registered"


NEEDS_A_LINK = frozenset({MailKind.DIALOGUE_INVITATION, MailKind.INVITATION, MailKind.PASSWORD_RESET})
NAMES_AN_ORGANISATION = frozenset(
    {MailKind.DIALOGUE_INVITATION, MailKind.DIALOGUE_NOTICE, MailKind.SIGNING_REMINDER, MailKind.SIGNING_TURN}
)
"""The mails that say which organisation they come from, and nothing else of what they are about (D-rule 26)."""


class MessageState(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    EXPIRED = "expired"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class MailContent:
    """What lies sealed in a row of the outbox: to whom, and what its template is filled with."""

    to: str
    values: Mapping[str, str]


def queue_mail(
    session: Session,
    *,
    organisation_id: UUID,
    kind: MailKind,
    to: str,
    values: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
    language: Language = Language.DUTCH,
) -> OutgoingMessage:
    """Put a mail in the outbox, in `language` and sealed under the key of this package, and return its row.

    The only values are ``link``, an http(s) address, without which some kinds can't do, and ``moment``, a date and a
    time; ``login_names``, one a line, which the one kind that is asked for them has (L-22); ``organisation``, in the
    kinds of `NAMES_AN_ORGANISATION`; ``count``, which the weekly overview has; and ``addresses``, masked and one a
    line, in what tells the sender of a letter whom it did not reach. So no other name and no content can get into a
    mail (domain.md N-01, N-02).
    A mail that has not left by `expires_at` never does. The left side of its Message-ID is fixed now, so that a repeat
    can be recognised by the receiver. `to` is in ASCII: a domain with other letters in its ``xn--`` form. Raises
    `MailValueError`.
    """
    content = MailContent(checked_address(to), _checked_values(kind, values or {}))
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
        language=language.value,
    )
    message.sealed = session.package_key("delivery").seal(_encode(content), _place(message.id))
    session.add(message)
    session.flush()
    return message


def open_content(session: Session, message: OutgoingMessage) -> MailContent:
    """Return what a row of the outbox says. Raises `crypto.errors.UnsealError`, also once it was wiped."""
    content = json.loads(session.package_key("delivery").open(message.sealed or b"", _place(message.id)))
    return MailContent(content["to"], content["values"])


def _encode(content: MailContent) -> bytes:
    return json.dumps({"to": content.to, "values": dict(content.values)}).encode()


def _place(message_id: UUID) -> Context:
    return Context(table=OutgoingMessage.__tablename__, row=message_id, part="sealed")


def checked_address(address: str) -> str:
    """Return `address` if it is one plain mail address in ASCII. Raises `MailValueError`."""
    refusal = MailValueError("this is not one plain mail address")
    if not _ADDRESS.fullmatch(address):
        raise refusal
    try:
        Address(addr_spec=address)
    except (ValueError, HeaderParseError):
        raise refusal from None
    return address


def _checked_values(kind: MailKind, values: Mapping[str, str]) -> Mapping[str, str]:
    if values.keys() - {"link", "moment", "login_names", "organisation", "count", "addresses"}:
        raise MailValueError("a mail has no other values than those of its kind")
    if ("login_names" in values) != (kind is MailKind.LOGIN_NAME):
        raise MailValueError("login names are in the mail that is asked for them, and in no other")
    if not all(map(_is_login_name, values.get("login_names", "anna").split("\n"))):
        raise MailValueError("these are not login names, one a line")
    if ("organisation" in values) != (kind in NAMES_AN_ORGANISATION):
        raise MailValueError("an organisation is in the mails that say where they come from, and in no other")
    if not _is_organisation(values.get("organisation", "Arbo")):
        raise MailValueError("this is no name of an organisation")
    if ("count" in values) != (kind is MailKind.DIALOGUE_OVERVIEW):
        raise MailValueError("a number is in the weekly overview, and in no other mail")
    if not _COUNT.fullmatch(values.get("count", "1")):
        raise MailValueError("this is no number of messages")
    if ("addresses" in values) != (kind is MailKind.LETTER_UNDELIVERED):
        raise MailValueError("addresses are in what tells whom a letter did not reach, and in no other mail")
    if not all(map(_MASKED_ADDRESS.fullmatch, values.get("addresses", "e•••@voorbeeld.nl").split("\n"))):
        raise MailValueError("these are not masked addresses, one a line")
    if not _MOMENT.fullmatch(values.get("moment", "01-01-2000 00:00")):
        raise MailValueError("a moment in a mail is a date and a time")
    if kind in NEEDS_A_LINK and "link" not in values:
        raise MailValueError("this mail needs a link")
    if "link" in values:
        _check_link(values["link"])
    return values


def _is_login_name(line: str) -> bool:
    return 0 < len(line) <= _LONGEST_LOGIN_NAME and line.isprintable()


def _is_organisation(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_ORGANISATION and name.isprintable()


def _check_link(link: str) -> None:
    # Parsing drops line ends and tabs without a word, so they are looked for first.
    if len(link) > _LONGEST_LINK or _UNFIT_FOR_A_LINK.search(link):
        raise MailValueError("this link cannot be in a mail")
    address = urlsplit(link)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise MailValueError("a link in a mail begins with http:// or https://")

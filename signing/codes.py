"""The code by SMS with which somebody signs (G-07, G-08; signing.md 9.3; D-rule 33).

It is what every code is (`accounts.one_time_codes`), and is bound to the signer, the number, the certified document and
the words that are agreed with: for anything else it is a wrong code. A newer one puts an end to the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from accounts.actor import Actor
from accounts.models import Person
from accounts.one_time_codes import LIFETIME, new_code, use_up
from accounts.phones import masked_phone, normalise_phone, phone_of
from audit.actions import Action
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.outbox import MessageState
from delivery.receipts import Receipt
from delivery.sms import SmsKind, SmsRules, queue_sms
from dialogs.invitations import phone_of as phone_of_participant
from dialogs.models import Participant, ParticipantKind
from signing.errors import NumberMissing, TooManyCodes
from signing.events import EventKind, add_event
from signing.finding import find_request, find_to_sign
from signing.models import RequestState, Signer, SignerState, SigningCode, SigningRequest
from signing.places import place_of_number, place_of_signing_code
from signing.recording import record_act
from signing.statements import statement_sha256

MOST_SENDS = 3
WITHIN = timedelta(minutes=10)
OF_ACCOUNT, OF_RECIPIENT = "account", "recipient"


@dataclass(frozen=True)
class Reach:
    """The number that a code goes to, and who gave it: the record, the sender, the own account, or the recipient."""

    number: str = field(repr=False)
    source: str

    @property
    def masked(self) -> str:
        """What may be shown of it."""
        return masked_phone(self.number)


@dataclass(frozen=True)
class SmsState:
    """What is known of the newest code: when it was sent, whether the SMS left, and until when it is good.

    `receipt` is what the gateway told of the telephone since, which many never do.
    """

    sent_at: datetime
    expires_at: datetime
    state: MessageState
    receipt: Receipt | None


def reach_of(session: Session, request_id: UUID, actor: Actor) -> Reach | None:
    """Where the actor's code goes; None where nobody gave a number, so that the actor may. Raises as `find_request`."""
    place = find_request(session, request_id, actor)
    return None if place.signer is None else _known_number(session, place.signer, place.participant, actor)


def send_code(
    session: Session, request_id: UUID, actor: Actor, *, given_number: str | None = None, rules: SmsRules
) -> str:
    """*Verstuur sms*: send a code to the number of a signer who has the document before him; return what may be shown.

    `given_number` is used only where nobody else gave one (signing.md 7.2). Raises as `find_to_sign`, `NumberMissing`,
    `accounts.errors.MalformedNumber`, `TooManyCodes`, `delivery.errors.TooManySms`: then the code before still works.
    """
    place, signer = find_to_sign(session, request_id, actor, SignerState.READ)
    reach = _number(session, signer, place.participant, actor, given_number)
    return send_to(session, place.request, signer, reach, actor, rules=rules)


def send_to(
    session: Session, request: SigningRequest, signer: Signer, reach: Reach, actor: Actor, *, rules: SmsRules
) -> str:
    """Send a code to where a signer is reached, and return what may be shown of that; the caller has found the signer.

    Raises `TooManyCodes`, `delivery.errors.TooManySms`.
    """
    if _sent_lately(session, signer) >= MOST_SENDS:
        raise TooManyCodes
    code, now = new_code(session.source), session.source.now()
    # What was not sent is neither in the log nor counted, for the caller may keep the rest of the request.
    with session.begin_nested():
        record_act(session, Action.SMS_CODE_SEND, request, actor, {"purpose": "signing"}, signer_id=signer.id)
        message = queue_sms(
            session,
            organisation_id=request.organisation_id,
            person_id=actor.person_id,
            kind=SmsKind.SIGNING_CODE,
            to=reach.number,
            code=code,
            expires_at=now + LIFETIME,
            language=actor.language.value,
            rules=rules,
            reference=request.reference,
        )
    end_codes(session, signer.id)
    _keep_number(session, signer, reach)
    row = _row(session, request, signer, message)
    row.code_hash = _digest(session, row, reach.number, code)
    session.add(row)
    details = {"code": str(row.id), "number_from": reach.source}
    add_event(session, request, EventKind.CODE_SENT, signer=signer, actor=actor, details=details)
    return reach.masked


def use_code(session: Session, request: SigningRequest, signer: Signer, typed: str) -> SigningCode:
    """Use up the code that waits for a signer, for this document and these words. Raises `accounts.errors.WrongCode`.

    The try is counted before its result is known.
    """
    number = _open_number(session, signer) or ""

    def digest(code_id: UUID, code: str) -> bytes:
        row = session.get_one(SigningCode, code_id)
        return _digest(session, row, number, code)

    return use_up(session, SigningCode, _usable(session, request, signer), typed, digest)


def sms_state(session: Session, request_id: UUID, actor: Actor) -> SmsState | None:
    """What became of the actor's newest code that still works; None where none waits. Raises as `find_request`."""
    place = find_request(session, request_id, actor)
    if place.signer is None or place.state is not RequestState.RUNNING:
        return None
    statement = (
        select(SigningCode, OutgoingMessage.state, OutgoingMessage.receipt)
        .join(OutgoingMessage, OutgoingMessage.id == SigningCode.message_id)
        .where(*_usable(session, place.request, place.signer))
    )
    found = session.execute(statement.execution_options(populate_existing=True)).first()
    if found is None:
        return None
    code, state, receipt = found
    return SmsState(code.created_at, code.expires_at, MessageState(state), Receipt(receipt) if receipt else None)


def end_codes(session: Session, signer_id: UUID) -> None:
    """Let every code of a signer that was not used be worth nothing any more."""
    now = session.source.now()
    unused = update(SigningCode).where(SigningCode.signer_id == signer_id, SigningCode.used_at.is_(None))
    ended = unused.where(SigningCode.expires_at > now).values(expires_at=now)
    session.execute(ended.execution_options(synchronize_session=False))


def purge_signing_codes(session: Session) -> int:
    """Delete the codes that were not used, once they count for nothing; return how many. Evidence tells of the used."""
    gone = delete(SigningCode).where(
        SigningCode.used_at.is_(None), SigningCode.expires_at <= session.source.now() - WITHIN
    )
    return len(session.scalars(gone.returning(SigningCode.id)).all())


def _number(session: Session, signer: Signer, person: Participant | None, actor: Actor, given: str | None) -> Reach:
    known = _known_number(session, signer, person, actor)
    if (given or "").strip() and (known is None or _was_given_here(signer)):
        return Reach(normalise_phone(given or ""), OF_RECIPIENT)
    if known is None:
        raise NumberMissing
    return known


def _known_number(session: Session, signer: Signer, person: Participant | None, actor: Actor) -> Reach | None:
    """The number that the sender gave, or of the own account of a user; else the one that was given here before."""
    if person is not None and person.kind != ParticipantKind.USER:
        number = phone_of_participant(session, person)
        if number is not None:
            return Reach(number, person.phone_source or OF_RECIPIENT)
    elif (number := _number_of_account(session, actor)) is not None:
        return Reach(number, OF_ACCOUNT)
    given = _open_number(session, signer)
    return None if given is None else Reach(given, OF_RECIPIENT)


def _number_of_account(session: Session, actor: Actor) -> str | None:
    person = session.get_one(Person, actor.person_id)
    return phone_of(session, person) if person.phone_confirmed_at is not None else None


def _was_given_here(signer: Signer) -> bool:
    return signer.phone_source == OF_RECIPIENT


def _open_number(session: Session, signer: Signer) -> str | None:
    if signer.phone_sealed is None:
        return None
    return session.package_key("signing").open(signer.phone_sealed, place_of_number(signer.id)).decode()


def _keep_number(session: Session, signer: Signer, reach: Reach) -> None:
    key = session.package_key("signing")
    signer.phone_sealed = key.seal(reach.number.encode(), place_of_number(signer.id))
    signer.phone_source = reach.source
    signer.number_digest = key.lookup(b"number/" + reach.number.encode())
    session.flush()


def _row(session: Session, request: SigningRequest, signer: Signer, message: OutgoingMessage) -> SigningCode:
    now = session.source.now()
    return SigningCode(
        id=session.source.new_id(),
        signer_id=signer.id,
        organisation_id=request.organisation_id,
        base_sha256=request.base_sha256,
        statement_sha256=statement_sha256(request.statement_version),
        message_id=message.id,
        tries=0,
        created_at=now,
        expires_at=now + LIFETIME,
    )


def _sent_lately(session: Session, signer: Signer) -> int:
    since = session.source.now() - WITHIN
    sent = select(func.count()).where(SigningCode.signer_id == signer.id, SigningCode.created_at > since)
    return session.scalar(sent) or 0


def _usable(session: Session, request: SigningRequest, signer: Signer) -> tuple[ColumnElement[bool], ...]:
    return (
        SigningCode.signer_id == signer.id,
        SigningCode.base_sha256 == request.base_sha256,
        SigningCode.statement_sha256 == statement_sha256(request.statement_version),
        SigningCode.used_at.is_(None),
        SigningCode.expires_at > session.source.now(),
    )


def _digest(session: Session, row: SigningCode, number: str, code: str) -> bytes:
    bound = place_of_signing_code(row).encode() + row.base_sha256 + row.statement_sha256 + number.encode() + b"/"
    return session.package_key("signing").lookup(b"code/" + bound + code.encode("utf-8", "surrogatepass"))

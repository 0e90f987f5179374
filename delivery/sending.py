"""The worker's half of the outbox: taking what is due under a lease, handing it over, and wiping what it said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from crypto.errors import UnsealError
from database.session import Session
from delivery.composing import compose
from delivery.errors import DeliveryFailed, Reason
from delivery.gateways import Sms, SmsGateway
from delivery.languages import Language
from delivery.letters import LETTER, compose_letter, open_letter, wipe_attachments
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, MessageState, open_content
from delivery.rendering import render_sms
from delivery.sms import SmsKind, open_sms
from delivery.transports import Transport
from delivery.undelivered import tell_sender

# Longer than a transport takes for one mail, so that only a worker that died loses its lease.
LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=5)

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
# When the server itself was away, all that waited must have left within five minutes after its return.
WAITS_WHEN_UNREACHABLE = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4))
_SMS_WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 20, 40, 60))

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How long a message is held by one worker, and after which waits it is tried again."""

    lease: timedelta
    waits: tuple[timedelta, ...]
    waits_when_unreachable: tuple[timedelta, ...]


SMS_PACE = Pace(timedelta(minutes=1), _SMS_WAITS, _SMS_WAITS)


def send_due(factory: Callable[[], Session], transport: Transport, limit: int = 20, lease: timedelta = LEASE) -> int:
    """Send at most `limit` mails that are due; return how many left.

    Each is taken by one conditional UPDATE and sent outside any transaction, so several workers never send the same one
    and a page never waits for a mail server. A worker that dies loses its lease and another sends the mail again, with
    the same Message-ID: when only the answer got lost a mail arrives twice, recognisably, and none is ever lost. What
    has expired is never sent. When no mail can leave at all, the others are left for the next turn.
    """
    outbox = _Outbox(factory, "mail", Pace(lease, WAITS, WAITS_WHEN_UNREACHABLE))
    return outbox.send_due(lambda message: transport.send(_composed(factory, transport, message)), limit)


def send_due_sms(factory: Callable[[], Session], gateway: SmsGateway, limit: int = 20) -> int:
    """Send at most `limit` text messages that are due, as `send_due` does mails; return how many left.

    A repeat carries the same reference. Leases and waits are shorter, for a code is good for ten minutes only.
    """
    outbox = _Outbox(factory, "sms", SMS_PACE)
    return outbox.send_due(lambda message: _sent_by(gateway, _written(factory, message)), limit)


@dataclass(frozen=True)
class _Outbox:
    """The waiting messages of one channel."""

    factory: Callable[[], Session]
    channel: str
    pace: Pace

    def send_due(self, send: Callable[[OutgoingMessage], Collection[str]], limit: int) -> int:
        self._expire()
        sent = 0
        for _ in range(limit):
            message = self._claim()
            if message is None:
                break
            reason = self._hand_over(send, message)
            sent += reason is None
            if reason is Reason.UNREACHABLE:
                break
        return sent

    def _hand_over(self, send: Callable[[OutgoingMessage], Collection[str]], message: OutgoingMessage) -> Reason | None:
        try:
            refused = send(message)
        except DeliveryFailed as failure:
            reason = failure.reason
        except UnsealError:
            # The wrong root key may be in place; the right one can still be put back.
            reason = Reason.LATER
        else:
            self._finish(message, MessageState.SENT, refused)
            return None
        self._keep_or_give_up(message, reason)
        return reason

    def _expire(self) -> None:
        with self.factory() as session:
            now = session.source.now()
            has_expired = self._is_free(now) & (OutgoingMessage.expires_at <= now)
            letters = select(OutgoingMessage).where(has_expired, OutgoingMessage.kind == LETTER)
            for letter in session.scalars(letters.with_for_update(skip_locked=True)):
                tell_sender(session, letter)
            expired = update(OutgoingMessage).where(has_expired)
            session.execute(expired.values(_finished(MessageState.EXPIRED, now)))
            wipe_attachments(session)
            session.commit()

    def _claim(self) -> OutgoingMessage | None:
        with self.factory() as session:
            now = session.source.now()
            next_due = (
                select(OutgoingMessage.id)
                .where(self._is_free(now), OutgoingMessage.not_before <= now, _is_in_time(now))
                .order_by(OutgoingMessage.not_before, OutgoingMessage.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            statement = (
                update(OutgoingMessage)
                .where(OutgoingMessage.id == next_due.scalar_subquery())
                .values(locked_until=now + self.pace.lease, attempts=OutgoingMessage.attempts + 1)
                .returning(OutgoingMessage)
                .execution_options(synchronize_session=False)
            )
            message = session.scalars(statement).one_or_none()
            session.commit()
            return message

    def _keep_or_give_up(self, message: OutgoingMessage, reason: Reason) -> None:
        with self.factory() as session:
            now = session.source.now()
        if reason is Reason.NEVER or now - message.created_at >= GIVE_UP_AFTER:
            name = "a mail" if self.channel == "mail" else "an SMS"
            log.warning(f"{name} was given up: {message.kind}, {reason} after {message.attempts} attempts")
            self._finish(message, MessageState.GIVEN_UP)
            return
        waits = self.pace.waits_when_unreachable if reason is Reason.UNREACHABLE else self.pace.waits
        wait = waits[min(message.attempts, len(waits)) - 1]
        self._update(message, {"not_before": now + wait, "locked_until": None})

    def _finish(self, message: OutgoingMessage, state: MessageState, refused: Collection[str] | None = None) -> None:
        """Write down what became of a message; None of its recipients were reached but for those not `refused`."""
        with self.factory() as session:
            now = session.source.now()
        self._update(message, _finished(state, now), missed=refused is None or len(refused) > 0, refused=refused)

    def _update(
        self,
        message: OutgoingMessage,
        values: dict[str, Any],
        *,
        missed: bool = False,
        refused: Collection[str] | None = None,
    ) -> None:
        # The number of the attempt tells this worker's hold from that of one who took the message over.
        is_still_ours = (OutgoingMessage.id == message.id) & (OutgoingMessage.attempts == message.attempts)
        with self.factory() as session:
            changed = session.scalars(
                update(OutgoingMessage).where(is_still_ours).values(values).returning(OutgoingMessage.id)
            ).all()
            if changed and missed:
                tell_sender(session, message, refused)
            wipe_attachments(session)
            session.commit()

    def _is_free(self, now: datetime) -> ColumnElement[bool]:
        is_waiting = (OutgoingMessage.state == MessageState.WAITING.value) & (OutgoingMessage.channel == self.channel)
        return is_waiting & or_(OutgoingMessage.locked_until.is_(None), OutgoingMessage.locked_until <= now)


def _sent_by(gateway: SmsGateway, sms: Sms) -> Collection[str]:
    gateway.send(sms)
    return ()


def _composed(factory: Callable[[], Session], transport: Transport, message: OutgoingMessage) -> EmailMessage:
    if message.kind == LETTER:
        return _composed_letter(factory, transport, message)
    with factory() as session:
        content = open_content(session, message)
    return compose(
        MailKind(message.kind),
        content,
        sender=transport.sender,
        identity=message.message_id,
        date=message.created_at,
        language=Language(message.language),
    )


def _composed_letter(factory: Callable[[], Session], transport: Transport, message: OutgoingMessage) -> EmailMessage:
    with factory() as session:
        letter, attachments = open_letter(session, message)
    return compose_letter(
        letter, attachments, sender=transport.sender, identity=message.message_id, date=message.created_at
    )


def _written(factory: Callable[[], Session], message: OutgoingMessage) -> Sms:
    with factory() as session:
        content = open_sms(session, message)
    text = render_sms(SmsKind(message.kind), content, Language(message.language))
    return Sms(content.to, text, message.message_id, message.created_at)


def _finished(state: MessageState, now: datetime) -> dict[str, Any]:
    return {"state": state.value, "finished_at": now, "sealed": None, "locked_until": None}


def _is_in_time(now: datetime) -> ColumnElement[bool]:
    return or_(OutgoingMessage.expires_at.is_(None), OutgoingMessage.expires_at > now)

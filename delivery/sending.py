"""The worker's half of the outbox: taking what is due under a lease, handing it over, and wiping what it said."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from crypto.errors import UnsealError
from database.session import Session
from delivery.composing import compose
from delivery.errors import DeliveryFailed, Reason
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, MessageState, open_content
from delivery.transports import Transport

# Longer than a transport takes for one mail, so that only a worker that died loses its lease.
LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=5)

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
# When the server itself was away, all that waited must have left within five minutes after its return.
WAITS_WHEN_UNREACHABLE = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4))

log = logging.getLogger(__name__)


def send_due(factory: Callable[[], Session], transport: Transport, limit: int = 20, lease: timedelta = LEASE) -> int:
    """Send at most `limit` mails that are due; return how many left.

    Each is taken by one conditional UPDATE and sent outside any transaction, so several workers never send the same one
    and a page never waits for a mail server. A worker that dies loses its lease and another sends the mail again, with
    the same Message-ID: when only the answer got lost a mail arrives twice, recognisably, and none is ever lost. What
    has expired is never sent. When no mail can leave at all, the others are left for the next turn.
    """
    _expire(factory)
    sent = 0
    for _ in range(limit):
        message = _claim(factory, lease)
        if message is None:
            break
        reason = _hand_over(factory, transport, message)
        sent += reason is None
        if reason is Reason.UNREACHABLE:
            break
    return sent


def _hand_over(factory: Callable[[], Session], transport: Transport, message: OutgoingMessage) -> Reason | None:
    try:
        transport.send(_composed(factory, transport, message))
    except DeliveryFailed as failure:
        reason = failure.reason
    except UnsealError:
        # The wrong root key may be in place; the right one can still be put back.
        reason = Reason.LATER
    else:
        _finish(factory, message, MessageState.SENT)
        return None
    _keep_or_give_up(factory, message, reason)
    return reason


def _composed(factory: Callable[[], Session], transport: Transport, message: OutgoingMessage) -> EmailMessage:
    with factory() as session:
        content = open_content(session, message)
    kind = MailKind(message.kind)
    return compose(kind, content, sender=transport.sender, identity=message.message_id, date=message.created_at)


def _expire(factory: Callable[[], Session]) -> None:
    with factory() as session:
        now = session.source.now()
        statement = update(OutgoingMessage).where(_is_free(now), OutgoingMessage.expires_at <= now)
        session.execute(statement.values(_finished(MessageState.EXPIRED, now)))
        session.commit()


def _claim(factory: Callable[[], Session], lease: timedelta) -> OutgoingMessage | None:
    with factory() as session:
        now = session.source.now()
        next_due = (
            select(OutgoingMessage.id)
            .where(_is_free(now), OutgoingMessage.not_before <= now, _is_in_time(now))
            .order_by(OutgoingMessage.not_before, OutgoingMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        statement = (
            update(OutgoingMessage)
            .where(OutgoingMessage.id == next_due.scalar_subquery())
            .values(locked_until=now + lease, attempts=OutgoingMessage.attempts + 1)
            .returning(OutgoingMessage)
            .execution_options(synchronize_session=False)
        )
        message = session.scalars(statement).one_or_none()
        session.commit()
        return message


def _keep_or_give_up(factory: Callable[[], Session], message: OutgoingMessage, reason: Reason) -> None:
    with factory() as session:
        now = session.source.now()
    if reason is Reason.NEVER or now - message.created_at >= GIVE_UP_AFTER:
        log.warning(f"a mail was given up: {message.kind}, {reason} after {message.attempts} attempts")
        _finish(factory, message, MessageState.GIVEN_UP)
        return
    waits = WAITS_WHEN_UNREACHABLE if reason is Reason.UNREACHABLE else WAITS
    wait = waits[min(message.attempts, len(waits)) - 1]
    _update(factory, message, {"not_before": now + wait, "locked_until": None})


def _finish(factory: Callable[[], Session], message: OutgoingMessage, state: MessageState) -> None:
    with factory() as session:
        now = session.source.now()
    _update(factory, message, _finished(state, now))


def _update(factory: Callable[[], Session], message: OutgoingMessage, values: dict[str, Any]) -> None:
    # The number of the attempt tells this worker's hold from that of one who took the mail over.
    is_still_ours = (OutgoingMessage.id == message.id) & (OutgoingMessage.attempts == message.attempts)
    with factory() as session:
        session.execute(update(OutgoingMessage).where(is_still_ours).values(values))
        session.commit()


def _finished(state: MessageState, now: datetime) -> dict[str, Any]:
    return {"state": state.value, "finished_at": now, "sealed": None, "locked_until": None}


def _is_free(now: datetime) -> ColumnElement[bool]:
    is_waiting = OutgoingMessage.state == MessageState.WAITING.value
    return is_waiting & or_(OutgoingMessage.locked_until.is_(None), OutgoingMessage.locked_until <= now)


def _is_in_time(now: datetime) -> ColumnElement[bool]:
    return or_(OutgoingMessage.expires_at.is_(None), OutgoingMessage.expires_at > now)

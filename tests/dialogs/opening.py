"""What a person can open of dialogues with own key and whole database, without asking the application.

Every grant of the person is tried on every message; the link of an invitation is a recipient as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from crypto.errors import UnsealError
from crypto.hybrid import KeyPair, open_with
from crypto.sealing import Context, unseal
from crypto.secret import Secret
from database.session import Session
from dialogs.contents import Content
from dialogs.models import Message
from keys.models import Grant
from keys.places import wrap_key_of


def texts_open_to(session: Session, recipient_id: UUID, *secrets: Secret) -> set[str]:
    """Every text that whoever has these secrets of one recipient, of whatever generation, can open."""
    opened = {secret.reveal(): secret for own in secrets for secret in _handed(session, recipient_id, own)}
    found = set()
    for message in session.scalars(select(Message).execution_options(populate_existing=True)):
        for secret in opened.values():
            try:
                text = Content.from_bytes(unseal(wrap_key_of(secret), message.sealed, _place(message))).text
            except UnsealError:
                continue
            found |= {text} if text else set()
    return found


def _handed(session: Session, recipient_id: UUID, own: Secret) -> Iterator[Secret]:
    grants = session.scalars(
        select(Grant).where(Grant.recipient_id == recipient_id).execution_options(populate_existing=True)
    )
    for grant in grants.all():
        place = Context(
            "key_grant",
            grant.id,
            "sealed",
            version=grant.recipient_generation,
            holder=grant.holder_id,
            generation=grant.generation,
            recipient=grant.recipient_id,
        )
        try:
            yield Secret(open_with(KeyPair.from_secret(own), grant.sealed, place))
        except UnsealError:
            try:
                yield Secret(unseal(wrap_key_of(own), grant.sealed, place))
            except UnsealError:
                continue


def _place(message: Message) -> Context:
    return Context(
        "dialogue_message",
        message.id,
        "sealed",
        version=message.number,
        holder=message.dialogue_id,
        generation=message.epoch_number,
        recipient=message.participant_id,
    )

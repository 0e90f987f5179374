"""Telling who sent a letter that it did not reach somebody, which a mail server says to nobody but us (DOC-14)."""

from __future__ import annotations

from collections.abc import Collection

from crypto.errors import UnsealError
from database.calendar import DUTCH_TIME
from database.session import Session
from delivery.languages import Language
from delivery.letters import LETTER, open_letter
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, queue_mail


def tell_sender(session: Session, message: OutgoingMessage, refused: Collection[str] | None = None) -> None:
    """Mail the sender of a letter whom it did not reach: `refused`, or everybody. Of another mail nobody is told.

    It names the addresses masked, and neither the subject nor the files. Call it before what the letter says is wiped.
    """
    if message.kind != LETTER:
        return
    try:
        letter, _files = open_letter(session, message)
    except UnsealError:
        # Without the key that it was sealed with nobody knows any more who sent it.
        return
    everybody = (*letter.to, *letter.cc, *letter.bcc)
    missed = [address for address in everybody if refused is None or address in refused]
    moment = message.created_at.astimezone(DUTCH_TIME)
    queue_mail(
        session,
        organisation_id=message.organisation_id,
        kind=MailKind.LETTER_UNDELIVERED,
        to=letter.answers_to,
        values={"addresses": "\n".join(map(masked, missed)), "moment": f"{moment:%d-%m-%Y %H:%M}"},
        language=Language(message.language),
    )


def masked(address: str) -> str:
    """e•••@voorbeeld.nl, which whoever typed the address knows again."""
    return f"{address[0]}•••@{address.rpartition('@')[2]}"

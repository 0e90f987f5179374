"""What a gateway tells afterwards of an SMS that it took: that the telephone has it, or never got it (signing.md 9.3).

A gateway may tell late, twice, in another order, or never; and it is believed about nothing but the SMS whose reference
it knows, which is made of chance and told to nobody else. Numbers that stand in a report are not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import or_, update

from database.session import Session
from delivery.models import OutgoingMessage
from delivery.sms import CHANNEL

MOST_REPORTS = 1000
"""In one request; gateways send one, or a handful."""


class Receipt(StrEnum):
    """What became of an SMS; that it arrived is never taken back."""

    ARRIVED = "arrived"
    FAILED = "failed"


@dataclass(frozen=True)
class Report:
    """What a gateway says of the SMS with this reference."""

    reference: str
    receipt: Receipt


# CM.com counts 0 taken, 1 refused, 2 arrived, 3 failed; Spryng 10 arrived and 20 failed; others use the words of SMPP.
_MEANINGS: Mapping[str, Mapping[str, Receipt]] = {
    "cm": {"1": Receipt.FAILED, "2": Receipt.ARRIVED, "3": Receipt.FAILED},
    "spryng": {"10": Receipt.ARRIVED, "20": Receipt.FAILED},
    "http": {
        "delivered": Receipt.ARRIVED,
        "delivrd": Receipt.ARRIVED,
        "expired": Receipt.FAILED,
        "failed": Receipt.FAILED,
        "rejected": Receipt.FAILED,
        "rejectd": Receipt.FAILED,
        "undeliv": Receipt.FAILED,
        "undelivered": Receipt.FAILED,
    },
}


def read_reports(gateway: str, body: bytes, content_type: str, query: Mapping[str, str]) -> list[Report]:
    """Return what `gateway` (`cm`, `spryng` or `http`) says in a request; states on the way say nothing.

    A report has the fields `reference` and `status`, in capitals or not, in the address, a form or JSON; those of
    CM.com lie in a list of messages. Raises `ValueError` for what is none of these.
    """
    found = []
    for fields in _fields(body, content_type, query):
        named = {str(name).lower(): value for name, value in fields.items()}
        status = named.get("status")
        word = status.get("code") if isinstance(status, dict) else status
        reference = named.get("reference")
        if not isinstance(reference, str) or not isinstance(word, str | int):
            raise ValueError("a report has a reference and a status")
        receipt = _MEANINGS[gateway].get(str(word).lower())
        if receipt is not None:
            found.append(Report(reference, receipt))
    return found


def note_reports(session: Session, reports: list[Report]) -> int:
    """Write down what became of each SMS, and return of how many that was news; an unknown reference is none."""
    news = 0
    for report in reports:
        # An SMS of two parts fails and arrives; that somebody got it is worth more.
        is_news = or_(OutgoingMessage.receipt.is_(None), OutgoingMessage.receipt == Receipt.FAILED.value)
        told = update(OutgoingMessage).where(
            OutgoingMessage.message_id == report.reference, OutgoingMessage.channel == CHANNEL, is_news
        )
        noted = told.values(receipt=report.receipt.value).returning(OutgoingMessage.id)
        news += len(session.scalars(noted.execution_options(synchronize_session=False)).all())
    return news


def _fields(body: bytes, content_type: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    if not body:
        yield query
    elif content_type == "application/json":
        yield from _messages(json.loads(body))
    else:
        yield dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))


def _messages(told: Any) -> list[Mapping[str, Any]]:
    """The reports in JSON: one, a list, or CM's `messages` with one `msg` or a list of them."""
    if isinstance(told, dict) and isinstance(told.get("messages"), dict):
        told = told["messages"].get("msg")
    messages = told if isinstance(told, list) else [told]
    if len(messages) > MOST_REPORTS or not all(isinstance(message, dict) for message in messages):
        raise ValueError("these are no reports")
    return messages

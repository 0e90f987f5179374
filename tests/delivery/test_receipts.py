"""What gateways tell afterwards: in each shape, late, twice, in another order, and of what is no SMS (9.3)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from audit import PLATFORM_ID
from crypto.source import SeededSource
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, queue_mail
from delivery.receipts import MOST_REPORTS, Receipt, Report, note_reports, read_reports
from delivery.sms import SmsKind, queue_sms_notice

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
KNOWN = "0f" * 16
ARRIVED, FAILED = Report(KNOWN, Receipt.ARRIVED), Report(KNOWN, Receipt.FAILED)


def of_cm(*codes: str) -> bytes:
    """As CM.com sends it, for one message alone and for several."""
    messages = [{"to": "0031600000007", "reference": KNOWN, "status": {"code": code}} for code in codes]
    return json.dumps({"messages": {"msg": messages if len(messages) > 1 else messages[0]}}).encode()


@pytest.mark.parametrize(
    ("gateway", "body", "kind", "query", "told"),
    [
        ("cm", of_cm("2"), JSON, {}, [ARRIVED]),
        ("cm", of_cm("0"), JSON, {}, []),
        ("cm", of_cm("0", "3", "2", "1"), JSON, {}, [FAILED, ARRIVED, FAILED]),
        ("spryng", b"", "", {"REFERENCE": KNOWN, "STATUS": "10", "MSISDN": "31600000007"}, [ARRIVED]),
        ("spryng", f"REFERENCE={KNOWN}&STATUS=20&MSISDN=31600000007".encode(), FORM, {}, [FAILED]),
        ("http", json.dumps({"reference": KNOWN, "status": "delivered"}).encode(), JSON, {}, [ARRIVED]),
        ("http", json.dumps([{"reference": KNOWN, "status": "Rejected"}]).encode(), JSON, {}, [FAILED]),
        ("http", f"reference={KNOWN}&status=DELIVRD".encode(), FORM, {}, [ARRIVED]),
        ("http", f"reference={KNOWN}&status=buffered".encode(), FORM, {}, []),
    ],
)
def test_each_shape_is_read(gateway: str, body: bytes, kind: str, query: dict[str, str], told: list[Report]) -> None:
    assert read_reports(gateway, body, kind, query) == told


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", JSON),
        (b"7", JSON),
        (b'{"reference": ["a"], "status": "delivered"}', JSON),
        (b'{"reference": "a", "status": {"code": null}}', JSON),
        (b'{"messages": {"msg": "x"}}', JSON),
        (b'{"status": "delivered"}', JSON),
        (b"[" * 100_000, JSON),
        (json.dumps([{}] * (MOST_REPORTS + 1)).encode(), JSON),
        (b"\xff\xfe=1", FORM),
        (b"<status/>", "text/xml"),
        (b"", ""),
    ],
)
def test_what_is_no_report_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_reports("http", body, kind, {})


def an_sms(session: Session) -> OutgoingMessage:
    return queue_sms_notice(
        session, organisation_id=PLATFORM_ID, kind=SmsKind.PHONE_CHANGED, to="+31600000007", language="nl"
    )


def receipt_of(session: Session, message: OutgoingMessage) -> str | None:
    return session.scalar(select(OutgoingMessage.receipt).where(OutgoingMessage.id == message.id))


def test_a_late_report_counts_and_that_it_arrived_is_never_taken_back(session: Session) -> None:
    message = an_sms(session)
    assert isinstance(session.source, SeededSource)
    session.source.advance(timedelta(days=2))
    told = [Report(message.message_id, receipt) for receipt in (Receipt.FAILED, Receipt.ARRIVED, Receipt.FAILED)]

    assert [note_reports(session, [report]) for report in told] == [1, 1, 0]
    assert receipt_of(session, message) == "arrived"


def test_a_report_tells_of_its_own_sms_only(session: Session) -> None:
    message, other = an_sms(session), an_sms(session)
    mail = queue_mail(session, organisation_id=PLATFORM_ID, kind=MailKind.ACCESS_REQUEST, to="eva@voorbeeld.nl")
    reports = [Report(reference, Receipt.ARRIVED) for reference in (message.message_id, mail.message_id, "f" * 32)]

    assert note_reports(session, reports) == 1
    assert [receipt_of(session, one) for one in (message, other, mail)] == ["arrived", None, None]

"""The mail itself follows RFC 5322 and can be recognised when it comes twice."""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage

import pytest

from delivery.composing import compose
from delivery.outbox import MailContent, MailKind

IDENTITY = "0123456789abcdef" * 2


def composed(to: str = "eva@voorbeeld.nl", sender: str = "noreply@datakluis.voorbeeld.nl") -> EmailMessage:
    content = MailContent(to, {"link": "https://datakluis.voorbeeld.nl/x"})
    date = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    return compose(MailKind.INVITATION, content, sender=sender, identity=IDENTITY, date=date)


def test_a_mail_has_the_headers_that_a_receiver_expects() -> None:
    mail = composed()

    assert mail["From"] == "Datakluis <noreply@datakluis.voorbeeld.nl>"
    assert mail["To"] == "eva@voorbeeld.nl"
    assert mail["Subject"] == "Uitnodiging voor Datakluis"
    assert mail["Date"] == "Sun, 22 Nov 2026 09:00:00 +0000"
    assert mail["Message-ID"] == f"<{IDENTITY}@datakluis.voorbeeld.nl>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "nl")


def test_text_and_html_survive_the_way_as_plain_ascii() -> None:
    sent = composed().as_bytes()

    assert sent.isascii()
    assert max(len(line) for line in sent.split(b"\r\n")) <= 998
    received = message_from_bytes(sent, policy=email.policy.default)
    text, html = received.get_body(("plain",)), received.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "één keer" in text.get_content()
    assert "één keer" in html.get_content()


@pytest.mark.parametrize("address", ["a@b.nl\nBcc: c@d.nl", "a@b.nl\r\n\r\nbody", "a@b.nl, c@d.nl"])
def test_even_past_the_outbox_no_address_adds_a_header_or_a_recipient(address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        composed(to=address)

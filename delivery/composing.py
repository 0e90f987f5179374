"""Making the mail itself of a row in the outbox (RFC 5322)."""

from __future__ import annotations

import email.policy
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from delivery.languages import Language
from delivery.outbox import MailContent, MailKind
from delivery.rendering import render


def compose(
    kind: MailKind,
    content: MailContent,
    *,
    sender: str,
    identity: str,
    date: datetime,
    language: Language = Language.DUTCH,
) -> EmailMessage:
    """Return the mail, text and HTML, in `language`.

    `identity` is the left side of its Message-ID, the domain of `sender` the right.

    Composed twice it is the same mail, but for the boundary between its parts.
    """
    rendered = render(kind, content.values, language)
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = Address("Datakluis", addr_spec=sender)
    message["To"] = Address(addr_spec=content.to)
    message["Subject"] = rendered.subject
    message["Date"] = date
    message["Message-ID"] = f"<{identity}@{sender.rpartition('@')[2]}>"
    # Keeps holiday replies and the like from answering (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = language.value
    return message

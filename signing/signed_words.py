"""What stands in a signed document for ever, and so in Dutch whatever the language of the screens is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from database.calendar import DUTCH_TIME
from signing.entries import SignerEntry
from signing.models import SigningMethod

EVIDENCE_NAME = "Ondertekenbewijs {name}"

_METHODS: Mapping[SigningMethod, str] = {
    SigningMethod.SMS: "Met een code per sms",
    SigningMethod.SECURITY_KEY: "Met een beveiligingssleutel",
    SigningMethod.AUTHENTICATOR: "Met een authenticator-app",
    SigningMethod.TOGETHER: "Ter plaatse, samen achter één scherm",
    SigningMethod.TOGETHER_SMS: "Ter plaatse, met een code per sms",
}


def frame_lines(entry: SignerEntry) -> tuple[str, ...]:
    """What stands above the frame for a signature: who is to sign, and on behalf of whom."""
    return entry.name, f"Ondertekening namens: {entry.capacity or entry.label}"


def signature_lines(
    entry: SignerEntry, method: SigningMethod, moment: datetime, masked_number: str, reference: str
) -> tuple[str, ...]:
    """What stands in the frame once it is signed: who, how that was shown, when, and the reference of the evidence."""
    how = f"{_METHODS[method]} naar {masked_number}" if masked_number else _METHODS[method]
    return entry.name, f"Ondertekend op {local_moment(moment)}", how, f"Kenmerk {reference}"


def local_moment(moment: datetime) -> str:
    """A moment as a clock in the Netherlands showed it, with the difference to UTC: 27-11-2026 10:30:05 (+01:00)."""
    here = moment.astimezone(DUTCH_TIME)
    return f"{here:%d-%m-%Y %H:%M:%S} ({here.isoformat()[-6:]})"

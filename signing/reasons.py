"""Why somebody declines to sign, or withdraws a request: a text that the parties read, and the log does not."""

from __future__ import annotations

from organisation.employer_fields import N_
from signing.errors import FieldFault, InvalidRequest

LONGEST_REASON = 500


def check_reason(typed: str) -> str:
    """The reason as it is kept. Raises `InvalidRequest`."""
    clean = typed.replace("\r\n", "\n").replace("\0", "").strip()
    if not clean:
        raise InvalidRequest([FieldFault("reason", N_("Schrijf in een zin waarom."))])
    if len(clean) > LONGEST_REASON:
        raise InvalidRequest([FieldFault("reason", N_("Gebruik ten hoogste 500 tekens."))])
    return clean

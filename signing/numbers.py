"""The mobile number that a code goes to: sealed for the server, and shown by its last two digits only."""

from __future__ import annotations

from accounts.phones import masked_phone
from database.session import Session
from signing.models import Signer
from signing.places import place_of_number


def masked_number(session: Session, signer: Signer) -> str:
    """What may be shown of the number of a signer; empty where there is none. Raises `UnsealError`."""
    if signer.phone_sealed is None:
        return ""
    number = session.package_key("signing").open(signer.phone_sealed, place_of_number(signer.id))
    return masked_phone(number.decode())

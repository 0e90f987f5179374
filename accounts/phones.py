"""Phone numbers of people with a login: in one form, sealed, and shown by their last two digits only (L-07, L-32)."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from accounts.errors import MalformedNumber
from accounts.models import Person
from crypto.sealing import Context
from database.session import Session

REGION = "NL"
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_LONGEST_TYPED = 40
# Reaches nobody, as the example domains of RFC 2606 do not: what tests and the demo use.
_NOBODY = re.compile(r"\+3160{6}[0-9]{2}")


def normalise_phone(typed: str) -> str:
    """Return a mobile number in E.164, from how it was typed in the Netherlands or with its country code.

    Raises `MalformedNumber` for what is no number, and for one that gets no SMS.
    """
    if len(typed) > _LONGEST_TYPED:
        raise MalformedNumber
    try:
        parsed = phonenumbers.parse(typed, REGION)
    except NumberParseException:
        raise MalformedNumber from None
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    is_mobile = phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _MOBILE
    if not is_mobile and not _NOBODY.fullmatch(number):
        raise MalformedNumber
    return number


def set_phone(session: Session, person: Person, typed: str) -> None:
    """Seal a person's phone number, bound to that person. Another one than before must be confirmed first (L-07).

    Raises `MalformedNumber`.
    """
    number = normalise_phone(typed)
    if number == phone_of(session, person):
        return
    person.phone_sealed = session.package_key("accounts").seal(number.encode(), _place_of_phone(person))
    person.phone_confirmed_at = None


def phone_of(session: Session, person: Person) -> str | None:
    """Return a person's number in E.164, confirmed or not. Raises `crypto.errors.UnsealError` for a changed row."""
    if person.phone_sealed is None:
        return None
    return session.package_key("accounts").open(person.phone_sealed, _place_of_phone(person)).decode()


def masked_phone(number: str) -> str:
    """Return what a screen may show of a number: its last two digits."""
    return f"•••• {number[-2:]}"


def _place_of_phone(person: Person) -> Context:
    return Context("person", person.id, "phone_sealed")

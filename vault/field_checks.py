"""What the fields of an employee and an employment may hold (E-03, E-06; domain.md B.7, B.10).

Each `clean_*` takes what a person typed or a file held and gives the value to keep, or raises `InvalidFields` with one
fault that says what would be right. Faults never quote the value, so that they may be logged and counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn as bsn_numbers
from stdnum.nl import postcode as postcodes

from vault.errors import FieldFault, InvalidFields
from vault.fields import Card, Details

PERSONNEL_NUMBER_LENGTH = 35
NAME_LENGTH = 120
EARLIEST_BIRTH = date(1900, 1, 1)

T = TypeVar("T")

_PHONE = re.compile(r"\+?[0-9(][0-9 ()\-./]{4,23}")
_HOUSE_NUMBER = re.compile(r"[0-9]{1,5}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def N_(message: str) -> str:
    """Mark a Dutch text for the catalogue; it is translated where it is shown."""
    return message


def clean_text(value: str | None, field: str, length: int = NAME_LENGTH) -> str | None:
    """The text in NFC without spaces around it or doubled; None when nothing is left.

    Raises `InvalidFields` above `length` characters, or for control characters and marks that turn the direction of
    text, which would make a list show something else than is stored.
    """
    text = " ".join(unicodedata.normalize("NFC", value or "").split())
    if len(text) > length:
        raise _fault(field, N_("Deze tekst is te lang; kort hem in."))
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in text):
        raise _fault(field, N_("Er staan onzichtbare tekens in; typ de tekst opnieuw."))
    return text or None


def clean_personnel_number(value: str | None) -> str:
    """The personnel number, at most 35 characters (B.10). Raises `InvalidFields`."""
    text = clean_text(value, "personnel_number", PERSONNEL_NUMBER_LENGTH)
    if text is None:
        raise _fault("personnel_number", N_("Vul een personeelsnummer in."))
    return text


def clean_bsn(value: str | None) -> str | None:
    """The BSN in nine digits; a lost leading zero is put back (B.7, X-22). Raises `InvalidFields`."""
    digits = re.sub(r"[\s.\-]", "", value or "")
    if not digits:
        return None
    try:
        return str(bsn_numbers.validate(digits.zfill(9) if len(digits) == 8 else digits))
    except ValidationError:
        raise _fault("bsn", N_("Dit is geen BSN. Een BSN heeft negen cijfers; controleer ze.")) from None


def clean_postcode(value: str | None, country: str | None = None) -> str | None:
    """The postcode, a Dutch one as `1234AB`; of another country as it was written. Raises `InvalidFields`."""
    text = clean_text(value, "postcode", 10)
    if text is None or country not in {None, "NL"}:
        return text
    try:
        return str(postcodes.validate(text)).replace(" ", "")
    except ValidationError:
        raise _fault("postcode", N_("Vul een postcode in, zoals 3511 AB.")) from None


def clean_email(value: str | None, field: str) -> str | None:
    """The mail address, normalised; whether it exists is not asked. Raises `InvalidFields`."""
    text = clean_text(value, field, 254)
    if text is None:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise _fault(field, N_("Vul een e-mailadres in, zoals naam@bedrijf.nl.")) from None


def clean_phone(value: str | None, field: str) -> str | None:
    """The phone number as it was written, when it can be one. Raises `InvalidFields`."""
    text = clean_text(value, field, 25)
    if text is not None and not _PHONE.fullmatch(text):
        raise _fault(field, N_("Vul een telefoonnummer in, zoals 06 12345678 of +31 6 12345678."))
    return text


def clean_birth_date(value: date | None, today: date) -> date:
    """The birth date, between 1900 and today. Raises `InvalidFields`."""
    if value is None or not EARLIEST_BIRTH <= value <= today:
        raise _fault("birth_date", N_("Vul een geboortedatum in die kan, zoals 31-12-1990."))
    return value


def clean_house_number(value: str | None) -> str | None:
    """The house number, digits only. Raises `InvalidFields`."""
    text = clean_text(value, "house_number", 10)
    if text is not None and not _HOUSE_NUMBER.fullmatch(text):
        raise _fault("house_number", N_("Vul het huisnummer in cijfers in; letters horen bij de toevoeging."))
    return text


def clean_country(value: str | None) -> str | None:
    """The country as two capitals (ISO 3166). Raises `InvalidFields`."""
    text = clean_text(value, "country", 2)
    if text is not None and not _COUNTRY.fullmatch(text.upper()):
        raise _fault("country", N_("Vul het land in met twee letters, zoals NL, BE of DE."))
    return text.upper() if text else None


def clean_last_name(value: str | None) -> str:
    """The last name, which is always there. Raises `InvalidFields`."""
    text = clean_text(value, "last_name")
    if text is None:
        raise _fault("last_name", N_("Vul een achternaam in."))
    return text


def clean_employment_dates(starts_on: date | None, ends_on: date | None, today: date) -> None:
    """Raises `InvalidFields` unless the employment starts (at most two years ahead) and does not end before it does."""
    faults = []
    if starts_on is None or not EARLIEST_BIRTH <= starts_on <= today + timedelta(days=731):
        faults.append(FieldFault("starts_on", N_("Vul de startdatum van het dienstverband in, zoals 01-03-2020.")))
    elif ends_on is not None and ends_on < starts_on:
        faults.append(FieldFault("ends_on", N_("De einddatum ligt voor de startdatum; controleer beide.")))
    if faults:
        raise InvalidFields(faults)


def check_record(card: Card, details: Details, today: date) -> tuple[Card, Details]:
    """The card and details to keep, each field cleaned. Raises `InvalidFields` with every fault at once."""
    faults: list[FieldFault] = []
    country = _collect(faults, lambda: clean_country(details.country))
    checked_card = replace(
        card,
        last_name=_collect(faults, lambda: clean_last_name(card.last_name)) or "",
        birth_date=_collect(faults, lambda: clean_birth_date(card.birth_date, today)) or card.birth_date,
        prefix=_collect(faults, lambda: clean_text(card.prefix, "prefix", 30)),
        first_name=_collect(faults, lambda: clean_text(card.first_name, "first_name")),
        initials=_collect(faults, lambda: clean_text(card.initials, "initials", 30)),
        postcode=_collect(faults, lambda: clean_postcode(card.postcode, country)),
    )
    checked_details = replace(
        details,
        bsn=_collect(faults, lambda: clean_bsn(details.bsn)),
        email=_collect(faults, lambda: clean_email(details.email, "email")),
        email_private=_collect(faults, lambda: clean_email(details.email_private, "email_private")),
        phone_work=_collect(faults, lambda: clean_phone(details.phone_work, "phone_work")),
        phone_home=_collect(faults, lambda: clean_phone(details.phone_home, "phone_home")),
        phone_mobile=_collect(faults, lambda: clean_phone(details.phone_mobile, "phone_mobile")),
        street=_collect(faults, lambda: clean_text(details.street, "street")),
        house_number=_collect(faults, lambda: clean_house_number(details.house_number)),
        house_number_addition=_collect(
            faults, lambda: clean_text(details.house_number_addition, "house_number_addition", 10)
        ),
        city=_collect(faults, lambda: clean_text(details.city, "city")),
        country=country,
    )
    if faults:
        raise InvalidFields(faults)
    return checked_card, checked_details


def _collect(faults: list[FieldFault], clean: Callable[[], T]) -> T | None:
    try:
        return clean()
    except InvalidFields as error:
        faults.extend(error.faults)
        return None


def _fault(field: str, message: str) -> InvalidFields:
    return InvalidFields([FieldFault(field, message)])

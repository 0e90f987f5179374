"""What the fields of an employee and an employment may hold (E-03, E-06; domain.md B.7, B.10).

Each `clean_*` takes what a person typed or a file held and gives the value to keep, or raises `InvalidFields` with one
fault that says what would be right. Faults never quote the value, so that they may be logged and counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from organisation.employments import EmploymentData
from vault import value_checks
from vault.errors import FieldFault, InvalidFields
from vault.fields import Card, Details
from vault.value_checks import ValueFault

T = TypeVar("T")

_COUNTRY = re.compile(r"[A-Z]{2}")


def N_(message: str) -> str:
    """Mark a Dutch text for the catalogue; it is translated where it is shown."""
    return message


def clean_text(value: str | None, field: str, length: int = value_checks.TEXT_LENGTH) -> str | None:
    """The text in NFC without spaces around it or doubled; None when nothing is left. Raises `InvalidFields`."""
    return _clean(value, field, lambda text: value_checks.check_text(text, length))


def clean_name(value: str | None, field: str, length: int = value_checks.NAME_LENGTH) -> str | None:
    """A name or a part of one; None when there is none. Raises `InvalidFields`."""
    return _clean(value, field, lambda text: value_checks.check_name(text, length))


def clean_personnel_number(value: str | None) -> str:
    """The personnel number, at most 35 characters (B.10). Raises `InvalidFields`."""
    text = _clean(value, "personnel_number", value_checks.check_personnel_number)
    if text is None:
        raise _fault("personnel_number", N_("Vul een personeelsnummer in."))
    return text


def clean_bsn(value: str | None) -> str | None:
    """The BSN in nine digits; a lost leading zero is put back (B.7, X-22). Raises `InvalidFields`."""
    return _clean(value, "bsn", value_checks.check_bsn)


def clean_postcode(value: str | None, country: str | None = None) -> str | None:
    """The postcode, a Dutch one as `1234AB`; of another country as it was written. Raises `InvalidFields`."""
    if country in {None, "NL"}:
        return _clean(value, "postcode", value_checks.check_postcode)
    return clean_text(value, "postcode", value_checks.FOREIGN_POSTCODE_LENGTH)


def clean_email(value: str | None, field: str) -> str | None:
    """The mail address, normalised; whether it exists is not asked. Raises `InvalidFields`."""
    return _clean(value, field, value_checks.check_email)


def clean_phone(value: str | None, field: str) -> str | None:
    """The phone number: ten digits, or `+` and the rest for another country. Raises `InvalidFields`."""
    return _clean(value, field, value_checks.check_phone)


def clean_birth_date(value: date | None, today: date) -> date:
    """The birth date of someone aged 13 to 100, as in the import. Raises `InvalidFields`."""
    if value is None:
        raise _fault("birth_date", N_("Vul een geboortedatum in die kan, zoals 31-12-1990."))
    try:
        return value_checks.check_born(value, today)
    except ValueFault as fault:
        raise _fault("birth_date", fault.advice) from None


def clean_house_number(value: str | None) -> str | None:
    """The house number, digits only. Raises `InvalidFields`."""
    return _clean(value, "house_number", value_checks.check_house_number)


def clean_country(value: str | None) -> str | None:
    """The country as two capitals (ISO 3166). Raises `InvalidFields`."""
    text = clean_text(value, "country", 2)
    if text is not None and not _COUNTRY.fullmatch(text.upper()):
        raise _fault("country", N_("Vul het land in met twee letters, zoals NL, BE of DE."))
    return text.upper() if text else None


def clean_last_name(value: str | None) -> str:
    """The last name, which is always there. Raises `InvalidFields`."""
    text = clean_name(value, "last_name")
    if text is None:
        raise _fault("last_name", N_("Vul een achternaam in."))
    return text


def clean_employment_dates(starts_on: date | None, ends_on: date | None, today: date) -> None:
    """Raises `InvalidFields` unless the employment starts (at most two years ahead) and does not end before it does."""
    try:
        if starts_on is None:
            raise ValueFault("missing")
        value_checks.check_start(starts_on, today)
    except ValueFault:
        raise _fault("starts_on", N_("Vul de startdatum van het dienstverband in, zoals 01-03-2020.")) from None
    if ends_on is not None and ends_on < starts_on:
        raise _fault("ends_on", N_("De einddatum ligt voor de startdatum; controleer beide."))


def check_employment(employment: EmploymentData, today: date) -> EmploymentData:
    """The employment to keep (E-06), each field cleaned. Raises `InvalidFields` with every fault at once."""
    faults: list[FieldFault] = []
    _collect(faults, lambda: clean_employment_dates(employment.starts_on, employment.ends_on, today))
    checked = replace(
        employment,
        site=_collect(faults, lambda: clean_text(employment.site, "site")),
        function_group=_collect(faults, lambda: _demand(employment.function_group, "function_group")) or "",
        function=_collect(faults, lambda: _demand(employment.function, "function")) or "",
        kind=_collect(faults, lambda: _demand(employment.kind, "kind", value_checks.KIND_LENGTH)) or "",
    )
    if employment.hours is not None and not 0 <= employment.hours <= value_checks.MOST_HOURS:
        faults.append(FieldFault("hours", N_("Vul het aantal uren per week in, tussen 0 en 60.")))
    if faults:
        raise InvalidFields(faults)
    return checked


def check_record(card: Card, details: Details, today: date) -> tuple[Card, Details]:
    """The card and details to keep, each field cleaned. Raises `InvalidFields` with every fault at once."""
    faults: list[FieldFault] = []
    country = _collect(faults, lambda: clean_country(details.country))
    checked_card = replace(
        card,
        last_name=_collect(faults, lambda: clean_last_name(card.last_name)) or "",
        birth_date=_collect(faults, lambda: clean_birth_date(card.birth_date, today)) or card.birth_date,
        prefix=_collect(faults, lambda: clean_name(card.prefix, "prefix", value_checks.PREFIX_LENGTH)),
        first_name=_collect(faults, lambda: clean_name(card.first_name, "first_name")),
        initials=_collect(faults, lambda: _clean(card.initials, "initials", value_checks.check_initials)),
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
            faults,
            lambda: clean_text(details.house_number_addition, "house_number_addition", value_checks.ADDITION_LENGTH),
        ),
        city=_collect(faults, lambda: clean_text(details.city, "city")),
        country=country,
    )
    if faults:
        raise InvalidFields(faults)
    return checked_card, checked_details


def clean_explanation(value: str) -> str:
    """A Toelichting: in NFC, its lines kept, without control characters that no one can have typed."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    return "".join(character for character in text if character in "\n\t" or unicodedata.category(character) != "Cc")


def _demand(value: str | None, field: str, length: int = value_checks.TEXT_LENGTH) -> str:
    text = clean_text(value, field, length)
    if text is None:
        raise _fault(field, N_("Vul dit veld in."))
    return text


def _clean(value: str | None, field: str, check: Callable[[str], str]) -> str | None:
    if not (value or "").strip():
        return None
    try:
        return check(value or "")
    except ValueFault as fault:
        raise _fault(field, fault.advice) from None


def _collect(faults: list[FieldFault], clean: Callable[[], T]) -> T | None:
    try:
        return clean()
    except InvalidFields as error:
        faults.extend(error.faults)
        return None


def _fault(field: str, message: str) -> InvalidFields:
    return InvalidFields([FieldFault(field, message)])

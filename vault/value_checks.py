"""Checks of single values that people type or import: text in, the value as it is kept out, or a fault.

They are the same for the form and for the import (E-03, E-06, B.7, B.10). Nothing here remembers or shows a value: a
fault carries a code and two Dutch sentences, what is wrong and what to do, which the portal translates.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn as bsn_number
from stdnum.nl import postcode as dutch_postcode

from vault.fields import Gender

N_ = str

NAME_LENGTH = 120
PREFIX_LENGTH = 30
INITIALS_LENGTH = 30
TEXT_LENGTH = 120
KIND_LENGTH = 40
ADDITION_LENGTH = 10
FOREIGN_POSTCODE_LENGTH = 10
PERSONNEL_NUMBER_LENGTH = 35
EMAIL_LENGTH = 254
EXPLANATION_LENGTH = 1_000
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
YOUNGEST, OLDEST = 13, 100
MOST_HOURS = Decimal(60)
FURTHEST_START = timedelta(days=731)

FAULT_TEXTS: dict[str, tuple[str, str]] = {
    "missing": (N_("Dit veld is leeg."), N_("Vul het in: zonder dit gegeven kan de werknemer niet worden opgeslagen.")),
    "too_long": (N_("De tekst is te lang."), N_("Kort de tekst in.")),
    "hidden_characters": (
        N_("Er staan onzichtbare tekens in."),
        N_("Typ de waarde opnieuw, zonder te plakken uit een ander programma."),
    ),
    "formula": (
        N_("De tekst begint met =, +, - of @ en lijkt op een formule."),
        N_("Haal dat teken weg of vul de uitkomst van de formule in."),
    ),
    "name": (
        N_("Hier staan tekens die niet in een naam horen."),
        N_("Gebruik alleen letters, spaties, punten, streepjes en apostrofs."),
    ),
    "initials": (N_("Dit zijn geen voorletters."), N_("Vul de voorletters in, zoals A.B.")),
    "gender": (N_("Dit geslacht is niet bekend."), N_("Vul M, V of X in, of laat het veld leeg.")),
    "bsn_length": (
        N_("Een BSN heeft 9 cijfers."),
        N_("Neem het nummer over van het identiteitsbewijs. Weet u het niet, laat het veld dan leeg."),
    ),
    "bsn_check": (
        N_("Dit nummer is geen BSN: de controle (elfproef) klopt niet."),
        N_("Kijk of er cijfers zijn verwisseld. Weet u het niet, laat het veld dan leeg."),
    ),
    "postcode": (
        N_("Dit is geen Nederlandse postcode."),
        N_("Vul vier cijfers en twee letters in, zoals 3511 AB."),
    ),
    "country": (N_("Dit land is niet bekend."), N_("Vul het land in met twee letters, zoals NL, BE of DE.")),
    "house_number": (
        N_("Dit is geen huisnummer."),
        N_("Vul alleen het nummer in, zoals 12, en zet de rest bij de toevoeging."),
    ),
    "email": (N_("Dit is geen e-mailadres."), N_("Vul een adres in zoals naam@voorbeeld.nl.")),
    "phone": (
        N_("Dit is geen telefoonnummer."),
        N_("Vul 10 cijfers in, zoals 06 12345678, of een buitenlands nummer dat met + begint."),
    ),
    "personnel_number": (
        N_("Dit personeelsnummer kan niet."),
        N_("Gebruik hoogstens 35 tekens en begin met een letter of een cijfer."),
    ),
    "date": (N_("Dit is geen datum."), N_("Vul dag, maand en jaar in, zoals 31-12-1990.")),
    "date_day": (
        N_("Deze dag bestaat niet."),
        N_("Vul eerst de dag in, dan de maand, dan het jaar, zoals 31-12-1990."),
    ),
    "date_short_year": (
        N_("Het jaar heeft maar twee cijfers; zo is niet zeker welke eeuw is bedoeld."),
        N_("Vul het jaar met vier cijfers in, zoals 31-12-1990."),
    ),
    "birth_date_future": (N_("Deze geboortedatum ligt in de toekomst."), N_("Kijk of het jaar klopt.")),
    "birth_date_young": (
        N_("Wie op deze dag is geboren, is te jong om te werken."),
        N_("Kijk of het jaar klopt; een werknemer is minstens 13 jaar."),
    ),
    "birth_date_old": (
        N_("Wie op deze dag is geboren, is ouder dan 100 jaar."),
        N_("Kijk of het jaar klopt."),
    ),
    "date_far": (N_("Dit jaar ligt te ver weg."), N_("Vul een jaar tussen 1900 en 2100 in.")),
    "start_far": (
        N_("Deze startdatum ligt meer dan twee jaar vooruit."),
        N_("Kijk of het jaar klopt."),
    ),
    "dates_reversed": (
        N_("De einddatum ligt voor de startdatum."),
        N_("Kijk welke van de twee datums niet klopt."),
    ),
    "hours": (
        N_("Dit aantal uren kan niet."),
        N_("Vul het aantal uren per week in: 0 tot en met 60, met hoogstens twee cijfers na de komma."),
    ),
}

_FORMULA_STARTS = tuple("=+-@")
_NAME_PUNCTUATION = set(" '’‘`´.,-()/")
_DROPPED = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_MONTHS = [
    ("jan", "januari"), ("feb", "februari"), ("mrt", "maart"), ("apr", "april"), ("mei", "mei"), ("jun", "juni"),
    ("jul", "juli"), ("aug", "augustus"), ("sep", "september"), ("okt", "oktober"), ("nov", "november"),
    ("dec", "december"),
]  # fmt: skip
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in (*names, names[1][:4])}
_GENDERS = {
    **dict.fromkeys(("m", "man", "mannelijk"), Gender.MALE),
    **dict.fromkeys(("v", "vrouw", "vrouwelijk"), Gender.FEMALE),
    **dict.fromkeys(("x", "anders", "onzijdig"), Gender.OTHER),
}
_EXCEL_EPOCH = date(1899, 12, 30)


class ValueFault(ValueError):
    """A value that cannot be kept. `code` is a key of `FAULT_TEXTS`; the value itself is nowhere in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def what(self) -> str:
        """What is wrong: a Dutch sentence, to be translated by whoever shows it."""
        return FAULT_TEXTS[self.code][0]

    @property
    def advice(self) -> str:
        """What to do about it."""
        return FAULT_TEXTS[self.code][1]


def clean(text: str) -> str:
    """`text` in Unicode's composed form, every run of white space one space, nothing at the ends.

    Zero-width spaces, soft hyphens and byte order marks, which come along with copied text, are dropped.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_DROPPED))
    return " ".join(text.split())


def check_text(text: str, maximum: int = TEXT_LENGTH) -> str:
    """A line of text such as a street, department or function, at most `maximum` characters.

    Raises `ValueFault` for an empty, too long or formula-like text (CSV injection), or one with control characters or
    characters that turn the direction of writing.
    """
    value = clean(text)
    if not value:
        raise ValueFault("missing")
    if len(value) > maximum:
        raise ValueFault("too_long")
    if not value.isprintable():
        raise ValueFault("hidden_characters")
    if value.startswith(_FORMULA_STARTS):
        raise ValueFault("formula")
    return value


def check_name(text: str, maximum: int = NAME_LENGTH) -> str:
    """A name or part of one, in any script: letters with spaces, points, hyphens, apostrophes, brackets.

    Raises `ValueFault`.
    """
    value = check_text(text, maximum)
    signs = set(value) - _NAME_PUNCTUATION
    if not signs or not all(unicodedata.category(sign)[0] in "LM" for sign in signs):
        raise ValueFault("name")
    return value


def check_prefix(text: str) -> str:
    """A tussenvoegsel such as *van der* or *'t*. Raises `ValueFault`."""
    return check_name(text, PREFIX_LENGTH)


def check_initials(text: str) -> str:
    """Voorletters as *A.B.*; `AB`, `a.b`, `A B` and `Th.A.` are understood. Raises `ValueFault`."""
    value = check_text(text, INITIALS_LENGTH)
    parts = [part for part in re.split(r"[\s.,]+", value) if part]
    if not parts or not all(part.replace("-", "").isalpha() for part in parts):
        raise ValueFault("initials")
    if len(parts) == 1 and (parts[0].isupper() or parts[0].islower()):
        parts = [letter for letter in parts[0] if letter != "-"]
    if len(parts) > 10 or any(len(part) > 5 for part in parts):
        raise ValueFault("initials")
    return "".join(part[0].upper() + part[1:].lower() + "." for part in parts)


def check_gender(text: str) -> Gender:
    """The gender behind M, V or X, or the word for it. Raises `ValueFault`."""
    try:
        return _GENDERS[clean(text).casefold().rstrip(".")]
    except KeyError:
        raise ValueFault("gender") from None


def check_bsn(text: str) -> str:
    """The nine digits of a BSN that passes the 11-test (B.7); with eight, the lost leading zero is put back.

    Spaces, points and hyphens between the digits are dropped. Raises `ValueFault`.
    """
    digits = re.sub(r"[\s.-]", "", clean(text))
    if not re.fullmatch(r"[0-9]{8,9}", digits):
        raise ValueFault("bsn_length")
    digits = digits.zfill(9)
    try:
        bsn_number.validate(digits)
    except ValidationError:
        raise ValueFault("bsn_check") from None
    return digits


def check_country(text: str) -> str:
    """A country as two capitals (ISO 3166). Raises `ValueFault`."""
    value = clean(text).upper()
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueFault("country")
    return value


def check_postcode(text: str, country: str | None = None) -> str:
    """A Dutch postcode in its six positions, without a space (B.10); of another country as it was written.

    Raises `ValueFault`.
    """
    if country not in {None, "NL"}:
        return check_text(text, FOREIGN_POSTCODE_LENGTH)
    try:
        return str(dutch_postcode.validate(clean(text))).replace(" ", "")
    except ValidationError:
        raise ValueFault("postcode") from None


def check_house_number(text: str) -> str:
    """A house number of one to five digits, without its addition. Raises `ValueFault`."""
    value = clean(text)
    if not re.fullmatch(r"[1-9][0-9]{0,4}", value):
        raise ValueFault("house_number")
    return value


def split_house_number(text: str) -> tuple[str, str]:
    """Number and addition of what people write in one field: `12a`, `12-1`, `12 bis`. Raises `ValueFault`."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})[\s/-]*([0-9A-Za-z][0-9A-Za-z /-]{0,9})?", clean(text))
    if not found:
        raise ValueFault("house_number")
    return found[1], found[2] or ""


# What most addresses look like; the library takes some twenty times as long, which counts in a large import.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_-]{1,30}(?:\.[A-Za-z0-9_-]{1,30})?"
    r"@(?:(?=[A-Za-z0-9-]{1,30}\.)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.){1,3}(?:nl|be|de|eu|com|net|org)"
)


def check_email(text: str) -> str:
    """An e-mail address, its domain in lower case. No look-up on the network. Raises `ValueFault`."""
    value = check_text(text, EMAIL_LENGTH)
    if _PLAIN_EMAIL.fullmatch(value):
        name, _at, domain = value.rpartition("@")
        return f"{name}@{domain.lower()}"
    try:
        return validate_email(value, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError:
        raise ValueFault("email") from None


def check_phone(text: str) -> str:
    """A Dutch number as ten digits, any other as `+` and 8 to 15 digits; a lost leading zero is put back.

    Raises `ValueFault`.
    """
    value = re.sub(r"[\s().\-/]", "", clean(text).replace("(0)", ""))
    if value.startswith("00"):
        value = "+" + value[2:]
    if re.fullmatch(r"[1-9][0-9]{8}", value):
        value = "0" + value
    if value.startswith("+31"):
        value = "0" + value[3:].removeprefix("0")
    if not re.fullmatch(r"0[1-9][0-9]{8}|\+[1-9][0-9]{7,14}", value):
        raise ValueFault("phone")
    return value


def check_personnel_number(text: str) -> str:
    """A personnel number: text of at most 35 characters (B.10) that begins with a letter or digit.

    Raises `ValueFault`.
    """
    value = clean(text)
    if not value:
        raise ValueFault("missing")
    if not value.isprintable():
        raise ValueFault("hidden_characters")
    if len(value) > PERSONNEL_NUMBER_LENGTH or not value[0].isalnum():
        raise ValueFault("personnel_number")
    return value


def check_date(text: str) -> date:
    """A day between 1900 and 2100: `31-12-1990`, `31/12/1990`, `1990-12-31`, `31 december 1990`, `19901231`, or the
    five-digit day number of a spreadsheet (33238 is 31 December 1990).

    Raises `ValueFault`; a year of two digits is refused, because it leaves the century open.
    """
    found = _day(clean(text).casefold())
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueFault("date_far")
    return found


def _day(value: str) -> date:
    if re.fullmatch(r"[0-9]{5}", value):
        return _EXCEL_EPOCH + timedelta(days=int(value))
    year, month, day = _date_parts(value)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueFault("date_day") from None


def _date_parts(value: str) -> tuple[int, int, int]:
    value = re.sub(r"[t ]0{1,2}:00(:00)?(\.0+)?$", "", value)
    if found := re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", value):
        return int(found[1]), int(found[2]), int(found[3])
    if found := re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", value):
        return int(found[1]), int(found[2]), int(found[3])
    found = re.fullmatch(r"([0-9]{1,2})[-/. ]+([0-9]{1,2}|[a-z]+)[-/. ]+([0-9]{2}|[0-9]{4})", value)
    if not found:
        raise ValueFault("date")
    month = int(found[2]) if found[2].isdigit() else _MONTH_NUMBERS.get(found[2])
    if month is None:
        raise ValueFault("date")
    if len(found[3]) == 2:
        raise ValueFault("date_short_year")
    return int(found[3]), month, int(found[1])


def check_birth_date(text: str, today: date) -> date:
    """A birth date as text that an employee can have on the day `today`: aged 13 to 100. Raises `ValueFault`."""
    return check_born(check_date(text), today)


def check_born(born: date, today: date) -> date:
    """A day on which an employee can have been born, seen from `today`: aged 13 to 100. Raises `ValueFault`."""
    if born > today:
        raise ValueFault("birth_date_future")
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < YOUNGEST:
        raise ValueFault("birth_date_young")
    if age > OLDEST:
        raise ValueFault("birth_date_old")
    return born


def check_start_date(text: str, today: date) -> date:
    """The first day of an employment, as text. Raises as `check_start`."""
    return check_start(check_date(text), today)


def check_start(starts_on: date, today: date) -> date:
    """The first day of an employment, from 1900 to two years after the day `today`. Raises `ValueFault`."""
    if starts_on.year < EARLIEST_YEAR:
        raise ValueFault("date_far")
    if starts_on > today + FURTHEST_START:
        raise ValueFault("start_far")
    return starts_on


def check_hours(text: str) -> Decimal:
    """Hours a week, 0 to 60, at most two decimals, with a comma or a point (E-06). Raises `ValueFault`."""
    value = clean(text).casefold().removesuffix("uur").strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?0*", value):
        raise ValueFault("hours")
    hours = Decimal(value).quantize(Decimal("0.01"))
    if hours > MOST_HOURS:
        raise ValueFault("hours")
    return hours

"""The master data of an employer (stamgegevens, O-03..O-11): what they are, how they are checked, what is fictitious.

Nothing here reads the database. A fault names its field and says what would be right; it never quotes a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn as fiscal_number
from stdnum.nl import postcode as dutch_postcode

from organisation.errors import FieldFault, InvalidValues

N_ = str

PERSONNEL_SYSTEM = "VerzuimXpert"
"""The one system that keeps the employees (O-11)."""
UNKNOWN_WAGE_TAX_NUMBER = "000000000L01"
UNKNOWN_CONNECTION_NUMBER = "12345678912345"
UNKNOWN_SECTOR = "99"
UNKNOWN_OFFER = "_"
UNKNOWN_CASE_MANAGER = "..... volgt"

_FICTITIOUS: Mapping[str, str] = {
    "wage_tax_number": UNKNOWN_WAGE_TAX_NUMBER,
    "uwv_connection_number": UNKNOWN_CONNECTION_NUMBER,
    "sector": UNKNOWN_SECTOR,
    "offer": UNKNOWN_OFFER,
    "case_manager": UNKNOWN_CASE_MANAGER,
}

UWV_OFFICES: tuple[str, ...] = (
    "Alkmaar", "Almere", "Amersfoort", "Amsterdam", "Apeldoorn", "Arnhem", "Breda", "Den Haag", "Deventer",
    "Doetinchem", "Dordrecht", "Eindhoven", "Emmen", "Goes", "Gouda", "Groningen", "Haarlem", "Heerlen", "Helmond",
    "Hengelo", "'s-Hertogenbosch", "Hilversum", "Hoorn", "Leeuwarden", "Leiden", "Lelystad", "Maastricht", "Nijmegen",
    "Roermond", "Rotterdam", "Tiel", "Tilburg", "Utrecht", "Venlo", "Zaandam", "Zwolle",
)  # fmt: skip
"""The offices to choose from (O-07)."""

SECTORS: Mapping[str, str] = {
    "1": "Agrarisch bedrijf", "2": "Tabakverwerkende industrie", "3": "Bouwbedrijf", "4": "Baggerbedrijf",
    "5": "Hout-, emballage- en borstelindustrie", "6": "Timmerindustrie", "7": "Meubel- en orgelbouwindustrie",
    "8": "Groothandel in hout, zagerijen, schaverijen en houtbereidingsindustrie", "9": "Grafische industrie",
    "10": "Metaalindustrie", "11": "Elektrotechnische industrie", "12": "Metaal- en technische bedrijfstakken",
    "13": "Bakkerijen", "14": "Suikerverwerkende industrie", "15": "Slagersbedrijven", "16": "Slagers overig",
    "17": "Detailhandel en ambachten", "18": "Reiniging", "19": "Grootwinkelbedrijf", "20": "Havenbedrijven",
    "21": "Havenclassificeerders", "22": "Binnenscheepvaart", "23": "Visserij", "24": "Koopvaardij",
    "25": "Vervoer KLM", "26": "Vervoer NS", "27": "Vervoer posterijen", "28": "Taxivervoer", "29": "Openbaar vervoer",
    "30": "Besloten busvervoer", "31": "Overig personenvervoer te land en in de lucht",
    "32": "Overig goederenvervoer te land en in de lucht", "33": "Horeca algemeen", "34": "Horeca catering",
    "35": "Gezondheid, geestelijke en maatschappelijke belangen", "38": "Banken", "39": "Verzekeringswezen",
    "40": "Uitgeverij", "41": "Groothandel I", "42": "Groothandel II", "43": "Zakelijke dienstverlening I",
    "44": "Zakelijke dienstverlening II", "45": "Zakelijke dienstverlening III", "46": "Zuivelindustrie",
    "47": "Textielindustrie", "48": "Steen-, cement-, glas- en keramische industrie", "49": "Chemische industrie",
    "50": "Voedingsindustrie", "51": "Algemene industrie", "52": "Uitzendbedrijven", "53": "Bewakingsondernemingen",
    "54": "Culturele instellingen", "55": "Overige takken van bedrijf en beroep", "56": "Schildersbedrijf",
    "57": "Stukadoorsbedrijf", "58": "Dakdekkersbedrijf", "59": "Mortelbedrijf", "60": "Steenhouwersbedrijf",
    "61": "Overheid, onderwijs en wetenschappen", "62": "Overheid, rijk, politie en rechterlijke macht",
    "63": "Overheid, defensie", "64": "Overheid, provincies, gemeenten en waterschappen",
    "65": "Overheid, openbare nutsbedrijven", "66": "Overheid, overige instellingen", "67": "Werk en (re)integratie",
    "68": "Railbouw", "69": "Telecommunicatie", UNKNOWN_SECTOR: "Sector onbekend",
}  # fmt: skip
"""The sectors of the tax authority by their code, and *99. Sector onbekend* (O-09, B.10)."""

_VDD_CODE = re.compile(r"VDD[0-9]{5}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]*")
_HOUSE_NUMBER = re.compile(r"[0-9]{1,5}[ -]?[0-9A-Za-z-]{0,4}")
_WAGE_TAX_NUMBER = re.compile(r"[0-9]{9}L[0-9]{2}")


@dataclass(frozen=True)
class Address:
    """A visiting or postal address; all of it is None as long as it is not known."""

    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class Profile:
    """The master data of an employer besides its name; None is what is not known yet."""

    code: str | None = None
    phone: str | None = None
    visiting: Address = Address()
    postal: Address = Address()
    wage_tax_number: str | None = None
    uwv_office: str | None = None
    uwv_connection_number: str | None = None
    sector: str | None = None
    offer: str | None = None
    personnel_system: str | None = None


MANDATORY: tuple[str, ...] = (
    "phone",
    *(f"{kind}_{item.name}" for kind in ("visiting", "postal") for item in fields(Address)),
    "wage_tax_number",
    "uwv_office",
    "uwv_connection_number",
)
"""What must be known before an employer is published (O-04..O-08, O-25), by the names of the columns."""

_MISSING: Mapping[str, str] = {
    "phone": N_("Vul het telefoonnummer in."),
    "visiting_street": N_("Vul de straat van het bezoekadres in."),
    "visiting_house_number": N_("Vul het huisnummer van het bezoekadres in."),
    "visiting_postcode": N_("Vul de postcode van het bezoekadres in, zoals 3511 AB."),
    "visiting_city": N_("Vul de plaats van het bezoekadres in."),
    "postal_street": N_("Vul de straat of postbus van het postadres in."),
    "postal_house_number": N_("Vul het huisnummer of postbusnummer van het postadres in."),
    "postal_postcode": N_("Vul de postcode van het postadres in, zoals 3511 AB."),
    "postal_city": N_("Vul de plaats van het postadres in."),
    "wage_tax_number": N_("Vul het loonheffingnummer in. Is het niet bekend, vul dan 000000000L01 in."),
    "uwv_office": N_("Kies een UWV-vestiging."),
    "uwv_connection_number": N_("Vul het UWV-aansluitnummer in. Is het niet bekend, vul dan 12345678912345 in."),
}
NAME_ADVICE = N_("Vul een naam in van ten hoogste 120 tekens.")


class _Refused(Exception):
    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


def is_fictitious(field: str, value: str | None) -> bool:
    """Whether a value only stands in for one that is not known, so that it is never sent on as real (D-rule 61).

    `field` is the name of a column of `EmployerProfile`, or `case_manager`.
    """
    return value is not None and _FICTITIOUS.get(field) == value


def values_of(profile: Profile) -> dict[str, str | None]:
    """A profile by the names of the columns."""
    values: dict[str, str | None] = {}
    for item in fields(profile):
        value = getattr(profile, item.name)
        if isinstance(value, Address):
            values |= {f"{item.name}_{part.name}": getattr(value, part.name) for part in fields(value)}
        else:
            values[item.name] = value
    return values


def missing_in(values: Mapping[str, str | None]) -> tuple[str, ...]:
    """The names of what must still be filled in before the employer can be published (O-25)."""
    return tuple(name for name in MANDATORY if not values.get(name))


def check_profile(profile: Profile, *, complete: bool) -> Profile:
    """The profile as it is kept; with `complete` nothing that is mandatory may be missing. Raises `InvalidValues`."""
    typed = values_of(profile)
    kept: dict[str, str | None] = {}
    faults: list[FieldFault] = []
    for name, text in typed.items():
        try:
            kept[name] = _checked(name, text)
        except _Refused as refusal:
            faults.append(FieldFault(name, refusal.message))
    refused = {fault.field for fault in faults}
    if complete:
        faults += [FieldFault(name, _MISSING[name]) for name in missing_in(kept) if name not in refused]
    if faults:
        raise InvalidValues(sorted(faults, key=lambda fault: list(typed).index(fault.field)))
    return profile_of(kept)


def profile_of(values: Mapping[str, str | None]) -> Profile:
    """A profile from values by the names of the columns."""
    addresses = {
        kind: Address(**{item.name: values.get(f"{kind}_{item.name}") for item in fields(Address)})
        for kind in ("visiting", "postal")
    }
    plain = {item.name: values.get(item.name) for item in fields(Profile) if item.name not in addresses}
    return replace(Profile(**plain), **addresses)  # type: ignore[arg-type]


def check_address(address: Address) -> Address:
    """The address of a further site, of which nothing is mandatory. Raises `InvalidValues`."""
    kept: dict[str, str | None] = {}
    faults = []
    for item in fields(address):
        try:
            kept[item.name] = _checked(f"visiting_{item.name}", getattr(address, item.name))
        except _Refused as refusal:
            faults.append(FieldFault(item.name, refusal.message))
    if faults:
        raise InvalidValues(faults)
    return Address(**kept)


def clean_line(text: str | None) -> str:
    """A line of text with single spaces and nothing at its ends."""
    return " ".join((text or "").split())


def check_line(field: str, text: str | None, maximum: int, advice: str) -> str | None:
    """A line of text of at most `maximum` signs, None for nothing. Raises `InvalidValues` with the advice."""
    value = clean_line(text)
    if len(value) > maximum or not value.isprintable():
        raise InvalidValues([FieldFault(field, advice)])
    return value or None


def check_phone(field: str, text: str | None) -> str | None:
    """A phone number as +31301234567, None for nothing; a number without a country is Dutch. Raises `InvalidValues`."""
    try:
        return _phone(clean_line(text)) if clean_line(text) else None
    except _Refused as refusal:
        raise InvalidValues([FieldFault(field, refusal.message)]) from None


def check_email(field: str, text: str | None) -> str | None:
    """A mail address in lower case, None for nothing. Raises `InvalidValues`."""
    value = clean_line(text)
    if not value:
        return None
    try:
        # Example domains receive no mail, but are what tests and the demo use.
        return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise InvalidValues([FieldFault(field, N_("Vul een e-mailadres in, zoals naam@bedrijf.nl."))]) from None


def _checked(name: str, text: str | None) -> str | None:
    value = clean_line(text)
    if not value:
        return None
    if not value.isprintable():
        raise _Refused(N_("Typ dit opnieuw: er staan onzichtbare tekens in."))
    return _CHECKS[name](value)


def _text(maximum: int, otherwise: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if len(value) > maximum:
            raise _Refused(otherwise)
        return value

    return check


def _code(value: str) -> str:
    code = value.upper()
    if len(code) > 20 or not _CODE.fullmatch(code):
        raise _Refused(N_("Gebruik ten hoogste 20 letters en cijfers, zoals VDD40173."))
    if code.startswith("VDD") and not _VDD_CODE.fullmatch(code):
        raise _Refused(N_("Na VDD staan de 5 cijfers uit het adres van de werkgever in VDD, zoals VDD40173."))
    return code


def _phone(value: str) -> str:
    advice = N_("Vul een telefoonnummer in, zoals 030 123 45 67, of een buitenlands nummer dat met + begint.")
    try:
        number = phonenumbers.parse(value, "NL")
    except phonenumbers.NumberParseException:
        raise _Refused(advice) from None
    # Numbers set apart for tests are possible, not valid.
    if number.extension or not phonenumbers.is_possible_number(number):
        raise _Refused(advice)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _house_number(value: str) -> str:
    if not _HOUSE_NUMBER.fullmatch(value):
        raise _Refused(N_("Vul een huisnummer in, zoals 12 of 12 A."))
    return value


def _postcode(value: str) -> str:
    try:
        return dutch_postcode.validate(value).replace(" ", "")
    except ValidationError:
        raise _Refused(N_("Vul vier cijfers en twee letters in, zoals 3511 AB.")) from None


def _wage_tax_number(value: str) -> str:
    number = re.sub(r"[ .-]", "", value).upper()
    if not _WAGE_TAX_NUMBER.fullmatch(number):
        raise _Refused(N_("Een loonheffingnummer heeft 9 cijfers, de letter L en nog 2 cijfers."))
    if number != UNKNOWN_WAGE_TAX_NUMBER and not fiscal_number.is_valid(number[:9]):
        raise _Refused(
            N_("De eerste 9 cijfers zijn geen fiscaal nummer (elfproef). Kijk of er cijfers zijn verwisseld.")
        )
    return number


def _connection_number(value: str) -> str:
    number = re.sub(r"[ .-]", "", value)
    if not re.fullmatch(r"[0-9]{14}", number):
        raise _Refused(N_("Een UWV-aansluitnummer heeft 14 cijfers."))
    return number


def _one_of(choices: object) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in choices:  # type: ignore[operator]
            raise _Refused(N_("Kies een van de mogelijkheden uit de lijst."))
        return value

    return check


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "code": _code,
    "phone": _phone,
    **{f"{kind}_street": _text(120, N_("Gebruik ten hoogste 120 tekens.")) for kind in ("visiting", "postal")},
    **{f"{kind}_house_number": _house_number for kind in ("visiting", "postal")},
    **{f"{kind}_postcode": _postcode for kind in ("visiting", "postal")},
    **{f"{kind}_city": _text(80, N_("Gebruik ten hoogste 80 tekens.")) for kind in ("visiting", "postal")},
    "wage_tax_number": _wage_tax_number,
    "uwv_office": _one_of(UWV_OFFICES),
    "uwv_connection_number": _connection_number,
    "sector": _one_of(SECTORS),
    "offer": _text(500, N_("Gebruik ten hoogste 500 tekens.")),
    "personnel_system": _one_of((PERSONNEL_SYSTEM,)),
}

"""Which column of a file is which field: the headings of our template and the words that others use for them (X-22)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of the template: the name of the field, its heading, whether a file must have it, and other words."""

    field: str
    heading: str
    required: bool
    synonyms: tuple[str, ...]


def _column(field: str, heading: str, synonyms: str = "") -> Column:
    required = heading.endswith("*")
    return Column(field, heading.rstrip("*"), required, tuple(word.strip() for word in synonyms.split("|") if word))


# The order is that of the template. A synonym that stands earlier wins when a file has both.
COLUMNS: tuple[Column, ...] = (
    _column(
        "personnel_number",
        "Personeelsnummer*",
        "Personeelsnr|Pers.nr|Persnr|Personeelnummer|Medewerkernummer|Medewerkersnummer|Medewerkernr|Medewerker nr"
        "|Werknemernummer|Werknemersnummer|Werknemernr|Werknemer ID|Medewerker ID|Personeels ID|Medew.nr|Employee ID",
    ),
    _column("last_name", "Achternaam*", "Geslachtsnaam|Familienaam|Achternaam werknemer|Naam|Geboortenaam|Last name"),
    _column(
        "prefix",
        "Tussenvoegsel",
        "Tussenvoegsels|Voorvoegsel|Voorvoegsels|Tussenv.|Tv|Voorv.|Voorvoegsel achternaam|Voorvoegsel geslachtsnaam",
    ),
    _column("first_name", "Voornaam", "Roepnaam|Voornamen|Eerste voornaam|First name"),
    _column("initials", "Voorletters", "Voorletter|Voorl.|Initialen|Initiaal|Initials"),
    _column("birth_date", "Geboortedatum*", "Geb.datum|Geb. dat.|Gebdat|Geboorte datum|Datum geboorte|Date of birth"),
    _column("gender", "Geslacht", "M/V|M/V/X|Man/vrouw|Sekse|Gender"),
    _column("bsn", "BSN", "Burgerservicenummer|Burger service nummer|BSN-nummer|BSN nr|Sofinummer|Sofi-nr|SofiNr"),
    _column("street", "Straat", "Straatnaam|Adres straat|Adres"),
    _column("house_number", "Huisnummer", "Huisnr|Nr|Nummer|Huis nr|Adres huisnummer"),
    _column(
        "house_number_addition",
        "Toevoeging",
        "Huisnummertoevoeging|Huisnummer toevoeging|Toev.|Toevoeging huisnummer|Huisnr toev|Huisletter",
    ),
    _column("postcode", "Postcode", "Post code|PC|Zip|Postkode"),
    _column("city", "Woonplaats", "Plaats|Plaatsnaam|Woonplaatsnaam|Stad|City"),
    _column("country", "Land", "Landcode|Woonland|Country"),
    _column(
        "email",
        "E-mail",
        "Email|E-mailadres|Mailadres|E-mail werk|Werk e-mail|E-mailadres werk|Zakelijk e-mailadres"
        "|E-mail zakelijk|Mail",
    ),
    _column(
        "email_private",
        "E-mail privé",
        "Privé e-mail|E-mailadres privé|Persoonlijk e-mailadres|Privé mail|E-mail thuis|Privé e-mailadres",
    ),
    _column(
        "phone_work",
        "Tel. werk",
        "Telefoon werk|Telefoonnummer werk|Werktelefoon|Telefoon zakelijk|Tel. zakelijk|Zakelijk telefoonnummer",
    ),
    _column(
        "phone_home",
        "Tel. thuis",
        "Telefoon thuis|Telefoonnummer thuis|Telefoon privé|Tel. privé|Telefoon|Telefoonnummer|Tel.|Tel.nr|Telnr",
    ),
    _column(
        "phone_mobile",
        "Tel. mobiel",
        "Telefoon mobiel|Mobiel|Mobiele telefoon|Mobiel nummer|Mobielnummer|Telefoonnummer mobiel|Gsm|06-nummer",
    ),
    _column("department", "Afdeling*", "Afd.|Afdelingsnaam|Naam afdeling|Afdeling naam|Team|Department"),
    _column("site", "Vestiging", "Locatie|Vestigingsnaam|Standplaats|Werklocatie|Filiaal"),
    _column("function_group", "Functiegroep*", "Functie groep|Functiefamilie|Functiecategorie|Functiesoort"),
    _column("function", "Functie*", "Functienaam|Functieomschrijving|Functietitel|Functie omschrijving|Job title"),
    _column(
        "kind",
        "Type dienstverband*",
        "Dienstverband|Soort dienstverband|Dienstverbandtype|Contracttype|Soort contract|Type contract"
        "|Aard dienstverband",
    ),
    _column(
        "hours",
        "Aantal uren",
        "Uren|Contracturen|Uren per week|Uren/week|Aantal uren per week|Arbeidsduur|Werkuren|Contract uren|Urenpw",
    ),
    _column(
        "starts_on",
        "Startdatum*",
        "Datum in dienst|In dienst|Indienst|In dienst sinds|In dienst per|Indiensttreding|Datum indiensttreding"
        "|Begindatum|Ingangsdatum|Startdatum dienstverband|Begindatum dienstverband|Start dienstverband|Ingang",
    ),
    _column(
        "ends_on",
        "Einddatum",
        "Datum uit dienst|Uit dienst|Uitdienst|Uit dienst per|Uitdiensttreding|Datum uitdiensttreding"
        "|Einddatum dienstverband|Eind dienstverband|Einde dienstverband|Einde contract",
    ),
)


REQUIRED = tuple(column.field for column in COLUMNS if column.required)
_HEADINGS = {column.field: column.heading for column in COLUMNS}


def heading_of(field: str) -> str:
    """The heading of a field in the template. Raises `KeyError` for anything else."""
    return _HEADINGS[field]


def normalise(heading: str) -> str:
    """A heading without case, accents, spaces, punctuation and marks of *required*."""
    text = re.sub(r"\((verplicht|required)\)", "", heading.casefold())
    return "".join(character for character in unicodedata.normalize("NFKD", text) if character.isalnum())


def _known_words() -> dict[str, tuple[str, int]]:
    words: dict[str, tuple[str, int]] = {}
    for column in COLUMNS:
        for rank, word in enumerate((column.heading, *column.synonyms)):
            words.setdefault(normalise(word), (column.field, rank))
    return words


_WORDS = _known_words()


def recognise(heading: str) -> tuple[str, int] | None:
    """The field that a heading stands for, and its rank: of two headings for one field the lower rank is meant."""
    return _WORDS.get(normalise(heading))


@dataclass(frozen=True)
class Headings:
    """Which columns are used.

    Attributes:
        row: the number of the last row of headings; 0 where the first row is an employee already.
        places: for each field that the file has, the column as an index from 0.
        written: for each of those fields, its heading as it stands in the file.
        ignored: the headings of columns that are not used, as they stand in the file.
    """

    row: int
    places: Mapping[str, int]
    written: Mapping[str, str]
    ignored: tuple[str, ...]

"""Invented people: common Dutch first names and surnames, put together at random."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from portal.demo.draws import Draws
from vault.fields import Gender


def words(text: str) -> tuple[str, ...]:
    """The words of a text that is a list."""
    return tuple(text.split())


_WOMEN = words("""
    Anna Maria Johanna Elisabeth Cornelia Wilhelmina Hendrika Catharina Petronella Margaretha Emma Julia Sophie Lotte
    Sanne Lisa Iris Femke Marieke Marloes Annemarie Saskia Monique Ingrid Esther Linda Sandra Petra Yvonne Karin Mirjam
    Anouk Fleur Roos Noor Eva Tess Lieke Sterre Jasmijn Maud Merel Floor Nienke Hanneke Ineke Willemijn Carolien Danique
    Kim Naomi Chantal Manon Ilse Inge Judith Renate Bianca Astrid Wendy Angela Tineke Gerda Joke Truus Ria Els Marja
    Fatima Aïcha Samira Naima Khadija Soraya Ayşe Elif Zeynep Şeyma Gülsüm Meryem Agnieszka Małgorzata Ewa Priya Sharda
    Zoë Chloé Renée Mariëlle Joëlle Daniëlle Noëlle Loïs Thảo Marie-Louise Anne-Fleur Xiulan Ludmila
""")
_MEN = words("""
    Johannes Jan Cornelis Pieter Hendrik Willem Gerrit Jacob Petrus Antonius Daan Sem Bram Lars Thijs Ruben Jesse Milan
    Stijn Joris Jeroen Martijn Maarten Bas Tim Tom Mark Dennis Peter Erik Rob Frank Hans Kees Wim Henk Arie Leo Ton Theo
    Marcel Richard Patrick Sander Niels Sjoerd Wouter Gijs Koen Rick Roy Robin Jelle Wessel Douwe Sietse Harm Rens Teun
    Floris Casper Olivier Jurriaan Rutger Bart Luuk Hidde Mees Guus Roel Geert Albert Dirk Simon Ahmed Mohammed Youssef
    Hamza Bilal Rachid Mehmet Mustafa Emre Oğuz Ömer İbrahim Łukasz Krzysztof Piotr Rajesh Winston Orlando Minh Wei
    André René José Daniël Noël Raphaël Michaël Jérôme Björn Jan-Willem Pieter-Jan Tjalling Ubbo
""")
_SURNAMES = """
    de Jong|Jansen|de Vries|van den Berg|van Dijk|Bakker|Janssen|Visser|Smit|Meijer|de Boer|Mulder|de Groot|Bos|Vos|
    Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|van der Meer|van der Linden|Kok|Jacobs|
    de Haan|Vermeulen|van den Heuvel|van der Veen|van den Broek|de Bruijn|de Bruin|van der Heijden|Schouten|van Beek|
    Willems|van Vliet|van de Ven|Hoekstra|Maas|Verhoeven|Koster|van Dam|van der Wal|Prins|Blom|Huisman|Peeters|de Jonge|
    Kuipers|van Veen|Post|Veenstra|Kramer|van den Brink|Scholten|van Wijk|Postma|Martens|Vink|de Ruiter|Timmermans|
    Groen|Gerritsen|Jonker|van Loon|van der Velde|Willemsen|Smeets|de Lange|Bosch|van Dongen|Schipper|de Koning|
    van der Laan|van Doorn|van Es|Driessen|Hermans|Evers|Wolters|Hofman|van den Bosch|van der Molen|van Rijn|Molenaar|
    Verbeek|van Driel|Kuijpers|Franken|Bosman|de Leeuw|Sanders|van der Horst|Mol|Gerrits|Zwart|van der Ploeg|'t Hart|
    van 't Hof|van 't Zand|in 't Veld|op den Kamp|ter Horst|ten Brinke|ter Beek|te Riele|van de Kamp|van der Zee|
    Boersma|Hoogland|Wiersma|Zijlstra|Terpstra|Bouma|Hofstra|Nijhof|Wesselink|Lammers|Roelofs|van Houten|Verschoor|
    Kooijman|Ruijter|Wijnen|Coenen|Lemmens|Geurts|Cremers|Claessens|Frijns|Moerman|Slagter|Verburg|Kooiman|Ruiz|García|
    Yılmaz|Öztürk|Kaya|Demir|Çelik|Şahin|Aydın|Doğan|Arslan|el Amrani|Benali|Bouzid|el Idrissi|Haddad|Ziani|Ouali|
    Ramdin|Soekhoe|Jagroep|Kartosen|Pinas|Martina|Felipa|Maduro|Nguyễn|Trần|Chen|Wong|Singh|Khan|Rahimi|Tesfaye|
    Kowalski|Wójcik|Nowak|Müller|Schröder|Fernández|da Silva|D'Hondt|O'Brien|Lefèvre|Manuhutu|Pattiasina|Sahetapy|
    du Bois|de la Croix|von Berg
""".replace("\n", " ").split("|")
_LONG_SURNAMES = (
    "van Oldenrode tot Sparrenbroek",
    "van Hemmen van Westerklooster",
    "de Vos van Rietmare tot Veenhaven",
)
_PREFIX_WORDS = {
    "da", "de", "den", "der", "du", "el", "in", "la", "op", "'t", "te", "ten", "ter", "van", "von",
}  # fmt: skip
_FOLDED = str.maketrans({"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "đ": "d"})


@dataclass(frozen=True)
class InventedName:
    """A name in the parts that a card has."""

    first_name: str
    initials: str
    prefix: str | None
    last_name: str
    gender: Gender

    @property
    def mail_name(self) -> str:
        """The name as it stands before the @ of a work address: ``a.vandijk``."""
        return f"{ascii_letters(self.first_name)[:1]}.{ascii_letters((self.prefix or '') + self.last_name)}"


def ascii_letters(text: str) -> str:
    """The letters of a text, lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    return "".join(letter for letter in decomposed.lower() if letter.isascii() and letter.isalpha())


def draw_name(draws: Draws, share_of_women: int) -> InventedName:
    """A name, of a woman in `share_of_women` of 100 cases; every twentieth surname is a double one, a few are long."""
    gender = Gender.FEMALE if draws.chance(share_of_women) else Gender.MALE
    first_name = draws.one_of(_WOMEN if gender is Gender.FEMALE else _MEN)
    surnames = _LONG_SURNAMES if draws.below(150) == 0 else _SURNAMES
    prefix, last_name = split_surname(draws.one_of(surnames).strip())
    if draws.chance(5):
        last_name = f"{last_name}-{draws.one_of(_SURNAMES).strip()}"
    more = "".join(f"{draws.one_of('ABCDEFGHJKLMNPRSTW')}." for _ in range(draws.weighted([(0, 6), (1, 3), (2, 1)])))
    if draws.chance(1):
        gender = Gender.OTHER
    return InventedName(first_name, f"{first_name[0]}.{more}", prefix, last_name, gender)


def split_surname(surname: str) -> tuple[str | None, str]:
    """The tussenvoegsel of a surname, None where there is none, and what follows it."""
    words = surname.split()
    count = next(index for index, word in enumerate(words) if word not in _PREFIX_WORDS)
    return " ".join(words[:count]) or None, " ".join(words[count:])

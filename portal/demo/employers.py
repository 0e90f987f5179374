"""The arbo service and the three employers of the demo. None of them exists, and neither do their towns."""

from __future__ import annotations

from dataclasses import dataclass

SERVICE = "Arbodienst Zilverbeek"


@dataclass(frozen=True)
class Work:
    """A function that people have: its group, how many of ten have it, and the hours a week that are usual."""

    function: str
    group: str
    weight: int
    hours: tuple[str, ...]


@dataclass(frozen=True)
class Team:
    """A department: how many people, where, and what they do. The first function is that of its head, who is one."""

    name: str
    people: int
    sites: tuple[str, ...]
    work: tuple[Work, ...]


@dataclass(frozen=True)
class DemoEmployer:
    """An employer. `number` makes a personnel number of a rank; `with_bsn` people have a BSN, the others none."""

    name: str
    domain: str
    number: str
    first_number: int
    with_bsn: int
    former: int
    share_of_women: int
    towns: tuple[tuple[str, int], ...]
    teams: tuple[Team, ...]

    @property
    def people(self) -> int:
        """How many employees there are, former ones among them."""
        return sum(team.people for team in self.teams)


FULL, LONG, SHORT = ("36", "36", "36", "32"), ("32", "28", "36", "24"), ("24", "20", "28", "16", "18,5")
ENGINEERING = ("40", "40", "40", "38", "32")


def _team(name: str, people: int, site: str, head: str, *work: tuple[str, str, int, tuple[str, ...]]) -> Team:
    leading = Work(head, "Leiding", 0, FULL)
    return Team(name, people, tuple(site.split("|")), (leading, *(Work(*each) for each in work)))


LINDERVOORT = DemoEmployer(
    name="Gemeente Lindervoort",
    domain="lindervoort.example",
    number="GL{:04}",
    first_number=1012,
    with_bsn=200,
    former=8,
    share_of_women=52,
    towns=(("Lindervoort", 7436), ("Oud-Lindervoort", 7437), ("Sparrenbroek", 7441), ("Westerklooster", 7458)),
    teams=(
        _team(
            "Bestuur en Griffie", 8, "Stadhuis", "Griffier",
            ("Raadsadviseur", "Beleid", 4, FULL), ("Bestuurssecretaresse", "Ondersteuning", 4, LONG),
        ),
        _team(
            "Burgerzaken", 24, "Stadhuis|Servicepunt Sparrenbroek", "Teamleider Burgerzaken",
            ("Medewerker burgerzaken", "Dienstverlening", 8, LONG),
            ("Specialist burgerzaken", "Dienstverlening", 2, FULL),
        ),
        _team(
            "Communicatie", 7, "Stadhuis", "Teamleider Communicatie",
            ("Communicatieadviseur", "Advies", 6, LONG), ("Vormgever", "Ondersteuning", 2, SHORT),
        ),
        _team(
            "Financiën", 17, "Stadhuis", "Teamleider Financiën",
            ("Administrateur", "Bedrijfsvoering", 6, LONG), ("Financieel adviseur", "Advies", 3, FULL),
        ),
        _team(
            "Gemeentearchief", 3, "Archief Sparrenbroek", "Archivaris",
            ("Medewerker archief", "Ondersteuning", 1, SHORT),
        ),
        _team(
            "Informatievoorziening", 16, "Stadhuis", "Teamleider Informatievoorziening",
            ("Functioneel beheerder", "Bedrijfsvoering", 4, FULL), ("Systeembeheerder", "Techniek", 3, FULL),
            ("Gegevensbeheerder", "Bedrijfsvoering", 3, LONG),
        ),
        _team(
            "Klantcontact", 18, "Stadhuis", "Teamleider Klantcontact",
            ("Medewerker klantcontact", "Dienstverlening", 9, SHORT), ("Bode", "Ondersteuning", 1, LONG),
        ),
        _team(
            "Openbare Werken", 38, "Gemeentewerf", "Teamleider Openbare Werken",
            ("Medewerker groen", "Uitvoering", 5, FULL), ("Medewerker wegen en riolering", "Uitvoering", 4, FULL),
            ("Uitvoerder", "Uitvoering", 1, FULL), ("Monteur openbare verlichting", "Techniek", 1, FULL),
        ),
        _team(
            "Personeel en Organisatie", 10, "Stadhuis", "Teamleider Personeel en Organisatie",
            ("HR-adviseur", "Advies", 5, LONG), ("Medewerker salarisadministratie", "Bedrijfsvoering", 4, LONG),
        ),
        _team(
            "Ruimtelijke Ontwikkeling", 27, "Stadhuis", "Teamleider Ruimtelijke Ontwikkeling",
            ("Beleidsmedewerker ruimte", "Beleid", 5, FULL), ("Projectleider", "Beleid", 3, FULL),
            ("Stedenbouwkundige", "Beleid", 1, LONG),
        ),
        _team(
            "Sociaal Domein", 46, "Stadhuis|Wijkteam Oost|Wijkteam West", "Teamleider Sociaal Domein",
            ("Consulent Wmo", "Dienstverlening", 4, LONG), ("Consulent werk en inkomen", "Dienstverlening", 4, LONG),
            ("Jeugdconsulent", "Dienstverlening", 2, LONG), ("Kwaliteitsmedewerker", "Beleid", 1, FULL),
        ),
        _team(
            "Vergunningen en Handhaving", 26, "Stadhuis|Gemeentewerf", "Teamleider Vergunningen en Handhaving",
            ("Vergunningverlener", "Dienstverlening", 4, LONG), ("Toezichthouder", "Uitvoering", 3, FULL),
            ("Handhaver openbare ruimte", "Uitvoering", 4, FULL),
        ),
    ),
)  # fmt: skip

TORNVELD = DemoEmployer(
    name="Ingenieursbureau Tornveld",
    domain="tornveld.example",
    number="TV{:03}",
    first_number=101,
    with_bsn=35,
    former=2,
    share_of_women=26,
    towns=(("Tornveld", 6583), ("Maalbeek", 6587)),
    teams=(
        _team(
            "Constructies", 12, "Tornveld", "Hoofd Constructies",
            ("Constructeur", "Ontwerp", 6, ENGINEERING), ("Rekenaar", "Ontwerp", 3, ENGINEERING),
        ),
        _team("Directie", 1, "Tornveld", "Directeur"),
        _team(
            "Installaties", 9, "Tornveld", "Hoofd Installaties",
            ("Adviseur installaties", "Advies", 6, ENGINEERING), ("Werkvoorbereider", "Ontwerp", 3, ENGINEERING),
        ),
        _team("Kantoor", 2, "Tornveld", "Officemanager", ("Administratief medewerker", "Ondersteuning", 1, SHORT)),
        _team(
            "Projectleiding", 5, "Tornveld", "Hoofd Projectleiding",
            ("Projectleider", "Leiding", 5, ENGINEERING),
        ),
        _team("Tekenkamer", 6, "Tornveld", "Hoofd Tekenkamer", ("BIM-modelleur", "Ontwerp", 5, ENGINEERING)),
    ),
)  # fmt: skip

WARDS = (("Verpleegkundige", "Zorg", 7, LONG), ("Verzorgende", "Zorg", 2, SHORT), ("Zorgassistent", "Zorg", 1, SHORT))

RIETMARE = DemoEmployer(
    name="Ziekenhuisgroep Rietmare",
    domain="rietmare.example",
    number="{:06}",
    first_number=104211,
    with_bsn=674,
    former=24,
    share_of_women=76,
    towns=(("Rietmare", 8461), ("Veenhaven", 8465), ("Hoge Rietdijk", 8472), ("Oosterplas", 8478), ("Zandwolde", 8493)),
    teams=(
        _team(
            "Apotheek", 34, "Locatie Noord", "Hoofd Apotheek",
            ("Apothekersassistent", "Zorg", 8, LONG), ("Ziekenhuisapotheker", "Medische staf", 2, FULL),
        ),
        _team(
            "Facilitair Bedrijf", 98, "Locatie Noord|Locatie Zuid", "Hoofd Facilitair Bedrijf",
            ("Medewerker schoonmaak", "Facilitair", 6, SHORT), ("Medewerker logistiek", "Facilitair", 3, LONG),
            ("Beveiliger", "Facilitair", 1, FULL), ("Technisch medewerker", "Techniek", 1, FULL),
        ),
        _team(
            "Financiën en Inkoop", 18, "Locatie Noord", "Hoofd Financiën en Inkoop",
            ("Financieel medewerker", "Bedrijfsvoering", 5, LONG), ("Inkoper", "Bedrijfsvoering", 3, FULL),
        ),
        _team(
            "Geboortezorg", 58, "Locatie Noord", "Teamleider Geboortezorg",
            ("Verpleegkundige", "Zorg", 5, LONG), ("Klinisch verloskundige", "Zorg", 3, LONG),
            ("Kraamverzorgende", "Zorg", 2, SHORT),
        ),
        _team("Geestelijke Verzorging", 3, "Locatie Noord", "Coördinator", ("Geestelijk verzorger", "Zorg", 1, SHORT)),
        _team(
            "ICT", 37, "Locatie Noord", "Hoofd ICT",
            ("Applicatiebeheerder", "Techniek", 5, FULL), ("Systeembeheerder", "Techniek", 4, FULL),
            ("Medewerker servicedesk", "Techniek", 2, FULL),
        ),
        _team(
            "Intensive Care", 92, "Locatie Noord", "Teamleider Intensive Care",
            ("IC-verpleegkundige", "Zorg", 9, LONG), ("Zorgassistent", "Zorg", 1, SHORT),
        ),
        _team(
            "Keuken en Restaurant", 41, "Locatie Noord|Locatie Zuid", "Hoofd Keuken en Restaurant",
            ("Kok", "Facilitair", 2, FULL), ("Voedingsassistent", "Facilitair", 6, SHORT),
            ("Medewerker restaurant", "Facilitair", 3, SHORT),
        ),
        _team(
            "Laboratorium", 73, "Locatie Noord", "Hoofd Laboratorium",
            ("Analist", "Onderzoek", 8, LONG), ("Medewerker bloedafname", "Zorg", 3, SHORT),
        ),
        _team(
            "Medisch Archief", 7, "Locatie Zuid", "Coördinator Medisch Archief",
            ("Medewerker archief", "Ondersteuning", 1, SHORT),
        ),
        _team(
            "Operatiekamers", 104, "Locatie Noord", "Hoofd Operatiekamers",
            ("Operatieassistent", "Zorg", 6, FULL), ("Anesthesiemedewerker", "Zorg", 4, FULL),
        ),
        _team(
            "Personeel en Organisatie", 22, "Locatie Noord", "Manager Personeel en Organisatie",
            ("HR-adviseur", "Advies", 5, LONG), ("Medewerker personeelsadministratie", "Bedrijfsvoering", 5, LONG),
        ),
        _team(
            "Poliklinieken", 156, "Locatie Noord|Locatie Zuid|Polikliniek Zandwolde", "Hoofd Poliklinieken",
            ("Doktersassistent", "Zorg", 6, SHORT), ("Medisch secretaresse", "Ondersteuning", 3, LONG),
            ("Verpleegkundig specialist", "Zorg", 1, LONG),
        ),
        _team(
            "Radiologie", 61, "Locatie Noord|Locatie Zuid", "Hoofd Radiologie",
            ("Radiodiagnostisch laborant", "Onderzoek", 8, LONG),
            ("Administratief medewerker", "Ondersteuning", 2, SHORT),
        ),
        _team("Raad van Bestuur", 4, "Locatie Noord", "Voorzitter", ("Directiesecretaris", "Ondersteuning", 1, FULL)),
        _team(
            "Spoedeisende Hulp", 86, "Locatie Noord", "Teamleider Spoedeisende Hulp",
            ("SEH-verpleegkundige", "Zorg", 8, LONG), ("Baliemedewerker", "Ondersteuning", 2, SHORT),
        ),
        _team("Verpleging Chirurgie", 118, "Locatie Noord", "Teamleider Verpleging Chirurgie", *WARDS),
        _team("Verpleging Intern", 124, "Locatie Noord", "Teamleider Verpleging Intern", *WARDS),
        _team("Verpleging Kind en Jeugd", 64, "Locatie Noord", "Teamleider Verpleging Kind en Jeugd", *WARDS),
    ),
)  # fmt: skip

EMPLOYERS = (LINDERVOORT, TORNVELD, RIETMARE)

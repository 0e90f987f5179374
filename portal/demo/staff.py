"""The invented employees of an employer, with fields as a personnel department would have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.nl import bsn

from portal.demo.draws import Draws
from portal.demo.employers import EMPLOYERS, DemoEmployer, Team
from portal.demo.names import InventedName, ascii_letters, draw_name, words
from vault.fields import Card, Details

TEST_BSNS = tuple(str(number) for number in range(999_990_000, 1_000_000_000) if bsn.is_valid(str(number)))
"""The numbers that are handed out to nobody and pass the 11-test: 909."""

_STREETS = words("""
    Dorpsstraat Kerkstraat Molenweg Schoolstraat Stationsweg Beukenlaan Eikenlaan Lindelaan Kastanjelaan Wilgenstraat
    Berkenhof Esdoornpad Tulpstraat Rozenstraat Merelhof Zwaluwstraat Vinkenlaan Havenkade Dijkweg Polderpad Marktplein
    Kanaalweg Sluisweg Brinkstraat Veldweg Akkerlaan Zonnebloem Parklaan Nieuwstraat Achterweg
""")
_KINDS_LATELY = (("Tijdelijk", 60), ("Vast", 25), ("Oproep", 8), ("Uitzend", 5), ("Stage", 2))
_KINDS = (("Vast", 96), ("Oproep", 4))
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class InventedEmployee:
    """An employee who does not exist, by the fields of a record and an employment (E-03, E-06)."""

    personnel_number: str
    card: Card
    details: Details
    department: str
    site: str
    function_group: str
    function: str
    kind: str
    hours: str
    starts_on: date
    ends_on: date | None


def invent_staff(employer: DemoEmployer, today: date) -> list[InventedEmployee]:
    """The employees, by personnel number; the same ones whenever it is asked on one day."""
    draws = Draws(employer.name)
    numbers = _bsns(employer, draws)
    posts = draws.shuffled([(team, rank) for team in employer.teams for rank in range(team.people)])
    heads = {(team.name, rank) for team, rank in posts if rank == 0}
    former = {(team.name, rank) for team, rank in posts if rank > 0 and team.people > rank + 2}
    leaving = set(draws.shuffled(sorted(former))[: employer.former])
    return [
        _employee(employer, team, place, draws, today, next(numbers), head=post in heads, former=post in leaving)
        for place, (team, rank) in enumerate(posts)
        for post in [(team.name, rank)]
    ]


def _bsns(employer: DemoEmployer, draws: Draws) -> Iterator[str | None]:
    """A test BSN, or none, for each employee; each number goes to one person of one employer."""
    before = sum(other.with_bsn for other in EMPLOYERS[: EMPLOYERS.index(employer)])
    own = TEST_BSNS[before : before + employer.with_bsn]
    return iter(draws.shuffled([*own, *[None] * (employer.people - employer.with_bsn)]))


def _employee(
    employer: DemoEmployer,
    team: Team,
    place: int,
    draws: Draws,
    today: date,
    number: str | None,
    *,
    head: bool,
    former: bool,
) -> InventedEmployee:
    name = draw_name(draws, employer.share_of_women)
    born = today - (19 + draws.below(24) + draws.below(24)) * _YEAR - timedelta(days=draws.below(365))
    work = team.work[0] if head else draws.weighted([(work, work.weight) for work in team.work[1:]])
    starts_on, ends_on = _employment_days(draws, born, today, former=former)
    town, postcode = draws.one_of(employer.towns)
    return InventedEmployee(
        personnel_number=employer.number.format(employer.first_number + place * 3 + draws.below(3)),
        card=_card(name, born, f"{postcode}{draws.one_of('ABCDEGHJKLM')}{draws.one_of('ABCDEGHJKLMNPRTVWXZ')}"),
        details=_details(employer, name, number, town, draws),
        department=team.name,
        site=draws.one_of(team.sites),
        function_group=work.group,
        function=work.function,
        kind="Vast" if head else draws.weighted(_KINDS_LATELY if today - starts_on < 2 * _YEAR else _KINDS),
        hours=draws.one_of(work.hours),
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _employment_days(draws: Draws, born: date, today: date, *, former: bool) -> tuple[date, date | None]:
    """A first day in the working life of someone born then, rather lately than long ago, and for a former one a last.

    Most people begin on the first of a month.
    """
    longest = min((today - born).days - 18 * 365, 35 * 365)
    starts_on = today - timedelta(days=120 + min(draws.below(max(longest, 200)), draws.below(max(longest, 200))))
    starts_on = starts_on.replace(day=1) if draws.chance(80) else starts_on
    return starts_on, today - timedelta(days=8 + draws.below(100)) if former else None


def _card(name: InventedName, born: date, postcode: str) -> Card:
    return Card(
        last_name=name.last_name,
        birth_date=born,
        prefix=name.prefix,
        first_name=name.first_name,
        initials=name.initials,
        postcode=postcode,
    )


def _details(employer: DemoEmployer, name: InventedName, number: str | None, town: str, draws: Draws) -> Details:
    private = f"{ascii_letters(name.first_name)}{draws.below(900) + 100}@post.example"
    return Details(
        gender=name.gender,
        bsn=number,
        email=f"{name.mail_name}@{employer.domain}",
        email_private=private if draws.chance(60) else None,
        # No subscriber has a number that begins with these digits.
        phone_work=f"0100{draws.below(1_000_000):06}" if draws.chance(50) else None,
        phone_mobile=f"060{draws.below(10_000_000):07}" if draws.chance(85) else None,
        street=draws.one_of(_STREETS),
        house_number=str(1 + draws.below(draws.one_of([40, 90, 220]))),
        house_number_addition=draws.one_of("ABC") if draws.chance(6) else None,
        city=town,
    )

"""The forms from which documents are made, as data: what is asked, what must be answered, and where it comes from.

What they ask is what law and practice want in them (Regeling procesgang eerste en tweede ziektejaar, art. 4; domain.md
B.1), and nothing about the nature or cause of an illness, which an employer may not keep (D-rule 39). Sentences are
Dutch msgids: the document is Dutch whoever makes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

N_ = str

LONGEST_TEXT = 10_000
LONGEST_LINE = 200
MOST_ROWS = 30


class FieldKind(StrEnum):
    """What is typed in a field."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    HOURS = "hours"
    CHOICE = "choice"


class Known(StrEnum):
    """What the dossier knows already, so that nobody has to type it again."""

    EMPLOYEE = "employee"
    PERSONNEL_NUMBER = "personnel_number"
    FUNCTION = "function"
    DEPARTMENT = "department"
    HOURS = "hours"
    EMPLOYER = "employer"


@dataclass(frozen=True)
class Field:
    """One thing that is asked; `choices` are what can be chosen, `known` where the answer may come from."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    hint: str | None = None
    is_required: bool = False
    choices: tuple[str, ...] = ()
    known: Known | None = None


@dataclass(frozen=True)
class Rows:
    """Lines of the same few things, such as agreements with who, what and when; `least` must be filled in."""

    name: str
    label: str
    columns: tuple[Field, ...]
    hint: str | None = None
    least: int = 0


@dataclass(frozen=True)
class Section:
    """Parts of a form under one heading."""

    title: str
    parts: tuple[Field | Rows, ...]


@dataclass(frozen=True)
class Template:
    """A form; `key` is what the database calls it, `title` the document's."""

    key: str
    title: str
    explanation: str
    sections: tuple[Section, ...]

    @property
    def parts(self) -> Iterator[Field | Rows]:
        """All that is asked, in its order."""
        return (part for section in self.sections for part in section.parts)


_NOT_MEDICAL = N_("Schrijf niets over de aard of de oorzaak van de klachten: dat mag een werkgever niet vastleggen.")
_WHEN = N_("Bijvoorbeeld 31-12-2026")

_ABOUT = Section(
    N_("Werknemer en werkgever"),
    (
        Field("employee", N_("Werknemer"), is_required=True, known=Known.EMPLOYEE),
        Field("personnel_number", N_("Personeelsnummer"), known=Known.PERSONNEL_NUMBER),
        Field("function", N_("Functie"), known=Known.FUNCTION),
        Field("department", N_("Afdeling"), known=Known.DEPARTMENT),
        Field("contract_hours", N_("Contracturen per week"), FieldKind.HOURS, known=Known.HOURS),
        Field("employer", N_("Werkgever"), is_required=True, known=Known.EMPLOYER),
        Field("manager", N_("Leidinggevende")),
        Field(
            "case_manager",
            N_("Casemanager"),
            hint=N_("Wie begeleidt de re-integratie en houdt contact met iedereen?"),
            is_required=True,
        ),
        Field("first_day", N_("Eerste ziektedag"), FieldKind.DAY, _WHEN, is_required=True),
    ),
)
_AGREEMENTS = Rows(
    "agreements",
    N_("Afspraken"),
    (
        Field("who", N_("Wie"), is_required=True),
        Field("what", N_("Wat"), is_required=True),
        Field("when", N_("Wanneer"), is_required=True, hint=N_("Een datum of een periode")),
    ),
    hint=N_("Wat doet de werkgever, wat doet de werknemer, en wanneer is het klaar?"),
    least=1,
)
_VIEWS = Section(
    N_("Visie"),
    (
        Field("employer_view", N_("Visie van de werkgever"), FieldKind.TEXT, _NOT_MEDICAL),
        Field("employee_view", N_("Visie van de werknemer"), FieldKind.TEXT, _NOT_MEDICAL),
    ),
)

RETURN_PLAN = Template(
    "werkhervattingsplan",
    N_("Werkhervattingsplan"),
    N_("Hoe de werknemer stap voor stap weer aan het werk gaat: vanaf wanneer, hoeveel uren en welk werk."),
    (
        _ABOUT,
        Section(
            N_("Werkhervatting"),
            (
                Field(
                    "advice_day", N_("Datum van het advies van de bedrijfsarts"), FieldKind.DAY, _WHEN, is_required=True
                ),
                Field("work", N_("Werkzaamheden"), FieldKind.TEXT, _NOT_MEDICAL, is_required=True),
                Field(
                    "adjustments",
                    N_("Aanpassingen van het werk of de werkplek"),
                    FieldKind.TEXT,
                    N_("Bijvoorbeeld andere taken, andere werktijden of een hulpmiddel."),
                ),
                Rows(
                    "build_up",
                    N_("Opbouw"),
                    (
                        Field("from_day", N_("Vanaf"), FieldKind.DAY, is_required=True),
                        Field("hours", N_("Uren per week"), FieldKind.HOURS, is_required=True),
                        Field("tasks", N_("Werk en werkdagen")),
                    ),
                    hint=N_("Een regel voor elke stap, met de datum als 31-12-2026."),
                    least=1,
                ),
            ),
        ),
        Section(
            N_("Begeleiding en evaluatie"),
            (
                Field("guidance", N_("Begeleiding op het werk"), hint=N_("Wie helpt, en hoe vaak?")),
                Field("evaluation_day", N_("Datum van de evaluatie"), FieldKind.DAY, _WHEN, is_required=True),
                _AGREEMENTS,
            ),
        ),
        _VIEWS,
    ),
)
ACTION_PLAN = Template(
    "plan_van_aanpak",
    N_("Plan van aanpak"),
    N_(
        "Wat werkgever en werknemer doen om de werknemer weer aan het werk te helpen. Verplicht binnen twee weken na "
        "de probleemanalyse van de bedrijfsarts."
    ),
    (
        _ABOUT,
        Section(
            N_("Probleemanalyse"),
            (
                Field("analysis_day", N_("Datum van de probleemanalyse"), FieldKind.DAY, _WHEN, is_required=True),
                Field(
                    "possibilities",
                    N_("Mogelijkheden en beperkingen voor werk"),
                    FieldKind.TEXT,
                    _NOT_MEDICAL,
                    is_required=True,
                ),
            ),
        ),
        Section(
            N_("Doel en aanpak"),
            (
                Field(
                    "goal",
                    N_("Doel"),
                    FieldKind.CHOICE,
                    is_required=True,
                    choices=(
                        N_("Terug in het eigen werk"),
                        N_("Terug in het eigen werk, met aanpassingen"),
                        N_("Ander werk bij de eigen werkgever"),
                        N_("Werk bij een andere werkgever"),
                    ),
                ),
                Field("goal_day", N_("Streefdatum"), FieldKind.DAY, _WHEN),
                Field("goal_explanation", N_("Toelichting op het doel"), FieldKind.TEXT, _NOT_MEDICAL),
                _AGREEMENTS,
            ),
        ),
        Section(
            N_("Contact en evaluatie"),
            (
                Field(
                    "contact",
                    N_("Contact"),
                    hint=N_("Hoe vaak spreken werkgever en werknemer elkaar, en hoe?"),
                    is_required=True,
                ),
                Field(
                    "evaluation_day",
                    N_("Datum van de eerste evaluatie"),
                    FieldKind.DAY,
                    N_("Ten minste eens in de zes weken. Bijvoorbeeld 31-12-2026"),
                    is_required=True,
                ),
            ),
        ),
        _VIEWS,
    ),
)
TEMPLATES: Mapping[str, Template] = {template.key: template for template in (RETURN_PLAN, ACTION_PLAN)}

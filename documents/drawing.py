"""Making a document of what was filled in, as a PDF that lasts and that everybody can read (DOC-10, signing.md 9.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from documents.filling_in import Answers
from documents.templates import Field, FieldKind, Rows, Section, Template
from documents.typesetting import LASTING, typeset

SOURCE = Path(__file__).resolve().parent.parent / "templates" / "documents" / "form.typ"
NOTHING = "-"
"""What stands where nothing was filled in."""


@dataclass(frozen=True)
class Facts:
    """Short answers, each with what was asked."""

    facts: tuple[tuple[str, str], ...] = field(repr=False)
    kind: str = "facts"


@dataclass(frozen=True)
class Text:
    """A long answer."""

    label: str
    value: str = field(repr=False)
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """Rows of the same few things."""

    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    kind: str = "table"


@dataclass(frozen=True)
class DrawnSection:
    """A heading, and what stands below it."""

    title: str
    parts: tuple[Facts | Text | Table, ...]


def draw_form(template: Template, answers: Answers, *, number: int, moment: datetime) -> bytes:
    """Return version `number` of a document, made at `moment`: a PDF/A-2a that is PDF/UA-1 as well, in Dutch."""
    content = {
        "title": template.title,
        "footer": footer(template, number, moment),
        "sections": [asdict(section) for section in sections_of(template, answers)],
    }
    return typeset(SOURCE, "form", content, moment, LASTING)


def footer(template: Template, number: int, moment: datetime) -> str:
    """What stands at the foot of each page."""
    return f"{template.title}, versie {number} van {moment:%d-%m-%Y}"


def sections_of(template: Template, answers: Answers) -> tuple[DrawnSection, ...]:
    """What stands in a document; rows of which none was filled in are left out."""
    return tuple(DrawnSection(section.title, tuple(_parts(section, answers))) for section in template.sections)


def _parts(section: Section, answers: Answers) -> Iterator[Facts | Text | Table]:
    facts: list[tuple[str, str]] = []
    for part in section.parts:
        if isinstance(part, Field) and part.kind is not FieldKind.TEXT:
            facts.append((part.label, answers.fields.get(part.name) or NOTHING))
            continue
        if facts:
            yield Facts(tuple(facts))
            facts = []
        if isinstance(part, Field):
            yield Text(part.label, answers.fields.get(part.name) or NOTHING)
        elif answers.rows.get(part.name):
            yield _table(part, answers.rows[part.name])
    if facts:
        yield Facts(tuple(facts))


def _table(part: Rows, rows: Sequence[object]) -> Table:
    names = [column.name for column in part.columns]
    shown = tuple(tuple(str(dict(row).get(name) or NOTHING) for name in names) for row in rows)  # type: ignore[call-overload]
    return Table(part.label, tuple(column.label for column in part.columns), shown)

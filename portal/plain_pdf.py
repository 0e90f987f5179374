"""A document of headings, facts and tables as a PDF: tagged, in the language of who asks for it (PDF/UA-1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from documents.typesetting import typeset
from portal.languages import language_of_request

SOURCE = Path(__file__).resolve().parent.parent / "templates" / "own_data" / "document.typ"


@dataclass(frozen=True)
class Section:
    """A heading of level 2 or 3 with paragraphs, facts (term and value) and a table, as far as there are.

    `widths` are the shares of the columns in the width of the page.
    """

    title: str
    level: int = 2
    paragraphs: tuple[str, ...] = field(default=(), repr=False)
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Document:
    """What stands in a document; `footer` stands on each page, `made_at` is when it was made."""

    title: str
    footer: str
    made_at: datetime
    paragraphs: tuple[str, ...] = field(default=(), repr=False)
    sections: tuple[Section, ...] = ()


def render_document(document: Document) -> bytes:
    """Return the PDF."""
    content = {**asdict(document), "made_at": None, "language": language_of_request().value}
    return typeset(SOURCE, "document", content, document.made_at)

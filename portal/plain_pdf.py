"""A document of headings, facts and tables as a PDF: tagged, in the language of who asks for it (PDF/UA-1)."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

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
    content = _clean({**asdict(document), "made_at": None, "language": language_of_request().value})
    try:
        return _compiled(content, document.made_at)
    except typst.TypstError:
        # PDF/UA forbids a character that the fonts lack: such a letter is printed as far as it can be.
        return _compiled(_in_ascii(content), document.made_at)


def _compiled(content: Any, made_at: datetime) -> bytes:
    # What people are called and wrote is data, never source: it reaches the document as JSON.
    return typst.compile(
        SOURCE.read_bytes(),
        format="pdf",
        sys_inputs={"document": json.dumps(content)},
        font_paths=_fonts(),
        pdf_standards=["ua-1"],
        timestamp=int(made_at.timestamp()),
    )


def _clean(content: Any) -> Any:
    """The same without characters that no font shows."""
    return _changed(content, lambda text: "".join(sign for sign in text if sign == "\n" or sign.isprintable()))


def _in_ascii(content: Any) -> Any:
    return _changed(content, _folded)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("•", "*").replace("–", "-"))
    return "".join("" if unicodedata.combining(sign) else sign if sign.isascii() else "?" for sign in folded)


def _changed(content: Any, change: Any) -> Any:
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return {name: _changed(value, change) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_changed(value, change) for value in content]
    return content


@cache
def _fonts() -> typst.Fonts:
    # The fonts within the library, so that a document is the same on every server.
    return typst.Fonts(include_system_fonts=False)

"""The same document for Word: with headings, tables with a head, a title and a language, for everybody to read."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from documents.drawing import Facts, Table, Text, footer, sections_of
from documents.filling_in import Answers
from documents.templates import Template

_LANGUAGE = "nl-NL"


def write_word(template: Template, answers: Answers, *, number: int, moment: datetime) -> bytes:
    """Return version `number` of a document, made at `moment`, as a .docx (ISO/IEC 29500)."""
    document = docx.Document()
    _describe(document, template, moment)
    document.add_heading(template.title, level=1)
    document.sections[0].footer.paragraphs[0].text = footer(template, number, moment)
    for section in sections_of(template, answers):
        document.add_heading(section.title, level=2)
        for part in section.parts:
            _add(document, part)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _describe(document: Any, template: Template, moment: datetime) -> None:
    about = document.core_properties
    about.title, about.author, about.language = template.title, "Datakluis", _LANGUAGE
    about.created = about.modified = moment.replace(tzinfo=None)
    about.comments = ""
    fonts = document.styles.element.find(".//" + qn("w:rPrDefault") + "/" + qn("w:rPr"))
    language = fonts.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        fonts.append(language)
    language.set(qn("w:val"), _LANGUAGE)


def _add(document: Any, part: Facts | Text | Table) -> None:
    if isinstance(part, Facts):
        for name, value in part.facts:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{name}: ").bold = True
            paragraph.add_run(_shown(value))
        return
    document.add_heading(part.label, level=3)
    if isinstance(part, Text):
        for paragraph in part.value.split("\n\n"):
            document.add_paragraph(_shown(paragraph))
        return
    _add_table(document, part)


def _add_table(document: Any, part: Table) -> None:
    table = document.add_table(rows=1, cols=len(part.columns), style="Table Grid")
    head = table.rows[0]
    # Whoever does not see the table hears with each value to which column it belongs, also on the next page.
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, name in zip(head.cells, part.columns, strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    for row in part.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = _shown(value)


def _shown(text: str) -> str:
    """The text without what XML has no way to write, and what turns the direction of writing."""
    spaced = (sign if sign == "\n" or not sign.isspace() else " " for sign in text)
    return "".join(sign for sign in spaced if sign == "\n" or sign.isprintable())

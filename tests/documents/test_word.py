"""The document for Word says what the PDF says, with headings, heads of tables, a title and a language (DOC-13)."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import docx
from docx.oxml.ns import qn

from documents.checking import check_content
from documents.filling_in import Answers, checked
from documents.kinds import FileKind
from documents.templates import RETURN_PLAN
from documents.word import write_word
from tests.documents.forms import return_plan
from tests.documents.sealed import sealed_reader

MOMENT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def written(answers: Answers) -> bytes:
    """The first version of a document."""
    return write_word(RETURN_PLAN, checked(RETURN_PLAN, answers), number=1, moment=MOMENT)


def test_it_says_what_was_filled_in() -> None:
    document = docx.Document(io.BytesIO(written(return_plan(manager="<b>&{{ 7*7 }}\u202e\x0b'"))))
    told = [paragraph.text for paragraph in document.paragraphs]
    assert "Werknemer: Ünal Çelik" in told
    assert "Casemanager: Đặng Nguyễn" in told
    assert "Leidinggevende: <b>&{{ 7*7 }}'" in told
    assert "Niet tillen." in told
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert rows[:2] == [["Vanaf", "Uren per week", "Werk en werkdagen"], ["01-04-2026", "8", "maandag en woensdag"]]
    assert document.sections[0].footer.paragraphs[0].text == "Werkhervattingsplan, versie 1 van 27-11-2026"


def test_everybody_can_read_it() -> None:
    document = docx.Document(io.BytesIO(written(return_plan())))
    assert (document.core_properties.title, document.core_properties.language) == ("Werkhervattingsplan", "nl-NL")
    styles = [str(paragraph.style.name) for paragraph in document.paragraphs if paragraph.style is not None]
    headings = [style for style in styles if style.startswith("Heading")]
    assert headings[:2] == ["Heading 1", "Heading 2"]
    assert headings.count("Heading 2") == len(RETURN_PLAN.sections)
    for table in document.tables:
        assert table.rows[0]._tr.get_or_add_trPr().find(qn("w:tblHeader")) is not None
    language = document.styles.element.find(".//" + qn("w:rPrDefault") + "//" + qn("w:lang"))
    assert language.get(qn("w:val")) == "nl-NL"


def test_it_is_a_document_as_may_be_uploaded_and_names_nobody() -> None:
    data = written(return_plan())
    assert check_content(sealed_reader(data)).kind is FileKind.WORD
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"Datakluis" in parts.read("docProps/core.xml")
        assert not [name for name in parts.namelist() if "embed" in name or "vba" in name]

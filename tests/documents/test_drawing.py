"""A document is drawn as an archive that everybody can read, in which what was typed is text (signing.md 8.3, 9.2)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pypdfium2
import pytest

from documents.drawing import draw_form, footer
from documents.filling_in import Answers, checked
from documents.templates import LONGEST_TEXT, RETURN_PLAN, TEMPLATES, Field, FieldKind, Template
from tests.documents.forms import action_plan, return_plan

MOMENT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
TYPED = {"werkhervattingsplan": return_plan(), "plan_van_aanpak": action_plan()}
HOSTILE = (
    '#read("/etc/passwd")',
    '#read("../../../etc/hostname")',
    '#image("http://127.0.0.1:9/plaatje.png")',
    '#import "@preview/cetz:0.2.2": *',
    '#include "/../andere-klant/plan.typ"',
    "#panic() $x^2$ *vet* _schuin_ `code` = kop <anker> @bron // weg",
    '"], evil: true, [ ]] }} #let x = 1;',
    "<script>alert(1)</script><b>vet</b>&amp;<img src=file:///etc/passwd>",
    "{{ 7*7 }} {% include '/etc/passwd' %} ${jndi:ldap://x}",
    "\\u{41} \\#read \\ ~ -- --- ... 'aan' \"halen\"",
)


def made(template: Template, answers: Answers) -> bytes:
    """The first version of a document."""
    return draw_form(template, checked(template, answers), number=1, moment=MOMENT)


def text_of(data: bytes) -> str:
    """All that a PDF says, on one line."""
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)).split())


def without_spaces(text: str) -> str:
    """A text whose lines may have been broken anywhere."""
    return "".join(text.replace("\u200b", "").split())


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_all_that_was_filled_in_stands_in_the_document(key: str) -> None:
    template, answers = TEMPLATES[key], checked(TEMPLATES[key], TYPED[key])
    told = without_spaces(text_of(made(template, TYPED[key])))
    values = [
        *answers.fields.values(),
        *(value for rows in answers.rows.values() for row in rows for value in row.values()),
    ]
    for value in values:
        assert without_spaces(value) in told
    for label in (
        template.title,
        *(section.title for section in template.sections),
        *(part.label for part in template.parts),
    ):
        assert without_spaces(label) in told
    assert without_spaces(footer(template, 1, MOMENT)) in told


def test_what_was_not_filled_in_is_seen_to_be_open() -> None:
    told = text_of(made(RETURN_PLAN, return_plan(manager="")))
    assert "Leidinggevende: -" in told


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_is_text_in_every_field(hostile: str) -> None:
    """All four probes of signing.md 8.3, and markup: it is told as it was typed, and nothing is read for it."""
    fields = {
        part.name: hostile
        for part in RETURN_PLAN.parts
        if isinstance(part, Field) and part.kind in {FieldKind.LINE, FieldKind.TEXT}
    }
    typed = return_plan(**fields)
    rows = {
        "build_up": [{**row, "tasks": hostile} for row in typed.rows["build_up"]],
        "agreements": [dict.fromkeys(("who", "what", "when"), hostile)],
    }
    told = without_spaces(text_of(made(RETURN_PLAN, Answers(typed.fields, rows))))
    assert told.count(without_spaces(hostile)) == len(fields) + 2 + 3
    assert "root:" not in told


def test_a_name_in_any_letters_comes_out() -> None:
    told = text_of(
        made(RETURN_PLAN, return_plan(employee="Ünal Çelik", manager="Łukasz Şahin-Đặng", employer="面包 Bakkerij"))
    )
    assert "Ünal Çelik" in told
    assert "Łukasz Şahin-Đặng" in told
    assert "?? Bakkerij" in told


def test_a_very_long_answer_goes_on_over_pages() -> None:
    words = " ".join(f"woord{number}" for number in range(2000))[:LONGEST_TEXT].strip()
    data = made(RETURN_PLAN, return_plan(work=words, employee_view="x" * LONGEST_TEXT))
    assert len(pypdfium2.PdfDocument(data)) > 2
    told = without_spaces(text_of(data).replace(footer(RETURN_PLAN, 1, MOMENT), ""))
    assert told.count("woord") == words.count("woord")
    assert told.count("x") >= LONGEST_TEXT


def structure(element: Any) -> Iterator[tuple[str, Any]]:
    """The elements of the tree for screen readers, with their kind."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield str(kid.S), kid
            yield from structure(kid)


def test_it_is_an_archive_that_everybody_can_read() -> None:
    """PDF/A-2a and PDF/UA-1: tagged with headings, lists and heads of tables, a title, a language, fonts within."""
    with pikepdf.open(io.BytesIO(made(RETURN_PLAN, return_plan()))) as opened:
        root = opened.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "nl"
        assert root.ViewerPreferences.DisplayDocTitle
        assert len(root.OutputIntents) == 1
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Werkhervattingsplan"
        kinds = [kind for kind, _element in structure(root.StructTreeRoot)]
        assert [kind for kind in kinds if kind in {"/H1", "/H2", "/H3"}][:2] == ["/H1", "/H2"]
        assert kinds.count("/H2") == len(RETURN_PLAN.sections)
        assert kinds.count("/Table") == 2
        heads = [element for kind, element in structure(root.StructTreeRoot) if kind == "/TH"]
        assert [
            str(element.A[0].Scope if isinstance(element.A, pikepdf.Array) else element.A.Scope) for element in heads
        ] == ["/Column"] * 6
        assert kinds.count("/Lbl") == kinds.count("/LBody") > 9
        fonts = [font for page in opened.pages for font in page.Resources.Font.values()]
        assert fonts
        assert all("/FontFile3" in font.DescendantFonts[0].FontDescriptor for font in fonts)
        assert not opened.attachments
        assert "/JavaScript" not in str(root)


def test_the_same_is_drawn_again_at_the_same_moment() -> None:
    assert made(RETURN_PLAN, return_plan()) == made(RETURN_PLAN, return_plan())

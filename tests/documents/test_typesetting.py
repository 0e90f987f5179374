"""What people type is text in a PDF and nothing else; its source reaches no file, host or package (signing.md 8.3)."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import typst

from documents.typesetting import LASTING, _nowhere, typeset

MOMENT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
SOURCE = b"""#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "nl", font: "Libertinus Serif")
= #data.title
#for line in data.lines { par(line) }"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.typ"
    path.write_bytes(SOURCE)
    return path


def text_of(data: bytes) -> str:
    """All that a PDF says."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))


def test_letters_come_out_and_what_the_fonts_lack_is_written_as_far_as_it_can_be(source: Path) -> None:
    typed = [
        "Ünal Çelik",
        "Đặng Nguyễn",
        "Łukasz, Şahin",
        "Ελένη, Россия",
        "漢字 en 😀 van Zoë",
        "a\u202eb\u200bc\x07d\u00a0e",
    ]
    told = text_of(typeset(source, "data", {"title": "Namen", "lines": typed}, MOMENT, LASTING))
    shown = [" ".join(line.split()) for line in told.splitlines() if line.strip()]
    assert shown == ["Namen", *typed[:4], "?? en ? van Zoë", "abcd e"]


def test_a_text_of_a_thousand_letters_that_no_font_has_is_written_in_ascii(source: Path) -> None:
    many = "".join(chr(0x4E00 + number) for number in range(1000))
    told = text_of(typeset(source, "data", {"title": "x", "lines": [f"Zoë {many}"]}, MOMENT, LASTING))
    assert "Zoe ????" in told


def test_the_same_is_made_again_at_the_same_moment(source: Path) -> None:
    content = {"title": "Plan", "lines": ["een"]}
    assert typeset(source, "data", content, MOMENT, LASTING) == typeset(source, "data", content, MOMENT, LASTING)


def test_it_is_an_archive_and_readable_by_everybody(source: Path) -> None:
    made = typeset(source, "data", {"title": "Plan", "lines": ["een"]}, MOMENT, LASTING)
    with pikepdf.open(io.BytesIO(made)) as opened, opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")


@pytest.mark.parametrize(
    "reaching",
    [
        '#read("/etc/passwd")',
        '#read("../../../../../../etc/passwd")',
        '#image("https://localhost/plaatje.png")',
        '#import "/secret.typ": *',
        '#include "secret.typ"',
        '#plugin("/a.wasm")',
        '#pdf.attach("/etc/passwd")',
        '#pdf.attach("secret.typ")',
        '#bibliography("/etc/passwd")',
        '#import "@local/andere-klant:1.0.0": *',
    ],
)
def test_a_source_reaches_no_file(tmp_path: Path, reaching: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a source of ours, which is the only one that there is."""
    (tmp_path / "secret.typ").write_text("geheim")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "source.typ"
    path.write_text(f'#set document(title: "x")\n{reaching}')
    with pytest.raises(typst.TypstError):
        typeset(path, "data", {}, MOMENT)
    assert not list(_nowhere().iterdir())


def test_no_source_of_ours_asks_for_a_file_or_a_package() -> None:
    sources = list((Path(__file__).parents[2] / "templates").rglob("*.typ"))
    assert len(sources) >= 4
    for path in sources:
        told = path.read_text()
        assert not [
            word for word in ("read(", "#import", "#include", "plugin(", "@preview", "eval(") if word in told
        ], path

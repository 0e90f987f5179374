"""A text in every table of letters that Python knows: read right, or not without a word (security.md, goal G; X-22)."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases

import pytest

from tests.bad_files.door import Door
from tests.vault.importing.files import HEADINGS, row, text_file
from vault.importing.errors import FileRefused
from vault.importing.reading import read_table
from vault.value_checks import ValueFault, check_name

NAMES = (
    "Jansen", "Çelik", "Müller", "O’Neill", "Nuñez", "Åkesson", "Loïs", "Hélène", "García", "José", "Dvořák", "Yılmaz",
    "Şahin", "Wałęsa", "Kovačević", "Szabó", "Őze", "Țepeș", "Ионеско", "Παπαδόπουλος", "שרה", "محمد", "渡辺", "김철수",
    "สมชาย", "Nguyễn",
)  # fmt: skip
# These write a text as ASCII that nothing tells from other ASCII: no program writes a list of employees so.
NO_TABLES_OF_LETTERS = {"punycode", "idna", "undefined"}
CODECS = sorted(
    name
    for name in {*aliases.values(), "utf_8_sig", "raw_unicode_escape", "unicode_escape", "utf_7"} - NO_TABLES_OF_LETTERS
    if name not in {"mbcs", "oem"} and codecs.lookup(name)._is_text_encoding
)


def names_in(codec: str) -> list[str]:
    """The names that a file in this table of letters can hold."""

    def comes_back(name: str) -> bool:
        try:
            return name.encode(codec).decode(codec) == name
        except UnicodeError:
            return False

    return [name for name in NAMES if comes_back(name)]


def outcome(data: bytes, name: str) -> str:
    """What the reader makes of a file with this name in it."""
    try:
        table = read_table(data)
        *_, found = table.rows()
    except FileRefused:
        return "refused"
    if found.cells[1:2] == (name,):
        return "right"
    if table.doubtful_words:
        return "asked"
    try:
        check_name("".join(found.cells[1:2]))
    except ValueFault:
        return "refused"
    return "taken for another"


def test_all_that_python_knows_are_tried() -> None:
    assert len(CODECS) > 90


@pytest.mark.parametrize("codec", CODECS)
def test_no_name_is_taken_for_another_without_a_word(codec: str) -> None:
    found = {name: outcome(f"Nummer;Achternaam\r\n1;{name}\r\n".encode(codec), name) for name in names_in(codec)}
    assert "taken for another" not in found.values(), found
    if codec in {"utf_8", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be", "utf_32"}:
        assert found == dict.fromkeys(NAMES, "right")
    if codec in {"cp1252", "latin_1", "iso8859_15"}:
        assert set(found.values()) == {"right"}, found


@pytest.mark.parametrize("codec", CODECS)
def test_the_portal_shows_each_name_as_it_is_asks_or_refuses(door: Door, codec: str) -> None:
    names = names_in(codec)
    some = names[1:5] if len(names) > 1 else names
    rows = [row(number=f"{codec}-{name}"[:20], bsn="", department="Winkel", last_name=name, prefix="") for name in some]
    try:
        data = text_file([HEADINGS, *rows], encoding=codec)
    except UnicodeError:
        pytest.skip("this table has no separator or no letters of ours")
    answer = door.send(data)
    if answer.status == 422:
        assert len(answer.complaint) > 20
        return
    preview = door.look(answer.response.location)
    door.press(f"{answer.response.location.removesuffix('/kolommen')}/verwijderen")
    shown = all(f"Anna {name} " in preview.text for name in some)
    asked = "Kloppen deze letters?" in preview.text
    refused = "Hier staan tekens die niet in een naam horen" in preview.text or "Kolommen koppelen" in preview.heading
    assert shown or asked or refused

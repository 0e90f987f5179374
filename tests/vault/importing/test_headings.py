"""Finding out which column is which (X-22)."""

from __future__ import annotations

import pytest

from vault.importing.errors import FileRefused
from vault.importing.headings import COLUMNS, normalise
from vault.importing.layout import find_headings
from vault.importing.table import Row

REQUIRED = [column.heading for column in COLUMNS if column.required]


def rows(*cells: list[str]) -> list[Row]:
    return [Row(number, tuple(found)) for number, found in enumerate(cells, 1) if any(found)]


def test_the_columns_with_a_star_in_the_portal_are_the_required_ones() -> None:
    """E-06: Afdeling*, Startdatum*, Functiegroep*, Functie*, Type dienstverband*; and who it is."""
    assert set(REQUIRED) == {
        "Personeelsnummer", "Achternaam", "Geboortedatum", "Afdeling", "Startdatum", "Functiegroep", "Functie",
        "Type dienstverband",
    }  # fmt: skip


@pytest.mark.parametrize("word", [word for column in COLUMNS for word in (column.heading, *column.synonyms)])
@pytest.mark.parametrize("written", ["{}", "  {}*", "{} (verplicht):"])
def test_a_heading_is_recognised_however_it_is_written(word: str, written: str) -> None:
    [field] = {column.field for column in COLUMNS if word in (column.heading, *column.synonyms)}
    # Where the word stands beside the template's own heading, that one wins; so only the others are added.
    cells = [written.format(word).upper(), *(c.heading for c in COLUMNS if c.required and c.field != field)]
    assert find_headings(rows(cells)).places[field] == 0


def test_no_word_means_two_things() -> None:
    words = [normalise(word) for column in COLUMNS for word in {column.heading, *column.synonyms}]
    meanings: dict[str, set[str]] = {}
    for column in COLUMNS:
        for word in (column.heading, *column.synonyms):
            meanings.setdefault(normalise(word), set()).add(column.field)
    assert {word: fields for word, fields in meanings.items() if len(fields) > 1} == {}
    assert words


def test_all_missing_columns_are_named_at_once() -> None:
    with pytest.raises(FileRefused) as refused:
        find_headings(rows(["Achternaam", "Afdeling", "Functie", "BSN"]))
    assert refused.value.what % refused.value.parameters == (
        "Deze kolommen ontbreken: Personeelsnummer, Geboortedatum, Functiegroep, Type dienstverband, Startdatum."
    )


def test_columns_that_are_not_used_are_listed_as_they_stand_there() -> None:
    headings = find_headings(rows([*REQUIRED, "Schoenmaat", "", "  Kenteken\n auto "]))
    assert headings.ignored == ("Schoenmaat", "Kenteken auto")


def test_empty_rows_and_a_title_may_stand_above_the_headings() -> None:
    found = find_headings(rows([], ["Werknemers 2026"], [], ["stand per", "1-1-2026"], REQUIRED, ["x"]))
    assert found.row == 5


def test_of_two_words_for_one_field_the_more_precise_is_used() -> None:
    """A file with *Naam* (the whole name) and *Achternaam* is common."""
    headings = find_headings(rows(["Naam", *REQUIRED]))
    assert headings.written["last_name"] == "Achternaam"
    assert headings.ignored == ("Naam",)


def test_the_same_heading_twice_is_refused_by_name() -> None:
    with pytest.raises(FileRefused) as refused:
        find_headings(rows([*REQUIRED, "Tel. thuis", "tel thuis"]))
    assert refused.value.parameters == {"names": "Tel. thuis"}


def test_a_very_long_heading_is_shown_short() -> None:
    assert len(find_headings(rows([*REQUIRED, "x" * 5_000])).ignored[0]) == 60

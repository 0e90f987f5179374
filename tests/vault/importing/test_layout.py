"""Where the headings stand: two rows, merged cells, other sheets, headings that somebody chose before (X-22)."""

from __future__ import annotations

import io

import pytest

from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, Rows, row, sheets_with, text_file
from tests.vault.importing.test_jobs import keep, shown
from vault.importing.errors import FileRefused
from vault.importing.headings import COLUMNS
from vault.importing.jobs import choose_columns, read_upload, remembered_choice, upload
from vault.importing.layout import Layout, column_letter, find_headings, find_layout, layout_options
from vault.importing.opening import open_import
from vault.importing.table import Row

REQUIRED = [column.heading for column in COLUMNS if column.required]


def rows(*cells: list[str]) -> list[Row]:
    return [Row(number, tuple(found)) for number, found in enumerate(cells, 1) if any(found)]


def test_a_group_over_merged_cells_belongs_to_each_column_under_it() -> None:
    upper = [*REQUIRED, "Telefoon", "", "Adres", ""]
    lower = [*[""] * len(REQUIRED), "werk", "mobiel", "Straat", "Nr"]
    found = find_headings(rows(["Personeelslijst"], [], upper, lower, ["x"] * 12))
    first = len(REQUIRED)
    assert found.row == 4
    assert {name: found.places[name] for name in ("phone_work", "phone_mobile", "street", "house_number")} == {
        "phone_work": first, "phone_mobile": first + 1, "street": first + 2, "house_number": first + 3,
    }  # fmt: skip
    assert found.written["phone_work"] == "Telefoon werk"


def test_one_row_is_enough_where_a_second_adds_nothing() -> None:
    assert find_headings(rows(REQUIRED, ["1", "", "x", "", "", "", "", ""])).row == 1
    assert find_headings(rows(["Personeelslijst", *[""] * 7], REQUIRED, ["1"] * 8)).row == 2


def test_rows_that_are_full_are_not_offered_together() -> None:
    options = [(option.first_row, option.row) for option in layout_options(rows(["a", "b"], ["c", "d"], ["e", ""]), {})]
    assert options == [(1, 1), (2, 2), (3, 3), (2, 3)]


def test_what_was_chosen_before_goes_above_the_known_words() -> None:
    remembered = {"stamnr": "personnel_number", "achternaam": "", "geslachtsnaam": "last_name"}
    layout = find_layout(rows(["Stamnr", "Achternaam", "Geslachtsnaam", "Voornaam"], ["1", "x", "y", "z"]), remembered)
    assert layout.fields == {0: "personnel_number", 2: "last_name", 3: "first_name"}


def test_a_layout_comes_back_as_it_was_kept_and_shows_nothing() -> None:
    layout = find_layout(rows(["Jansen", *REQUIRED], ["x"] * 9), {}, "Geheim")
    assert Layout.from_bytes(layout.to_bytes()) == layout
    assert "Jansen" not in repr(layout)
    assert "Geheim" not in repr(layout)
    with pytest.raises(ValueError, match="no such field"):
        layout.with_fields({0: "schoenmaat"})


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_the_first_sheet_whose_columns_are_all_known_is_read() -> None:
    sheets: dict[str, Rows] = {
        "Uitleg": [["Lees dit eerst"]],
        "Oud": [["Naam", "Afdeling"], ["x", "y"]],
        "Nu": [HEADINGS, row()],
        "Straks": [HEADINGS, row()],
    }
    assert read_upload(io.BytesIO(sheets_with(sheets))).layout.sheet == "Nu"


def test_of_sheets_without_rows_or_columns_enough_the_reason_is_told() -> None:
    empty: dict[str, Rows] = {"A": [["x"]], "B": [HEADINGS]}
    narrow: dict[str, Rows] = {"A": [["x"], ["y"]], "B": [["z"], ["z"]]}
    for sheets, code in ((empty, "no_rows"), (narrow, "no_headings")):
        with pytest.raises(FileRefused) as refused:
            read_upload(io.BytesIO(sheets_with(sheets)))
        assert refused.value.code == code


def test_the_choice_of_one_employer_is_not_that_of_another(house: House) -> None:
    """D-rule 16; the choice lies sealed for the vault."""
    bram = house.employ("Bram", house.other_employer_id, ["datakluisbeheerder"])
    house.open_vault_as(bram)
    odd = ["Stamnr", *HEADINGS[1:]]
    import_id = keep(house, [odd, row()])
    with pytest.raises(FileRefused):
        shown(house, import_id)
    with house.factory() as session, session.begin():
        layout = open_import(session, import_id, house.actor(session)).layout
        with pytest.raises(FileRefused):
            choose_columns(session, import_id, layout, house.actor(session))
        chosen = layout.with_fields({**layout.fields, 0: "personnel_number"})
        choose_columns(session, import_id, chosen, house.actor(session))
    assert shown(house, import_id).good == 1
    assert shown(house, keep(house, [odd, row()])).good == 1
    with house.factory() as session, session.begin():
        assert remembered_choice(session, house.actor(session, bram)) == {}
        kept = upload(session, io.BytesIO(text_file([odd, row()])), house.actor(session, bram))
        assert open_import(session, kept.id, house.actor(session, bram)).layout.missing == ("Personeelsnummer",)

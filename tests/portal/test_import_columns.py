"""Which column is which, chosen by hand; the faulty rows as a workbook; a second import of the same file (X-22)."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.test_imports import URL, good_rows, import_id, upload
from tests.vault.importing.files import HEADINGS, row, sheets_with, text_file
from vault.importing.table import MAX_COLUMNS

FIELDS = (
    "personnel_number", "last_name", "prefix", "first_name", "initials", "birth_date", "gender", "bsn", "postcode",
    "house_number", "city", "email", "phone_mobile", "department", "function_group", "function", "kind", "hours",
    "starts_on", "ends_on",
)  # fmt: skip
ODD = ["Nr", *HEADINGS[1:13], "Sectie", *HEADINGS[14:]]


@pytest.fixture
def anna(company: Company) -> Visitor:
    return company.visitor("Anna", URL)


def test_columns_that_are_not_known_are_chosen_by_hand_and_remembered(company: Company, anna: Visitor) -> None:
    """X-22: any headings; the next file with these is read by itself."""
    odd = ["Kenmerk", *ODD[1:]]
    page = upload(anna, text_file([odd, *good_rows(2)]))
    assert page.heading == "Kolommen koppelen"
    assert "Zoek deze velden op in de lijst hieronder: Personeelsnummer, Afdeling." in page.text
    assert "Kenmerk NW00000, NW00001" in page.text

    page = anna.submit(status=422, action=columns_action(anna))
    assert "Kies ook een kolom voor: Personeelsnummer, Afdeling." in page.text
    page = anna.submit({"kolom_0": "personnel_number", "kolom_13": "department"}, action=columns_action(anna))
    assert page.heading == "Controle van het bestand"
    assert "2 van de 2 rijen kunnen nu worden geïmporteerd" in page.text

    page = upload(anna, text_file([odd, *good_rows(3)]))
    assert "3 van de 3 rijen kunnen nu worden geïmporteerd" in page.text
    assert len(company.entries("import:columns")) == 1


def test_another_sheet_that_turns_out_to_be_broken_says_how(anna: Visitor) -> None:
    """Of the sheet that is chosen by hand the rows far down are read by the check first, which has begun to answer."""
    wide = ["x"] * (MAX_COLUMNS + 1)
    book = sheets_with({"Goed": [HEADINGS, *good_rows(1)], "Ander": [HEADINGS, *good_rows(700), wide]})
    upload(anna, book, "werknemers.xlsx")
    anna.get(f"{URL}/{import_id(anna)}/kolommen?blad=2")
    page = anna.submit(action=columns_action(anna))
    assert f"meer dan {MAX_COLUMNS} kolommen" in page.text
    assert "U kunt de datakluis niet meer openen" not in page.text


def columns_action(visitor: Visitor) -> str:
    """Where the form with the columns goes."""
    assert visitor.page is not None
    return next(form.action for form in visitor.page.forms if form.action and "/kolommen?blad" in form.action)


def test_two_columns_for_one_field_are_refused_beside_the_second(anna: Visitor) -> None:
    upload(anna, text_file([ODD, *good_rows(1)]))
    chosen = {"kolom_0": "personnel_number", "kolom_13": "personnel_number"}
    page = anna.submit(chosen, action=columns_action(anna), status=422)
    assert "Dit veld is al gekozen bij de kolom Nr." in page.text
    assert "Kies ook een kolom voor: Afdeling." in page.text
    page = anna.submit({"kolom_0": "schoenmaat"}, action=columns_action(anna), status=422)
    assert "Kies een van de velden uit de lijst." in page.text


def test_a_file_with_a_heading_twice_asks_which_is_meant(anna: Visitor) -> None:
    page = upload(anna, text_file([[*HEADINGS, "Achternaam"], [*good_rows(1)[0], "Anders"]]))
    assert page.heading == "Kolommen koppelen"
    page = anna.submit(action=columns_action(anna), status=422)
    assert "Dit veld is al gekozen bij de kolom Achternaam." in page.text
    page = anna.submit({"kolom_20": ""}, action=columns_action(anna))
    assert "1 van de 1 rijen kan nu worden geïmporteerd" in page.text


def test_of_several_sheets_one_is_chosen_and_kept(anna: Visitor) -> None:
    data = sheets_with({"Toelichting": [["Lijst van juli"]], "Kantoor": [ODD, *good_rows(1)],
                        "Winkel": [ODD, *good_rows(2, first=5)]})  # fmt: skip
    page = upload(anna, data)
    assert page.heading == "Kolommen koppelen"
    assert "Kenmerk" not in page.text
    page = anna.get(f"{anna.path.partition('?')[0]}?blad=3&koppen=1-1")
    assert "Nr NW00005, NW00006" in page.text
    page = anna.submit({"kolom_0": "personnel_number", "kolom_13": "department"}, action=columns_action(anna))
    assert "Gelezen van werkblad Winkel." in page.text
    assert "2 van de 2 rijen" in page.text
    number = import_id(anna)
    for place in ("blad=9", "blad=2&koppen=7-9", "blad=0"):
        anna.get(f"{URL}/{number}/kolommen?{place}", status=404)


def test_a_file_without_headings_can_be_read_too(anna: Visitor) -> None:
    upload(anna, text_file(good_rows(3)))
    page = anna.get(f"{anna.path}?blad=0&koppen=0-0")
    assert "Kolom A NW00000, NW00001, NW00002" in page.text
    fields = {f"kolom_{index}": name for index, name in enumerate(FIELDS)}
    page = anna.submit(fields, action=columns_action(anna))
    assert "3 van de 3 rijen kunnen nu worden geïmporteerd" in page.text


def test_what_looks_like_a_bsn_is_not_shown_to_choose_a_column_by(anna: Visitor) -> None:
    page = upload(anna, text_file([ODD, row(number="NW1")]))
    assert "•••• •• •19" in page.text
    assert "999990019" not in page.text


def test_the_faulty_rows_come_back_as_a_workbook(company: Company, anna: Visitor) -> None:
    hostile = row(number="NW2", bsn="", last_name="=HYPERLINK(1)", birth_date="gisteren", city="-1+1|cmd")
    upload(anna, text_file([HEADINGS, *good_rows(1), hostile]))
    url = f"{URL}/{import_id(anna)}/fouten.xlsx"
    response = anna.client.get(url, base_url=anna.base_url, environ_overrides=anna.environment)
    assert response.headers["Content-Disposition"] == "attachment; filename=werknemers-fouten.xlsx"
    headings, faulty = load_workbook(io.BytesIO(response.data)).worksheets[0].iter_rows()
    assert [cell.value for cell in headings] == [*HEADINGS, "Wat er mis is"]
    assert [cell.value or "" for cell in faulty[:-1]] == hostile
    assert {cell.data_type for cell in faulty if cell.value} == {"s"}
    marked = [HEADINGS[index] for index, cell in enumerate(faulty) if cell.fill.fill_type == "solid"]
    assert marked == ["Achternaam", "Geboortedatum", "Woonplaats"]
    assert "Rij 3, Geboortedatum: Dit is geen datum." in str(faulty[-1].value)
    assert len(company.entries("import:export")) == 1


def test_nothing_to_change_is_told_and_not_confirmed(company: Company, anna: Visitor) -> None:
    data = text_file([HEADINGS, *good_rows(2)])
    upload(anna, data)
    anna.submit(action=f"{URL}/{import_id(anna)}/bevestigen")
    page = upload(anna, data)
    assert "Er is niets te wijzigen" in page.text
    assert f"{URL}/{import_id(anna)}/bevestigen" not in [form.action for form in page.forms]
    page = anna.get(f"{URL}/{import_id(anna)}")
    assert "3 werknemers in dienst staan niet in het bestand" in page.text

"""What is said of each row (X-22, B.7); a fault never holds the value that is wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.vault.importing.files import HEADINGS, row, text_file
from vault.fields import Gender
from vault.importing.checking import ROW_FAULTS, GoodRow, RowChecker, RowFault
from vault.importing.errors import CELL_FAULTS
from vault.importing.headings import COLUMNS
from vault.importing.layout import find_headings
from vault.importing.reading import read_table
from vault.importing.table import Row
from vault.value_checks import FAULT_TEXTS

PRODUCTION = UUID(int=1)
PAYLOADS = Path(__file__).parents[3] / ".." / "shared" / "data" / "payloads" / "payloads.json"


def check(*rows: list[Any]) -> list[GoodRow | list[RowFault]]:
    table = read_table(text_file([HEADINGS, *rows]))
    headings = find_headings(table.rows())
    checker = RowChecker(headings, today=date(2026, 3, 2), departments={"productie": PRODUCTION})
    return [checker.check(found) for found in table.rows() if found.number > headings.row]


def faults(*rows: list[Any]) -> list[tuple[int, str, str]]:
    return [
        (fault.row, fault.column, fault.code) for answer in check(*rows) if isinstance(answer, list) for fault in answer
    ]


def good(**changes: Any) -> GoodRow:
    [answer] = check(row(**changes))
    assert isinstance(answer, GoodRow), answer
    return answer


def test_a_good_row_gives_card_details_and_employment() -> None:
    answer = good()
    assert (answer.number, answer.personnel_number, answer.card.list_name) == (2, "MS003", "Dijk, A. van")
    assert (answer.details.gender, answer.details.bsn) == (Gender.FEMALE, "999990019")
    employment = answer.employment()
    assert (employment.department_id, employment.starts_on) == (PRODUCTION, date(2020, 3, 1))
    assert str(employment.hours) == "36.50"
    assert "Dijk" not in repr(answer)


def test_a_cell_whose_value_cannot_be_known_is_a_fault_of_that_cell_alone() -> None:
    headings = find_headings([Row(1, HEADINGS)])
    checker = RowChecker(headings, today=date(2026, 3, 2), departments={})
    cells = tuple(row(last_name="", bsn=""))
    unread = {HEADINGS.index("Achternaam"): "formula_without_value", HEADINGS.index("BSN"): "error_value"}
    assert checker.check(Row(2, cells, unread)) == [
        RowFault(2, "Achternaam", HEADINGS.index("Achternaam"), "formula_without_value"),
        RowFault(2, "BSN", HEADINGS.index("BSN"), "error_value"),
    ]
    assert set(CELL_FAULTS) == set(unread.values())


def test_every_empty_required_cell_is_a_fault_of_its_own() -> None:
    found = faults(["x"] + [""] * 19)
    assert {column for _, column, code in found if code == "missing"} == {
        column.heading for column in COLUMNS if column.required and column.field != "personnel_number"
    }


def test_optional_cells_may_be_empty_or_absent() -> None:
    answer = good(bsn="", prefix="", email="", mobile="", hours="", gender="", postcode="", house_number="")
    assert (answer.details.bsn, answer.card.prefix, answer.employment().hours) == (None, None, None)
    [short] = check(row()[: HEADINGS.index("Startdatum") + 1])
    assert isinstance(short, GoodRow)


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"bsn": "999990018"}, "BSN", "bsn_check"),
        ({"bsn": "000000000"}, "BSN", "bsn_check"),
        ({"bsn": "1234567"}, "BSN", "bsn_length"),
        ({"birth_date": "31-02-1990"}, "Geboortedatum", "date_day"),
        ({"birth_date": "2-3-2026"}, "Geboortedatum", "birth_date_young"),
        ({"birth_date": "1-1-2030"}, "Geboortedatum", "birth_date_future"),
        ({"birth_date": "1-1-1902"}, "Geboortedatum", "birth_date_old"),
        ({"starts_on": "1-1-2030"}, "Startdatum", "start_far"),
        ({"ends_on": "1-1-2019"}, "Einddatum", "dates_reversed"),
        ({"hours": "61"}, "Aantal uren", "hours"),
        ({"postcode": "351 AB"}, "Postcode", "postcode"),
        ({"email": "anna@"}, "E-mail", "email"),
        ({"mobile": "06-1234"}, "Tel. mobiel", "phone"),
        ({"gender": "q"}, "Geslacht", "gender"),
        ({"number": "x" * 36}, "Personeelsnummer", "personnel_number"),
        ({"last_name": "Dijk2"}, "Achternaam", "name"),
        ({"function": "=1+1"}, "Functie", "formula"),
        ({"kind": "x" * 41}, "Type dienstverband", "too_long"),
        ({"last_name": "Di\u202ejk"}, "Achternaam", "hidden_characters"),
    ],
)
def test_a_fault_names_row_column_what_is_wrong_and_what_to_do(changes: dict[str, str], column: str, code: str) -> None:
    assert faults(row(number="A", bsn=""), row(**changes)) == [(3, column, code)]


def test_a_double_number_names_the_row_where_it_stands_first() -> None:
    assert faults(row(), row(bsn=""), row(bsn="")) == [
        (3, "Personeelsnummer", "double_number"),
        (4, "Personeelsnummer", "double_number"),
    ]


def test_a_second_row_of_someone_is_a_further_employment_when_it_starts_on_another_day() -> None:
    """E-14."""
    first, second = check(row(), row(starts_on="1-1-2024", function="Voorman"))
    assert isinstance(first, GoodRow)
    assert isinstance(second, GoodRow)
    assert (first.repeats, second.repeats) == (False, True)


def test_rows_of_one_number_must_be_of_one_person() -> None:
    other = row(starts_on="1-1-2024", last_name="Jansen")
    assert faults(row(), other) == [(3, "Personeelsnummer", "other_person")]
    assert faults(row(starts_on="gisteren"), other) == [
        (2, "Startdatum", "date"),
        (3, "Personeelsnummer", "double_number"),
    ]
    waiting = row(department="Onbekend")
    assert [found.repeats for found in check(waiting, other) if isinstance(found, GoodRow)] == [False, False]


def test_a_bsn_under_another_number_is_a_fault() -> None:
    assert faults(row(), row(number="B", bsn="99999 0019")) == [(3, "BSN", "double_bsn")]


def test_a_row_for_an_unknown_department_is_good_but_waits() -> None:
    answer = good(department="Magazijn")
    assert (answer.department, answer.department_id) == ("Magazijn", None)
    with pytest.raises(ValueError, match="department"):
        answer.employment()


def test_a_department_is_known_in_any_case() -> None:
    assert good(department="  PRODUCTIE ").department_id == PRODUCTION


def test_a_house_number_with_its_addition_is_taken_apart() -> None:
    details = good(house_number="12 bis").details
    assert (details.house_number, details.house_number_addition) == ("12", "bis")


def test_every_fault_has_two_sentences() -> None:
    for what, advice in {**FAULT_TEXTS, **ROW_FAULTS}.values():
        assert what.endswith(".")
        assert advice.endswith(".")


@pytest.mark.skipif(not PAYLOADS.exists(), reason="the attack strings are not beside the project")
@pytest.mark.parametrize(
    "kind", ["csv_formula", "xss", "sql_injection", "crlf", "null_bytes", "unicode", "control_chars"]
)
def test_a_hostile_text_in_any_field_is_a_fault_or_kept_as_plain_text(kind: str) -> None:
    payloads = [text for text in json.loads(PAYLOADS.read_text(encoding="utf-8"))[kind] if isinstance(text, str)]
    assert payloads
    table = read_table(text_file([HEADINGS, row()]))
    headings = find_headings(table.rows())
    checker = RowChecker(headings, today=date(2026, 3, 2), departments={})
    kept: set[str] = set()
    for number, text in enumerate(payloads, 3):
        for index in range(len(HEADINGS)):
            cells = [str(cell) for cell in row(number=f"N{number}-{index}", bsn="")]
            cells[index] = text.strip()
            answer = checker.check(Row(number, tuple(cells)))
            if isinstance(answer, GoodRow):
                kept.update(str(value) for value in vars(answer.card).values())
                kept.update((answer.personnel_number, answer.department))
                kept.update(map(str, vars(answer.details).values()))
            else:
                assert all(text.strip() not in fault.what + fault.advice for fault in answer if len(text.strip()) > 3)
    assert not [text for text in kept if text.startswith(("=", "+", "-", "@")) or "\0" in text or "\u202e" in text]

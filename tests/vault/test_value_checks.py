"""Single values as people write them, and as they are kept (E-03, E-06, B.7, B.10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as some

from vault import value_checks
from vault.fields import Gender
from vault.value_checks import ValueFault

TODAY = date(2026, 3, 2)
TEST_NUMBERS = Path(__file__).parents[2] / ".." / "shared" / "data" / "nl" / "bsn_test_numbers.txt"

KEPT: list[tuple[Callable[[str], Any], str, Any]] = [
    (value_checks.check_bsn, "999990019", "999990019"),
    (value_checks.check_bsn, " 9999.90-019 ", "999990019"),
    (value_checks.check_postcode, "3511ab", "3511AB"),
    (value_checks.check_postcode, " 3511  AB", "3511AB"),
    (value_checks.check_date, "31-12-1990", date(1990, 12, 31)),
    (value_checks.check_date, "31/12/1990", date(1990, 12, 31)),
    (value_checks.check_date, "31.12.1990", date(1990, 12, 31)),
    (value_checks.check_date, "1990-12-31", date(1990, 12, 31)),
    (value_checks.check_date, "1990-12-31 00:00:00", date(1990, 12, 31)),
    (value_checks.check_date, "31 december 1990", date(1990, 12, 31)),
    (value_checks.check_date, "31-dec-1990", date(1990, 12, 31)),
    (value_checks.check_date, "1 mrt 2020", date(2020, 3, 1)),
    (value_checks.check_date, "19901231", date(1990, 12, 31)),
    (value_checks.check_date, "33238", date(1990, 12, 31)),
    (value_checks.check_date, "29-2-2000", date(2000, 2, 29)),
    (value_checks.check_email, "Anna@VOORBEELD.nl", "Anna@voorbeeld.nl"),
    (value_checks.check_phone, "06-12 34 56 78", "0612345678"),
    (value_checks.check_phone, "612345678", "0612345678"),
    (value_checks.check_phone, "+31 (0)6 12345678", "0612345678"),
    (value_checks.check_phone, "0031301234567", "0301234567"),
    (value_checks.check_phone, "+32 470 12 34 56", "+32470123456"),
    (value_checks.check_name, "  van   't  Hoën ", "van 't Hoën"),
    (value_checks.check_name, "Jansen-de\u00a0Vries", "Jansen-de Vries"),
    (value_checks.check_name, "Zoe\u0308", "Zoë"),
    (value_checks.check_name, "O’Neill\u200b", "O’Neill"),
    (value_checks.check_name, "李", "李"),
    (value_checks.check_initials, "ab", "A.B."),
    (value_checks.check_initials, "A.B.", "A.B."),
    (value_checks.check_initials, "a b", "A.B."),
    (value_checks.check_initials, "Th.A.", "Th.A."),
    (value_checks.check_gender, "Vrouw", Gender.FEMALE),
    (value_checks.check_gender, "m", Gender.MALE),
    (value_checks.check_gender, "X", Gender.OTHER),
    (value_checks.check_hours, "36,5", Decimal("36.50")),
    (value_checks.check_hours, "0", Decimal("0.00")),
    (value_checks.check_hours, "60.00", Decimal("60.00")),
    (value_checks.check_hours, "40 uur", Decimal("40.00")),
    (value_checks.check_personnel_number, " MS 003/a ", "MS 003/a"),
    (value_checks.check_personnel_number, "007", "007"),
    (value_checks.check_country, "be", "BE"),
    (value_checks.split_house_number, "12a", ("12", "a")),
    (value_checks.split_house_number, "12-1", ("12", "1")),
    (value_checks.split_house_number, "12", ("12", "")),
]
REFUSED: list[tuple[Callable[[str], Any], str, str]] = [
    (value_checks.check_bsn, "000000000", "bsn_check"),
    (value_checks.check_bsn, "00000000", "bsn_check"),
    (value_checks.check_bsn, "999990018", "bsn_check"),
    (value_checks.check_bsn, "1234567", "bsn_length"),
    (value_checks.check_bsn, "9999900190", "bsn_length"),
    (value_checks.check_bsn, "９９９９９００１９", "bsn_length"),
    (value_checks.check_postcode, "0511AB", "postcode"),
    (value_checks.check_postcode, "3511SS", "postcode"),
    (value_checks.check_postcode, "3511", "postcode"),
    (value_checks.check_date, "31-12-90", "date_short_year"),
    (value_checks.check_date, "12/31/1990", "date_day"),
    (value_checks.check_date, "29-2-2001", "date_day"),
    (value_checks.check_date, "gisteren", "date"),
    (value_checks.check_date, "1-1-1899", "date_far"),
    (value_checks.check_date, "1-1-2101", "date_far"),
    (value_checks.check_date, "00001", "date_far"),
    (value_checks.check_date, "99999", "date_far"),
    (value_checks.check_date, "1-13-1990", "date_day"),
    (value_checks.check_email, "anna", "email"),
    (value_checks.check_email, "anna@voorbeeld.nl\r\nBcc: x@y.nl", "email"),
    (value_checks.check_email, "a" * 250 + "@voorbeeld.nl", "too_long"),
    (value_checks.check_phone, "06123456789", "phone"),
    (value_checks.check_phone, "bel mij", "phone"),
    (value_checks.check_name, "R2D2", "name"),
    (value_checks.check_name, "...", "name"),
    (value_checks.check_name, "<b>Dijk</b>", "name"),
    (value_checks.check_name, "=Dijk", "formula"),
    (value_checks.check_name, "Di\u202ejk", "hidden_characters"),
    (value_checks.check_name, "x" * 121, "too_long"),
    (value_checks.check_name, "  ", "missing"),
    (value_checks.check_prefix, "x" * 31, "too_long"),
    (value_checks.check_initials, "A1", "initials"),
    (value_checks.check_gender, "onbekend", "gender"),
    (value_checks.check_hours, "60,01", "hours"),
    (value_checks.check_hours, "-1", "hours"),
    (value_checks.check_hours, "1e1", "hours"),
    (value_checks.check_hours, "36,555", "hours"),
    (value_checks.check_personnel_number, "x" * 36, "personnel_number"),
    (value_checks.check_personnel_number, "=1", "personnel_number"),
    (value_checks.check_personnel_number, "a\u0007", "hidden_characters"),
    (value_checks.check_personnel_number, "", "missing"),
    (value_checks.check_country, "Atlantis", "country"),
    (value_checks.check_house_number, "12a", "house_number"),
    (value_checks.split_house_number, "a", "house_number"),
    (value_checks.check_text, "@SUM(1)", "formula"),
    (value_checks.check_text, "\u200b", "missing"),
]


@pytest.mark.parametrize(("check", "text", "kept"), KEPT)
def test_what_people_write_is_kept_in_one_form(check: Callable[[str], Any], text: str, kept: object) -> None:
    assert check(text) == kept


@pytest.mark.parametrize(("check", "text", "code"), REFUSED)
def test_what_cannot_be_kept_is_refused_and_never_repeated(check: Callable[[str], Any], text: str, code: str) -> None:
    with pytest.raises(ValueFault) as refused:
        check(text)
    assert refused.value.code == code
    assert refused.value.what
    assert refused.value.advice
    assert str(refused.value) == code


@pytest.mark.skipif(not TEST_NUMBERS.exists(), reason="the test numbers are not beside the project")
def test_every_test_number_is_a_bsn_and_no_neighbour_is() -> None:
    numbers = TEST_NUMBERS.read_text().split()
    assert len(numbers) == 909
    for number in numbers:
        assert value_checks.check_bsn(number) == number
        with pytest.raises(ValueFault):
            value_checks.check_bsn(str(int(number) - 1 if int(number) % 10 else int(number) + 1))


def test_a_lost_leading_zero_is_put_back() -> None:
    """B.7. No test number begins with a zero; so the digits of one that would are made here, never written down."""
    digits = next(n for n in range(10_000_000, 10_000_200) if _passes(f"{n:09d}"))
    assert value_checks.check_bsn(str(digits)) == f"{digits:09d}"


def _passes(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("3-3-2026", "birth_date_future"), ("3-3-2013", "birth_date_young"), ("1-3-1925", "birth_date_old")],
)
def test_a_birth_date_is_that_of_somebody_who_can_work(text: str, code: str) -> None:
    with pytest.raises(ValueFault) as refused:
        value_checks.check_birth_date(text, TODAY)
    assert refused.value.code == code


def test_thirteen_and_a_hundred_are_just_possible() -> None:
    assert value_checks.check_birth_date("2-3-2013", TODAY).year == 2013
    assert value_checks.check_birth_date("3-3-1925", TODAY).year == 1925


def test_a_foreign_postcode_is_kept_as_it_was_written() -> None:
    assert value_checks.check_postcode("B-1000", "BE") == "B-1000"
    assert value_checks.check_postcode("3511 ab", "NL") == "3511AB"


def test_an_employment_starts_at_most_two_years_ahead() -> None:
    assert value_checks.check_start_date("1-3-2028", TODAY) == date(2028, 3, 1)
    with pytest.raises(ValueFault):
        value_checks.check_start_date("3-3-2028", TODAY)


@given(some.dates(min_value=date(1930, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_the_same_day_in_each_way_of_writing(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    for text in (day.isoformat(), f"{day:%d-%m-%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%Y%m%d}", serial):
        assert value_checks.check_date(text) == day


@given(some.text(max_size=200), some.sampled_from([check for check, _, _ in REFUSED]))
def test_any_text_is_kept_or_refused_and_what_is_kept_stays_as_it_is(text: str, check: Callable[[str], Any]) -> None:
    try:
        kept = check(text)
    except ValueFault:
        return
    if isinstance(kept, str) and not isinstance(kept, Gender):
        assert check(kept) == kept
        assert not kept.startswith(("=", "@"))


_LABEL = some.from_regex(r"[A-Za-z0-9]{1,4}(-[A-Za-z0-9]{1,4})?", fullmatch=True)
_NAME = some.from_regex(r"[A-Za-z0-9_-]{1,5}(\.[A-Za-z0-9_-]{1,5})?", fullmatch=True).filter(
    lambda name: not name.startswith("-")
)


@given(name=_NAME, labels=some.lists(_LABEL, min_size=1, max_size=3), end=some.sampled_from(["nl", "com", "org"]))
def test_a_plain_address_is_what_the_library_makes_of_it(name: str, labels: list[str], end: str) -> None:
    """Most addresses do not go through the library, which is slow; none of those may come out differently."""
    address = f"{name}@{'.'.join(labels)}.{end}"
    assert value_checks._PLAIN_EMAIL.fullmatch(address)

    expected = validate_email(address, check_deliverability=False, globally_deliverable=False).normalized

    assert value_checks.check_email(address) == expected


@pytest.mark.parametrize(
    "odd", ["a@b-.nl", "a@-b.nl", "a@b--c.nl", "a..b@c.nl", ".a@b.nl", "a@b.invalid", "a@b", "é@b.nl", "a@b..nl"]
)
def test_an_odd_address_goes_through_the_library(odd: str) -> None:
    assert value_checks._PLAIN_EMAIL.fullmatch(odd) is None

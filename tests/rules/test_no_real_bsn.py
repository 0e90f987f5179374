"""The project holds no BSN that could be somebody's: only those of the range that is set apart for tests."""

from __future__ import annotations

import re

import pytest
from stdnum.nl import bsn

from tests.rules.project_files import project_texts

# Nine digits as such or in the usual groups; digits inside a word, a hash or a fraction are no number of their own.
NUMBER = re.compile(r"(?<![\w.])(?:\d{9}|\d{4}\.\d{2}\.\d{3}|\d{3} \d{3} \d{3})(?!\w)")
TEST_RANGE = range(999_990_000, 1_000_000_000)


def real_bsns_in(text: str) -> list[str]:
    """Return the numbers in `text` that pass the test of a BSN and lie outside the test range."""
    found = NUMBER.findall(text)
    return [number for number in found if bsn.is_valid(number) and int(re.sub(r"\D", "", number)) not in TEST_RANGE]


def test_no_file_holds_a_bsn_that_could_be_real() -> None:
    found = {path: numbers for path, text in project_texts().items() if (numbers := real_bsns_in(text))}

    assert found == {}, "use a BSN from 999990000 to 999999999 that passes the 11-test"


def _next_valid_bsn(start: int) -> str:
    return next(text for number in range(start, start + 200) if bsn.is_valid(text := str(number)))


@pytest.mark.parametrize("form", ["{}", "BSN: {}.", '"{}"', ";{};", "\t{}\n"])
def test_the_rule_sees_a_real_bsn(form: str) -> None:
    planted = _next_valid_bsn(200_000_000)

    assert real_bsns_in(form.format(planted)) == [planted]


def test_the_rule_sees_a_real_bsn_in_groups() -> None:
    planted = _next_valid_bsn(200_000_000)
    grouped = [f"{planted[:4]}.{planted[4:6]}.{planted[6:]}", f"{planted[:3]} {planted[3:6]} {planted[6:]}"]

    assert real_bsns_in(" en ".join(grouped)) == grouped


def test_the_rule_leaves_test_numbers_hashes_and_fractions_alone() -> None:
    planted = _next_valid_bsn(200_000_000)

    assert real_bsns_in(_next_valid_bsn(999_990_000)) == []
    assert real_bsns_in(f"sha256:ab{planted} 0.{planted} {planted}0") == []

"""The vocabulary of the log is declared, and nothing else gets in (LOG5)."""

from __future__ import annotations

import re

import pytest

from audit.actions import REQUIRED_DETAILS, Action, check_details
from audit.errors import EventFieldError


def test_every_action_says_which_details_it_has() -> None:
    assert set(REQUIRED_DETAILS) == set(Action)


def test_every_action_follows_the_grammar_and_fits_its_column() -> None:
    assert [action for action in Action if not re.fullmatch(r"[a-z]+(_[a-z]+)*:[a-z]+", action)] == []
    assert max(map(len, Action)) <= 60


def test_the_actions_are_in_order_of_the_alphabet() -> None:
    names = [action.name for action in Action]

    assert names == sorted(names)


def test_a_detail_that_is_demanded_cannot_be_left_out() -> None:
    with pytest.raises(EventFieldError, match="missing \\['reason'\\]"):
        check_details(Action.LOGIN_FAIL, {})


def test_a_detail_without_a_name_in_the_table_is_refused_and_its_value_not_repeated() -> None:
    with pytest.raises(EventFieldError) as refusal:
        check_details(Action.EMPLOYEE_READ, {"last_name": "Van Dijk"})

    assert "last_name" in str(refusal.value)
    assert "Dijk" not in str(refusal.value)


@pytest.mark.parametrize("value", [True, None, 1.5, ["a"], b"a", "a" * 201, "a\0b", 10**200])
def test_a_detail_is_a_short_text_or_a_whole_number(value: object) -> None:
    with pytest.raises(EventFieldError):
        check_details(Action.LOGIN_FAIL, {"reason": value})  # type: ignore[dict-item]


def test_details_that_fit_pass() -> None:
    check_details(Action.EMPLOYEE_SEARCH, {"fields": "name birth_date", "count": 3})
    check_details(Action.EMPLOYEE_READ, {})

"""The checks of whole records, as the form and the verbs do them (E-03, B.10)."""

from __future__ import annotations

from datetime import date

import pytest

from vault.errors import InvalidFields
from vault.field_checks import clean_birth_date, clean_employment_dates
from vault.value_checks import ValueFault, check_birth_date, check_start_date

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize("born", [date(2013, 3, 3), date(1925, 3, 2), date(1899, 12, 31), date(2026, 3, 3)])
def test_a_birth_date_that_the_import_refuses_the_form_refuses_as_well(born: date) -> None:
    """E-03, X-22: aged 13 to 100, in the same words."""
    with pytest.raises(ValueFault):
        check_birth_date(born.isoformat(), TODAY)
    with pytest.raises(InvalidFields):
        clean_birth_date(born, TODAY)


@pytest.mark.parametrize("born", [date(2013, 3, 2), date(1925, 3, 3)])
def test_the_youngest_and_the_oldest_are_taken_by_both(born: date) -> None:
    assert check_birth_date(born.isoformat(), TODAY) == clean_birth_date(born, TODAY) == born


@pytest.mark.parametrize("starts_on", [date(1899, 12, 31), date(2028, 3, 3)])
def test_a_first_day_that_the_import_refuses_the_form_refuses_as_well(starts_on: date) -> None:
    """E-06, X-22: from 1900 to two years ahead."""
    with pytest.raises(ValueFault):
        check_start_date(starts_on.isoformat(), TODAY)
    with pytest.raises(InvalidFields):
        clean_employment_dates(starts_on, None, TODAY)

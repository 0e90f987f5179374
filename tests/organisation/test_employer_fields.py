"""The checks of an employer's master data, and which of them are fictitious (O-03..O-10, D-rule 61)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from organisation.employer_fields import (
    MANDATORY,
    SECTORS,
    Address,
    Profile,
    check_profile,
    is_fictitious,
    missing_in,
    profile_of,
    values_of,
)
from organisation.errors import InvalidValues
from tests.organisation.employers import FULL


def faults(profile: Profile, *, complete: bool = False) -> list[str]:
    with pytest.raises(InvalidValues) as refusal:
        check_profile(profile, complete=complete)
    return [fault.field for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("code", " vdd40173 ", "VDD40173"),
        ("code", "MULDER-2", "MULDER-2"),
        ("phone", "06 0000 0001", "+31600000001"),
        ("phone", "+49 30 123456", "+4930123456"),
        ("wage_tax_number", "999990019 l 01", "999990019L01"),
        ("wage_tax_number", "000000000L01", "000000000L01"),
        ("uwv_connection_number", "1234 5678 9123 45", "12345678912345"),
        ("sector", "99", "99"),
        ("offer", "_", "_"),
        ("offer", "   ", None),
    ],
)
def test_what_is_typed_is_kept_in_one_form(field: str, typed: str, kept: str | None) -> None:
    checked = check_profile(profile_of({field: typed}), complete=False)
    assert values_of(checked)[field] == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("code", "VDD4017"),
        ("code", "een lange naam"),
        ("code", "A" * 21),
        ("phone", "bel maar"),
        ("phone", "0612"),
        ("wage_tax_number", "999990019L1"),
        ("wage_tax_number", "999990018L01"),
        ("wage_tax_number", "９99990019L01"),
        ("wage_tax_number", "000000000L02"),
        ("uwv_office", "Brussel"),
        ("uwv_connection_number", "1234567891234"),
        ("uwv_connection_number", "1234567891234x"),
        ("sector", "36"),
        ("offer", "x" * 501),
        ("offer", "brood\u202etenkab"),
        ("personnel_system", "Excel"),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field(field: str, typed: str) -> None:
    assert faults(profile_of({field: typed})) == [field]


def test_an_address_is_checked_part_by_part() -> None:
    wrong = Address("x" * 121, "twaalf", "3511", "Utrecht")
    assert faults(Profile(visiting=wrong, postal=wrong)) == [
        "visiting_street", "visiting_house_number", "visiting_postcode",
        "postal_street", "postal_house_number", "postal_postcode",
    ]  # fmt: skip


def test_before_publishing_anything_may_be_missing_after_it_nothing_mandatory() -> None:
    assert check_profile(Profile(), complete=False) == Profile()
    assert faults(Profile(), complete=True) == list(MANDATORY)
    assert check_profile(FULL, complete=True) == FULL


def test_a_wrong_value_is_not_told_to_be_missing_too() -> None:
    with pytest.raises(InvalidValues) as refusal:
        check_profile(replace(FULL, phone="bel maar"), complete=True)
    (fault,) = refusal.value.faults
    assert fault.field == "phone"
    assert "bel maar" not in str(refusal.value) + fault.message


def test_what_is_missing_is_what_is_mandatory_and_empty() -> None:
    values = values_of(FULL)
    assert missing_in(values) == ()
    assert missing_in({**values, "phone": None, "sector": None}) == ("phone",)
    assert profile_of(values) == FULL


def test_the_sectors_are_those_of_the_tax_authority() -> None:
    assert SECTORS["33"] == "Horeca algemeen"
    assert {"36", "37", "70"}.isdisjoint(SECTORS)
    assert len(SECTORS) == 68


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wage_tax_number", "000000000L01"),
        ("uwv_connection_number", "12345678912345"),
        ("sector", "99"),
        ("offer", "_"),
        ("case_manager", "..... volgt"),
    ],
)
def test_what_stands_in_for_an_unknown_value_is_fictitious(field: str, value: str) -> None:
    assert is_fictitious(field, value)
    assert not is_fictitious("code", value)


@pytest.mark.parametrize(("field", "value"), list(values_of(FULL).items()))
def test_what_is_known_is_not_fictitious(field: str, value: str) -> None:
    assert not is_fictitious(field, value)
    assert not is_fictitious(field, None)

"""Cards and details as values and bytes (E-03)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.world import TEST_BSN, card, details
from vault.errors import InvalidFields
from vault.field_checks import check_record, clean_explanation
from vault.fields import CARD_BLOCK, DETAILS_BLOCK, Card, Details, Gender, mask_bsn

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("value", "display", "in_lists", "full"),
    [
        (
            card("Dijk", prefix="van", initials="A.B.", first_name="Anna"),
            "A.B. van Dijk",
            "Dijk, A.B. van",
            "Anna van Dijk",
        ),
        (
            card("Dijk", prefix="van", initials=None, first_name="Anna Bé"),
            "A. van Dijk",
            "Dijk, A. van",
            "Anna Bé van Dijk",
        ),
        (card("Yılmaz", initials="E.", first_name=None), "E. Yılmaz", "Yılmaz, E.", "E. Yılmaz"),
        (card("Mbeki", initials=None, first_name=None), "Mbeki", "Mbeki", "Mbeki"),
    ],
)
def test_a_name_is_written_as_the_dutch_do(value: Card, display: str, in_lists: str, full: str) -> None:
    """E-04, K-19: A. van Dijk; in lists Dijk, A. van."""
    assert (value.display_name, value.list_name, value.full_name) == (display, in_lists, full)


def test_what_was_packed_comes_back_and_nothing_else_does() -> None:
    """Design 2.2: two sealed parts."""
    assert Card.from_bytes(card().to_bytes()) == card()
    assert Details.from_bytes(details().to_bytes()) == details()
    assert Details.from_bytes(Details().to_bytes()) == Details()
    with pytest.raises(ValueError, match="not of this kind"):
        Card.from_bytes(details().to_bytes())


def test_empty_fields_take_no_room_and_lengths_tell_little() -> None:
    """The length of what is sealed shows: names of usual length must look alike."""
    assert json.loads(Details(gender=Gender.OTHER).to_bytes()) == {"gender": "other"}
    assert len(card("Bos").to_bytes()) == len(card("Achternaamlang").to_bytes()) == CARD_BLOCK
    assert len(Details().to_bytes()) == len(details().to_bytes()) == DETAILS_BLOCK


def test_neither_shows_itself_in_a_log() -> None:
    """House rule: no personal data in logs and exception texts."""
    assert repr(card()) == "Card()"
    assert f"{details()}" == "Details()"


def test_a_page_gets_details_without_the_bsn() -> None:
    """D-rule 37: omitted from the data, not only from the screen."""
    assert details().bsn == TEST_BSN
    assert details().without_bsn() == details(bsn=None)
    assert mask_bsn(TEST_BSN) == "•••• •• •19"


def test_all_faults_come_at_once_and_quote_nothing() -> None:
    """E-03; screens: error beside the field and in a summary."""
    wrong_card = card("  ", birth_date=date(2027, 1, 1), postcode="0000 AA")
    wrong_details = details(bsn="123456789", email="geen adres", phone_mobile="bel mij", country="Nederland")
    with pytest.raises(InvalidFields) as refused:
        check_record(wrong_card, wrong_details, TODAY)
    assert {fault.field for fault in refused.value.faults} == {
        "last_name",
        "birth_date",
        "postcode",
        "bsn",
        "email",
        "phone_mobile",
        "country",
    }
    told = str(refused.value) + "".join(fault.message for fault in refused.value.faults)
    for typed in ("123456789", "geen adres", "bel mij", "0000"):
        assert typed not in told


def test_what_is_kept_has_one_form() -> None:
    """B.7, B.10: a lost leading zero is put back; a postcode has no space."""
    kept_card, kept_details = check_record(
        card(" van  der  Berg ", postcode="3511 ab"), details(bsn="9999 90 019", email="Eva@Bakkerij.example"), TODAY
    )
    assert (kept_card.last_name, kept_card.postcode) == ("van der Berg", "3511AB")
    assert kept_details.bsn == TEST_BSN


def test_a_postcode_abroad_is_kept_as_it_is() -> None:
    """Employees live across the border too."""
    kept_card, _ = check_record(card(postcode="B-2000"), details(country="be"), TODAY)
    assert kept_card.postcode == "B-2000"


def test_an_explanation_keeps_its_lines_and_loses_what_cannot_be_typed() -> None:
    """S-03."""
    assert clean_explanation("  Belt morgen\r\nzelf\x00\x1b[31m ") == "Belt morgen\nzelf[31m"

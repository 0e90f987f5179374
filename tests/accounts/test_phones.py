"""Phone numbers have one form, lie sealed and are shown by two digits (L-07)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update

from accounts.errors import MalformedNumber
from accounts.models import Person
from accounts.phones import masked_phone, normalise_phone, phone_of, set_phone
from crypto.errors import UnsealError
from database.session import Session
from tests import people


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06 0000 0001", "+31600000001"),
        ("+31 (0)6-00000001", "+31600000001"),
        ("0031600000001", "+31600000001"),
        ("  06-00000001 ", "+31600000001"),
        ("+32 470 12 34 56", "+32470123456"),
    ],
)
def test_a_number_has_one_form_however_it_was_typed(typed: str, number: str) -> None:
    assert normalise_phone(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "06", "112", "020 7654321", "088 1234567", "0900 1234", "zes", "06000000012345", "+0", "6" * 5000]
)
def test_what_gets_no_sms_is_refused(typed: str) -> None:
    with pytest.raises(MalformedNumber) as refused:
        normalise_phone(typed)
    assert not typed or typed not in str(refused.value)


def test_a_screen_shows_the_last_two_digits() -> None:
    assert masked_phone("+31600000012") == "•••• 12"


def test_a_number_lies_sealed_and_belongs_to_one_person(session: Session) -> None:
    anna, bram = (people.sign_up(session, UUID(int=11), name).person for name in ("Anna", "Bram"))
    assert phone_of(session, anna) is None
    set_phone(session, anna, "06 0000 0001")
    assert phone_of(session, anna) == "+31600000001"
    assert b"600000001" not in (anna.phone_sealed or b"")

    session.flush()
    session.execute(update(Person).where(Person.id == bram.id).values(phone_sealed=anna.phone_sealed))
    session.refresh(bram)
    with pytest.raises(UnsealError):
        phone_of(session, bram)


def test_another_number_must_be_confirmed_again_the_same_one_need_not(session: Session) -> None:
    anna = people.sign_up(session, UUID(int=11), "Anna").person
    set_phone(session, anna, "06 0000 0001")
    anna.phone_confirmed_at = session.source.now()

    set_phone(session, anna, "+31600000001")
    assert anna.phone_confirmed_at == session.source.now()
    set_phone(session, anna, "06 0000 0002")
    assert anna.phone_confirmed_at is None

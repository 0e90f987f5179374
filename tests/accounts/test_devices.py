"""Devices that logged in before (L-18)."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.devices import UNKNOWN, device_of, new_device_token
from database.session import Session

ANNA, BRAM = UUID(int=1), UUID(int=2)


def test_a_device_is_known_for_the_person_that_logged_in_on_it_only(session: Session) -> None:
    token = new_device_token(session, ANNA)

    assert device_of(session, token, ANNA) not in (UNKNOWN, "")
    assert device_of(session, token, ANNA) == device_of(session, token, ANNA)
    assert device_of(session, token, BRAM) == UNKNOWN
    assert device_of(session, new_device_token(session, ANNA), ANNA) != device_of(session, token, ANNA)


@pytest.mark.parametrize("token", [None, "", "x", "é", "AAAA", "A" * 76, "=" * 8])
def test_what_is_no_token_of_ours_is_an_unknown_device(session: Session, token: str | None) -> None:
    assert device_of(session, token, ANNA) == UNKNOWN


def test_a_token_of_which_any_character_was_changed_is_unknown(session: Session) -> None:
    token = new_device_token(session, ANNA)

    for place, character in enumerate(token.rstrip("=")[:-1]):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        assert device_of(session, changed, ANNA) == UNKNOWN

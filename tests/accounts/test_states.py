"""Where an account stands (U-09, U-19; L-18)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from accounts.errors import AccountBlocked, TooManyTries, WrongLogin
from accounts.models import AccountState, Person
from accounts.standing import Reason, Standing, standing_of
from accounts.states import block, close, reopen, unblock
from audit.recording import Who
from crypto.source import SeededSource
from database.calendar import today
from database.session import SessionFactory
from tests.accounts.acts import log_in, type_password
from tests.people import SignedUp, sign_up

BY = Who.system("test")
ORGANISATION = UUID(int=1)


@pytest.fixture
def anna(session_factory: SessionFactory) -> SignedUp:
    """Anna, who can log in."""
    with session_factory() as session, session.begin():
        return sign_up(session, ORGANISATION, "Anna")


def person_of(factory: SessionFactory, who: SignedUp) -> Person:
    with factory() as session:
        return session.get_one(Person, who.id)


def guess(factory: SessionFactory, times: int, *, address: str = "192.0.2.90", device: str | None = None) -> None:
    for _ in range(times):
        with pytest.raises(WrongLogin):
            type_password(factory, "anna", "fout", access_point=address, device=device)


def test_five_wrong_passwords_from_devices_not_known_show_as_blocked_until_somebody_helps(
    session_factory: SessionFactory,
    anna: SignedUp,
    source: SeededSource,
) -> None:
    """L-18, U-19."""
    guess(session_factory, 4)
    assert standing_of(person_of(session_factory, anna)) is Standing.ACTIVE
    guess(session_factory, 1)
    assert standing_of(person_of(session_factory, anna)) is Standing.LOCKED
    source.advance(timedelta(days=2))
    with pytest.raises(TooManyTries) as refused:
        type_password(session_factory, "anna", anna.password, access_point="192.0.2.91")
    assert refused.value.until is None

    with session_factory() as session, session.begin():
        unblock(session, session.get_one(Person, anna.id), by=BY)

    assert standing_of(person_of(session_factory, anna)) is Standing.ACTIVE
    assert type_password(session_factory, "anna", anna.password, access_point="192.0.2.91").person_id == anna.id


def test_a_device_that_logged_in_before_gets_in_while_others_are_locked_out(
    session_factory: SessionFactory,
    anna: SignedUp,
) -> None:
    """L-18: nobody can lock another person out; a known device does not open the count of the others."""
    device = log_in(session_factory, anna).device_token
    guess(session_factory, 5)
    assert type_password(session_factory, "anna", anna.password, device=device).person_id == anna.id
    assert standing_of(person_of(session_factory, anna)) is Standing.LOCKED
    guess(session_factory, 4, address="192.0.2.92", device=device)
    assert type_password(session_factory, "anna", anna.password, device=device).person_id == anna.id


def test_the_last_day_of_an_account_is_looked_at_when_logging_in(
    session_factory: SessionFactory,
    anna: SignedUp,
    source: SeededSource,
) -> None:
    """U-09: without the worker."""
    with session_factory() as session, session.begin():
        session.get_one(Person, anna.id).valid_until = today(session)
    log_in(session_factory, anna)
    source.advance(timedelta(days=1))
    with pytest.raises(AccountBlocked):
        type_password(session_factory, "anna", anna.password)


def test_each_state_is_changed_only_from_where_that_makes_sense(
    session_factory: SessionFactory,
    anna: SignedUp,
) -> None:
    with session_factory() as session, session.begin():
        person = session.get_one(Person, anna.id)
        unblock(session, person, by=BY)
        reopen(session, person, by=BY)
        assert person.state_changed_at is None
        block(session, person, Reason.BY_HAND, by=BY)
        reopen(session, person, by=BY)
        assert standing_of(person) is Standing.BLOCKED
        close(session, person, Reason.REMOVED)
        for act in (unblock, reopen):
            act(session, person, by=BY)
        assert person.state == AccountState.INACTIVE

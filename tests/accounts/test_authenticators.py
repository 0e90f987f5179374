"""Authenticator apps: a code is good once, and never after a later one (L-05, L-10, L-12; security.md, finding 3)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from pyotp import TOTP
from sqlalchemy import delete, select, update

from accounts.authenticators import begin_coupling, check_code, confirm_coupling, is_coupled, waiting_coupling
from accounts.devices import new_device_token
from accounts.errors import AlreadyCoupled, NotCoupled, TooManyTries, WrongCode
from accounts.models import Authenticator
from accounts.people import create_person
from audit.actions import Action
from audit.models import AuditEntry
from crypto.errors import UnsealError
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from delivery.models import OutgoingMessage
from tests import people
from tests.people import ACCESS_POINT, SignedUp

ORGANISATION = UUID(int=11)
Check = Callable[[str], None]


@pytest.fixture
def anna(session: Session) -> SignedUp:
    """Anna, whose app is coupled."""
    return people.sign_up(session, ORGANISATION, "Anna")


@pytest.fixture
def check(session: Session, anna: SignedUp) -> Check:
    """Anna types a code."""

    def check_one(code: str) -> None:
        check_code(session, anna.id, code, access_point=ACCESS_POINT)

    return check_one


def test_the_code_that_the_app_shows_is_right_however_it_is_spaced(
    session: Session, anna: SignedUp, source: SeededSource
) -> None:
    for typed in ("{}{}", " {} {} "):
        source.advance(timedelta(seconds=30))
        code = anna.code(session)
        second = check_code(session, anna.id, typed.format(code[:3], code[3:]), access_point=ACCESS_POINT)
        assert (second.person_id, second.factor) == (anna.id, "app")


def test_a_code_is_good_once(session: Session, anna: SignedUp, check: Check) -> None:
    check(anna.code(session))

    with pytest.raises(WrongCode):
        check(anna.code(session))


def test_after_a_later_code_an_earlier_one_is_not_good_any_more(
    session: Session, anna: SignedUp, check: Check, source: SeededSource
) -> None:
    """Finding 3: code A, code B, A again within its window. Who remembers the last code only takes it."""
    source.advance(timedelta(seconds=90))
    first, later = anna.code(session), anna.code(session, steps_later=1)
    check(first)
    source.advance(timedelta(seconds=30))
    check(later)

    with pytest.raises(WrongCode):
        check(first)
    with pytest.raises(WrongCode):
        check(later)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_differ_by_one_step(
    session: Session, anna: SignedUp, check: Check, source: SeededSource, steps: int, is_right: bool
) -> None:
    """RFC 6238, 5.2."""
    source.advance(timedelta(minutes=5))
    code = anna.code(session, steps_later=steps)

    if is_right:
        check(code)
    else:
        with pytest.raises(WrongCode):
            check(code)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "1" * 5000])
def test_what_is_no_code_is_wrong(check: Check, typed: str) -> None:
    with pytest.raises(WrongCode):
        check(typed)


def test_of_the_same_code_sixteen_times_at_once_one_is_accepted(session_factory: SessionFactory) -> None:
    """Security.md, goal K."""
    with session_factory() as session:
        anna = people.sign_up(session, ORGANISATION, "Anna")
        code = anna.code(session)
        session.commit()

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                check_code(session, anna.id, code, access_point=ACCESS_POINT)
            except (WrongCode, TooManyTries):
                return False
            finally:
                session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


def test_the_sixth_wrong_code_must_wait_and_so_must_the_right_one(
    session: Session, anna: SignedUp, check: Check, source: SeededSource
) -> None:
    """Goal I."""
    for _ in range(5):
        with pytest.raises(WrongCode):
            check("000000")

    with pytest.raises(TooManyTries) as refused:
        check(anna.code(session))
    assert refused.value.until == source.now() + timedelta(minutes=5)
    source.advance(timedelta(minutes=5))
    check(anna.code(session))


def test_wrong_codes_from_elsewhere_do_not_hold_up_a_device_that_logged_in_before(
    session: Session, anna: SignedUp, check: Check
) -> None:
    """L-18: also someone who knows the password can't lock the owner out."""
    token = new_device_token(session, anna.id)
    for _ in range(5):
        with pytest.raises(WrongCode):
            check("000000")
    with pytest.raises(TooManyTries):
        check(anna.code(session))

    check_code(session, anna.id, anna.code(session), access_point=ACCESS_POINT, device=token)


def test_a_refused_code_is_in_the_log(session: Session, anna: SignedUp, check: Check) -> None:
    with pytest.raises(WrongCode):
        check("000000")

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOGIN_FAIL)).one()
    assert (entry.actor_id, entry.organisation_id, entry.details) == (anna.id, ORGANISATION, {"reason": "code"})


def test_an_app_can_read_the_secret_from_the_qr_code(session: Session, anna: SignedUp) -> None:
    """L-10: an otpauth address with the issuer, the login name and the same secret that can be typed."""
    coupling = begin_coupling(session, anna.id, replacing=True)

    address = urlsplit(coupling.provisioning_uri)
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Datakluis:anna")
    assert parse_qs(address.query) == {"secret": [coupling.secret], "issuer": ["Datakluis"]}
    assert len(coupling.secret) == 32
    assert waiting_coupling(session, anna.id) == coupling
    assert coupling.secret not in repr(coupling)


def test_an_app_counts_only_once_it_has_shown_the_right_code(session: Session) -> None:
    anna = create_person(
        session, organisation_id=ORGANISATION, login_name="anna", display_name="Anna", email="anna@example.org"
    )
    coupling = begin_coupling(session, anna.id)
    assert not is_coupled(session, anna.id)
    with pytest.raises(NotCoupled):
        check_code(session, anna.id, TOTP(coupling.secret).at(session.source.now()), access_point=ACCESS_POINT)
    with pytest.raises(WrongCode):
        confirm_coupling(session, anna.id, "000000", access_point=ACCESS_POINT)
    assert not is_coupled(session, anna.id)

    code = TOTP(coupling.secret).at(session.source.now())
    confirm_coupling(session, anna.id, code, access_point=ACCESS_POINT)

    assert is_coupled(session, anna.id)
    with pytest.raises(WrongCode):
        check_code(session, anna.id, code, access_point=ACCESS_POINT)


def test_coupling_is_logged_and_told_by_mail(session: Session, anna: SignedUp) -> None:
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == Action.AUTHENTICATOR_COUPLE)).one()
    kinds = session.scalars(select(OutgoingMessage.kind).where(OutgoingMessage.organisation_id == ORGANISATION)).all()
    assert "authenticator_coupled" in kinds


def test_with_a_password_alone_no_second_app_can_be_coupled(session: Session, anna: SignedUp) -> None:
    """Who stole a password stands in the password stage: there the first app must still be asked for."""
    with pytest.raises(AlreadyCoupled):
        begin_coupling(session, anna.id)
    begin_coupling(session, anna.id, replacing=True)
    with pytest.raises(AlreadyCoupled):
        confirm_coupling(session, anna.id, "000000", access_point=ACCESS_POINT)


def test_a_new_app_takes_the_place_of_the_old_one(session: Session, anna: SignedUp, check: Check) -> None:
    coupling = begin_coupling(session, anna.id, replacing=True)
    new_app = TOTP(coupling.secret)
    confirm_coupling(session, anna.id, new_app.at(session.source.now()), access_point=ACCESS_POINT, replacing=True)

    with pytest.raises(WrongCode):
        check(anna.code(session, steps_later=1))
    check(new_app.at(session.source.now() + timedelta(seconds=30)))


def test_nothing_can_be_confirmed_that_was_not_begun(session: Session, anna: SignedUp) -> None:
    with pytest.raises(NotCoupled):
        confirm_coupling(session, anna.id, "000000", access_point=ACCESS_POINT, replacing=True)
    with pytest.raises(NotCoupled):
        waiting_coupling(session, anna.id)


def test_guessing_at_a_coupling_is_counted(session: Session, anna: SignedUp) -> None:
    begin_coupling(session, anna.id, replacing=True)
    for _ in range(10):
        with pytest.raises(WrongCode):
            confirm_coupling(session, anna.id, "000000", access_point=ACCESS_POINT, replacing=True)

    with pytest.raises(TooManyTries):
        confirm_coupling(session, anna.id, "000000", access_point=ACCESS_POINT, replacing=True)


def test_the_secret_lies_sealed_and_belongs_to_one_person(session: Session, anna: SignedUp) -> None:
    """Dirk, who can write the database, puts his own app in Anna's place: it is no second factor there."""
    dirk = people.sign_up(session, UUID(int=12), "Dirk")
    rows = {row.person_id: row for row in session.scalars(select(Authenticator))}
    assert anna.totp_secret.encode() not in rows[anna.id].secret_sealed
    session.execute(update(Authenticator).where(Authenticator.person_id == anna.id).values(person_id=dirk.id))
    session.execute(update(Authenticator).where(Authenticator.id == rows[dirk.id].id).values(person_id=anna.id))

    with pytest.raises(UnsealError):
        check_code(session, anna.id, dirk.code(session), access_point=ACCESS_POINT)


def test_of_many_pages_that_are_asked_for_at_once_one_secret_waits(session_factory: SessionFactory) -> None:
    """L-10: which of two secrets an app was given must not depend on chance."""
    with session_factory() as session:
        anna = people.sign_up(session, ORGANISATION, "Anna")
        session.execute(delete(Authenticator))
        session.commit()
    start = Barrier(6)

    def ask(_number: int) -> None:
        start.wait()
        with session_factory() as session:
            begin_coupling(session, anna.id)
            sleep(0.05)
            session.commit()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(ask, range(6)))

    with session_factory() as session:
        assert len(session.scalars(select(Authenticator.id)).all()) == 1

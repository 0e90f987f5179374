"""Sessions: nothing opens without the cookie, and nothing after the end (L-26..L-28; security.md, goal M)."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update

from accounts.credentials import PersonSecret, password_salt, set_password
from accounts.errors import SessionEnded
from accounts.models import AccountState, LoginSession, SessionStage
from accounts.sessions import (
    ABSOLUTE,
    INACTIVITY,
    PASSWORD_STAGE,
    SERVICE_INACTIVITY,
    Limits,
    OpenSession,
    end_session,
    end_sessions_of,
    load_session,
    promote_to_complete,
    promote_to_password_stage,
    purge_expired,
    save_data,
    start_visitor_session,
)
from crypto.errors import UnsealError
from crypto.one_time import new_token
from crypto.passwords import stretch
from crypto.root_key import PackageKey
from crypto.sealing import Context, unseal
from crypto.secret import Secret
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from tests import people
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp

ORGANISATION = UUID(int=11)
PASSWORD_KEY = Secret(b"p" * 32)


@pytest.fixture
def anna(session: Session) -> SignedUp:
    """Anna, who has an account."""
    return people.sign_up(session, ORGANISATION, "Anna")


def logged_in(session: Session, person: SignedUp, inactivity: timedelta = INACTIVITY) -> str:
    """Return the cookie of someone who went through all stages."""
    _, visitor = start_visitor_session(session)
    _, stage = promote_to_password_stage(session, visitor, person_id=person.id, password_key=PASSWORD_KEY)
    cookie, _ = promote_to_complete(
        session, stage, person_id=person.id, key_generation=1, secret=person.secret, limits=Limits(inactivity)
    )
    return cookie


def loaded(session: Session, cookie: str) -> OpenSession:
    """Return the session of a cookie that is good."""
    opened = load_session(session, cookie)
    assert opened is not None
    return opened


def test_each_stage_has_what_it_needs_and_no_more(session: Session, anna: SignedUp) -> None:
    """Design 2.3: the person secret is there only after the second factor."""
    visitor_cookie, visitor = start_visitor_session(session)
    assert loaded(session, visitor_cookie).stage == SessionStage.VISITOR
    for secret in ("password_key", "person_secret"):
        with pytest.raises(SessionEnded):
            getattr(loaded(session, visitor_cookie), secret)

    password_cookie, stage = promote_to_password_stage(session, visitor, person_id=anna.id, password_key=PASSWORD_KEY)
    half = loaded(session, password_cookie)
    assert (half.stage, half.person_id, half.password_key) == (SessionStage.PASSWORD, anna.id, PASSWORD_KEY)
    with pytest.raises(SessionEnded):
        half.opened_keys()

    cookie, _ = promote_to_complete(session, stage, person_id=anna.id, key_generation=1, secret=anna.secret)
    whole = loaded(session, cookie)
    assert (whole.stage, whole.person_secret) == (SessionStage.COMPLETE, anna.secret)
    assert whole.opened_keys().secret(session, anna.id) == anna.secret
    with pytest.raises(SessionEnded):
        _ = whole.password_key


def test_a_cookie_from_before_the_login_never_works_after_it(session: Session, anna: SignedUp) -> None:
    """Goal M: each promotion has a new row and a new cookie."""
    first, visitor = start_visitor_session(session)
    second, stage = promote_to_password_stage(session, visitor, person_id=anna.id, password_key=PASSWORD_KEY)
    third, _ = promote_to_complete(session, stage, person_id=anna.id, key_generation=1, secret=anna.secret)

    assert len({first, second, third}) == 3
    assert load_session(session, first) is None
    assert load_session(session, second) is None
    assert load_session(session, third) is not None
    assert session.scalar(select(func.count()).select_from(LoginSession)) == 1


def test_what_a_visitor_planted_is_not_carried_into_the_login(session: Session, anna: SignedUp) -> None:
    _, visitor = start_visitor_session(session)
    visitor.data["next"] = "planted"
    save_data(session, visitor)

    _, stage = promote_to_password_stage(session, visitor, person_id=anna.id, password_key=PASSWORD_KEY)

    assert stage.data == {}


def test_of_many_promotions_of_one_session_one_succeeds(session_factory: SessionFactory) -> None:
    """Goal K."""
    with session_factory() as session:
        anna = people.sign_up(session, ORGANISATION, "Anna")
        _, visitor = start_visitor_session(session)
        session.commit()

    def promote(_number: int) -> bool:
        with session_factory() as session:
            try:
                promote_to_password_stage(session, visitor, person_id=anna.id, password_key=PASSWORD_KEY)
            except SessionEnded:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(promote, range(16))) == 1


def test_data_is_kept_between_requests(session: Session) -> None:
    cookie, visitor = start_visitor_session(session)
    visitor.data.update(csrf_token="abc", _flashes=[["message", "Opgeslagen é"]])
    save_data(session, visitor)
    session.flush()

    assert loaded(session, cookie).data == {"csrf_token": "abc", "_flashes": [["message", "Opgeslagen é"]]}


def test_a_stolen_table_opens_nothing(session: Session, anna: SignedUp, package_keys: Mapping[str, PackageKey]) -> None:
    """Every row and the root key, but no cookie: every key at hand, on every sealed column, in its own place."""
    cookie = logged_in(session, anna)
    opened = loaded(session, cookie)
    opened.data["marked"] = "zeer geheim"
    save_data(session, opened)
    session.flush()
    row = session.scalars(select(LoginSession)).one()
    stored = [value for value in vars(row).values() if isinstance(value, bytes)]

    for sealed, part in [(row.data_sealed, "data_sealed"), (row.secret_sealed, "secret_sealed")]:
        place = Context("login_session", row.id_hash.hex(), f"{part}/complete", holder=anna.id, generation=1)
        assert sealed is not None
        assert unseal(opened._key, sealed, place)
        for key in (row.id_hash, bytes(32)):
            with pytest.raises(UnsealError):
                unseal(Secret(key), sealed, place)
        for package_key in package_keys.values():
            with pytest.raises(UnsealError):
                package_key.open(sealed, place)
            with pytest.raises(UnsealError):
                unseal(Secret(package_key.lookup(row.id_hash)), sealed, place)
    everything = b"".join(stored)
    for secret in (cookie.encode(), anna.secret.reveal(), b"zeer geheim"):
        assert secret not in everything


def test_the_id_of_a_row_is_no_cookie(session: Session, anna: SignedUp) -> None:
    logged_in(session, anna)
    row = session.scalars(select(LoginSession)).one()

    for guess in (row.id_hash.hex(), row.id_hash.decode("latin-1"), "", new_token(session.source), "\ud800"):
        assert load_session(session, guess) is None


@pytest.mark.parametrize(
    "change",
    [
        {"stage": SessionStage.COMPLETE},
        {"key_generation": 2},
        {"data_sealed": b"\x01" + bytes(40)},
        {"secret_sealed": b"\x01" + bytes(60)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_that_was_changed_in_the_database_is_no_session(
    session: Session, anna: SignedUp, change: dict[str, Any]
) -> None:
    """Nobody gets past the second factor with an UPDATE."""
    _, visitor = start_visitor_session(session)
    cookie, _ = promote_to_password_stage(session, visitor, person_id=anna.id, password_key=PASSWORD_KEY)
    assert load_session(session, cookie) is not None

    session.execute(update(LoginSession).values(change))

    assert load_session(session, cookie) is None


def test_a_session_that_was_given_to_another_person_is_no_session(session: Session, anna: SignedUp) -> None:
    bram = people.sign_up(session, UUID(int=12), "Bram")
    cookie = logged_in(session, bram)

    session.execute(update(LoginSession).values(person_id=anna.id))

    assert load_session(session, cookie) is None


@pytest.mark.parametrize("inactivity", [INACTIVITY, SERVICE_INACTIVITY], ids=["employer", "service"])
def test_a_session_ends_when_nothing_is_asked_for_too_long(
    session: Session, anna: SignedUp, source: SeededSource, inactivity: timedelta
) -> None:
    """L-27: 60 minutes, 15 for the arbo service."""
    cookie = logged_in(session, anna, inactivity)
    for _ in range(3):
        source.advance(inactivity - timedelta(seconds=1))
        assert load_session(session, cookie) is not None
        session.flush()

    source.advance(inactivity)
    assert load_session(session, cookie) is None


def test_the_limits_are_those_that_were_settled() -> None:
    minutes = [limit / timedelta(minutes=1) for limit in (INACTIVITY, SERVICE_INACTIVITY, ABSOLUTE, PASSWORD_STAGE)]

    assert minutes == [60, 15, 720, 5]


def test_a_session_ends_after_twelve_hours_however_busy(session: Session, anna: SignedUp, source: SeededSource) -> None:
    """L-26; also when the row says otherwise."""
    cookie = logged_in(session, anna)
    for _ in range(23):
        source.advance(timedelta(minutes=30))
        assert load_session(session, cookie) is not None
        session.flush()
    source.advance(timedelta(minutes=30))
    session.execute(update(LoginSession).values(expires_at=source.now() + timedelta(days=9)))

    assert load_session(session, cookie) is None


def test_the_password_stage_ends_after_five_minutes(session: Session, anna: SignedUp, source: SeededSource) -> None:
    """Design 2.3; asking again does not prolong it."""
    _, visitor = start_visitor_session(session)
    cookie, _ = promote_to_password_stage(session, visitor, person_id=anna.id, password_key=PASSWORD_KEY)
    source.advance(timedelta(minutes=4))
    assert load_session(session, cookie) is not None
    session.flush()
    source.advance(timedelta(minutes=1))

    assert load_session(session, cookie) is None


def test_a_session_that_was_ended_is_refused_at_once(session: Session, anna: SignedUp) -> None:
    """L-28."""
    cookie = logged_in(session, anna)
    opened = loaded(session, cookie)
    opened.data["changed"] = True

    end_session(session, opened)

    assert load_session(session, cookie) is None
    with pytest.raises(SessionEnded):
        end_session(session, opened)
    with pytest.raises(SessionEnded):
        save_data(session, opened)


def test_all_sessions_of_one_person_can_be_ended_and_of_nobody_else(session: Session, anna: SignedUp) -> None:
    bram = people.sign_up(session, UUID(int=12), "Bram")
    of_anna = [logged_in(session, anna), logged_in(session, anna)]
    of_bram = logged_in(session, bram)

    assert end_sessions_of(session, anna.id) == 2
    assert [load_session(session, cookie) for cookie in of_anna] == [None, None]
    assert load_session(session, of_bram) is not None


def test_a_new_password_ends_all_sessions(session: Session, anna: SignedUp) -> None:
    """Goal M."""
    cookie = logged_in(session, anna)
    stretched = stretch("een heel ander wachtwoord", password_salt(SALT_KEY, anna.id), CHEAP_ARGON2)

    set_password(session, PersonSecret(anna.id, 1, anna.secret), stretched, CHEAP_ARGON2, access_point=ACCESS_POINT)

    assert load_session(session, cookie) is None


def test_a_login_that_a_new_password_overtakes_is_no_session(
    session: Session, anna: SignedUp, source: SeededSource
) -> None:
    """Goal M: its row was not there yet when the others were deleted."""
    stretched = stretch("een heel ander wachtwoord", password_salt(SALT_KEY, anna.id), CHEAP_ARGON2)
    cookie = logged_in(session, anna)
    row = session.scalars(select(LoginSession)).one()
    kept = {column.name: getattr(row, column.name) for column in LoginSession.__table__.columns}
    source.advance(timedelta(seconds=1))
    set_password(session, PersonSecret(anna.id, 1, anna.secret), stretched, CHEAP_ARGON2, access_point=ACCESS_POINT)
    session.execute(insert(LoginSession), kept)

    assert session.scalar(select(func.count()).select_from(LoginSession)) == 1
    assert load_session(session, cookie) is None


@pytest.mark.parametrize("state", [AccountState.BLOCKED, AccountState.INACTIVE])
def test_an_account_that_is_not_active_has_no_session(session: Session, anna: SignedUp, state: AccountState) -> None:
    """Goal M: whichever way it came about, and half way through a login too."""
    _, visitor = start_visitor_session(session)
    half, _ = promote_to_password_stage(session, visitor, person_id=anna.id, password_key=PASSWORD_KEY)
    cookie = logged_in(session, anna)
    anna.person.state = state
    session.flush()

    assert [load_session(session, value) for value in (half, cookie)] == [None, None]


def test_expired_rows_are_purged_and_no_others(session: Session, anna: SignedUp, source: SeededSource) -> None:
    logged_in(session, anna)
    source.advance(INACTIVITY)
    fresh = logged_in(session, anna)

    assert purge_expired(session) == 1
    assert load_session(session, fresh) is not None


def test_nothing_secret_is_in_a_repr(session: Session, anna: SignedUp) -> None:
    cookie = logged_in(session, anna)
    opened = loaded(session, cookie)
    opened.data["marked"] = "zeer geheim"

    assert cookie not in repr(opened)
    assert "zeer geheim" not in repr(opened)
    assert repr(opened.id_hash) not in repr(opened)
    assert anna.secret.reveal().hex() not in repr(opened)


def test_whoever_only_looks_at_the_login_page_leaves_no_row_for_long(session: Session, source: SeededSource) -> None:
    """Goal I: the worker purges what has expired, and nobody fills the table."""
    start_visitor_session(session)
    source.advance(timedelta(minutes=10))

    assert purge_expired(session) == 1

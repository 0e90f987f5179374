"""The password step and the end of a login (L-01, L-17, L-18, L-34; design 2.3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select, update

from accounts.credentials import PersonSecret, password_salt, set_password
from accounts.errors import AccountBlocked, TooManyTries, WrongLogin
from accounts.login import SecondFactor, begin_login, complete_login, finish_password
from accounts.models import AccountState, Credential, Person
from accounts.people import create_person
from audit import PLATFORM_ID
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import Outcome
from crypto.errors import UnsealError
from crypto.passwords import Argon2Parameters, stretch
from crypto.secret import Secret
from crypto.source import SeededSource
from database.session import SessionFactory
from tests import people
from tests.accounts.acts import log_in, type_password
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp

ORGANISATION = UUID(int=11)


@pytest.fixture
def anna(session_factory: SessionFactory) -> SignedUp:
    """Anna, who has done all first steps."""
    with session_factory() as session:
        signed_up = people.sign_up(session, ORGANISATION, "Anna")
        session.commit()
    return signed_up


def refusals(factory: SessionFactory) -> list[AuditEntry]:
    """Return the entries of logins that were refused."""
    with factory() as session:
        failed = select(AuditEntry).where(AuditEntry.action == Action.LOGIN_FAIL)
        return list(session.scalars(failed.order_by(AuditEntry.moment, AuditEntry.id)))


def test_the_password_and_the_code_open_the_persons_own_secret(session_factory: SessionFactory, anna: SignedUp) -> None:
    logged_in = log_in(session_factory, anna)

    assert logged_in.opened.secret == anna.secret
    assert (logged_in.opened.person_id, logged_in.opened.generation) == (anna.id, 1)


def test_a_login_name_is_the_same_in_capitals_and_with_spaces_around_it(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    assert type_password(session_factory, " ANNA ", anna.password).person_id == anna.id


def test_a_wrong_password_is_refused_and_logged_for_the_persons_organisation(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    with pytest.raises(WrongLogin):
        type_password(session_factory, "anna", anna.password + "x")

    (entry,) = refusals(session_factory)
    assert (entry.organisation_id, entry.actor_id, entry.outcome) == (ORGANISATION, anna.id, Outcome.REFUSED)
    assert (entry.access_point, entry.details) == (ACCESS_POINT, {"reason": "password"})


def test_a_name_that_nobody_has_gets_the_same_answer_and_is_logged_for_the_platform(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    """L-17: which of the two was wrong is told to nobody, and the name is in no log."""
    with pytest.raises(WrongLogin) as unknown:
        type_password(session_factory, "nobody at all", anna.password)
    with pytest.raises(WrongLogin) as wrong:
        type_password(session_factory, "anna", "wrong")

    assert (type(unknown.value), str(unknown.value)) == (type(wrong.value), str(wrong.value))
    platform = [entry for entry in refusals(session_factory) if entry.organisation_id == PLATFORM_ID]
    assert [(entry.actor_id, entry.details) for entry in platform] == [(None, {"reason": "password"})]


def test_a_name_that_nobody_has_costs_the_same_argon2id(session_factory: SessionFactory, anna: SignedUp) -> None:
    """The salt is as long, the same at each try and of no other name; the cost is that of a new account."""
    with session_factory() as session:
        known = begin_login(session, "anna", "a", salt_key=SALT_KEY)
        unknown = begin_login(session, "nobody", "b", salt_key=SALT_KEY)
        again = begin_login(session, " Nobody", "c", salt_key=SALT_KEY)
        other = begin_login(session, "no-one", "d", salt_key=SALT_KEY)

    assert unknown.parameters == Argon2Parameters()
    assert known.parameters == CHEAP_ARGON2
    assert len(unknown.salt) == len(known.salt)
    assert unknown.salt == again.salt
    assert len({known.salt, unknown.salt, other.salt}) == 3
    assert unknown.person_id is None


def test_a_name_that_nobody_has_costs_the_same_queries(session_factory: SessionFactory, anna: SignedUp) -> None:
    """The same statements in the same order, so that the time tells nothing either."""

    def statements(name: str) -> list[str]:
        seen: list[str] = []
        engine = session_factory.engine
        listener = lambda *about: seen.append(about[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        with session_factory() as session:
            challenge = begin_login(session, name, ACCESS_POINT, salt_key=SALT_KEY)
            session.commit()
            with pytest.raises(WrongLogin):
                finish_password(session, challenge, Secret(b"x" * 64))
            session.commit()
        event.remove(engine, "before_cursor_execute", listener)
        return seen

    statements("warm up")
    assert statements("anna") == statements("nobody at all")


def test_someone_who_has_not_accepted_the_invitation_is_like_nobody(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        create_person(
            session, organisation_id=ORGANISATION, login_name="eva", display_name="Eva", email="eva@example.org"
        )
        session.commit()

    with pytest.raises(WrongLogin):
        type_password(session_factory, "eva", "")


@pytest.mark.parametrize("name", ["anna", "nobody at all"])
def test_five_wrong_tries_close_the_name_whether_it_exists_or_not(
    session_factory: SessionFactory, anna: SignedUp, source: SeededSource, name: str
) -> None:
    """L-18, and L-17: the wait tells nothing about the name."""
    for _ in range(5):
        with pytest.raises(WrongLogin):
            type_password(session_factory, name, "wrong")

    with pytest.raises(TooManyTries) as refused:
        type_password(session_factory, name, anna.password)
    assert refused.value.until is None
    assert {"reason": "too many tries"} in [entry.details for entry in refusals(session_factory)]


def test_the_right_password_forgets_the_wrong_ones(session_factory: SessionFactory, anna: SignedUp) -> None:
    for _ in range(4):
        for _ in range(2):
            with pytest.raises(WrongLogin):
                type_password(session_factory, "anna", "wrong")
        assert type_password(session_factory, "anna", anna.password)


def test_nobody_can_lock_out_someone_who_logged_in_on_this_device_before(
    session_factory: SessionFactory, anna: SignedUp, source: SeededSource
) -> None:
    """L-18, as settled: the attacker's tries are on another count, also after a hundred of them."""
    token = log_in(session_factory, anna).device_token
    for _ in range(5):
        with pytest.raises(WrongLogin):
            type_password(session_factory, "anna", "wrong", access_point="198.51.100.7")
    with pytest.raises(TooManyTries):
        type_password(session_factory, "anna", anna.password, access_point="198.51.100.8")

    source.advance(timedelta(seconds=30))
    again = log_in(session_factory, anna, device=token)

    assert again.opened.secret == anna.secret
    assert again.device_token == token


def test_another_persons_device_token_gives_no_count_of_its_own(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    """An attacker with an account of his own tries anna's password with his own token."""
    with session_factory() as session:
        dirk = people.sign_up(session, UUID(int=12), "Dirk")
        session.commit()
    token = log_in(session_factory, dirk).device_token
    for number in range(5):
        with pytest.raises(WrongLogin):
            type_password(session_factory, "anna", "wrong", device=token if number % 2 else None)

    with pytest.raises(TooManyTries):
        type_password(session_factory, "anna", "wrong", device=token)


def test_one_address_cannot_try_many_names(session_factory: SessionFactory) -> None:
    """Goal I: ten in five minutes."""
    for number in range(10):
        with pytest.raises(WrongLogin):
            type_password(session_factory, f"name {number}", "wrong")

    with pytest.raises(TooManyTries):
        type_password(session_factory, "name 11", "wrong")
    with pytest.raises(WrongLogin):
        type_password(session_factory, "name 11", "wrong", access_point="198.51.100.7")


def test_addresses_of_one_ipv6_connection_count_as_one(session_factory: SessionFactory) -> None:
    """Goal I: whoever has one address has 2^64 of them."""
    for number in range(10):
        with pytest.raises(WrongLogin):
            type_password(session_factory, f"name {number}", "wrong", access_point=f"2001:db8:1:1::{number:x}")

    with pytest.raises(TooManyTries):
        type_password(session_factory, "name 11", "wrong", access_point="2001:db8:1:1:ffff::1")
    with pytest.raises(WrongLogin):
        type_password(session_factory, "name 11", "wrong", access_point="2001:db8:1:2::1")


def test_addresses_of_ipv4_in_the_clothes_of_ipv6_stay_apart(session_factory: SessionFactory) -> None:
    """RFC 4291, 2.5.5.2: a server that listens on both sees them so."""
    for number in range(11):
        with pytest.raises(WrongLogin):
            type_password(session_factory, f"name {number}", "wrong", access_point=f"::ffff:192.0.2.{number}")


def test_passwords_tried_at_the_same_time_are_no_more_than_the_budget(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    """Goal I: 32 at once from as many addresses; the right one, last of all, is refused too."""

    def attempt(number: int) -> type[Exception] | None:
        try:
            type_password(session_factory, "anna", "wrong", access_point=f"198.51.100.{number}")
        except (WrongLogin, TooManyTries) as error:
            return type(error)
        return None

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(attempt, range(32)))

    assert outcomes.count(WrongLogin) == 5
    assert outcomes.count(TooManyTries) == 27
    with pytest.raises(TooManyTries):
        type_password(session_factory, "anna", anna.password, access_point="198.51.100.99")


def test_a_blocked_account_is_told_apart_only_with_the_right_password(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    with session_factory() as session:
        session.execute(update(Person).values(state=AccountState.BLOCKED))
        session.commit()

    with pytest.raises(AccountBlocked) as blocked:
        type_password(session_factory, "anna", anna.password)
    assert isinstance(blocked.value, WrongLogin)
    with pytest.raises(WrongLogin) as wrong:
        type_password(session_factory, "anna", "wrong")
    assert not isinstance(wrong.value, AccountBlocked)


def test_an_account_that_is_blocked_between_the_two_steps_is_not_opened(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    accepted = type_password(session_factory, "anna", anna.password)
    with session_factory() as session:
        session.execute(update(Person).values(state=AccountState.BLOCKED))
        session.commit()

    with session_factory() as session, pytest.raises(AccountBlocked):
        complete_login(session, accepted.password_key, SecondFactor(anna.id, "app"), access_point=ACCESS_POINT)


def test_a_login_notes_its_moment_and_the_one_before(
    session_factory: SessionFactory, anna: SignedUp, source: SeededSource
) -> None:
    """L-34."""
    first = source.now()
    log_in(session_factory, anna)
    source.advance(timedelta(days=3))
    log_in(session_factory, anna)

    with session_factory() as session:
        person = session.get_one(Person, anna.id)
        assert (person.previous_login_at, person.login_at) == (first, first + timedelta(days=3))


def test_a_login_is_in_the_log_with_its_second_factor(session_factory: SessionFactory, anna: SignedUp) -> None:
    log_in(session_factory, anna)

    with session_factory() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOGIN_SUCCEED)).one()
        assert (entry.actor_id, entry.organisation_id, entry.details) == (anna.id, ORGANISATION, {"factor": "app"})


def test_a_password_that_was_changed_between_the_two_steps_opens_nothing(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    accepted = type_password(session_factory, "anna", anna.password)
    stretched = stretch("een heel ander wachtwoord", password_salt(SALT_KEY, anna.id), CHEAP_ARGON2)
    with session_factory() as session:
        opened = PersonSecret(anna.id, 1, anna.secret)
        set_password(session, opened, stretched, CHEAP_ARGON2, access_point=ACCESS_POINT)
        session.commit()

    with session_factory() as session:
        with pytest.raises(WrongLogin):
            complete_login(session, accepted.password_key, SecondFactor(anna.id, "app"), access_point=ACCESS_POINT)
        session.commit()
    with session_factory() as session:
        logged = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("login:"))).all()
        assert logged == [Action.LOGIN_FAIL]
    with pytest.raises(WrongLogin):
        type_password(session_factory, "anna", anna.password)
    assert type_password(session_factory, "anna", "een heel ander wachtwoord").person_id == anna.id


def test_the_same_password_with_another_salt_key_is_wrong(session_factory: SessionFactory, anna: SignedUp) -> None:
    """Design 2.3: the salt key is kept apart, so that the database alone can't be guessed against."""
    with pytest.raises(WrongLogin):
        type_password(
            session_factory, "anna", anna.password, salt_key=type(SALT_KEY)(Secret(b"another salt key, 32 bytes long."))
        )


def test_the_secret_moved_to_another_persons_credential_does_not_open(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    """Bram, who can write the database, puts what lies under his own password in Anna's row."""
    with session_factory() as session:
        bram = people.sign_up(session, UUID(int=12), "Bram")
        session.commit()
    accepted = type_password(session_factory, "bram", bram.password)
    with session_factory() as session:
        own = session.get_one(Credential, bram.id)
        session.get_one(Credential, anna.id).password_sealed = own.password_sealed
        session.commit()

    with session_factory() as session, pytest.raises((WrongLogin, UnsealError)):
        complete_login(session, accepted.password_key, SecondFactor(anna.id, "app"), access_point=ACCESS_POINT)


def test_nothing_secret_is_in_a_repr(session_factory: SessionFactory, anna: SignedUp) -> None:
    accepted = type_password(session_factory, "anna", anna.password)
    logged_in = log_in(session_factory, anna)
    with session_factory() as session:
        challenge = begin_login(session, "anna", ACCESS_POINT, salt_key=SALT_KEY)

    shown = repr([accepted, logged_in, challenge, anna])
    assert accepted.password_key.reveal().hex() not in shown
    for secret in (logged_in.device_token, anna.password, anna.totp_secret, anna.backup_code, repr(challenge.salt)):
        assert secret not in shown

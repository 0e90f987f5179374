"""A forgotten password: link, second factor, back-up code; who lacks one of them reads nothing (design 2.3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from accounts.authenticators import check_code, is_coupled
from accounts.backup_codes import BackupCodeUsed, begin_backup_code, needs_backup_code, use_backup_code
from accounts.credentials import PersonSecret, password_salt
from accounts.errors import FactorMissing, ResetUsed, WrongCode, WrongLogin
from accounts.login import SecondFactor, begin_login
from accounts.models import Credential, LoginSession, PasswordReset
from accounts.resetting import PasswordReplaced, reset_password
from accounts.sessions import promote_to_complete, start_visitor_session
from audit.models import AuditEntry
from crypto.passwords import stretch
from crypto.secret import Secret
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from delivery.models import OutgoingMessage
from keys.models import Grant
from keys.opened import OpenedKeys
from tests.accounts.acts import log_in, type_password
from tests.accounts.test_recovering import send
from tests.keys.acts import found_vault
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp, sign_up

ORGANISATION = UUID(int=11)
NEW_PASSWORD = "acht andere fietsen rijden"


def stretched_for(person: SignedUp, password: str = NEW_PASSWORD) -> Secret:
    """Return the stretched new password."""
    return stretch(password, password_salt(SALT_KEY, person.id), CHEAP_ARGON2)


def show_app(session: Session, person: SignedUp) -> SecondFactor:
    """Check the code of the person's app."""
    return check_code(session, person.id, person.code(session), access_point=ACCESS_POINT)


def show_backup_code(session: Session, person: SignedUp, code: str | None = None) -> BackupCodeUsed:
    """Use up the person's back-up code."""
    challenge = begin_backup_code(session, person.id, ACCESS_POINT, salt_key=SALT_KEY)
    return use_backup_code(
        session, challenge, stretch(code or person.backup_code, challenge.salt, challenge.parameters)
    )


def reset(
    session: Session,
    token: str,
    person: SignedUp,
    second_factor: SecondFactor | None,
    kept: PersonSecret | None = None,
) -> PasswordReplaced:
    """Replace the password."""
    return reset_password(
        session,
        token,
        second_factor,
        stretched_for(person),
        CHEAP_ARGON2,
        kept=kept,
        access_point=ACCESS_POINT,
    )


def test_with_all_three_the_key_survives(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        anna = sign_up(session, ORGANISATION, "Anna")
        vault, secret = found_vault(session, anna.keys())
        token = send(session, anna)
        factor = show_app(session, anna)
        kept = show_backup_code(session, anna).opened
        replaced = reset(session, token, anna, factor, kept)
        session.commit()
        assert replaced.closed == set()
        assert anna.keys().secret(session, vault) == secret
        assert needs_backup_code(session, anna.id)

    assert type_password(session_factory, "anna", NEW_PASSWORD).person_id == anna.id
    with pytest.raises(WrongLogin):
        type_password(session_factory, "anna", anna.password)


def test_without_the_backup_code_nothing_opens_any_more(session_factory: SessionFactory, source: SeededSource) -> None:
    """Neither the new nor the old password opens what the lost key did, and the old back-up code is worth nothing."""
    with session_factory() as session:
        anna = sign_up(session, ORGANISATION, "Anna")
        vault, _secret = found_vault(session, anna.keys())
        replaced = reset(session, send(session, anna), anna, show_app(session, anna))
        session.commit()
        assert replaced.closed == {vault}
        credential = session.get_one(Credential, anna.id)
        assert (credential.key_generation, credential.backup_hash, credential.backup_sealed) == (2, None, None)
        assert session.scalar(select(func.count()).where(Grant.recipient_id == anna.id)) == 0
        with pytest.raises(WrongCode):
            show_backup_code(session, anna)

    with pytest.raises(WrongLogin):
        type_password(session_factory, "anna", anna.password)
    source.advance(timedelta(seconds=30))
    opened = log_in(session_factory, _with(anna, NEW_PASSWORD)).opened
    assert opened.generation == 2
    with session_factory() as session:
        assert not OpenedKeys(anna.id, 2, opened.secret).can_open(session, vault)


@pytest.mark.parametrize("whose", ["nobody", "somebody else", "the back-up code"])
def test_the_mailbox_alone_gets_nowhere(session: Session, whose: str) -> None:
    """Also not with the back-up code in place of the second factor, nor with somebody else's second factor."""
    anna, bram = sign_up(session, ORGANISATION, "Anna"), sign_up(session, ORGANISATION, "Bram")
    token = send(session, anna)
    factors = {"nobody": None, "somebody else": show_app(session, bram)}
    kept = None
    if whose == "the back-up code":
        used = show_backup_code(session, anna)
        factors[whose], kept = used.second_factor, used.opened
    before = session.get_one(Credential, anna.id).password_hash

    with session.begin_nested() as savepoint:
        with pytest.raises(FactorMissing):
            reset(session, token, anna, factors[whose], kept)
        savepoint.rollback()

    assert session.get_one(Credential, anna.id, populate_existing=True).password_hash == before


def test_another_persons_secret_is_never_sealed_under_the_new_password(session: Session) -> None:
    anna, bram = sign_up(session, ORGANISATION, "Anna"), sign_up(session, ORGANISATION, "Bram")
    factor, kept = show_app(session, anna), show_backup_code(session, bram).opened

    with pytest.raises(FactorMissing):
        reset(session, send(session, anna), anna, factor, kept)


def test_a_link_that_renews_the_factors_removes_them_once_it_is_used(session: Session) -> None:
    """U-20; not before: until then the rightful owner logs in as ever."""
    anna = sign_up(session, ORGANISATION, "Anna")
    vault, _secret = found_vault(session, anna.keys())
    token = send(session, anna, renews_factors=True)
    assert is_coupled(session, anna.id)

    replaced = reset(session, token, anna, None)

    assert replaced.renews_factors
    assert not is_coupled(session, anna.id)
    assert replaced.closed == {vault}


def test_with_the_backup_code_such_a_link_keeps_the_key(session: Session) -> None:
    anna = sign_up(session, ORGANISATION, "Anna")
    vault, secret = found_vault(session, anna.keys())
    token = send(session, anna, renews_factors=True)

    replaced = reset(session, token, anna, None, show_backup_code(session, anna).opened)

    assert replaced.closed == set()
    assert anna.keys().secret(session, vault) == secret


def test_it_ends_all_sessions_and_tells_by_mail_and_in_the_log(session: Session) -> None:
    """Security.md, goal M."""
    anna = sign_up(session, ORGANISATION, "Anna")
    _cookie, visitor = start_visitor_session(session)
    promote_to_complete(session, visitor, person_id=anna.id, key_generation=1, secret=anna.secret)

    reset(session, send(session, anna), anna, show_app(session, anna))

    assert session.scalar(select(func.count()).where(LoginSession.person_id == anna.id)) == 0
    kinds = session.scalars(select(OutgoingMessage.kind)).all()
    assert "password_changed" in kinds
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "password_reset:use")).one()
    assert entry.details == {"key": "renewed", "factors": "kept"}
    assert entry.actor_id == anna.id


def test_tries_at_the_old_password_do_not_count_against_the_new_one(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        anna = sign_up(session, ORGANISATION, "Anna")
        session.commit()
    for _ in range(4):
        with pytest.raises(WrongLogin):
            type_password(session_factory, "anna", "iets anders dan dat")
    with session_factory() as session:
        reset(session, send(session, anna), anna, show_app(session, anna))
        session.commit()

    for _ in range(4):
        with session_factory() as session:
            begin_login(session, "anna", "192.0.2.77", salt_key=SALT_KEY, parameters=CHEAP_ARGON2)
            session.commit()


def test_of_sixteen_who_reset_at_once_one_succeeds(session_factory: SessionFactory) -> None:
    """Security.md, goal K: one password, one new key."""
    with session_factory() as session:
        anna = sign_up(session, ORGANISATION, "Anna")
        token = send(session, anna)
        factor = show_app(session, anna)
        session.commit()

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                reset(session, token, anna, factor)
            except ResetUsed:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1
    with session_factory() as session:
        assert session.get_one(Credential, anna.id).key_generation == 2
        assert session.scalars(select(PasswordReset.used_at)).one() is not None


def _with(person: SignedUp, password: str) -> SignedUp:
    return SignedUp(person.person, password, person.totp_secret, person.backup_code, person.secret)

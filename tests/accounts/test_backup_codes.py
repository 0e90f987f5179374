"""The back-up code: once instead of the app, and a second way to the person's secret (L-13, L-14)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.backup_codes import (
    BackupCodeUsed,
    begin_backup_code,
    keep_backup_code,
    make_backup_code,
    needs_backup_code,
    new_backup_code,
    use_backup_code,
)
from accounts.credentials import PersonSecret, backup_salt, password_salt
from accounts.errors import TooManyTries, WrongCode
from accounts.login import complete_login
from accounts.models import Credential
from audit.actions import Action
from audit.models import AuditEntry
from crypto.one_time import normalise_backup_code
from crypto.passwords import Argon2Parameters, stretch
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from delivery.models import OutgoingMessage
from tests import people
from tests.accounts.acts import type_password
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp

ORGANISATION = UUID(int=11)


@pytest.fixture
def anna(session_factory: SessionFactory) -> SignedUp:
    """Anna, who keeps a back-up code."""
    with session_factory() as session:
        signed_up = people.sign_up(session, ORGANISATION, "Anna")
        session.commit()
    return signed_up


def type_code(factory: SessionFactory, person: SignedUp, code: str) -> BackupCodeUsed:
    """Go through the step with the back-up code; what was counted and logged is kept whatever comes of it."""
    with factory() as session:
        try:
            challenge = begin_backup_code(session, person.id, ACCESS_POINT, salt_key=SALT_KEY, parameters=CHEAP_ARGON2)
        finally:
            session.commit()
    stretched = stretch(code, challenge.salt, challenge.parameters)
    with factory() as session:
        try:
            return use_backup_code(session, challenge, stretched)
        finally:
            session.commit()


def make_code(session: Session, person: SignedUp) -> str:
    """Make a new back-up code, as after the old one was used."""
    code = new_backup_code(session.source)
    stretched = stretch(code, backup_salt(SALT_KEY, person.id), CHEAP_ARGON2)
    make_backup_code(
        session, PersonSecret(person.id, 1, person.secret), stretched, CHEAP_ARGON2, access_point=ACCESS_POINT
    )
    return code


def test_a_code_is_twenty_characters_in_five_groups(anna: SignedUp) -> None:
    """L-13, as settled."""
    assert re.fullmatch(r"([A-Z2-7]{4}-){4}[A-Z2-7]{4}", anna.backup_code)


def test_the_code_stands_in_for_the_app(session_factory: SessionFactory, anna: SignedUp) -> None:
    """L-14; typed in small letters without dashes it is the same code."""
    accepted = type_password(session_factory, "anna", anna.password)
    typed = normalise_backup_code(anna.backup_code.lower().replace("-", " "))
    used = type_code(session_factory, anna, typed)

    with session_factory() as session:
        logged_in = complete_login(session, accepted.password_key, used.second_factor, access_point=ACCESS_POINT)
        session.commit()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOGIN_SUCCEED)).one()
    assert logged_in.opened.secret == anna.secret
    assert entry.details == {"factor": "backup_code"}


def test_the_code_opens_the_persons_secret_without_the_password(
    session_factory: SessionFactory, anna: SignedUp
) -> None:
    """Design 2.3: so that it survives a forgotten password."""
    assert type_code(session_factory, anna, anna.backup_code).opened.secret == anna.secret


def test_a_used_code_is_used_up_and_a_new_one_must_be_made(session_factory: SessionFactory, anna: SignedUp) -> None:
    with session_factory() as session:
        assert not needs_backup_code(session, anna.id)
    type_code(session_factory, anna, anna.backup_code)

    with pytest.raises(WrongCode):
        type_code(session_factory, anna, anna.backup_code)
    with session_factory() as session:
        assert needs_backup_code(session, anna.id)
        assert session.get_one(Credential, anna.id).backup_sealed is None
        new_code = make_code(session, anna)
        assert needs_backup_code(session, anna.id)
        keep_backup_code(session, anna.id)
        session.commit()
        assert not needs_backup_code(session, anna.id)
    assert type_code(session_factory, anna, new_code).opened.secret == anna.secret


def test_a_new_code_takes_the_place_of_the_old_one(session_factory: SessionFactory, anna: SignedUp) -> None:
    with session_factory() as session:
        make_code(session, anna)
        session.commit()

    with pytest.raises(WrongCode):
        type_code(session_factory, anna, anna.backup_code)


def test_of_sixteen_uses_at_once_one_succeeds(session_factory: SessionFactory, anna: SignedUp) -> None:
    """Security.md, goal K."""
    with session_factory() as session:
        challenge = begin_backup_code(session, anna.id, ACCESS_POINT, salt_key=SALT_KEY)
        session.commit()
    stretched = stretch(anna.backup_code, challenge.salt, challenge.parameters)

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                use_backup_code(session, challenge, stretched)
            except WrongCode:
                return False
            finally:
                session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


def test_wrong_codes_are_counted_and_logged(
    session_factory: SessionFactory, anna: SignedUp, source: SeededSource
) -> None:
    for _ in range(5):
        with pytest.raises(WrongCode):
            type_code(session_factory, anna, "AAAA-AAAA-AAAA-AAAA-AAAA")

    with pytest.raises(TooManyTries):
        type_code(session_factory, anna, anna.backup_code)
    source.advance(timedelta(minutes=5))
    assert type_code(session_factory, anna, anna.backup_code)
    with session_factory() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOGIN_FAIL)).all()
        reasons = sorted(str(entry.details["reason"]) for entry in entries)
    assert reasons == ["backup code"] * 5 + ["too many tries"]


def test_use_is_logged_and_told_by_mail(session_factory: SessionFactory, anna: SignedUp) -> None:
    type_code(session_factory, anna, anna.backup_code)

    with session_factory() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.BACKUP_CODE_USE)).one()
        assert entry.actor_id == anna.id
        assert "backup_code_used" in session.scalars(select(OutgoingMessage.kind)).all()


def test_who_has_no_code_is_asked_for_the_same_work(session_factory: SessionFactory, anna: SignedUp) -> None:
    type_code(session_factory, anna, anna.backup_code)

    with session_factory() as session:
        challenge = begin_backup_code(session, anna.id, ACCESS_POINT, salt_key=SALT_KEY)
        session.commit()
    assert challenge.parameters == Argon2Parameters()
    with pytest.raises(WrongCode):
        type_code(session_factory, anna, "AAAA-AAAA-AAAA-AAAA-AAAA")


def test_password_and_code_are_never_stretched_with_one_salt() -> None:
    person = UUID(int=1)

    assert password_salt(SALT_KEY, person) != backup_salt(SALT_KEY, person)
    assert backup_salt(SALT_KEY, person) != backup_salt(SALT_KEY, UUID(int=2))

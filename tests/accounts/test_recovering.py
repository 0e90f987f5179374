"""The link to choose a new password: once, for an hour, only the newest, and only for who may log in (L-23, U-20)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.credentials import PersonSecret, password_salt, set_password
from accounts.errors import AccountNotActive, ResetError, ResetExpired, ResetUnknown, ResetUsed
from accounts.models import AccountState, PasswordReset
from accounts.recovering import LIFETIME, end_resets, find_reset, send_reset, use_reset
from audit.models import AuditEntry
from audit.recording import Who
from crypto.passwords import stretch
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from delivery.models import OutgoingMessage
from delivery.outbox import open_content
from delivery.sending import send_due
from delivery.transports import FolderTransport, list_mails, read_mail
from tests.accounts.acts import log_in
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, SignedUp, sign_up

ORGANISATION = UUID(int=11)
ADMINISTRATOR = Who(UUID(int=5), ORGANISATION, ("klantbeheer",), ACCESS_POINT)
BASE_URL = "https://kluis.example.org/"


def send(session: Session, person: SignedUp, *, renews_factors: bool = False) -> str:
    """Let an administrator send a link, and return the token out of the mail."""
    send_reset(session, person.person, renews_factors=renews_factors, base_url=BASE_URL, by=ADMINISTRATOR)
    return newest_token(session)


def newest_token(session: Session) -> str:
    """Return the token in the newest mail with a link."""
    mails = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "password_reset")).all()
    reset = session.scalars(select(PasswordReset).order_by(PasswordReset.created_at.desc())).first()
    assert reset is not None
    links = [open_content(session, mail).values["link"] for mail in mails if mail.sealed]
    return next(token for token in (link.rpartition("/")[2] for link in links) if _is_of(session, token, reset))


def _is_of(session: Session, token: str, reset: PasswordReset) -> bool:
    try:
        return find_reset(session, token).id == reset.id
    except ResetError:
        return False


def test_the_link_in_the_mail_is_the_reset(session_factory: SessionFactory, tmp_path: Path) -> None:
    """L-23; the token lies nowhere but in the sealed mail, which never leaves after its hour."""
    with session_factory() as session:
        anna = sign_up(session, ORGANISATION, "Anna")
        token = send(session, anna)
        message = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "password_reset")).one()
        assert message.expires_at == session.source.now() + LIFETIME
        assert token.encode() not in session.scalars(select(PasswordReset.token_hash)).one()
        session.commit()
    send_due(session_factory, FolderTransport(tmp_path, "kluis@example.org"))

    letters = [str(read_mail(tmp_path, mail.name)) for mail in list_mails(tmp_path)]
    assert any(re.search(rf"https://kluis\.example\.org/wachtwoord-herstellen/{token}", letter) for letter in letters)


def test_the_log_says_who_sent_it_and_whether_the_factors_go(session: Session) -> None:
    anna = sign_up(session, ORGANISATION, "Anna")
    send(session, anna, renews_factors=True)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "password_reset:send")).one()
    assert (entry.actor_id, entry.object_id) == (ADMINISTRATOR.person_id, anna.id)
    assert entry.details == {"factors": "renewed"}
    assert session.scalars(select(PasswordReset.requested_by)).one() == ADMINISTRATOR.person_id


def test_looking_does_not_use_it_up_and_using_it_does(session: Session) -> None:
    anna = sign_up(session, ORGANISATION, "Anna")
    token = send(session, anna)
    for _ in range(3):
        assert find_reset(session, token).person_id == anna.id

    assert use_reset(session, token).person_id == anna.id
    with pytest.raises(ResetUsed):
        use_reset(session, token)
    with pytest.raises(ResetUsed):
        find_reset(session, token)


def test_of_sixteen_who_use_it_at_once_one_succeeds(session_factory: SessionFactory) -> None:
    """Security.md, goal K."""
    with session_factory() as session:
        token = send(session, sign_up(session, ORGANISATION, "Anna"))
        session.commit()

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                use_reset(session, token)
            except ResetUsed:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


def test_it_is_good_for_an_hour(session: Session, source: SeededSource) -> None:
    token = send(session, sign_up(session, ORGANISATION, "Anna"))
    source.advance(timedelta(hours=1) - timedelta(seconds=1))
    assert find_reset(session, token)
    source.advance(timedelta(seconds=1))

    with pytest.raises(ResetExpired):
        find_reset(session, token)
    with pytest.raises(ResetExpired):
        use_reset(session, token)


def test_a_newer_link_voids_the_older_one(session: Session, source: SeededSource) -> None:
    anna = sign_up(session, ORGANISATION, "Anna")
    older = send(session, anna)
    source.advance(timedelta(seconds=1))
    newer = send(session, anna)

    with pytest.raises(ResetExpired):
        use_reset(session, older)
    assert use_reset(session, newer)


def test_it_dies_with_a_login(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        anna = sign_up(session, ORGANISATION, "Anna")
        token = send(session, anna)
        session.commit()
    log_in(session_factory, anna)

    with session_factory() as session, pytest.raises(ResetExpired):
        use_reset(session, token)


def test_it_dies_with_a_change_of_the_password(session: Session) -> None:
    anna = sign_up(session, ORGANISATION, "Anna")
    token = send(session, anna)
    stretched = stretch("acht andere fietsen rijden", password_salt(SALT_KEY, anna.id), CHEAP_ARGON2)
    set_password(session, PersonSecret(anna.id, 1, anna.secret), stretched, CHEAP_ARGON2, access_point=ACCESS_POINT)

    with pytest.raises(ResetExpired):
        use_reset(session, token)


def test_ending_the_links_of_one_leaves_those_of_another(session: Session) -> None:
    anna, bram = sign_up(session, ORGANISATION, "Anna"), sign_up(session, ORGANISATION, "Bram")
    token = send(session, anna)
    end_resets(session, bram.id)

    assert find_reset(session, token)


@pytest.mark.parametrize("state", [AccountState.INVITED, AccountState.BLOCKED, AccountState.INACTIVE])
def test_an_account_that_may_not_log_in_gets_no_link(session: Session, state: AccountState) -> None:
    anna = sign_up(session, ORGANISATION, "Anna")
    anna.person.state = state

    with pytest.raises(AccountNotActive):
        send(session, anna)
    assert session.scalars(select(PasswordReset)).all() == []


@pytest.mark.parametrize("state", [AccountState.BLOCKED, AccountState.INACTIVE])
def test_an_account_that_was_blocked_since_is_not_woken_by_the_link(session: Session, state: AccountState) -> None:
    anna = sign_up(session, ORGANISATION, "Anna")
    token = send(session, anna)
    anna.person.state = state

    with pytest.raises(ResetExpired):
        find_reset(session, token)
    with pytest.raises(ResetExpired):
        use_reset(session, token)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\ud800", "A" * 10_000])
def test_a_link_that_nobody_was_sent_is_unknown(session: Session, token: str) -> None:
    send(session, sign_up(session, ORGANISATION, "Anna"))

    with pytest.raises(ResetUnknown):
        find_reset(session, token)
    with pytest.raises(ResetUnknown):
        use_reset(session, token)

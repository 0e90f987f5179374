"""Invitations: good once, for 24 hours, and only the newest (L-03, L-04; security.md, goal K)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.credentials import password_salt
from accounts.errors import (
    InvitationError,
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    LoginNameTaken,
    MalformedAddress,
)
from accounts.invitations import accept_invitation, find_invitation, invite, make_invitation
from accounts.models import AccountState, Credential, Invitation, Person
from accounts.people import email_of
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import Who
from crypto.one_time import token_hash
from crypto.passwords import stretch
from crypto.secret import Secret
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from delivery.models import OutgoingMessage
from delivery.sending import send_due
from delivery.transports import FolderTransport, list_mails, read_mail
from keys.holders import current_generation
from tests import people
from tests.accounts.acts import type_password
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY

ORGANISATION = UUID(int=11)
OPERATOR = Who.system("invite")
PASSWORD = "zeven paarse fietsen"


def invite_eva(session: Session, organisation_id: UUID = ORGANISATION, email: str = "Eva@Example.org ") -> Person:
    """Invite Eva."""
    return invite(
        session,
        organisation_id=organisation_id,
        login_name="Eva",
        display_name="Eva Jansen",
        email=email,
        base_url="https://kluis.example.org/",
        by=OPERATOR,
    )


def stretched_for(person: Person) -> Secret:
    """Return the stretched password of a person who accepts."""
    return stretch(PASSWORD, password_salt(SALT_KEY, person.id), CHEAP_ARGON2)


def accept(session: Session, token: str, person: Person) -> Person:
    """Accept an invitation with the password."""
    return accept_invitation(session, token, stretched_for(person), CHEAP_ARGON2, access_point=ACCESS_POINT)


def test_who_accepts_can_log_in_and_has_a_key(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        eva = invite_eva(session)
        token = make_invitation(session, eva.id)
        accept(session, token, eva)
        session.commit()
        assert eva.state == AccountState.ACTIVE
        assert current_generation(session, eva.id) == 1

    assert type_password(session_factory, "eva", PASSWORD).person_id == eva.id


def test_the_mail_has_the_link_and_neither_name_nor_address_lies_readable(session: Session) -> None:
    """L-03; the token itself is stored nowhere but in the sealed mail."""
    eva = invite_eva(session)

    message = session.scalars(select(OutgoingMessage)).one()
    stored = session.scalars(select(Invitation)).one()
    assert message.kind == "invitation"
    assert message.expires_at == stored.expires_at == session.source.now() + timedelta(hours=24)
    assert message.sealed is not None
    for row in (message.sealed, eva.email_sealed, eva.email_lookup):
        assert b"example.org" not in row
    assert email_of(session, eva) == "eva@example.org"


def test_the_link_in_the_mail_is_the_invitation(session_factory: SessionFactory, tmp_path: Path) -> None:
    with session_factory() as session:
        invite_eva(session)
        session.commit()
    send_due(session_factory, FolderTransport(tmp_path, "kluis@example.org"))

    (mail,) = list_mails(tmp_path)
    token = re.search(r"https://kluis\.example\.org/uitnodiging/([\w-]{43})", str(read_mail(tmp_path, mail.name)))
    assert token is not None
    with session_factory() as session:
        assert find_invitation(session, token[1])


def test_looking_at_the_page_does_not_use_it_up(session: Session) -> None:
    """Scanners of mail open links too."""
    eva = invite_eva(session)
    token = make_invitation(session, eva.id)
    for _ in range(3):
        assert find_invitation(session, token).person_id == eva.id

    accept(session, token, eva)


def test_it_is_good_once(session: Session) -> None:
    eva = invite_eva(session)
    token = make_invitation(session, eva.id)
    accept(session, token, eva)

    with pytest.raises(InvitationUsed):
        accept(session, token, eva)
    with pytest.raises(InvitationUsed):
        find_invitation(session, token)


def test_of_sixteen_who_accept_at_once_one_succeeds(session_factory: SessionFactory) -> None:
    """Security.md, goal K."""
    with session_factory() as session:
        eva = invite_eva(session)
        token = make_invitation(session, eva.id)
        session.commit()
    stretched = stretched_for(eva)

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                accept_invitation(session, token, stretched, CHEAP_ARGON2, access_point=ACCESS_POINT)
            except InvitationUsed:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


def test_it_is_good_for_a_day(session: Session, source: SeededSource) -> None:
    """L-04."""
    eva = invite_eva(session)
    token = make_invitation(session, eva.id)
    source.advance(timedelta(hours=24) - timedelta(seconds=1))
    assert find_invitation(session, token)
    source.advance(timedelta(seconds=1))

    with pytest.raises(InvitationExpired):
        find_invitation(session, token)
    with pytest.raises(InvitationExpired):
        accept(session, token, eva)
    assert session.get(Credential, eva.id) is None


def test_inviting_again_voids_the_older_link(session: Session) -> None:
    eva = invite_eva(session)
    older = make_invitation(session, eva.id)
    again = invite_eva(session, email="eva.jansen@example.org")
    newer = make_invitation(session, eva.id)

    assert again.id == eva.id
    assert email_of(session, again) == "eva.jansen@example.org"
    with pytest.raises(InvitationExpired):
        accept(session, older, eva)
    accept(session, newer, eva)


def test_an_account_that_was_blocked_before_its_first_login_is_not_woken_by_the_link(session: Session) -> None:
    eva = invite_eva(session)
    token = make_invitation(session, eva.id)
    eva.state = AccountState.BLOCKED

    with pytest.raises(InvitationExpired):
        find_invitation(session, token)
    with pytest.raises(InvitationExpired):
        accept(session, token, eva)
    assert eva.state == AccountState.BLOCKED


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\ud800", "A" * 10_000])
def test_a_link_that_nobody_was_sent_is_unknown(session: Session, token: str) -> None:
    eva = invite_eva(session)

    with pytest.raises(InvitationUnknown):
        find_invitation(session, token)
    with pytest.raises(InvitationError):
        accept(session, token, eva)


def test_a_name_that_is_taken_cannot_be_invited(session: Session) -> None:
    """Neither by the same organisation once the person has an account, nor ever by another."""
    eva = invite_eva(session)
    with pytest.raises(LoginNameTaken):
        invite_eva(session, UUID(int=12))
    accept(session, make_invitation(session, eva.id), eva)
    with pytest.raises(LoginNameTaken):
        invite_eva(session)


@pytest.mark.parametrize("email", ["", "eva", "eva@", "eva@example.org\nBcc: x@example.org", "a b@example.org"])
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(MalformedAddress):
        invite_eva(session, email=email)


def test_every_step_is_in_the_log_of_the_persons_organisation(session: Session) -> None:
    eva = invite_eva(session)
    accept(session, make_invitation(session, eva.id), eva)

    entries = session.scalars(select(AuditEntry).where(AuditEntry.organisation_id == ORGANISATION)).all()
    actors = {entry.action: entry.actor_id for entry in entries}
    assert actors == {
        Action.INVITATION_SEND: None,
        Action.INVITATION_USE: eva.id,
        Action.KEY_MAKE: eva.id,
        Action.PASSWORD_SET: eva.id,
    }
    assert not any("Eva" in str(vars(entry)) or "example" in str(vars(entry)) for entry in entries)


def test_a_hash_of_another_purpose_is_no_invitation(session: Session) -> None:
    """The purpose is part of what is stored: a reset link will never be an invitation."""
    eva = invite_eva(session)
    token = make_invitation(session, eva.id)
    row = session.scalars(select(Invitation).where(Invitation.used_at.is_(None)).order_by(Invitation.id)).all()

    assert token_hash(token, "invitation") in [invitation.token_hash for invitation in row]
    assert token_hash(token, "password reset") not in [invitation.token_hash for invitation in row]


def test_the_builder_of_tests_makes_someone_who_has_done_all_first_steps(session: Session) -> None:
    anna = people.sign_up(session, ORGANISATION, "Anna")

    assert anna.person.state == AccountState.ACTIVE
    assert anna.keys().secret(session, anna.id) == anna.secret
    assert anna.password not in repr(anna)

"""Invitations: a link by mail, good once and for 24 hours (L-03, L-04)."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from sqlalchemy import select, update

from accounts import failed_tries
from accounts.credentials import PersonSecret, add_credential
from accounts.errors import InvitationExpired, InvitationUnknown, InvitationUsed, LoginNameTaken, TooManyTries
from accounts.models import AccountState, Invitation, Person
from accounts.people import create_person, email_of, person_by_id, person_by_login_name, set_email, who_is
from accounts.standing import is_awaited
from audit.actions import Action
from audit.recording import Who, record
from crypto.one_time import new_token, token_hash
from crypto.passwords import Argon2Parameters
from crypto.secret import Secret
from database.session import Session
from delivery.languages import Language
from delivery.outbox import MailKind, queue_mail
from keys.holders import create_holder, make_first_generation
from keys.models import HolderKind

LIFETIME = timedelta(hours=24)
PATH = "/uitnodiging/"
_PURPOSE = "invitation"


def invite(
    session: Session,
    *,
    organisation_id: UUID,
    login_name: str,
    display_name: str,
    email: str,
    base_url: str,
    by: Who,
) -> Person:
    """Invite someone: log it, add the person, and queue the mail with the link. Return the person.

    Who was invited by the same organisation before and has not answered is invited again: the older link no longer
    works. Raises `LoginNameTaken` for anyone else's name, `MalformedAddress`.
    """
    person = _invited_before(session, organisation_id, login_name)
    if person is None:
        person = create_person(
            session, organisation_id=organisation_id, login_name=login_name, display_name=display_name, email=email
        )
    else:
        person.display_name = display_name.strip()
        set_email(session, person, email)
    send_invitation(session, person, base_url=base_url, by=by)
    return person


def send_invitation(session: Session, person: Person, *, base_url: str, by: Who) -> None:
    """Log an invitation and queue the mail, with a link in place of any earlier one."""
    record(
        session,
        Action.INVITATION_SEND,
        by=by,
        organisation_id=person.organisation_id,
        object_type="person",
        object_id=person.id,
    )
    token = make_invitation(session, person.id)
    queue_mail(
        session,
        organisation_id=person.organisation_id,
        kind=MailKind.INVITATION,
        to=email_of(session, person),
        values={"link": base_url.rstrip("/") + PATH + token},
        expires_at=session.source.now() + LIFETIME,
        language=Language(person.language),
    )


def ask_anew(session: Session, token: str, *, base_url: str, access_point: str) -> None:
    """Send a new invitation to the address of who was invited with this link, and let every earlier link expire (L-04).

    Nothing happens, and nobody is told, when the link is unknown or was used, when the account is no longer awaited,
    or when too many were asked for.
    """
    person = _awaited(session, token)
    if person is None:
        return
    try:
        subject = failed_tries.subject_of(session, str(person.id))
        failed_tries.count_try(session, failed_tries.INVITATION, subject)
    except TooManyTries:
        return
    send_invitation(session, person, base_url=base_url, by=who_is(person, access_point))


def make_invitation(session: Session, person_id: UUID) -> str:
    """Make a link's token for a person, and let every earlier one expire. Only its hash is kept."""
    now = session.source.now()
    earlier = update(Invitation).where(
        Invitation.person_id == person_id, Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    session.execute(earlier.values(expires_at=now))
    token = new_token(session.source)
    invitation = Invitation(
        id=session.source.new_id(),
        person_id=person_id,
        token_hash=token_hash(token, _PURPOSE),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(invitation)
    session.flush()
    return token


def find_invitation(session: Session, token: str) -> Invitation:
    """Return the invitation of a link, to show its page; that does not use it up, since mail scanners open links too.

    Raises `InvitationUnknown`, `InvitationUsed` or `InvitationExpired`.
    """
    known = select(Invitation).where(Invitation.token_hash == token_hash(token, _PURPOSE))
    invitation = session.scalar(known.execution_options(populate_existing=True))
    if invitation is None:
        raise InvitationUnknown
    if invitation.used_at is not None:
        raise InvitationUsed
    if invitation.expires_at <= session.source.now():
        raise InvitationExpired
    if not is_awaited(session, person_by_id(session, invitation.person_id)):
        raise InvitationExpired
    return invitation


def accept_invitation(
    session: Session, token: str, stretched: Secret, parameters: Argon2Parameters, *, access_point: str
) -> Person:
    """Use an invitation, once, by one conditional UPDATE: the person gets a key, sealed under the new password.

    `stretched` was made with `credentials.password_salt` of the invited person, outside any transaction; the password
    was checked with `passwords.check_new_password`. Raises as `find_invitation` does.
    """
    person = person_by_id(session, _use(session, token))
    if not is_awaited(session, person):
        raise InvitationExpired
    who = who_is(person, access_point)
    record(session, Action.INVITATION_USE, by=who)
    create_holder(session, HolderKind.PERSON, person.organisation_id, person.id)
    secret = make_first_generation(session, person.id, by=who)
    record(session, Action.PASSWORD_SET, by=who)
    add_credential(session, PersonSecret(person.id, 1, secret), stretched, parameters)
    person.state = AccountState.ACTIVE
    session.flush()
    return person


def _use(session: Session, token: str) -> UUID:
    now = session.source.now()
    unused = update(Invitation).where(
        Invitation.token_hash == token_hash(token, _PURPOSE), Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    person_id: UUID | None = session.scalar(unused.values(used_at=now).returning(Invitation.person_id))
    if person_id is None:
        _refuse(session, token)
    return person_id


def _refuse(session: Session, token: str) -> NoReturn:
    find_invitation(session, token)
    raise InvitationUsed


def _awaited(session: Session, token: str) -> Person | None:
    known = Invitation.token_hash == token_hash(token, _PURPOSE)
    waiting = known, Invitation.used_at.is_(None), Person.state == AccountState.INVITED.value
    return session.scalar(select(Person).join(Invitation, Invitation.person_id == Person.id).where(*waiting))


def _invited_before(session: Session, organisation_id: UUID, login_name: str) -> Person | None:
    person = person_by_login_name(session, login_name)
    if person is not None and (person.organisation_id != organisation_id or person.state != AccountState.INVITED):
        raise LoginNameTaken
    return person

"""A link by mail to choose a new password, good once and for an hour (L-23, U-20; design 2.3).

The link by itself opens nothing: what follows asks for the second factor, or for the back-up code, or gives the person
a new key that opens nothing. It is stored as a hash, and dies with every login and with every change of the password.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from sqlalchemy import select, update

from accounts.errors import AccountNotActive, ResetExpired, ResetUnknown, ResetUsed
from accounts.models import PasswordReset, Person
from accounts.people import email_of, person_by_id
from accounts.standing import is_good
from audit.actions import Action
from audit.recording import Who, record
from crypto.one_time import new_token, token_hash
from database.session import Session
from delivery.languages import Language
from delivery.outbox import MailKind, queue_mail

LIFETIME = timedelta(hours=1)
PATH = "/wachtwoord-herstellen/"
_PURPOSE = "password reset"


def send_reset(session: Session, person: Person, *, renews_factors: bool, base_url: str, by: Who) -> None:
    """Log that a link is sent, and queue the mail with it in place of any earlier one (U-20, L-23).

    With `renews_factors` the person's second factors are removed once the link is used; the key is then renewed too,
    unless the back-up code is given. Until then nothing changes. Raises `AccountNotActive` for whoever could not log in
    with a new password: invited, blocked or inactive.
    """
    if not is_good(session, person):
        raise AccountNotActive
    record(
        session,
        Action.PASSWORD_RESET_SEND,
        by=by,
        organisation_id=person.organisation_id,
        object_type="person",
        object_id=person.id,
        details={"factors": "renewed" if renews_factors else "kept"},
    )
    token = make_reset(session, person.id, renews_factors=renews_factors, by=by)
    queue_mail(
        session,
        organisation_id=person.organisation_id,
        kind=MailKind.PASSWORD_RESET,
        to=email_of(session, person),
        values={"link": base_url.rstrip("/") + PATH + token},
        expires_at=session.source.now() + LIFETIME,
        language=Language(person.language),
    )


def find_reset(session: Session, token: str) -> PasswordReset:
    """Return the reset of a link, to show its pages; that does not use it up, since mail scanners open links too.

    Raises `ResetUnknown`, `ResetUsed` or `ResetExpired`.
    """
    known = select(PasswordReset).where(PasswordReset.token_hash == token_hash(token, _PURPOSE))
    reset = session.scalar(known.execution_options(populate_existing=True))
    if reset is None:
        raise ResetUnknown
    if reset.used_at is not None:
        raise ResetUsed
    if reset.expires_at <= session.source.now():
        raise ResetExpired
    if not is_good(session, person_by_id(session, reset.person_id)):
        raise ResetExpired
    return reset


def use_reset(session: Session, token: str) -> PasswordReset:
    """Use a link, once, by one conditional UPDATE. Raises as `find_reset` does."""
    now = session.source.now()
    unused = update(PasswordReset).where(
        PasswordReset.token_hash == token_hash(token, _PURPOSE),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > now,
    )
    once = unused.values(used_at=now).returning(PasswordReset)
    reset = session.scalar(once.execution_options(synchronize_session=False, populate_existing=True))
    if reset is None:
        _refuse(session, token)
    if not is_good(session, person_by_id(session, reset.person_id)):
        raise ResetExpired
    return reset


def end_resets(session: Session, person_id: UUID) -> None:
    """Let every link of a person that is still good expire: at a login, and at a change of the password."""
    now = session.source.now()
    good = update(PasswordReset).where(
        PasswordReset.person_id == person_id, PasswordReset.used_at.is_(None), PasswordReset.expires_at > now
    )
    session.execute(good.values(expires_at=now).execution_options(synchronize_session=False))


def make_reset(session: Session, person_id: UUID, *, renews_factors: bool, by: Who) -> str:
    """Make a link's token for a person, and let every earlier one expire. Only its hash is kept."""
    end_resets(session, person_id)
    token, now = new_token(session.source), session.source.now()
    reset = PasswordReset(
        id=session.source.new_id(),
        person_id=person_id,
        token_hash=token_hash(token, _PURPOSE),
        renews_factors=renews_factors,
        requested_by=by.person_id,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(reset)
    session.flush()
    return token


def _refuse(session: Session, token: str) -> NoReturn:
    find_reset(session, token)
    raise ResetUsed

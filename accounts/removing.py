"""Clearing what an account knew of its user: the ways in, the addresses, the login name (U-22)."""

from __future__ import annotations

from sqlalchemy import delete

from accounts.models import (
    Authenticator,
    Credential,
    Invitation,
    MutedNotice,
    PasswordReset,
    Person,
    SecurityKey,
    SmsCode,
)
from database.session import Session

_OF_A_PERSON = (Authenticator, Credential, Invitation, MutedNotice, PasswordReset, SecurityKey, SmsCode)


def wipe(session: Session, person: Person) -> None:
    """Delete every way in and every address of a person whose account has ended; the name stays for the log.

    The login name is free for somebody else from then on. Raises nothing; what is gone cannot be brought back.
    """
    for table in _OF_A_PERSON:
        session.execute(delete(table).where(table.person_id == person.id))
    person.login_name = f"removed.{person.id.hex}"
    person.email_sealed = person.email_lookup = b""
    person.phone_sealed = person.phone_confirmed_at = person.preferred_factor = None
    person.given_name = person.initials = person.infix = person.last_name = person.gender = None
    person.terms_version = person.terms_accepted_at = None
    session.flush()

"""What somebody can log in with, as its owner sees it under Instellingen > Beveiliging (L-11, L-32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from accounts.models import Authenticator, Credential, SecurityKey
from accounts.people import person_by_id
from accounts.phones import masked_phone, phone_of
from accounts.security_keys import keys_of
from database.session import Session


@dataclass(frozen=True)
class WaysIn:
    """Password, back-up code and second factors of one person; what is not set up is None or empty.

    `masked_number` is what may be shown of the phone number.
    """

    password_changed_at: datetime
    backup_code_made_at: datetime | None
    masked_number: str | None = field(repr=False)
    number_confirmed_at: datetime | None
    app_coupled_at: datetime | None
    app_used_at: datetime | None
    keys: Sequence[SecurityKey] = field(repr=False)
    preferred: str | None


def ways_in(session: Session, person_id: UUID) -> WaysIn:
    """Return a person's ways in."""
    person, credential = person_by_id(session, person_id), session.get_one(Credential, person_id)
    number = phone_of(session, person) if person.phone_confirmed_at else None
    app = session.scalar(
        select(Authenticator).where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None))
    )
    return WaysIn(
        password_changed_at=credential.password_changed_at,
        backup_code_made_at=credential.backup_made_at if credential.backup_hash else None,
        masked_number=masked_phone(number) if number else None,
        number_confirmed_at=person.phone_confirmed_at,
        app_coupled_at=app.confirmed_at if app else None,
        app_used_at=app.last_used_at if app else None,
        keys=keys_of(session, person_id),
        preferred=person.preferred_factor,
    )

"""What everybody in the town has of his or her own: a security key, a session on another device, a standard text."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from accounts.models import LoginSession, SecurityKey, SessionStage
from database.session import Session
from dialogs.models import StandardText
from dialogs.places import place_of_standard_text


def give_key(session: Session, person_id: UUID) -> UUID:
    """Let a person have a security key; nobody answers with it."""
    key = SecurityKey(
        id=session.source.new_id(),
        person_id=person_id,
        credential_id=session.source.token(32),
        public_key=session.source.token(77),
        sign_count=0,
        name="Sleutelbos",
        transports="usb",
        created_at=session.source.now(),
    )
    session.add(key)
    return key.id


def give_session(session: Session, person_id: UUID) -> UUID:
    """Let a person be logged in elsewhere too; nobody has the cookie of it."""
    own = select(LoginSession).where(
        LoginSession.person_id == person_id, LoginSession.stage == SessionStage.COMPLETE.value
    )
    row = session.scalars(own).first()
    assert row is not None
    values = {column.name: getattr(row, column.name) for column in LoginSession.__table__.columns}
    reference = session.source.new_id()
    session.add(LoginSession(**{**values, "id_hash": session.source.token(32), "reference": reference}))
    return reference


def give_text(session: Session, organisation_id: UUID, owner_id: UUID | None) -> UUID:
    """Let an organisation, or with an owner one of its people, have a standard text."""
    text_id = session.source.new_id()
    content = b'{"title": "Welkom", "text": "Goedendag"}'
    sealed = session.package_key("dialogs").seal(content, place_of_standard_text(text_id))
    session.add(
        StandardText(
            id=text_id,
            organisation_id=organisation_id,
            owner_id=owner_id,
            sealed=sealed,
            changed_at=session.source.now(),
        )
    )
    return text_id

"""A mail goes out in the language that its reader chose (T-02)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.invitations import send_invitation
from accounts.people import choose_language, create_person, notify
from audit.recording import Who
from database.session import Session
from delivery.languages import Language
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind


@pytest.mark.parametrize("language", Language)
def test_a_mail_is_in_the_language_of_its_reader(session: Session, language: Language) -> None:
    person = create_person(
        session, organisation_id=UUID(int=11), login_name="eva", display_name="Eva", email="eva@example.org"
    )
    choose_language(session, person.id, language)

    notify(session, person, MailKind.PASSWORD_CHANGED)
    send_invitation(session, person, base_url="https://datakluis.example", by=Who.system("test"))

    assert list(session.scalars(select(OutgoingMessage.language))) == [language.value] * 2

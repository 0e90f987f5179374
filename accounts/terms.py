"""The terms of use, which everyone accepts before the first use (L-33)."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Person
from accounts.people import person_by_id, who_is
from audit.actions import Action
from audit.recording import record
from database.session import Session

TERMS_VERSION = "2026-1"
"""The version of our own text. An operator's text has a version of its own."""


def has_accepted(person: Person, version: str) -> bool:
    """Tell whether a person accepted this version of the terms, to choose the next page."""
    return person.terms_version == version


def accept_terms(session: Session, person_id: UUID, version: str, *, access_point: str) -> None:
    """Note that a person accepts a version of the terms, with the moment; the log keeps every earlier version."""
    person = person_by_id(session, person_id)
    record(session, Action.TERMS_ACCEPT, by=who_is(person, access_point), details={"version": version})
    person.terms_version = version
    person.terms_accepted_at = session.source.now()

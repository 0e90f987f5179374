"""Whose mail address or mobile number became others in the master data, which makes a new participant (D-08..D-10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from database.session import Session
from dialogs.models import Participant
from organisation.employer_models import ContactPerson
from vault.contact_changes import contact_changes


def changed_participants(session: Session, participants: Iterable[Participant]) -> set[UUID]:
    """The ids of those whose data have changed since they were added, in two queries however many.

    It is told from the moments alone: nothing is opened to compare. A contact person who is no longer kept counts as
    changed.
    """
    some = list(participants)
    contacts = _contact_moments(session, {person.contact_person_id for person in some if person.contact_person_id})
    employees = {person.employee_id for person in some if person.employee_id}
    moments = contact_changes(session, employees) if employees else {}
    return {person.id for person in some if _has_changed(person, contacts, moments)}


def _has_changed(person: Participant, contacts: dict[UUID, datetime | None], moments: dict[UUID, datetime]) -> bool:
    if person.employee_id is not None:
        changed_at = moments.get(person.employee_id)
        return changed_at is not None and changed_at > person.added_at
    if person.contact_person_id is None:
        return False
    if person.contact_person_id not in contacts:
        return True
    moment = contacts[person.contact_person_id]
    return moment is not None and moment > person.added_at


def _contact_moments(session: Session, contact_ids: set[UUID]) -> dict[UUID, datetime | None]:
    if not contact_ids:
        return {}
    statement = select(ContactPerson.id, ContactPerson.contact_changed_at).where(ContactPerson.id.in_(contact_ids))
    return dict(session.execute(statement).all())

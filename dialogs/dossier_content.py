"""A dialogue of the arbo side about a shared employee is content of the dossier (S-07, D-rule 23; design 2.7)."""

from __future__ import annotations

from sqlalchemy import select

from accounts.models import Person
from database.session import Session
from dialogs.finding import STAYING, participants_of
from dialogs.models import Dialogue, ParticipantKind
from vault.sharing import begin_dossier_content, running_share


def begin_content(session: Session, dialogue: Dialogue) -> None:
    """Note that the dossier has content, where somebody of the service takes part in a dialogue about the employee.

    The employer sees it where one of its users or contact persons takes part. A dialogue of the employer alone is none.
    """
    share = running_share(session, dialogue.employee_id) if dialogue.employee_id else None
    if share is None:
        return
    people = [person for person in participants_of(session, dialogue.id) if person.state in STAYING]
    users = [person.person_id for person in people if person.kind == ParticipantKind.USER]
    organisations = set(session.scalars(select(Person.organisation_id).where(Person.id.in_(users))))
    if share.service_id in organisations:
        is_seen = share.organisation_id in organisations
        has_contact = any(person.kind == ParticipantKind.CONTACT_PERSON for person in people)
        begin_dossier_content(session, share.id, visible_to_employer=is_seen or has_contact)

"""Whom a participant may add to a running dialogue; among them who does an absent participant's work (M-05, D-07).

A substitute takes part as everybody else, in sight of all: nothing of a dialogue goes over silently (D-rule 28).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from accounts.standing import may_log_in
from database.session import Session
from dialogs.candidates import Candidate, Candidates, candidates
from dialogs.finding import STAYING, find_to_write, participants_of
from dialogs.models import Dialogue, Participant, ParticipantKind
from keys.check_words import renewed_keys
from organisation.calendar import today
from organisation.effective_roles import people_with_permission
from organisation.models import Substitution
from organisation.substituting import is_in_effect


def who_can_be_added(session: Session, dialogue_id: UUID, actor: Actor) -> Candidates:
    """Whom the actor may add to a dialogue in which he or she takes part, substitutes of the absent among them.

    Raises as `finding.find_to_write` and `candidates.candidates`.
    """
    dialogue = find_to_write(session, dialogue_id, actor).dialogue
    found = candidates_with_substitutes(session, dialogue, actor)
    taken = {
        key
        for person in _present(session, dialogue)
        for key in (person.person_id, person.employee_id, person.contact_person_id)
    }
    return Candidates(
        tuple(candidate for candidate in found.users if candidate.id not in taken),
        tuple(candidate for candidate in found.contact_persons if candidate.id not in taken),
        found.employee if found.employee and found.employee.id not in taken else None,
    )


def candidates_with_substitutes(session: Session, dialogue: Dialogue, actor: Actor) -> Candidates:
    """Whom the actor may invite into a dialogue that the caller has found, those who take part already among them.

    Raises as `candidates.candidates`.
    """
    found = candidates(session, actor, employee_id=dialogue.employee_id, employer_id=dialogue.employer_id)
    substitutes = _substitutes(session, _present(session, dialogue), actor)
    others = [candidate for candidate in found.users if candidate.id not in substitutes]
    return replace(found, users=(*substitutes.values(), *others))


def _present(session: Session, dialogue: Dialogue) -> list[Participant]:
    return [person for person in participants_of(session, dialogue.id) if person.state in STAYING]


def _substitutes(session: Session, present: Sequence[Participant], actor: Actor) -> Mapping[UUID, Candidate]:
    """Colleagues of the actor who do the work of an absent participant today, by id."""
    users = {person.person_id: person.id for person in present if person.kind == ParticipantKind.USER}
    statement = (
        select(Person.id, Person.display_name, Substitution.absent_id)
        .join(Substitution, Substitution.substitute_id == Person.id)
        .where(
            Substitution.absent_id.in_([person_id for person_id in users if person_id]),
            Substitution.organisation_id == actor.organisation_id,
            is_in_effect(session),
            may_log_in(today(session)),
            Person.id.in_(people_with_permission(Permission.DIALOGUE_READ)),
        )
        .order_by(Person.display_name, Person.id)
    )
    rows = session.execute(statement).all()
    renewed = renewed_keys(session, [person_id for person_id, _, _ in rows])
    return {
        person_id: Candidate(
            person_id,
            name,
            actor.organisation_name,
            ParticipantKind.USER,
            substitutes_for=users[absent_id],
            renewed=renewed.get(person_id),
        )
        for person_id, name, absent_id in rows
    }

"""The account with which an employee takes part in the dialogues of an employer (*Mijn gegevens*; design 2.6).

It is found from the employer's own dialogues alone, so that an account which the employee has elsewhere never shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from accounts.standing import may_log_in
from database.session import Session
from dialogs.changes import changed_participants
from dialogs.models import Dialogue, Participant, ParticipantKind, ParticipantState
from organisation.calendar import today
from organisation.tree import find_employee


@dataclass(frozen=True)
class JoinedAccount:
    """An account that joined a dialogue of this employer as the employee, and when it last did."""

    person_id: UUID
    joined_at: datetime


def joined_account(session: Session, employee_id: UUID, actor: Actor) -> JoinedAccount | None:
    """The account with which an employee in view joined a dialogue of the actor's employer; None where nobody has.

    Who joined before mail address or mobile number became others does not count (D-08): the one who reads the former
    address need not be the employee. Neither does who was taken out, such as somebody who turned out to be another.
    Raises `PermissionDenied`, `NotFound`.
    """
    actor.require(Permission.OWN_DATA_LINK)
    employee = find_employee(session, actor, employee_id)
    statement = (
        select(Participant)
        .join(Dialogue, Dialogue.id == Participant.dialogue_id)
        .join(Person, Person.id == Participant.person_id)
        .where(
            Participant.employee_id == employee.id,
            Participant.kind == ParticipantKind.EMPLOYEE.value,
            Participant.state.not_in([ParticipantState.REMOVED.value, ParticipantState.CHANGED.value]),
            Dialogue.organisation_id == actor.organisation_id,
            may_log_in(today(session)),
        )
        .order_by(Participant.joined_at.desc(), Participant.id)
    )
    joined = list(session.scalars(statement))
    changed = changed_participants(session, joined)
    for person in joined:
        if person.id not in changed and person.person_id is not None and person.joined_at is not None:
            return JoinedAccount(person.person_id, person.joined_at)
    return None

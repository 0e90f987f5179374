"""Which users may see the employee whom a dialogue is about, at any moment and not only when they were added (D-07).

None of the acts that take such a right away has a key of the dialogue at hand: a narrower scope, another department, a
share or an agreement that ends. So the next one who writes opens an epoch without those who lost it.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from database.session import Session
from dialogs.finding import STAYING
from dialogs.models import Dialogue, Participant, ParticipantKind
from organisation.calendar import today
from organisation.models import Employee, Membership, Substitution
from organisation.seeing import members_who_see
from organisation.service_agreements import serves
from organisation.substituting import is_in_effect
from vault.sharing import running_share


def without_authority(session: Session, dialogue: Dialogue, participants: Iterable[Participant]) -> set[UUID]:
    """The ids of those users among the participants who may not see the employee now; queries don't grow with them.

    Of the arbo service nobody may whose service the employee is not shared with (D-rule 23). Somebody who does the
    work of a participant today takes part for that one (M-05). Where the dialogue is about no employee, or about one
    who was erased, there is nobody to be authorised for.
    """
    users = {
        person.person_id: person.id
        for person in participants
        if person.person_id is not None and person.kind == ParticipantKind.USER and person.state in STAYING
    }
    employee = session.get(Employee, dialogue.employee_id) if dialogue.employee_id and users else None
    if employee is None:
        return set()
    lacking = users.keys() - _who_sees(session, employee, users)
    if lacking:
        lacking -= _substitutes(session, lacking, users.keys() - lacking)
    return {users[person_id] for person_id in lacking}


def _who_sees(session: Session, employee: Employee, person_ids: Iterable[UUID]) -> set[UUID]:
    wanted = list(person_ids)
    sides = [employee.organisation_id]
    share = running_share(session, employee.id)
    if share is not None and serves(session, share.service_id, employee.organisation_id):
        sides.append(share.service_id)
    return {
        person_id
        for side in sides
        for person_id in session.scalars(
            members_who_see(side, employee, today(session)).where(Membership.person_id.in_(wanted))
        )
    }


def _substitutes(session: Session, person_ids: Iterable[UUID], absent: Iterable[UUID]) -> set[UUID]:
    statement = select(Substitution.substitute_id).where(
        Substitution.substitute_id.in_(list(person_ids)),
        Substitution.absent_id.in_(list(absent)),
        is_in_effect(session),
    )
    return set(session.scalars(statement))

"""Whom somebody may invite into a dialogue; never a user of another employer (D-07, D-rules 16 and 30)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from database.session import Session
from dialogs.models import ParticipantKind
from organisation.effective_roles import people_with_permission
from organisation.visible_people import people_in_view


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be invited: by which id, what called, of which organisation or in which role.

    Of users mail address and number are nobody's business here: they have a login.
    """

    id: UUID
    name: str = field(repr=False)
    label: str = field(repr=False)
    kind: ParticipantKind
    has_email: bool = True
    has_phone: bool = True


@dataclass(frozen=True)
class Candidates:
    """Whom the actor may invite: colleagues and the other side, contact persons, and the employee."""

    users: tuple[Candidate, ...]
    contact_persons: tuple[Candidate, ...] = ()
    employee: Candidate | None = None

    @property
    def all(self) -> tuple[Candidate, ...]:
        """All of them."""
        return (*self.users, *self.contact_persons, *([self.employee] if self.employee else []))


def candidates(
    session: Session, actor: Actor, *, employee_id: UUID | None = None, employer_id: UUID | None = None
) -> Candidates:
    """Whom the actor may invite into a dialogue about an employee, about an employer, or about neither.

    Raises `PermissionDenied`.
    """
    actor.require(Permission.DIALOGUE_START)
    seen = {member.person_id: member.name for member in people_in_view(session, actor)}
    talking = select(Person.id).where(
        Person.id.in_(list(seen)), Person.id.in_(people_with_permission(Permission.DIALOGUE_READ))
    )
    able = set(session.scalars(talking)) - {actor.person_id}
    return Candidates(
        tuple(
            Candidate(person_id, name, actor.organisation_name, ParticipantKind.USER)
            for person_id, name in seen.items()
            if person_id in able
        )
    )

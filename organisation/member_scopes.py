"""What each member of an organisation sees of it, in words, for those who administer access (K-16, U-15)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.actor import Actor
from database.session import Session
from organisation.employer_models import EmployerFolder
from organisation.models import Department, Employee, Membership, Organisation, UserGroup
from organisation.scope_in_effect import sees_whole, units_in_effect


@dataclass(frozen=True)
class MemberScope:
    """The whole organisation, or the folders, employers and departments with these names and these personnel numbers.

    What is taken over from the group is part of it (U-12).
    """

    whole: bool
    units: tuple[str, ...]


def member_scopes(session: Session, actor: Actor, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, MemberScope]:
    """The scope of those people who are members of the actor's own organisation, in one query."""
    unit = units_in_effect()
    words = func.coalesce(Department.name, Organisation.name, EmployerFolder.name, Employee.personnel_number)
    statement = (
        select(Membership.person_id, sees_whole(), words)
        .outerjoin(UserGroup, UserGroup.id == Membership.group_id)
        .outerjoin(unit, unit.c.person_id == Membership.person_id)
        .outerjoin(Department, Department.id == unit.c.unit_id)
        .outerjoin(Organisation, Organisation.id == unit.c.unit_id)
        .outerjoin(EmployerFolder, EmployerFolder.id == unit.c.unit_id)
        .outerjoin(Employee, Employee.id == unit.c.unit_id)
        .where(Membership.organisation_id == actor.organisation_id, Membership.person_id.in_(set(person_ids)))
    )
    whole: dict[uuid.UUID, bool] = {}
    units: dict[uuid.UUID, list[str]] = {}
    for person_id, sees_all, name in session.execute(statement):
        whole[person_id] = bool(sees_all)
        units.setdefault(person_id, []).extend([name] if name else [])
    return {person_id: MemberScope(whole[person_id], tuple(sorted(units[person_id]))) for person_id in whole}

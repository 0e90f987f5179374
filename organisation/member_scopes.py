"""What each member of an organisation sees of it, by name, for those who administer access (K-16)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.actor import Actor
from database.session import Session
from organisation.models import Department, Membership, MembershipScope, Organisation


@dataclass(frozen=True)
class MemberScope:
    """The whole organisation, or the departments (of an arbo service: the employers) with these names."""

    whole: bool
    units: tuple[str, ...]


def member_scopes(session: Session, actor: Actor, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, MemberScope]:
    """The scope of those people who are members of the actor's own organisation, in one query."""
    statement = (
        select(Membership.person_id, Membership.whole_scope, func.coalesce(Department.name, Organisation.name))
        .outerjoin(MembershipScope, MembershipScope.person_id == Membership.person_id)
        .outerjoin(Department, Department.id == MembershipScope.unit_id)
        .outerjoin(Organisation, Organisation.id == MembershipScope.unit_id)
        .where(Membership.organisation_id == actor.organisation_id, Membership.person_id.in_(set(person_ids)))
    )
    whole: dict[uuid.UUID, bool] = {}
    units: dict[uuid.UUID, list[str]] = {}
    for person_id, sees_whole, unit in session.execute(statement):
        whole[person_id] = sees_whole
        units.setdefault(person_id, []).extend([unit] if unit else [])
    return {person_id: MemberScope(whole[person_id], tuple(sorted(units[person_id]))) for person_id in whole}

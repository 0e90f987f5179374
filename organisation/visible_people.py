"""Whom of the colleagues a member may see and give work to (U-16, D-rule 30)."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, and_, func, or_, select

from accounts.actor import Actor
from accounts.models import AccountState, Person
from database.session import Session
from organisation.memberships import Member
from organisation.models import Membership, PeopleScope, UserGroup


def people_in_view(session: Session, actor: Actor) -> list[Member]:
    """The active members of the own organisation whom the actor may see and give work to, by name.

    The actor is among them. Of another organisation nobody ever is: not of an employer in the same folder either.
    """
    statement = (
        select(Person.id, Person.display_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == actor.organisation_id,
            Person.state == AccountState.ACTIVE.value,
            Person.id.in_(ids_in_view(session, actor)),
        )
        .order_by(func.lower(Person.display_name), Person.id)
    )
    return [Member(*row) for row in session.execute(statement)]


def ids_in_view(session: Session, actor: Actor) -> Select[uuid.UUID]:
    """The ids of those people, whatever the state of their accounts, as a condition for a query."""
    everybody = select(Membership.person_id).where(Membership.organisation_id == actor.organisation_id)
    if _sees_all(session, actor.person_id):
        return everybody
    ticked = _ticked(actor.person_id)
    return everybody.where(
        or_(
            Membership.person_id == actor.person_id,
            Membership.person_id.in_(ticked),
            Membership.group_id.in_(_groups_below(ticked)),
        )
    )


def _sees_all(session: Session, person_id: uuid.UUID) -> bool:
    by_group = and_(Membership.takes_over, UserGroup.sees_all_people)
    statement = (
        select(or_(Membership.sees_all_people, by_group))
        .outerjoin(UserGroup, UserGroup.id == Membership.group_id)
        .where(Membership.person_id == person_id)
    )
    return bool(session.scalar(statement))


def _ticked(person_id: uuid.UUID) -> Select[uuid.UUID]:
    """The people and groups ticked for a member and, with take-over, for the group of that member."""
    group_id = select(Membership.group_id).where(Membership.person_id == person_id, Membership.takes_over)
    return select(PeopleScope.target_id).where(
        or_(PeopleScope.owner_id == person_id, PeopleScope.owner_id.in_(group_id))
    )


def _groups_below(ticked: Select[uuid.UUID]) -> Select[uuid.UUID]:
    """The groups that were ticked, with all groups below them."""
    found = select(UserGroup.id).where(UserGroup.id.in_(ticked)).cte("groups_below", recursive=True)
    below = select(UserGroup.id).join(found, UserGroup.parent_id == found.c.id)
    return select(found.union(below).c.id)

"""The tree of groups and users as its pages need it: a level at a time, each in one query (U-01, U-02)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from accounts.actor import Actor
from accounts.models import AccountState, Person
from accounts.standing import Reason, Standing, standing_of
from database.session import Session
from organisation.administered import organisations_administered, require_administering
from organisation.models import Membership, Organisation, UserGroup

PAGE_SIZE = 50
MOST_FOUND = 50


@dataclass(frozen=True)
class GroupLine:
    """A group with how many users are in it, those in groups below it left out."""

    id: uuid.UUID
    parent_id: uuid.UUID | None
    name: str
    count: int


@dataclass(frozen=True)
class UserLine:
    """Somebody with an account, and where in the tree."""

    person_id: uuid.UUID
    name: str
    login_name: str
    standing: Standing
    group_id: uuid.UUID | None
    group: str | None
    organisation_id: uuid.UUID
    organisation: str


def administered_organisations(session: Session, actor: Actor) -> list[Organisation]:
    """The organisations whose groups and users the actor administers: the own one first, then employers by name.

    Raises `PermissionDenied`.
    """
    require_administering(actor)
    own_first = case((Organisation.id == actor.organisation_id, 0), else_=1)
    statement = (
        select(Organisation)
        .where(Organisation.id.in_(organisations_administered(session, actor)))
        .order_by(own_first, Organisation.name, Organisation.id)
    )
    return list(session.scalars(statement))


def group_lines(session: Session, organisation_id: uuid.UUID) -> list[GroupLine]:
    """The groups of an organisation that the caller has found to be administered, by name."""
    counted = (
        select(Membership.group_id, func.count().label("people"))
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, is_shown())
        .group_by(Membership.group_id)
        .subquery()
    )
    statement = (
        select(UserGroup.id, UserGroup.parent_id, UserGroup.name, func.coalesce(counted.c.people, 0))
        .outerjoin(counted, counted.c.group_id == UserGroup.id)
        .where(UserGroup.organisation_id == organisation_id)
        .order_by(UserGroup.name, UserGroup.id)
    )
    return [GroupLine(*row) for row in session.execute(statement)]


def count_users(session: Session, organisation_id: uuid.UUID, group_id: uuid.UUID | None) -> int:
    """How many users are in a group itself or, without one, in no group of the organisation."""
    counted = select(func.count()).select_from(Membership).join(Person, Person.id == Membership.person_id)
    return session.scalar(counted.where(_is_in(organisation_id, group_id), is_shown())) or 0


def users_in(session: Session, organisation_id: uuid.UUID, group_id: uuid.UUID | None, page: int = 1) -> list[UserLine]:
    """One page (50) of the users in a group or in none, by name; the caller has found the place administered."""
    statement = (
        _lines()
        .where(_is_in(organisation_id, group_id), is_shown())
        .limit(PAGE_SIZE)
        .offset((max(page, 1) - 1) * PAGE_SIZE)
    )
    return _read(session.execute(statement))


def search_users(session: Session, words: str, actor: Actor) -> list[UserLine]:
    """At most 50 users whose name or login name has those words in it, by name. Raises `PermissionDenied`."""
    require_administering(actor)
    wanted = " ".join(words.split())
    if not wanted:
        return []
    matches = or_(
        Person.display_name.icontains(wanted, autoescape=True), Person.login_name.icontains(wanted, autoescape=True)
    )
    administered = Membership.organisation_id.in_(organisations_administered(session, actor))
    return _read(session.execute(_lines().where(administered, matches, is_shown()).limit(MOST_FOUND)))


def is_shown() -> ColumnElement[bool]:
    """The condition that an account was not removed (U-22)."""
    return or_(Person.state != AccountState.INACTIVE.value, Person.state_reason != Reason.REMOVED.value)


def _is_in(organisation_id: uuid.UUID, group_id: uuid.UUID | None) -> ColumnElement[bool]:
    place = Membership.group_id.is_(None) if group_id is None else Membership.group_id == group_id
    return and_(Membership.organisation_id == organisation_id, place)


def _lines() -> Select[Person, uuid.UUID | None, str | None, uuid.UUID, str]:
    return (
        select(Person, Membership.group_id, UserGroup.name, Organisation.id, Organisation.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(UserGroup, UserGroup.id == Membership.group_id)
        .order_by(Person.display_name, Person.id)
    )


def _read(rows: Iterable[tuple[Person, uuid.UUID | None, str | None, uuid.UUID, str]]) -> list[UserLine]:
    return [
        UserLine(
            person_id=person.id,
            name=person.display_name,
            login_name=person.login_name,
            standing=standing_of(person),
            group_id=group_id,
            group=group,
            organisation_id=organisation_id,
            organisation=organisation,
        )
        for person, group_id, group, organisation_id, organisation in rows
    ]

"""How long the sessions of a user or of a group's members last: only ever shorter than by default (L-26..L-31).

What is in force for a person is the strictest of the default, what is set for the group and each group above it, and
what is set for the person. There is no *Nooit*: without a limit of its own a session still ends at the default.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, or_, select

from accounts.actor import Actor
from accounts.models import Person
from accounts.open_sessions import bound_sessions, keep_newest_sessions
from accounts.permissions import Permission
from accounts.sessions import ABSOLUTE, INACTIVITY, SERVICE_INACTIVITY, Limits
from audit.actions import Action
from audit.recording import record
from database.session import Session
from organisation.errors import NotFound, NotStricter
from organisation.models import Membership, Organisation, OrganisationKind, SessionSetting, UserGroup
from organisation.scope import organisations_in_view

SHORTEST_MINUTES = 5
"""Below this nobody gets a form filled in."""


@dataclass(frozen=True)
class SessionLimits:
    """What is in force: `limits`, and whether a new login ends all older sessions (L-29)."""

    limits: Limits
    single_session: bool = False


@dataclass(frozen=True)
class SessionChoice:
    """What is set for one user or group, in minutes; None is what holds without it."""

    inactivity_minutes: int | None = None
    lifetime_minutes: int | None = None
    single_session: bool = False


@dataclass(frozen=True)
class SessionOwner:
    """A user or a group for which sessions can be limited, and what holds there without a setting."""

    owner_id: uuid.UUID
    organisation_id: uuid.UUID
    is_group: bool
    default: Limits


def default_limits(organisation_kind: str) -> Limits:
    """Return what holds without a setting: 15 minutes for the arbo service and its medical users, else 60; 12 hours."""
    return Limits(INACTIVITY if organisation_kind == OrganisationKind.EMPLOYER else SERVICE_INACTIVITY, ABSOLUTE)


def limits_for(session: Session, person_id: uuid.UUID) -> SessionLimits:
    """Return what is in force for a person: the strictest of all that applies."""
    kind = session.scalar(
        select(Organisation.kind).join(Person, Person.organisation_id == Organisation.id).where(Person.id == person_id)
    )
    group = select(Membership.group_id).where(Membership.person_id == person_id)
    settings = session.scalars(
        select(SessionSetting).where(
            or_(SessionSetting.owner_id == person_id, SessionSetting.owner_id.in_(_groups_above(group)))
        )
    )
    in_force = SessionLimits(default_limits(kind or OrganisationKind.SERVICE))
    for setting in settings:
        in_force = _stricter(in_force, setting)
    return in_force


def choice_of(session: Session, owner_id: uuid.UUID, actor: Actor) -> tuple[SessionOwner, SessionChoice]:
    """Return a user or group with what is set for it now (L-30). Raises `PermissionDenied`, `NotFound`."""
    owner = _find_owner(session, owner_id, actor)
    return owner, _choice(session.get(SessionSetting, owner_id))


def set_limits(session: Session, owner_id: uuid.UUID, choice: SessionChoice, actor: Actor) -> None:
    """Set how long the sessions of a user or a group's members last; what is stricter holds at once (L-30, L-31).

    Raises `PermissionDenied`, `NotFound`, and `NotStricter` for a limit above the default or below five minutes.
    """
    owner = _find_owner(session, owner_id, actor)
    _check(choice, owner.default)
    setting = session.get(SessionSetting, owner_id, with_for_update=True)
    before = _choice(setting)
    if choice == before:
        return
    _record(session, owner, before, choice, actor)
    if setting is None:
        setting = SessionSetting(owner_id=owner_id, organisation_id=owner.organisation_id)
        session.add(setting)
    setting.inactivity_minutes = choice.inactivity_minutes
    setting.lifetime_minutes = choice.lifetime_minutes
    setting.single_session = choice.single_session
    session.flush()
    _shorten(session, _people_of(owner), _stricter(SessionLimits(owner.default), setting))


def apply_limits(session: Session, person_id: uuid.UUID) -> None:
    """Hold a person's open sessions to what is in force now, such as after a move to another group."""
    _shorten(session, select(Person.id).where(Person.id == person_id), limits_for(session, person_id))


def _shorten(session: Session, people: Select[uuid.UUID], in_force: SessionLimits) -> None:
    bound_sessions(session, people, in_force.limits.inactivity, in_force.limits.lifetime)
    if in_force.single_session:
        keep_newest_sessions(session, people)


def _stricter(in_force: SessionLimits, setting: SessionSetting) -> SessionLimits:
    limits = in_force.limits
    inactivity, lifetime = _minutes(setting.inactivity_minutes), _minutes(setting.lifetime_minutes)
    return SessionLimits(
        Limits(min(limits.inactivity, inactivity or ABSOLUTE), min(limits.lifetime, lifetime or ABSOLUTE)),
        in_force.single_session or bool(setting.single_session),
    )


def _minutes(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)


def _choice(setting: SessionSetting | None) -> SessionChoice:
    if setting is None:
        return SessionChoice()
    return SessionChoice(setting.inactivity_minutes, setting.lifetime_minutes, bool(setting.single_session))


def _check(choice: SessionChoice, default: Limits) -> None:
    for name, number, most in (
        ("inactivity_minutes", choice.inactivity_minutes, default.inactivity),
        ("lifetime_minutes", choice.lifetime_minutes, default.lifetime),
    ):
        at_most = int(most / timedelta(minutes=1))
        if number is not None and not SHORTEST_MINUTES <= number <= at_most:
            raise NotStricter(name, SHORTEST_MINUTES, at_most)


def _record(session: Session, owner: SessionOwner, before: SessionChoice, after: SessionChoice, actor: Actor) -> None:
    for organisation_id in dict.fromkeys((actor.organisation_id, owner.organisation_id)):
        record(
            session,
            Action.SESSION_SETTING_CHANGE,
            by=actor.who,
            organisation_id=organisation_id,
            object_type="user_group" if owner.is_group else "person",
            object_id=owner.owner_id,
            details={"old": _in_words(before), "new": _in_words(after)},
        )


def _in_words(choice: SessionChoice) -> str:
    inactivity, lifetime = choice.inactivity_minutes or "default", choice.lifetime_minutes or "default"
    return f"inactivity {inactivity}, lifetime {lifetime}, {'one session' if choice.single_session else 'any number'}"


def _find_owner(session: Session, owner_id: uuid.UUID, actor: Actor) -> SessionOwner:
    """A user or group of the actor's organisation or, for an arbo service, of an employer in view."""
    actor.require(Permission.SESSION_SETTING_ADMINISTER)
    today = session.source.now().date()
    for model in (Person, UserGroup):
        statement = (
            select(Organisation.id, Organisation.kind)
            .join(model, model.organisation_id == Organisation.id)
            .where(model.id == owner_id, _is_administered(actor, today))
        )
        found = session.execute(statement).first()
        if found is not None:
            return SessionOwner(owner_id, found.id, model is UserGroup, default_limits(found.kind))
    raise NotFound


def _is_administered(actor: Actor, today: date) -> ColumnElement[bool]:
    return or_(Organisation.id == actor.organisation_id, Organisation.id.in_(organisations_in_view(actor, today)))


def _people_of(owner: SessionOwner) -> Select[uuid.UUID]:
    if not owner.is_group:
        return select(Person.id).where(Person.id == owner.owner_id)
    return select(Membership.person_id).where(Membership.group_id.in_(_groups_below(owner.owner_id)))


def _groups_above(group: Select[uuid.UUID | None]) -> Select[uuid.UUID]:
    """A group with all groups above it."""
    groups = select(UserGroup.id, UserGroup.parent_id).where(UserGroup.id.in_(group)).cte(recursive=True)
    above = select(UserGroup.id, UserGroup.parent_id).join(groups, UserGroup.id == groups.c.parent_id)
    return select(groups.union(above).c.id)


def _groups_below(group_id: uuid.UUID) -> Select[uuid.UUID]:
    """A group with all groups below it."""
    groups = select(UserGroup.id).where(UserGroup.id == group_id).cte(recursive=True)
    below = select(UserGroup.id).join(groups, UserGroup.parent_id == groups.c.id)
    return select(groups.union(below).c.id)

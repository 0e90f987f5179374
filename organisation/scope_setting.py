"""What part of the organisation, and which colleagues, a user or a group sees: ticked in a tree (U-12, U-15, U-16).

A page shows a part of the tree; what it does not show stays as it is.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, delete, select

from accounts.actor import Actor, Scope
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.actions import Action
from audit.both_sides import record_on_both_sides
from database.session import Session
from organisation.administered import find_group, find_user
from organisation.authorisations import require_other, require_other_group
from organisation.errors import UnknownUnit
from organisation.models import (
    Employee,
    GroupScope,
    Membership,
    MembershipScope,
    Organisation,
    PeopleScope,
    UserGroup,
)
from organisation.scope_checks import check_scope
from organisation.scope_reach import all_in_view, require_sees_as_much

TAKEN_OVER = " or taken over"


@dataclass(frozen=True)
class Ticks:
    """What is ticked: everything, or these units or people; `takes_over` is None for a group."""

    whole: bool
    targets: frozenset[uuid.UUID]
    takes_over: bool | None = None


@dataclass(frozen=True)
class TickedPage:
    """What a page sends: which of the units or people that it showed are ticked now."""

    whole: bool
    ticked: frozenset[uuid.UUID]
    shown: frozenset[uuid.UUID]
    takes_over: bool | None = None


@dataclass(frozen=True)
class ScopeOwner:
    """A user or a group of which one sets what it sees."""

    id: uuid.UUID
    organisation: Organisation
    row: Membership | UserGroup

    @property
    def is_group(self) -> bool:
        """Whether it is a group."""
        return isinstance(self.row, UserGroup)


def find_owner(session: Session, owner_id: uuid.UUID, actor: Actor, *, group: bool) -> ScopeOwner:
    """A user or group that the actor administers. Raises `PermissionDenied`, `NotFound`."""
    actor.require(Permission.AUTHORISATION_ADMINISTER)
    if group:
        found = find_group(session, owner_id, actor)
        return ScopeOwner(owner_id, found.organisation, found.group)
    user = find_user(session, owner_id, actor)
    return ScopeOwner(owner_id, user.organisation, user.membership)


def scope_of(session: Session, owner: ScopeOwner) -> Ticks:
    """What part of the organisation is ticked for a user or a group that the caller has found."""
    return Ticks(owner.row.whole_scope, frozenset(session.scalars(_units(owner))), _takes_over(owner))


def people_of(session: Session, owner: ScopeOwner) -> Ticks:
    """Which colleagues are ticked for a user or a group that the caller has found."""
    ticked = select(PeopleScope.target_id).where(PeopleScope.owner_id == owner.id)
    return Ticks(owner.row.sees_all_people, frozenset(session.scalars(ticked)), _takes_over(owner))


def set_scope(session: Session, owner: ScopeOwner, page: TickedPage, actor: Actor) -> None:
    """Let a user or a group see the units that are ticked; each change is logged and holds at once.

    Raises `PermissionDenied`, `NotFound`, `OwnRights`, `MayNotGrant`, `UnknownUnit` for a unit that is none of the
    organisation's, and `PermissionDenied` for what the actor does not see.
    """
    _require_other(session, owner, actor)
    present = scope_of(session, owner)
    given, taken = (page.ticked & page.shown) - present.targets, (present.targets & page.shown) - page.ticked
    _check_units(session, owner, given, actor)
    if page.whole and not present.whole and owner.organisation.id == actor.organisation_id and not actor.scope.whole:
        raise PermissionDenied("the actor does not see the whole organisation")
    if page.takes_over and not present.takes_over:
        _require_group_in_view(session, owner, actor)
    _record_change(session, Action.SCOPE_CHANGE, owner, present, page, actor)
    for action, units in ((Action.SCOPE_GIVE, given), (Action.SCOPE_TAKE, taken)):
        for unit in sorted(units):
            _record(session, action, owner, actor, {"unit": str(unit)})
    owner.row.whole_scope = page.whole
    if isinstance(owner.row, Membership):
        owner.row.takes_over = bool(page.takes_over)
        session.execute(
            delete(MembershipScope).where(MembershipScope.person_id == owner.id, MembershipScope.unit_id.in_(taken))
        )
        session.add_all(MembershipScope(person_id=owner.id, unit_id=unit) for unit in given)
    else:
        session.execute(delete(GroupScope).where(GroupScope.group_id == owner.id, GroupScope.unit_id.in_(taken)))
        session.add_all(GroupScope(group_id=owner.id, unit_id=unit) for unit in given)
    session.flush()


def set_people(session: Session, owner: ScopeOwner, page: TickedPage, actor: Actor) -> None:
    """Let a user or a group see the colleagues and groups that are ticked; never of another organisation (D-rule 30).

    Raises as `set_scope`.
    """
    _require_other(session, owner, actor)
    present = people_of(session, owner)
    given, taken = (page.ticked & page.shown) - present.targets, (present.targets & page.shown) - page.ticked
    _check_people(session, owner, given)
    _record_change(session, Action.PEOPLE_SCOPE_CHANGE, owner, present, page, actor)
    for action, targets in ((Action.PEOPLE_SCOPE_GIVE, given), (Action.PEOPLE_SCOPE_TAKE, taken)):
        for target in sorted(targets):
            _record(session, action, owner, actor, {"target": str(target)})
    owner.row.sees_all_people = page.whole
    session.execute(delete(PeopleScope).where(PeopleScope.owner_id == owner.id, PeopleScope.target_id.in_(taken)))
    session.add_all(
        PeopleScope(owner_id=owner.id, target_id=target, organisation_id=owner.organisation.id) for target in given
    )
    session.flush()


def _require_other(session: Session, owner: ScopeOwner, actor: Actor) -> None:
    if owner.is_group:
        require_other_group(session, owner.id, actor)
    else:
        require_other(session, owner.id, actor)


def _units(owner: ScopeOwner) -> Select[uuid.UUID]:
    if owner.is_group:
        return select(GroupScope.unit_id).where(GroupScope.group_id == owner.id)
    return select(MembershipScope.unit_id).where(MembershipScope.person_id == owner.id)


def _takes_over(owner: ScopeOwner) -> bool | None:
    return owner.row.takes_over if isinstance(owner.row, Membership) else None


def _check_units(session: Session, owner: ScopeOwner, given: frozenset[uuid.UUID], actor: Actor) -> None:
    """Raises `UnknownUnit` for what is none of the organisation's, or out of the actor's own view."""
    if not given:
        return
    employees = frozenset(session.scalars(select(Employee.id).where(Employee.id.in_(given))))
    check_scope(session, owner.organisation, Scope(whole=False, units=given - employees, employees=employees))
    if not all_in_view(session, given, actor):
        raise UnknownUnit


def _require_group_in_view(session: Session, owner: ScopeOwner, actor: Actor) -> None:
    if isinstance(owner.row, Membership) and owner.row.group_id is not None:
        require_sees_as_much(session, session.get_one(UserGroup, owner.row.group_id), actor)


def _check_people(session: Session, owner: ScopeOwner, given: frozenset[uuid.UUID]) -> None:
    people = select(Membership.person_id).where(
        Membership.organisation_id == owner.organisation.id, Membership.person_id.in_(given)
    )
    groups = select(UserGroup.id).where(UserGroup.organisation_id == owner.organisation.id, UserGroup.id.in_(given))
    if not given <= {*session.scalars(people), *session.scalars(groups)}:
        raise UnknownUnit


def _record_change(
    session: Session, action: Action, owner: ScopeOwner, present: Ticks, page: TickedPage, actor: Actor
) -> None:
    old, new = _words(present.whole, present.takes_over), _words(page.whole, page.takes_over)
    if action is Action.PEOPLE_SCOPE_CHANGE:
        old, new = _words(present.whole, None), _words(page.whole, None)
    if old != new:
        _record(session, action, owner, actor, {"old": old, "new": new})


def _words(whole: bool, takes_over: bool | None) -> str:
    return ("whole" if whole else "ticked") + (TAKEN_OVER if takes_over else "")


def _record(session: Session, action: Action, owner: ScopeOwner, actor: Actor, details: dict[str, str]) -> None:
    record_on_both_sides(
        session,
        action,
        by=actor.who,
        organisation_id=owner.organisation.id,
        object_type="user_group" if owner.is_group else "person",
        object_id=owner.id,
        details=details,
    )

"""Who belongs to an organisation, with which roles, and which part of it they see (U-02; domain.md part C)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Select, delete, select, update

from accounts.actor import Actor, Scope
from accounts.models import Person
from accounts.permissions import Permission
from accounts.standing import may_log_in
from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from delivery.languages import Language
from keys.opened import OpenedKeys
from organisation.calendar import today
from organisation.effective_roles import effective_roles, people_with_permission, permissions_in_effect
from organisation.errors import AlreadyMember, NotAMember, NotFound
from organisation.models import (
    Circle,
    Membership,
    MembershipRole,
    MembershipScope,
    Organisation,
    OrganisationKind,
    Role,
    RolePermission,
    UserGroup,
)
from organisation.roles import find_roles
from organisation.scope_checks import check_scope
from organisation.scope_in_effect import member_scope, read_scope, sees_whole
from organisation.substituting import CARRIED, absent_person_of, together


@dataclass(frozen=True)
class Member:
    """A person with a place in an organisation."""

    person_id: uuid.UUID
    name: str


def add_member(
    session: Session,
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    role_keys: Iterable[str],
    scope: Scope,
    by: Who,
    *,
    group: UserGroup | None = None,
    takes_over: bool = False,
) -> Membership:
    """Give a person a place in the organisation the account belongs to, in a group of it or in none.

    The first member of an arbo service who may decide on admissions is the one who makes its key (design 2.1). Raises
    `NotFound`, `AlreadyMember`, `UnknownRole`, `UnknownUnit`.
    """
    organisation = _organisation_of(session, person_id, organisation_id)
    roles = find_roles(session, organisation.kind, role_keys)
    check_scope(session, organisation, scope)
    if session.get(Membership, person_id) is not None:
        raise AlreadyMember
    membership = Membership(
        person_id=person_id,
        organisation_id=organisation_id,
        whole_scope=scope.whole,
        created_at=session.source.now(),
        group_id=group.id if group else None,
        takes_over=takes_over,
    )
    session.add(membership)
    session.flush()
    session.add_all(
        MembershipScope(person_id=person_id, unit_id=unit) for unit in sorted(scope.units | scope.employees)
    )
    for role in roles:
        _add_role(session, person_id, role, organisation_id, by)
    of_group = [group.role_id] if group and group.role_id else []
    _note_first_member(session, organisation, person_id, [*(role.id for role in roles), *of_group])
    return membership


def leave(session: Session, person_id: uuid.UUID, by: Who) -> None:
    """Take away a person's place with its roles and scope, so that an invitation can be sent anew with others.

    An arbo service or circle whose key this person was to make waits for the next one who may. Of keys nothing
    changes: it is for people who have not answered yet. Raises `NotAMember`.
    """
    organisation = _organisation_of_member(session, person_id)
    for role_key in _own_role_keys(session, person_id):
        take_role(session, person_id, role_key, by)
    session.execute(delete(MembershipScope).where(MembershipScope.person_id == person_id))
    session.execute(delete(Membership).where(Membership.person_id == person_id))
    session.execute(
        update(Organisation)
        .where(Organisation.id == organisation.id, Organisation.first_member_id == person_id)
        .values(first_member_id=None)
    )
    session.execute(
        update(Circle)
        .where(Circle.organisation_id == organisation.id, Circle.first_member_id == person_id)
        .values(first_member_id=None)
    )


def actor_for(session: Session, person_id: uuid.UUID, access_point: str, keys: OpenedKeys) -> Actor:
    """The person as an actor, with the roles, permissions and scope of this moment.

    A substitute has besides what goes along of the absent person's own (M-06). Raises `NotAMember` for someone without
    an active account and a place in an organisation.
    """
    statement = (
        select(
            Person.display_name,
            Person.language,
            sees_whole(),
            Organisation.id,
            Organisation.name,
            Organisation.kind,
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(UserGroup, UserGroup.id == Membership.group_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Person.id == person_id, may_log_in(today(session)))
    )
    found = session.execute(statement).first()
    if found is None:
        raise NotAMember
    person_name, language, whole, organisation_id, organisation_name, kind = found
    actor = Actor(
        person_id=person_id,
        person_name=person_name,
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        audience=kind,
        roles=_role_keys(session, person_id),
        permissions=permissions_in_effect(session, person_id),
        scope=Scope(whole=True) if whole else read_scope(session, person_id),
        access_point=access_point,
        keys=keys,
        language=Language(language),
    )
    absent_id = absent_person_of(session, person_id)
    return actor if absent_id is None else _standing_in(session, actor, absent_id)


def give_role(session: Session, person_id: uuid.UUID, role_key: str, by: Who) -> None:
    """Give a member one more role; a role that the member has already changes nothing.

    Raises `NotAMember`, `UnknownRole`. Whether the giver may do so is the caller's question.
    """
    organisation = _organisation_of_member(session, person_id)
    (role,) = find_roles(session, organisation.kind, [role_key])
    if session.get(MembershipRole, (person_id, role.id)) is None:
        _add_role(session, person_id, role, organisation.id, by)


def take_role(session: Session, person_id: uuid.UUID, role_key: str, by: Who) -> None:
    """Take a role from a member; a role that the member does not have changes nothing.

    Raises `NotAMember`, `UnknownRole`.
    """
    organisation = _organisation_of_member(session, person_id)
    (role,) = find_roles(session, organisation.kind, [role_key])
    taken = (
        delete(MembershipRole)
        .where(MembershipRole.person_id == person_id, MembershipRole.role_id == role.id)
        .returning(MembershipRole.role_id)
    )
    if session.scalar(taken) is not None:
        _record_role(session, Action.ROLE_TAKE, person_id, role, organisation.id, by)


def members_with_permission(session: Session, organisation_id: uuid.UUID, permission: Permission) -> list[Member]:
    """The active members of the organisation whose roles give that permission, by name."""
    return _members(session, organisation_id, people_with_permission(permission))


def active_members(session: Session, organisation_id: uuid.UUID) -> list[Member]:
    """Everybody with a place in the organisation who can log in, by name."""
    return _members(session, organisation_id, select(Membership.person_id))


def person_names(session: Session, person_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of people with a login, in one query. The caller shows only whom the actor may know of."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    if not wanted:
        return {}
    statement = select(Person.id, Person.display_name).where(Person.id.in_(wanted))
    return dict(session.execute(statement).all())


def _organisation_of(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID) -> Organisation:
    statement = (
        select(Organisation)
        .join(Person, Person.organisation_id == Organisation.id)
        .where(Person.id == person_id, Organisation.id == organisation_id)
    )
    organisation = session.scalars(statement).first()
    if organisation is None:
        raise NotFound
    return organisation


def _organisation_of_member(session: Session, person_id: uuid.UUID) -> Organisation:
    statement = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id)
    )
    organisation = session.scalars(statement).first()
    if organisation is None:
        raise NotAMember
    return organisation


def _add_role(session: Session, person_id: uuid.UUID, role: Role, organisation_id: uuid.UUID, by: Who) -> None:
    session.add(MembershipRole(person_id=person_id, role_id=role.id))
    _record_role(session, Action.ROLE_GIVE, person_id, role, organisation_id, by)


def _record_role(
    session: Session, action: Action, person_id: uuid.UUID, role: Role, organisation_id: uuid.UUID, by: Who
) -> None:
    record(
        session,
        action,
        by=by,
        organisation_id=organisation_id,
        object_type="person",
        object_id=person_id,
        details={"role": role.key},
    )


def _note_first_member(
    session: Session, organisation: Organisation, person_id: uuid.UUID, role_ids: Iterable[uuid.UUID]
) -> None:
    may_decide = select(RolePermission.role_id).where(
        RolePermission.role_id.in_(list(role_ids)),
        RolePermission.permission == Permission.ADMISSION_DECIDE.value,
    )
    if organisation.kind != OrganisationKind.SERVICE or session.scalar(may_decide.limit(1)) is None:
        return
    session.execute(
        update(Organisation)
        .where(Organisation.id == organisation.id, Organisation.first_member_id.is_(None))
        .values(first_member_id=person_id)
    )


def _standing_in(session: Session, actor: Actor, absent_id: uuid.UUID) -> Actor:
    """The actor with what goes along of an absent person; as before where that adds nothing."""
    permissions = actor.permissions | (permissions_in_effect(session, absent_id) & CARRIED)
    scope = together(actor.scope, member_scope(session, absent_id))
    if permissions == actor.permissions and scope == actor.scope:
        return actor
    return replace(actor, permissions=permissions, scope=scope, substitutes_for=absent_id)


def _own_role_keys(session: Session, person_id: uuid.UUID) -> tuple[str, ...]:
    statement = select(Role.key).join(MembershipRole).where(MembershipRole.person_id == person_id).order_by(Role.key)
    return tuple(session.scalars(statement))


def _role_keys(session: Session, person_id: uuid.UUID) -> tuple[str, ...]:
    roles = effective_roles()
    statement = select(Role.key).join(roles, roles.c.role_id == Role.id).where(roles.c.person_id == person_id)
    return tuple(session.scalars(statement.order_by(Role.key)))


def _members(session: Session, organisation_id: uuid.UUID, holders: Select[uuid.UUID]) -> list[Member]:
    statement = (
        select(Person.id, Person.display_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            may_log_in(today(session)),
            Person.id.in_(holders),
        )
        .order_by(Person.display_name, Person.id)
    )
    return [Member(person_id, name) for person_id, name in session.execute(statement)]

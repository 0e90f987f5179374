"""The roles that somebody has in effect: those given to the person, and that of the person's group (U-17)."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, Subquery, select, union

from accounts.permissions import Permission
from database.session import Session
from organisation.models import Membership, MembershipRole, RolePermission, UserGroup


def effective_roles() -> Subquery:
    """Every member with every role in effect, as the columns ``person_id`` and ``role_id``; a pair comes once."""
    own = select(MembershipRole.person_id, MembershipRole.role_id)
    of_group = (
        select(Membership.person_id, UserGroup.role_id)
        .join(UserGroup, UserGroup.id == Membership.group_id)
        .where(UserGroup.role_id.is_not(None))
    )
    return union(own, of_group).subquery("effective_role")


def people_with_permission(permission: Permission) -> Select[uuid.UUID]:
    """The ids of the people whose roles in effect give that permission, in any organisation."""
    roles = effective_roles()
    return (
        select(roles.c.person_id)
        .join(RolePermission, RolePermission.role_id == roles.c.role_id)
        .where(RolePermission.permission == permission.value)
    )


def permissions_in_effect(session: Session, person_id: uuid.UUID) -> frozenset[Permission]:
    """What somebody's roles in effect allow now."""
    roles = effective_roles()
    statement = (
        select(RolePermission.permission)
        .join(roles, roles.c.role_id == RolePermission.role_id)
        .where(roles.c.person_id == person_id)
    )
    known = {permission.value for permission in Permission}
    return frozenset(Permission(value) for value in session.scalars(statement) if value in known)

"""Groups and users for the tests of whoever administers them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from accounts.models import Person
from organisation.groups import add_group
from organisation.models import Organisation, Role, UserGroup
from organisation.users import UserData, add_user
from organisation.vault_roles import VaultRole
from tests.world import World

BASE_URL = "https://datakluis.example"


def role_id(world: World, key: str, organisation: Organisation) -> UUID:
    """The id of a preset role."""
    found = select(Role.id).where(Role.key == key, Role.organisation_kind == organisation.kind)
    return world.session.scalars(found).one()


def make_group(
    world: World,
    name: str,
    role: str = "casemanager_arbo",
    *,
    at: Organisation | None = None,
    by: str = "Carla",
    below: UserGroup | None = None,
) -> UserGroup:
    """Let somebody, Carla unless told otherwise, add a group, to her own service unless told otherwise."""
    organisation = at or world.service
    parent = below.id if below else None
    role_of_group = role_id(world, role, organisation)
    return add_group(world.session, organisation.id, parent, name, role_of_group, world.actor(by))


def user_data(**other: Any) -> UserData:
    """What one types of Nieske van der Nieuw."""
    values = {
        "last_name": "Nieuw",
        "gender": "female",
        "email": "nieske@example.org",
        "login_name": "noord.nieuw",
        "given_name": "Nieske",
        "initials": "N.",
        "infix": "van der",
    }
    return UserData(**{**values, **other})


def make_user(
    world: World, group: UserGroup, *, by: str = "Carla", vault_role: VaultRole = VaultRole.NONE, **other: Any
) -> Person:
    """Let somebody, Carla unless told otherwise, add a user to a group."""
    actor = world.actor(by)
    return add_user(world.session, group.id, user_data(**other), actor, base_url=BASE_URL, vault_role=vault_role)

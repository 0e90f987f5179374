"""The groups of users of the demo: the super administrator adds one for each role in use and puts people in (U-03)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session
from organisation.groups import add_group
from organisation.memberships import take_role
from organisation.models import Role
from organisation.presets import PRESETS
from organisation.users import move_user
from portal.demo.accounts import PLANS
from portal.demo.employers import SERVICE

SUPER_ADMINISTRATOR = "d.vermeulen"
_LABELS = {preset.key: preset.label for preset in PRESETS if not preset.is_add_on}


def arrange(session: Session, organisations: Mapping[str, UUID], people: Mapping[str, UUID], *, actor: Actor) -> None:
    """Let everybody but the actor have the role of a group instead of an own one; an employer's own group is first."""
    groups: dict[tuple[str, str], UUID] = {}
    for plan in PLANS:
        role = next((role for role in plan.roles if role in _LABELS), None)
        if role is None or people[plan.login] == actor.person_id:
            continue
        place = (plan.organisation, role)
        if place not in groups:
            groups[place] = _add(session, organisations[plan.organisation], _name(*place), role, actor)
        move_user(session, people[plan.login], groups[place], actor)
        take_role(session, people[plan.login], role, actor.who)


def _name(organisation: str, role: str) -> str:
    return organisation if role == "werkgever" and organisation != SERVICE else _LABELS[role]


def _add(session: Session, organisation_id: UUID, name: str, role_key: str, actor: Actor) -> UUID:
    kind = "service" if organisation_id == actor.organisation_id else "employer"
    role_id = session.scalars(select(Role.id).where(Role.key == role_key, Role.organisation_kind == kind)).one()
    return add_group(session, organisation_id, None, name, role_id, actor).id

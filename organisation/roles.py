"""Roles as rows: the presets are installed, and an environment may add its own (U-02, U-24)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from database.session import Session
from organisation.errors import UnknownRole
from organisation.models import Role, RolePermission
from organisation.presets import PRESETS, Preset


def install_presets(session: Session) -> None:
    """Add the presets that are not there yet. A role that is there keeps the permissions an environment gave it."""
    present = set(session.execute(select(Role.organisation_kind, Role.key)))
    for preset in PRESETS:
        if (preset.organisation_kind.value, preset.key) not in present:
            _install(session, preset)
    session.flush()


def find_roles(session: Session, organisation_kind: str, keys: Iterable[str]) -> list[Role]:
    """The roles with those keys for one kind of organisation. Raises `UnknownRole` when one is missing."""
    wanted = set(keys)
    statement = select(Role).where(Role.organisation_kind == organisation_kind, Role.key.in_(wanted)).order_by(Role.key)
    found = list(session.scalars(statement))
    if {role.key for role in found} != wanted:
        raise UnknownRole(", ".join(sorted(wanted - {role.key for role in found})))
    return found


def _install(session: Session, preset: Preset) -> None:
    role = Role(
        id=session.source.new_id(),
        key=preset.key,
        organisation_kind=preset.organisation_kind.value,
        label=preset.label,
    )
    session.add(role)
    session.flush()
    session.add_all(
        RolePermission(role_id=role.id, permission=permission.value) for permission in sorted(preset.permissions)
    )

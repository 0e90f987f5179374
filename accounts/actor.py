"""Who acts, as every verb is told (design 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.recording import Who
from delivery.languages import Language
from keys.opened import OpenedKeys


@dataclass(frozen=True)
class Scope:
    """The part of an organisation's people that an actor sees: all of it, or some units and some employees (U-15).

    The units are folders, employers and departments, with every department below one of those.
    """

    whole: bool
    units: frozenset[UUID] = frozenset()
    employees: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Actor:
    """One person in one request: who it is, what the roles allow, what part is in scope, and which keys are open.

    `audience` is "employer", "service", "employees" or "platform"; `access_point` the network address for the log;
    `language` that of the screens; `substitutes_for` whose work the actor does besides, with what goes along of that
    person's permissions and scope (M-06). `device` is browser and system as a session keeps them, `session_digest`
    tells one session from another and opens none; both are empty where nobody sits at a screen.
    """

    person_id: UUID
    person_name: str
    organisation_id: UUID
    organisation_name: str
    audience: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    scope: Scope
    access_point: str
    keys: OpenedKeys = field(repr=False)
    language: Language = Language.DUTCH
    substitutes_for: UUID | None = None
    device: str = ""
    session_digest: str = field(default="", repr=False)

    @property
    def who(self) -> Who:
        """The actor as the log knows it: ids and roles, no names; a substitute with the absent person (LOG4)."""
        return Who(self.person_id, self.organisation_id, self.roles, self.access_point, self.substitutes_for)

    def require(self, permission: Permission) -> None:
        """Raise `PermissionDenied` unless the actor's roles give `permission`."""
        if permission not in self.permissions:
            raise PermissionDenied(permission)

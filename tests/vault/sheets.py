"""What the tests of recovery sheets do and look at."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid5

from sqlalchemy import func, select

from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from keys.holders import make_next_generation
from keys.recovery_sheets import MadeSheet
from tests.world import World
from vault.recovery_sheets import SheetLine, list_sheets, make
from vault.sides import find_vault

NOBODY = uuid5(UUID(int=0), "nobody")


def vault_of(world: World) -> UUID:
    """The holder of Anna's vault."""
    return find_vault(world.session, world.actor("Anna")).holder_id


def service_of(world: World) -> UUID:
    """The holder of Carla's service."""
    assert world.service.holder_id is not None
    return world.service.holder_id


def make_for(world: World, named: str, *, by: str = "Anna", replaces: UUID | None = None) -> MadeSheet:
    """Let an administrator, or a member of the service, make a sheet."""
    return make(world.session, world.people[named].id, replaces, world.actor(by))


def only_sheet(world: World, *, seen_by: str = "Anna") -> SheetLine:
    """The only sheet that there is, as somebody sees it."""
    (line,) = list_sheets(world.session, world.actor(seen_by))
    return line


def renew_key(world: World, name: str) -> None:
    """Give a person a new key, as a forgotten password without a back-up code does."""
    person = world.people[name]
    world.people[name] = replace(
        person, secret=make_next_generation(world.session, person.id, person.keys(), by=world.actor(name).who)
    )


def entries(world: World, action: str) -> list[AuditEntry]:
    """What the log got of an action."""
    statement = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.moment)
    return list(world.session.scalars(statement))


def mails(world: World, kind: str) -> int:
    """How many mails of a kind were queued."""
    counted = select(func.count()).select_from(OutgoingMessage).where(OutgoingMessage.kind == kind)
    return world.session.scalar(counted) or 0

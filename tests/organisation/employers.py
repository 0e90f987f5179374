"""What the tests of an employer's master data share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor, Scope
from audit.models import AuditEntry
from organisation.employer_fields import Address, Profile
from organisation.employer_folders import add_folder
from organisation.employer_models import EmployerPlacement
from organisation.employer_profiles import save_profile
from organisation.models import Organisation
from organisation.registering import add_employer
from tests.world import World

ADDRESS = Address("Meelstraat", "12", "3511AB", "Utrecht")
FULL = Profile(
    code="VDD40173",
    phone="+31600000001",
    visiting=ADDRESS,
    postal=ADDRESS,
    wage_tax_number="999990019L01",
    uwv_office="Utrecht",
    uwv_connection_number="00000000000017",
    sector="13",
    offer="Brood en banket",
    personnel_system="VerzuimXpert",
)
BEGINS = date(2026, 1, 1)


def entries(world: World, action: str) -> list[AuditEntry]:
    """The entries of an action in all logs."""
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def logs_with(world: World, action: str) -> set[UUID]:
    """In whose logs an action stands."""
    return {entry.organisation_id for entry in entries(world, action)}


def in_folder(world: World, name: str, employer: Organisation) -> UUID:
    """Put an employer of Noord in a new folder; return the folder's id."""
    folder = add_folder(world.session, name, None, world.actor("Carla"))
    placement = world.session.get_one(EmployerPlacement, (world.service.id, employer.id))
    placement.folder_id = folder.id
    world.session.flush()
    return folder.id


def seeing(actor: Actor, *units: UUID) -> Actor:
    """The same person with those folders and employers in scope only."""
    return replace(actor, scope=Scope(whole=False, units=frozenset(units)))


def new_employer(world: World, name: str = "Nieuwe Klant", *, filled_in: bool = False) -> Organisation:
    """An employer that Noord has not published yet."""
    employer = add_employer(world.session, name, BEGINS, world.actor("Carla"))
    if filled_in:
        save_profile(world.session, employer.id, name, FULL, expected_version=0, actor=world.actor("Carla"))
    return employer

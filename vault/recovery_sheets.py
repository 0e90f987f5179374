"""The recovery sheets of a vault or a service: who may make one, what it is worth, and its end (design 2.1).

Whoever administers the vault, or admits to the service, and holds its key may make one. It names somebody of the same
organisation who does not hold that key; the paper and that person's login together open it, and neither does alone.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from delivery.outbox import MailKind
from keys.grants import ever_recipients, periods_of, recipients_with_present_key
from keys.holders import current_generation, has_key, lock_holder, make_next_generation
from keys.models import SheetState
from keys.public_keys import with_key
from keys.recovery_sheets import (
    MadeSheet,
    SheetView,
    active_sheet,
    make_sheet,
    sheets_for,
    void_sheet,
)
from organisation.admission import service_holder
from organisation.errors import NotFound
from organisation.memberships import Member, active_members, person_names
from organisation.notices import notify_concerned
from organisation.presets import SERVICE_MANAGER, VAULT_ADMINISTRATOR
from vault.errors import CannotBeNamed, NoVaultAccess, OtherSheetMade
from vault.rewrapping import leave_rewrapping
from vault.sides import find_vault, is_employer


class Standing(StrEnum):
    """What a sheet is worth now."""

    VALID = "valid"
    RENEWED = "renewed"
    """The person whom it names has a renewed key, which makes it void."""
    AWAY = "away"
    """The person whom it names cannot log in any more."""
    USED = "used"
    VOID = "void"


@dataclass(frozen=True)
class SheetLine:
    """A recovery sheet as the pages show it. `is_active`: it has not ended, whatever it is worth."""

    sheet_id: uuid.UUID
    named_person_id: uuid.UUID
    named: str
    made_by_id: uuid.UUID
    made_by: str
    made_at: datetime
    standing: Standing
    ended_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it can still be declared void."""
        return self.standing not in {Standing.USED, Standing.VOID}

    @property
    def number(self) -> str:
        """What tells it from other sheets: the beginning of its id, as it is printed."""
        text = self.sheet_id.hex[:8].upper()
        return f"{text[:4]}-{text[4:]}"


@dataclass(frozen=True)
class WaysBack:
    """How many people can open a vault or service, and with which sheet one more could.

    `unseen` have the key as well, but have not logged in since a sheet was used: perhaps their passwords are lost.
    """

    people: int
    unseen: int
    sheet: SheetLine | None

    @property
    def are_enough(self) -> bool:
        """Whether the loss of one password no longer loses everything: two people, or one and a sheet."""
        return self.people > 1 or (self.people == 1 and self.sheet is not None)


@dataclass(frozen=True)
class SheetSide:
    """What a sheet of the actor's organisation opens, who may make it, and what its use makes of somebody."""

    holder_id: uuid.UUID
    permission: Permission
    needed: frozenset[Permission]
    role: str


def list_sheets(session: Session, actor: Actor) -> list[SheetLine]:
    """All recovery sheets of the actor's vault or service, the newest first.

    Raises `PermissionDenied`, `VaultClosed`.
    """
    side = sheet_side(session, actor)
    actor.require(side.permission)
    return sheet_lines(session, actor, sheets_for(session, side.holder_id))


def find_sheet(session: Session, sheet_id: uuid.UUID, actor: Actor) -> SheetLine:
    """One of those. Raises as `list_sheets`, and `NotFound`."""
    for line in list_sheets(session, actor):
        if line.sheet_id == sheet_id:
            return line
    raise NotFound


def ways_back(session: Session, actor: Actor) -> WaysBack:
    """Who could open the actor's vault or service if one password were lost. Raises as `list_sheets`."""
    side = sheet_side(session, actor)
    actor.require(side.permission)
    if not has_key(session, side.holder_id):
        return WaysBack(0, 0, None)
    members = {member.person_id for member in active_members(session, actor.organisation_id)}
    generation = current_generation(session, side.holder_id)
    able = members.intersection(recipients_with_present_key(session, side.holder_id, generation))
    # A substitute's key goes when the substitution ends: it is no way back.
    able -= periods_of(session, side.holder_id, generation).keys()
    seen = _seen_since_use(session, side.holder_id, able)
    return WaysBack(len(seen), len(able - seen), valid_sheet(session, side.holder_id, actor))


def valid_sheet(session: Session, holder_id: uuid.UUID, actor: Actor) -> SheetLine | None:
    """The sheet that can open a holder of the actor's organisation, if there is one."""
    lines = sheet_lines(session, actor, [sheet for sheet in sheets_for(session, holder_id) if sheet.has_effect])
    return next((line for line in lines if line.standing is Standing.VALID), None)


def may_make(session: Session, actor: Actor) -> bool:
    """Whether the actor may make a sheet: to choose what a page offers. Raises `VaultClosed`."""
    side = sheet_side(session, actor)
    return side.permission in actor.permissions and actor.keys.can_open(session, side.holder_id)


def who_can_be_named(session: Session, actor: Actor) -> list[Member]:
    """The members, by name, with a key of their own and none of the vault or service. Raises as `list_sheets`."""
    side = sheet_side(session, actor)
    actor.require(side.permission)
    members = active_members(session, actor.organisation_id)
    keyed = with_key(session, [member.person_id for member in members]) - ever_recipients(session, side.holder_id)
    return [member for member in members if member.person_id in keyed]


def make(session: Session, named_person_id: uuid.UUID, replaces: uuid.UUID | None, actor: Actor) -> MadeSheet:
    """Make a recovery sheet that names somebody; the active one, which `replaces` tells, is void from then on.

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `CannotBeNamed`, and `OtherSheetMade` when another sheet
    is active than the one that the actor was told of.
    """
    side = _lock(session, actor)
    if named_person_id not in {member.person_id for member in who_can_be_named(session, actor)}:
        raise CannotBeNamed
    former = active_sheet(session, side.holder_id)
    if (former.sheet_id if former else None) != replaces:
        raise OtherSheetMade
    record(session, Action.RECOVERY_SHEET_MAKE, by=actor.who, object_type="person", object_id=named_person_id)
    if former is not None:
        _end(session, former, "replaced", actor)
        move_on(session, side.holder_id, actor)
    made = make_sheet(session, side.holder_id, named_person_id=named_person_id, keys=actor.keys, by=actor.who)
    notify_concerned(
        session, side.holder_id, actor.organisation_id, side.permission, MailKind.RECOVERY_SHEET_MADE, named_person_id
    )
    return made


def note_print(session: Session, sheet_id: uuid.UUID, actor: Actor) -> SheetLine:
    """Log that a sheet is being printed, and return what stands on it besides its code.

    Raises as `list_sheets`, and `NotFound` for a sheet that has ended or that somebody else made.
    """
    line = find_sheet(session, sheet_id, actor)
    if not line.is_active or line.made_by_id != actor.person_id:
        raise NotFound
    record(session, Action.RECOVERY_SHEET_PRINT, by=actor.who, object_type="person", object_id=line.named_person_id)
    return line


def void(session: Session, sheet_id: uuid.UUID, actor: Actor) -> None:
    """*Herstelblad vervallen verklaren*: its grants are destroyed, and the vault or service moves on (K-16).

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `NotFound`, `keys.errors.SheetEnded`.
    """
    side = _lock(session, actor)
    sheet = next((sheet for sheet in sheets_for(session, side.holder_id) if sheet.sheet_id == sheet_id), None)
    if sheet is None:
        raise NotFound
    _end(session, sheet, "withdrawn", actor)
    move_on(session, side.holder_id, actor)


def void_sheet_naming(session: Session, holder_id: uuid.UUID, person_id: uuid.UUID, actor: Actor) -> None:
    """Void a sheet that names somebody whose access is being withdrawn; the caller moves the holder on."""
    sheet = active_sheet(session, holder_id)
    if sheet is not None and sheet.named_person_id == person_id:
        _end(session, sheet, "access withdrawn", actor)


def sheet_side(session: Session, actor: Actor) -> SheetSide:
    """Which of the two sides the actor is on. Raises `VaultClosed`, `organisation.errors.NotFound`."""
    if is_employer(actor):
        needed = frozenset({Permission.ACCESS_ADMINISTER, Permission.VAULT_READ})
        return SheetSide(
            find_vault(session, actor).holder_id, Permission.ACCESS_ADMINISTER, needed, VAULT_ADMINISTRATOR
        )
    needed = frozenset({Permission.ADMISSION_DECIDE, Permission.DOSSIER_READ})
    return SheetSide(service_holder(session, actor), Permission.ADMISSION_DECIDE, needed, SERVICE_MANAGER)


def _lock(session: Session, actor: Actor) -> SheetSide:
    """Let other acts on the same holder wait, and look whether the actor may and can still act."""
    side = sheet_side(session, actor)
    actor.require(side.permission)
    lock_holder(session, side.holder_id)
    if not actor.keys.can_open(session, side.holder_id):
        raise NoVaultAccess
    return side


def _seen_since_use(session: Session, holder_id: uuid.UUID, able: set[uuid.UUID]) -> set[uuid.UUID]:
    """Of those who hold the key, whoever used the last sheet and whoever has logged in since; all before any use."""
    used = [sheet for sheet in sheets_for(session, holder_id) if sheet.state is SheetState.USED]
    if not used:
        return able
    logged_in = select(Person.id).where(Person.id.in_(able), Person.login_at > used[0].ended_at)
    return {*session.scalars(logged_in), *able.intersection({used[0].ended_by})}


def _end(session: Session, sheet: SheetView, reason: str, actor: Actor) -> None:
    record(
        session,
        Action.RECOVERY_SHEET_VOID,
        by=actor.who,
        object_type="person",
        object_id=sheet.named_person_id,
        details={"reason": reason},
    )
    void_sheet(session, sheet, by=actor.who)


def move_on(session: Session, holder_id: uuid.UUID, actor: Actor) -> None:
    """Give a vault or service its next generation; the re-wrapping is left as due work (K-16)."""
    make_next_generation(session, holder_id, actor.keys, by=actor.who)
    leave_rewrapping(session, actor.organisation_id, holder_id)


def sheet_lines(session: Session, actor: Actor, sheets: list[SheetView]) -> list[SheetLine]:
    """The sheets of the actor's organisation with the names that belong to them."""
    names = person_names(session, [person for sheet in sheets for person in (sheet.named_person_id, sheet.made_by)])
    members = {member.person_id for member in active_members(session, actor.organisation_id)} if sheets else set()
    return [
        SheetLine(
            sheet_id=sheet.sheet_id,
            named_person_id=sheet.named_person_id,
            named=names.get(sheet.named_person_id, ""),
            made_by_id=sheet.made_by,
            made_by=names.get(sheet.made_by, ""),
            made_at=sheet.made_at,
            standing=_standing(sheet, members),
            ended_at=sheet.ended_at,
        )
        for sheet in sheets
    ]


def _standing(sheet: SheetView, members: set[uuid.UUID]) -> Standing:
    if sheet.state is not SheetState.ACTIVE:
        return Standing(sheet.state.value)
    if not sheet.has_effect:
        return Standing.RENEWED
    return Standing.VALID if sheet.named_person_id in members else Standing.AWAY

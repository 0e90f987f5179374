"""Printed recovery sheets: holders whose secret is in two halves (design 2.1).

One half stands on paper, in the QR code and the groups below it, and nowhere else; the other is sealed to the public
key of the person whom the sheet names. So neither the paper with the whole database nor that person's password with it
opens anything; both together do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from audit import PLATFORM_ID
from audit.recording import Who
from crypto.errors import UnsealError
from crypto.halves import join_halves, split_in_halves
from crypto.hybrid import KeyPair, open_with, seal_to
from crypto.sealing import Context
from crypto.secret import Secret
from database.session import Session
from keys.errors import SheetEnded
from keys.grants import destroy_grants, hand_over_current
from keys.holders import create_holder, lock_holder, make_first_generation
from keys.models import HolderKind, RecoverySheet, SheetState
from keys.opened import OpenedKeys
from keys.places import place_of_half
from keys.present_keys import sheets_without_effect
from keys.public_keys import checked_public_key, current_generation, public_key

# A sheet is never renewed: a further one is another holder.
ONLY_GENERATION = 1


@dataclass(frozen=True)
class SheetView:
    """A recovery sheet, seen from outside.

    `has_effect` tells whether it can still be used: it has not ended, and the key of the person named is the same.
    """

    sheet_id: UUID
    organisation_id: UUID
    for_holder_id: UUID
    named_person_id: UUID
    named_generation: int
    state: SheetState
    has_effect: bool
    made_by: UUID
    made_at: datetime
    ended_by: UUID | None
    ended_at: datetime | None


@dataclass(frozen=True)
class MadeSheet:
    """A new sheet, with the half that must be printed now: nothing keeps it."""

    sheet_id: UUID
    printed_half: Secret = field(repr=False)


def make_sheet(session: Session, holder_id: UUID, *, named_person_id: UUID, keys: OpenedKeys, by: Who) -> MadeSheet:
    """Make a sheet that can open a holder together with the person whom it names, and hand it the holder's secret.

    Raises `NoKey` when `keys` can't open the holder, `NoGeneration` when the person has no key yet, `PublicKeyForged`
    when that key was not made by this server.
    """
    holder = lock_holder(session, holder_id)
    named = public_key(session, named_person_id)
    sheet_id = create_holder(session, HolderKind.SHEET, holder.organisation_id).id
    secret = make_first_generation(session, sheet_id, by=by)
    printed, kept = split_in_halves(secret, session.source)
    sheet = RecoverySheet(
        id=sheet_id,
        organisation_id=holder.organisation_id,
        for_holder_id=holder_id,
        named_person_id=named_person_id,
        named_generation=named.generation,
        state=SheetState.ACTIVE,
        made_by=by.person_id or PLATFORM_ID,
        made_at=session.source.now(),
    )
    sheet.half_sealed = seal_to(named.value, kept.reveal(), _place_of(sheet))
    session.add(sheet)
    session.flush()
    hand_over_current(session, holder_id, to=sheet_id, keys=keys, by=by)
    return MadeSheet(sheet_id, printed)


def sheets_for(session: Session, holder_id: UUID) -> list[SheetView]:
    """Return all sheets of a holder, the newest first; at most one of them is active."""
    return _views(session, RecoverySheet.for_holder_id == holder_id)


def sheets_naming(session: Session, person_id: UUID) -> list[SheetView]:
    """Return all sheets that name a person, the newest first."""
    return _views(session, RecoverySheet.named_person_id == person_id)


def active_sheet(session: Session, holder_id: UUID) -> SheetView | None:
    """Return the sheet of a holder that has not ended, also when a renewed key has made it void."""
    active = (sheet for sheet in sheets_for(session, holder_id) if sheet.state is SheetState.ACTIVE)
    return next(active, None)


def open_sheet(session: Session, sheet_id: UUID, printed_half: Secret, keys: OpenedKeys) -> OpenedKeys | None:
    """Return what a sheet can open, from the half on paper and the keys of the person named; None when they don't fit.

    A sheet that has ended, or names somebody else or a former key, fits nothing. What is returned is for `use_sheet`.
    """
    sheet = session.get(RecoverySheet, sheet_id, populate_existing=True)
    if sheet is None or not _is_for(session, sheet, keys):
        return None
    pair = keys.key_pair(session, keys.person_id, keys.generation)
    try:
        kept = Secret(open_with(pair, sheet.half_sealed or b"", _place_of(sheet)))
    except UnsealError:
        return None
    secret = join_halves(printed_half, kept)
    if KeyPair.from_secret(secret).public_key != checked_public_key(session, sheet_id, ONLY_GENERATION):
        return None
    return OpenedKeys(sheet_id, ONLY_GENERATION, secret)


def use_sheet(session: Session, sheet: SheetView, sheet_keys: OpenedKeys, *, by: Who) -> None:
    """Hand the person whom a sheet names what the sheet opens, and end it: of several uses at once one succeeds.

    The next generation of the holder is a further act of the caller. Raises `SheetEnded`.
    """
    lock_holder(session, sheet.for_holder_id)
    _end(session, sheet.sheet_id, SheetState.USED, by)
    # The paper itself shows whose key it is: whoever opened its half has the generation that it was sealed to.
    hand_over_current(
        session,
        sheet.for_holder_id,
        to=sheet.named_person_id,
        keys=sheet_keys,
        by=by,
        compared=sheet.named_generation,
    )
    destroy_grants(session, sheet.for_holder_id, recipient_id=sheet.sheet_id)


def void_sheet(session: Session, sheet: SheetView, *, by: Who) -> None:
    """End a sheet without any use of it, once; its grants are destroyed.

    The next generation of the holder is a further act of the caller (K-16). Raises `SheetEnded`.
    """
    _end(session, sheet.sheet_id, SheetState.VOID, by)
    destroy_grants(session, sheet.for_holder_id, recipient_id=sheet.sheet_id)


def _end(session: Session, sheet_id: UUID, state: SheetState, by: Who) -> None:
    """End an active sheet by one conditional UPDATE, which destroys the half that was kept."""
    active = update(RecoverySheet).where(RecoverySheet.id == sheet_id, RecoverySheet.state == SheetState.ACTIVE)
    ended = active.values(state=state, half_sealed=None, ended_by=by.person_id, ended_at=session.source.now())
    once = ended.returning(RecoverySheet.id).execution_options(synchronize_session=False)
    if session.scalar(once) is None:
        raise SheetEnded


def _views(session: Session, condition: ColumnElement[bool]) -> list[SheetView]:
    has_effect = RecoverySheet.id.not_in(sheets_without_effect())
    statement = (
        select(RecoverySheet, has_effect)
        .where(condition)
        .order_by(RecoverySheet.made_at.desc(), RecoverySheet.id)
        .execution_options(populate_existing=True)
    )
    return [_view(sheet, bool(effect)) for sheet, effect in session.execute(statement)]


def _view(sheet: RecoverySheet, has_effect: bool) -> SheetView:
    return SheetView(
        sheet_id=sheet.id,
        organisation_id=sheet.organisation_id,
        for_holder_id=sheet.for_holder_id,
        named_person_id=sheet.named_person_id,
        named_generation=sheet.named_generation,
        state=SheetState(sheet.state),
        has_effect=has_effect,
        made_by=sheet.made_by,
        made_at=sheet.made_at,
        ended_by=sheet.ended_by,
        ended_at=sheet.ended_at,
    )


def _is_for(session: Session, sheet: RecoverySheet, keys: OpenedKeys) -> bool:
    named = sheet.named_person_id == keys.person_id and sheet.named_generation == keys.generation
    is_present = sheet.named_generation == current_generation(session, sheet.named_person_id)
    return named and is_present and sheet.state == SheetState.ACTIVE


def _place_of(sheet: RecoverySheet) -> Context:
    return place_of_half(
        sheet.id,
        for_holder_id=sheet.for_holder_id,
        named_person_id=sheet.named_person_id,
        named_generation=sheet.named_generation,
    )

"""Who takes part, sealed once an epoch: the subject and what each participant is called (design 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.session import Session
from dialogs.contents import Entry, Roster
from dialogs.models import Epoch
from dialogs.places import place_of_roster
from keys.opened import OpenedKeys
from keys.places import wrap_key_of

GENERATION = 1
"""An epoch has one secret for ever: the next one is another holder."""


def seal_roster(epoch: Epoch, roster: Roster, secret: Secret) -> None:
    """Seal a roster as that of an epoch, in the version that the row says; the caller writes the row."""
    epoch.roster_sealed = seal(wrap_key_of(secret), roster.to_bytes(), place_of_roster(epoch))


def reseal_roster(session: Session, epoch: Epoch, roster: Roster, secret: Secret) -> None:
    """Replace the roster of an epoch, when somebody came or went within it; the dialogue is locked by the caller."""
    epoch.roster_version += 1
    seal_roster(epoch, roster, secret)
    session.flush()


def open_roster(session: Session, epoch: Epoch, keys: OpenedKeys) -> Roster:
    """The roster of an epoch. Raises `keys.errors.NoKey`, `crypto.errors.UnsealError`."""
    wrap_key = keys.wrap_key(session, epoch.holder_id, GENERATION)
    return Roster.from_bytes(unseal(wrap_key, epoch.roster_sealed, place_of_roster(epoch)))


def open_rosters(session: Session, epochs: Iterable[Epoch], keys: OpenedKeys) -> dict[tuple[UUID, int], Roster]:
    """The rosters of many epochs whose keys `keys.preload` has opened, by dialogue and number of the epoch."""
    return {(epoch.dialogue_id, epoch.number): open_roster(session, epoch, keys) for epoch in epochs}


def with_entry(roster: Roster, participant_id: UUID, entry: Entry) -> Roster:
    """The roster with one participant more, or under another name."""
    return replace(roster, entries={**roster.entries, participant_id: entry})


def names_in(rosters: Iterable[Roster]) -> dict[UUID, Entry]:
    """What each participant is called, by the last of some rosters in which he or she is."""
    return {key: entry for roster in rosters for key, entry in roster.entries.items()}

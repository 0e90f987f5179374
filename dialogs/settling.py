"""Who hears nothing more, found before something new is written: an ended account or right, a renewed key, other data.

None of these acts has a key of the dialogue at hand, so the next one who writes opens the epoch without them first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import AccountState, Person
from audit.actions import Action
from database.session import Session
from dialogs.authority import without_authority
from dialogs.changes import changed_participants
from dialogs.contents import Entry, Roster
from dialogs.epochs import OpenEpoch, is_waiting_for_key, newest_epoch, open_newest, open_next_epoch, who_is_able
from dialogs.errors import ContactChanged, NoLongerAuthorised, NotFound
from dialogs.finding import STAYING, Taking, find_dialogue, participants_of
from dialogs.invitations import end_invitations
from dialogs.models import Dialogue, Epoch, Participant, ParticipantState
from dialogs.recording import record_act


def settle(
    session: Session,
    taking: Taking,
    actor: Actor,
    *,
    afresh: bool = False,
    newcomers: Mapping[UUID, Entry] | None = None,
) -> OpenEpoch:
    """The epoch in which the actor may write now; it is opened first where somebody is to hear nothing more.

    With `afresh` it is opened in any case, also for `newcomers`, who are told apart by participant. The caller has
    locked the dialogue: of two who write at once the second finds the epoch that the first has opened. Raises
    `LockedOut` when the actor can't open the present epoch, `ContactChanged` when it is the actor's data that have
    changed (D-08), `NoLongerAuthorised` when the actor may not see the employee any more (D-07).
    """
    new = newcomers or {}
    epoch = open_newest(session, taking.dialogue, actor)
    participants = [person for person in participants_of(session, taking.dialogue.id) if person.state in STAYING]
    gone = _let_go(session, taking, participants, actor)
    staying = [person for person in participants if person.id not in gone]
    if afresh or gone or taking.dialogue.epoch_due or _is_somebody_waiting(session, taking.dialogue, staying):
        known = replace(epoch.roster, entries={**epoch.roster.entries, **new})
        return open_next_epoch(session, taking.dialogue, staying, only(known, staying), actor, newcomers=new)
    return epoch


def settle_dialogue(session: Session, dialogue_id: UUID, actor: Actor) -> Epoch:
    """The epoch under which the actor may seal what goes by a dialogue, also a closed one; opened first as by `settle`.

    Raises as that does, and `PermissionDenied`, `NotFound` for whoever takes no part now.
    """
    taking = find_dialogue(session, dialogue_id, actor, lock=True)
    if taking.me.state != ParticipantState.TAKING_PART:
        raise NotFound
    return settle(session, taking, actor).row


def settled_epoch(session: Session, dialogue_id: UUID) -> Epoch | None:
    """The present epoch of a dialogue, which is locked, if everybody who opens it may hear what is new; else None."""
    dialogue = session.get_one(Dialogue, dialogue_id, with_for_update=True, populate_existing=True)
    participants = [person for person in participants_of(session, dialogue_id) if person.state in STAYING]
    gone = changed_participants(session, participants) | with_ended_accounts(session, participants)
    gone |= without_authority(session, dialogue, participants)
    if dialogue.epoch_due or gone or _is_somebody_waiting(session, dialogue, participants):
        return None
    return newest_epoch(session, dialogue)


def only(roster: Roster, staying: Sequence[Participant]) -> Roster:
    """The roster with those who stay: whoever comes later learns nothing of who went before."""
    ids = {person.id for person in staying}
    return replace(roster, entries={key: entry for key, entry in roster.entries.items() if key in ids})


def _let_go(session: Session, taking: Taking, participants: Sequence[Participant], actor: Actor) -> set[UUID]:
    changed = changed_participants(session, participants)
    if taking.me.id in changed:
        raise ContactChanged
    barred = without_authority(session, taking.dialogue, participants)
    if taking.me.id in barred:
        raise NoLongerAuthorised
    ended = with_ended_accounts(session, participants) | barred
    for person in participants:
        if person.id in ended:
            _end(session, taking, person, ParticipantState.REMOVED, Action.PARTICIPANT_REMOVE, actor)
        elif person.id in changed:
            _end(session, taking, person, ParticipantState.CHANGED, Action.PARTICIPANT_CHANGE, actor)
    return ended | changed


def _end(
    session: Session, taking: Taking, person: Participant, state: ParticipantState, action: Action, actor: Actor
) -> None:
    record_act(session, action, taking.dialogue, actor, {"kind": person.kind}, participant_id=person.id)
    person.state, person.ended_at = state.value, session.source.now()
    end_invitations(session, [person.id])
    session.flush()


def with_ended_accounts(session: Session, participants: Sequence[Participant]) -> set[UUID]:
    """The ids of those whose account has ended."""
    people = {person.person_id: person.id for person in participants if person.person_id}
    ended = select(Person.id).where(Person.id.in_(list(people)), Person.state == AccountState.INACTIVE.value)
    return {people[person_id] for person_id in session.scalars(ended)}


def _is_somebody_waiting(session: Session, dialogue: Dialogue, staying: Sequence[Participant]) -> bool:
    """Whether a key was renewed since the present epoch was opened, for which the next one is due."""
    able = who_is_able(session, dialogue)
    number = dialogue.epoch_number
    return any(person.from_epoch <= number and is_waiting_for_key(person, able) for person in staying)

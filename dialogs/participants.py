"""Who takes part: adding somebody, from now on or with all before, removing, leaving, letting in again (D-03, D-07).

Each of these is an act on keys. Whoever is added *with all before* is handed every epoch that the adder holds; *from
now on* begins with an epoch of its own, and so does what is said after somebody went (design 2.1).
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.actions import Action
from crypto.secret import Secret
from database.session import Session
from dialogs.authority import without_authority
from dialogs.changes import changed_participants
from dialogs.choosing import Chosen, NewParticipant, add_participant_row, choose, reach_of
from dialogs.dossier_content import begin_content
from dialogs.epochs import OpenEpoch, epochs_held, is_waiting_for_key, open_newest, who_is_able
from dialogs.errors import AlreadyTakesPart, LockedOut, MustStartAnew, NotFound, OtherNotAuthorised
from dialogs.finding import STAYING, Taking, find_dialogue, find_to_write, may_remove, participants_of
from dialogs.invitations import end_invitations, invite_participant
from dialogs.messages import write_event
from dialogs.models import DialogueState, Participant, ParticipantState
from dialogs.notices import queue_notices
from dialogs.recording import record_act
from dialogs.rosters import GENERATION, reseal_roster, with_entry
from dialogs.settling import settle
from dialogs.substitutes import candidates_with_substitutes
from keys.check_words import RenewedKey, renewed_key, require_compared
from keys.grants import hand_over


def add_participant(
    session: Session,
    dialogue_id: UUID,
    new: NewParticipant,
    actor: Actor,
    *,
    base_url: str,
) -> Participant:
    """Add somebody *from now on*, or *with all before* that the adder can open.

    A user takes part at once, others are invited. Whoever left or was removed comes back as the same participant.
    A key that was renewed needs its check words compared. Raises as `finding.find_to_write`, as
    `candidates.candidates` and `choosing.choose`, `AlreadyTakesPart`, `MustStartAnew` for whom other data are known by
    now (D-09), `LockedOut`, `keys.errors.CheckWordsNotCompared`.
    """
    actor.require(Permission.DIALOGUE_START)
    taking = find_to_write(session, dialogue_id, actor)
    found = candidates_with_substitutes(session, taking.dialogue, actor)
    (chosen,) = choose(found.all, [new], taken=_addresses_taken(session, taking, new))
    before = _before(session, taking, chosen)
    details = {"kind": chosen.kind.value, "before": "yes" if new.with_history else "no"}
    record_act(session, Action.PARTICIPANT_ADD, taking.dialogue, actor, details)
    participant, epoch = _let_in(session, taking, chosen, before, new, actor)
    write_event(session, taking.dialogue, taking.me, epoch, "added", participant.id)
    if participant.state == ParticipantState.INVITED:
        holders = _secrets(session, taking, participant.from_epoch, actor)
        invite_participant(session, participant, holders, base_url=base_url, by=actor.who, language=actor.language)
    begin_content(session, taking.dialogue)
    queue_notices(session, taking.dialogue, taking.me, base_url=base_url)
    return participant


def remove_participant(session: Session, dialogue_id: UUID, participant_id: UUID, actor: Actor) -> None:
    """Take somebody out: he or she keeps what could be read until now, and gets nothing that is new.

    Who started the dialogue removes anybody, others whom they added. Raises as `finding.find_to_write`,
    `PermissionDenied`, `NotFound` for whoever takes no part and for the actor, who leaves; `LockedOut`.
    """
    actor.require(Permission.DIALOGUE_START)
    taking = find_to_write(session, dialogue_id, actor)
    person = find_participant(session, taking, participant_id)
    if person.id == taking.me.id:
        raise NotFound
    if not may_remove(taking, person):
        raise PermissionDenied(Permission.DIALOGUE_START)
    # Whoever can't open the dialogue now takes nobody out: nothing new could be opened without that person.
    open_newest(session, taking.dialogue, actor)
    record_act(
        session, Action.PARTICIPANT_REMOVE, taking.dialogue, actor, {"kind": person.kind}, participant_id=person.id
    )
    end_participant(session, person, ParticipantState.REMOVED)
    epoch = settle(session, taking, actor, afresh=True)
    write_event(session, taking.dialogue, taking.me, epoch, "removed", person.id)


def leave(session: Session, dialogue_id: UUID, actor: Actor) -> None:
    """Leave a dialogue, also a closed one: what could be read until now stays, and nothing new comes.

    The next one who writes opens an epoch first, of which whoever left knows nothing. Raises `PermissionDenied`,
    `NotFound`.
    """
    taking = find_dialogue(session, dialogue_id, actor, lock=True)
    if taking.me.state != ParticipantState.TAKING_PART:
        raise NotFound
    record_act(session, Action.DIALOGUE_LEAVE, taking.dialogue, actor)
    if taking.dialogue.state == DialogueState.OPEN:
        try:
            epoch = open_newest(session, taking.dialogue, actor)
            write_event(session, taking.dialogue, taking.me, epoch, "left", taking.me.id)
        except LockedOut:
            # Without a key nothing can be written; the list of participants tells it.
            pass
    end_participant(session, taking.me, ParticipantState.LEFT)
    taking.dialogue.epoch_due = True
    session.flush()


def readmit(
    session: Session,
    dialogue_id: UUID,
    participant_id: UUID,
    actor: Actor,
    *,
    compared: int | None,
    with_history: bool,
) -> None:
    """Let somebody in again whose key was renewed, from now on or with all that the actor can open (design 2.3).

    `compared` is the generation whose check words were compared by telephone. Raises as `finding.find_to_write`,
    `NotFound` for whoever takes no part or can open all, `OtherNotAuthorised` (D-07), `LockedOut`,
    `keys.errors.CheckWordsNotCompared`.
    """
    taking = find_to_write(session, dialogue_id, actor)
    person = find_participant(session, taking, participant_id)
    if person.person_id is None or not is_waiting_for_key(person, who_is_able(session, taking.dialogue)):
        raise NotFound
    if without_authority(session, taking.dialogue, [person]):
        raise OtherNotAuthorised
    details = {"before": "yes" if with_history else "no"}
    record_act(session, Action.PARTICIPANT_READMIT, taking.dialogue, actor, details, participant_id=person.id)
    require_compared(session, person.person_id, compared)
    entry = open_newest(session, taking.dialogue, actor).roster.entries.get(person.id)
    if entry is None:
        raise NotFound
    if with_history:
        epoch = settle(session, taking, actor)
        _hand_all(session, taking, person, actor)
    else:
        epoch = settle(session, taking, actor, afresh=True, newcomers={person.id: entry})
    write_event(session, taking.dialogue, taking.me, epoch, "readmitted", person.id)


def key_to_compare(session: Session, dialogue_id: UUID, participant_id: UUID, actor: Actor) -> RenewedKey:
    """The renewed key of somebody who waits to be let in again, with its check words.

    Raises as `finding.find_to_write`, `NotFound` for whoever waits for nothing.
    """
    taking = find_to_write(session, dialogue_id, actor)
    person = find_participant(session, taking, participant_id)
    renewed = renewed_key(session, person.person_id) if person.person_id else None
    if renewed is None or not is_waiting_for_key(person, who_is_able(session, taking.dialogue)):
        raise NotFound
    return renewed


def find_participant(session: Session, taking: Taking, participant_id: UUID) -> Participant:
    """Somebody who was invited to the dialogue or takes part in it. Raises `NotFound`."""
    statement = select(Participant).where(
        Participant.id == participant_id,
        Participant.dialogue_id == taking.dialogue.id,
        Participant.state.in_(STAYING),
    )
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def end_participant(session: Session, person: Participant, state: ParticipantState) -> None:
    """Note that somebody gets nothing new, and let no invitation be used any more."""
    person.state, person.ended_at = state.value, session.source.now()
    end_invitations(session, [person.id])
    session.flush()


def _addresses_taken(session: Session, taking: Taking, new: NewParticipant) -> set[str]:
    """The addresses to which others than this one were invited."""
    others = [
        person
        for person in participants_of(session, taking.dialogue.id)
        if person.state in STAYING and new.id not in {person.employee_id, person.contact_person_id}
    ]
    return {email for email, _phone in (reach_of(session, person) for person in others) if email is not None}


def _before(session: Session, taking: Taking, chosen: Chosen) -> Participant | None:
    """The participant that somebody was here before, if any. Raises `AlreadyTakesPart`, `MustStartAnew`."""
    same = [
        column == value
        for column, value in (
            (Participant.person_id, chosen.person_id),
            (Participant.employee_id, chosen.employee_id),
            (Participant.contact_person_id, chosen.contact_person_id),
        )
        if value is not None
    ]
    statement = select(Participant).where(Participant.dialogue_id == taking.dialogue.id, or_(*same))
    earlier = list(session.scalars(statement.execution_options(populate_existing=True)))
    if changed_participants(session, earlier) or any(row.state == ParticipantState.CHANGED for row in earlier):
        raise MustStartAnew
    if any(row.state in STAYING for row in earlier):
        raise AlreadyTakesPart
    return next((row for row in earlier if row.person_id is not None), None)


def _let_in(
    session: Session,
    taking: Taking,
    chosen: Chosen,
    before: Participant | None,
    new: NewParticipant,
    actor: Actor,
) -> tuple[Participant, OpenEpoch]:
    # Who comes back as somebody invited has an account from before.
    person_id = chosen.person_id or (before.person_id if before else None)
    if person_id is not None:
        require_compared(session, person_id, new.compared)
    if new.with_history:
        epoch = settle(session, taking, actor)
        participant = _row(session, taking, chosen, before, actor)
        if before is None:
            participant.read_up_to = 0
        _hand_all(session, taking, participant, actor)
        roster = with_entry(epoch.roster, participant.id, chosen.entry)
        reseal_roster(session, epoch.row, roster, epoch.secret)
        return participant, epoch
    open_newest(session, taking.dialogue, actor)
    participant = _row(session, taking, chosen, before, actor)
    return participant, settle(session, taking, actor, afresh=True, newcomers={participant.id: chosen.entry})


def _row(session: Session, taking: Taking, chosen: Chosen, before: Participant | None, actor: Actor) -> Participant:
    if before is None:
        number = taking.dialogue.epoch_number
        return add_participant_row(session, taking.dialogue, chosen, from_epoch=number, added_by=actor.person_id)
    before.state, before.ended_at, before.added_by = ParticipantState.TAKING_PART.value, None, actor.person_id
    session.flush()
    return before


def _hand_all(session: Session, taking: Taking, participant: Participant, actor: Actor) -> None:
    """Let a participant open all that the actor can; somebody without a login gets it with the invitation."""
    held = epochs_held(session, taking.dialogue.id, actor.keys)
    participant.from_epoch = held[0].number
    session.flush()
    if participant.person_id is None:
        return
    for epoch in held:
        secret = actor.keys.secret(session, epoch.holder_id, GENERATION)
        hand_over(
            session,
            epoch.holder_id,
            to=participant.person_id,
            secret=secret,
            generation=GENERATION,
            by=actor.who,
        )


def _secrets(session: Session, taking: Taking, first: int, actor: Actor) -> dict[UUID, Secret]:
    held = epochs_held(session, taking.dialogue.id, actor.keys)
    return {
        epoch.holder_id: actor.keys.secret(session, epoch.holder_id, GENERATION)
        for epoch in held
        if epoch.number >= first
    }

"""A participant whose data have changed is replaced: the dialogue is closed, and one is started anew (D-08..D-10).

The identity of a participant never moves to another address or number. Whoever reads what is sent there now is somebody
new, who is invited with the present data and opens nothing of before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from database.session import Session
from dialogs.authority import without_authority
from dialogs.candidates import Candidate, Candidates, candidates
from dialogs.changes import changed_participants
from dialogs.choosing import Chosen, NewParticipant, choose, reach_of
from dialogs.closing import note_closed
from dialogs.contents import Roster
from dialogs.epochs import OpenEpoch, open_newest, who_is_able
from dialogs.errors import NotFound, NothingToReplace
from dialogs.finding import STAYING, Taking, find_dialogue, find_to_write, participants_of
from dialogs.invitations import end_invitations
from dialogs.messages import write_event
from dialogs.models import Dialogue, DialogueState, Participant, ParticipantKind, ParticipantState, PhoneSource
from dialogs.notices import queue_notices
from dialogs.recording import record_act
from dialogs.settling import settle, with_ended_accounts
from dialogs.starting import begin, chosen_self, invite_waiting, new_dialogue
from keys.check_words import require_compared


@dataclass(frozen=True)
class Anew:
    """A dialogue that was started for another one, with its first epoch.

    `places` says who is who in it, by the ids in the one before; `newcomer` is who came instead of somebody.
    """

    dialogue: Dialogue
    epoch: OpenEpoch
    places: Mapping[UUID, Participant]
    newcomer: Participant


def replace_changed(
    session: Session,
    dialogue_id: UUID,
    participant_id: UUID,
    actor: Actor,
    *,
    base_url: str,
    email: str | None = None,
    phone: str | None = None,
) -> Dialogue:
    """Close a dialogue and start it anew with the same people, one of them invited by the present data (D-09).

    Others whose data have changed as well are left out, and may be added. `email` and `phone` are what the record has
    not. Raises as `finding.find_to_write` and `candidates.candidates`, `NotFound`, `NothingToReplace`, `LockedOut`,
    `InvalidDialogue` where no address is known.
    """
    actor.require(Permission.DIALOGUE_START)
    taking = find_to_write(session, dialogue_id, actor)
    person = _changed_person(session, taking, participant_id)
    dialogue = taking.dialogue
    found = candidates(session, actor, employee_id=dialogue.employee_id, employer_id=dialogue.employer_id)
    anew = start_anew(session, dialogue_id, person.id, _renewed(found, person, email, phone), actor)
    invite_waiting(session, [anew.newcomer, *anew.places.values()], anew.epoch, actor, base_url=base_url)
    me = anew.places[taking.me.id]
    queue_notices(session, anew.dialogue, me, base_url=base_url)
    return anew.dialogue


def who_comes_instead(session: Session, dialogue_id: UUID, participant_id: UUID, actor: Actor) -> Candidate | None:
    """Somebody whose data have changed as the record has them now; None for whom it does not know any more.

    Mail address and number that it has not are to be given. Raises as `replace_changed`.
    """
    actor.require(Permission.DIALOGUE_START)
    taking = find_to_write(session, dialogue_id, actor)
    person = _changed_person(session, taking, participant_id)
    dialogue = taking.dialogue
    found = candidates(session, actor, employee_id=dialogue.employee_id, employer_id=dialogue.employer_id)
    wanted = {person.employee_id, person.contact_person_id}
    return next((one for one in found.all if one.kind == person.kind and one.id in wanted), None)


def start_anew(session: Session, dialogue_id: UUID, leaving_id: UUID, coming: Chosen, actor: Actor) -> Anew:
    """Close a dialogue, if it is open, and start it anew with `coming` instead of one who takes part (D-09).

    Nobody is invited or told yet. Whoever leaves opens nothing of the new one; the actor stays in any case. Raises
    `PermissionDenied`, `NotFound`, `LockedOut`, `keys.errors.CheckWordsNotCompared`.
    """
    actor.require(Permission.DIALOGUE_START)
    taking = find_dialogue(session, dialogue_id, actor, lock=True)
    if taking.me.state != ParticipantState.TAKING_PART:
        raise NotFound
    roster = open_newest(session, taking.dialogue, actor).roster
    if coming.person_id is not None and coming.person_id != actor.person_id:
        require_compared(session, coming.person_id, coming.compared)
    others = _others(session, taking, leaving_id)
    dialogue = _next_dialogue(session, taking, actor)
    details: dict[str, Detail] = {"participants": len(others) + 1, "replaces": str(taking.dialogue.id)}
    record_act(session, Action.DIALOGUE_START, dialogue, actor, details)
    if taking.dialogue.state == DialogueState.OPEN:
        record_act(session, Action.DIALOGUE_CLOSE, taking.dialogue, actor)
        _close(session, taking, leaving_id, actor)
    end_invitations(session, [person.id for person in participants_of(session, dialogue_id)])
    known = next((one for one in (taking.me, *others) if _is_same(one, coming)), None)
    chosen = [chosen_self(actor), *(_carried(session, one, roster) for one in others)]
    able = who_is_able(session, taking.dialogue) | ({coming.person_id} if coming.person_id else set())
    people, epoch = begin(
        session, dialogue, roster.subject, [*chosen, *([] if known else [coming])], actor, open_to=able
    )
    places = dict(zip([taking.me.id, *(one.id for one in others)], people, strict=False))
    newcomer = places[known.id] if known else people[-1]
    write_event(session, dialogue, people[0], epoch, "replaced", newcomer.id)
    return Anew(dialogue, epoch, places, newcomer)


def _changed_person(session: Session, taking: Taking, participant_id: UUID) -> Participant:
    people = participants_of(session, taking.dialogue.id)
    changed = changed_participants(session, people)
    for person in people:
        is_changed = person.state == ParticipantState.CHANGED or (person.state in STAYING and person.id in changed)
        if person.id == participant_id and is_changed:
            return person
    raise NothingToReplace


def _others(session: Session, taking: Taking, leaving_id: UUID) -> list[Participant]:
    """Who goes along: not who left, nor whose account or right ended or whose data have changed."""
    people = participants_of(session, taking.dialogue.id)
    gone = changed_participants(session, people) | with_ended_accounts(session, people)
    gone |= without_authority(session, taking.dialogue, people) | {taking.me.id, leaving_id}
    return [person for person in people if person.state in STAYING and person.id not in gone]


def _next_dialogue(session: Session, taking: Taking, actor: Actor) -> Dialogue:
    return new_dialogue(
        session,
        session.source.new_id(),
        actor,
        employee_id=taking.dialogue.employee_id,
        employer_id=taking.dialogue.employer_id,
        replaces_id=taking.dialogue.id,
    )


def _renewed(found: Candidates, person: Participant, email: str | None, phone: str | None) -> Chosen:
    subject_id = person.employee_id or person.contact_person_id
    assert subject_id is not None  # noqa: S101 - the data of users are no reason to replace them
    wanted = NewParticipant(ParticipantKind(person.kind), subject_id, email, phone)
    return choose(found.all, [wanted])[0]


def _is_same(person: Participant, coming: Chosen) -> bool:
    pairs = (
        (person.person_id, coming.person_id),
        (person.employee_id, coming.employee_id),
        (person.contact_person_id, coming.contact_person_id),
    )
    return any(one is not None and one == other for one, other in pairs)


def _close(session: Session, taking: Taking, leaving_id: UUID, actor: Actor) -> None:
    epoch = settle(session, taking, actor)
    write_event(session, taking.dialogue, taking.me, epoch, "replaced", leaving_id)
    note_closed(session, taking.dialogue, actor)


def _carried(session: Session, person: Participant, roster: Roster) -> Chosen:
    """Somebody who takes part in the dialogue before, as he or she is known there."""
    email, phone = reach_of(session, person)
    return Chosen(
        roster.entries[person.id],
        ParticipantKind(person.kind),
        person.person_id,
        person.employee_id,
        person.contact_person_id,
        email=email,
        phone=phone,
        phone_source=PhoneSource(person.phone_source) if person.phone_source else None,
    )

"""A participant whose data have changed is replaced: the dialogue is closed, and one is started anew (D-08..D-10).

The identity of a participant never moves to another address or number. Whoever reads what is sent there now is somebody
new, who is invited with the present data and opens nothing of before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from database.session import Session
from dialogs.candidates import Candidates, candidates
from dialogs.changes import changed_participants
from dialogs.choosing import Chosen, NewParticipant, choose, reach_of
from dialogs.closing import note_closed
from dialogs.contents import Roster
from dialogs.epochs import open_newest, who_is_able
from dialogs.errors import NothingToReplace
from dialogs.finding import STAYING, Taking, find_to_write, participants_of
from dialogs.messages import write_event
from dialogs.models import Dialogue, Participant, ParticipantKind, ParticipantState, PhoneSource
from dialogs.notices import queue_notices
from dialogs.recording import record_act
from dialogs.settling import settle, with_ended_accounts
from dialogs.starting import begin, chosen_self, invite_waiting, new_dialogue


@dataclass(frozen=True)
class _Present:
    """Who is in a dialogue: who goes along into the new one, and whose data have changed."""

    others: Sequence[Participant]
    changed: Sequence[Participant]


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
    roster = open_newest(session, taking.dialogue, actor).roster
    present = _present(session, taking)
    person = next((one for one in present.changed if one.id == participant_id), None)
    if person is None:
        raise NothingToReplace
    dialogue = new_dialogue(
        session,
        session.source.new_id(),
        actor,
        employee_id=taking.dialogue.employee_id,
        employer_id=taking.dialogue.employer_id,
        replaces_id=taking.dialogue.id,
    )
    details: dict[str, Detail] = {"participants": len(present.others) + 1, "replaces": str(taking.dialogue.id)}
    record_act(session, Action.DIALOGUE_CLOSE, taking.dialogue, actor)
    record_act(session, Action.DIALOGUE_START, dialogue, actor, details)
    found = candidates(session, actor, employee_id=dialogue.employee_id, employer_id=dialogue.employer_id)
    renewed = _renewed(found, person, email, phone)
    _close(session, taking, person, actor)
    carried = [_carried(session, one, roster) for one in present.others]
    able = who_is_able(session, taking.dialogue)
    chosen = [chosen_self(actor), renewed, *carried]
    people, epoch = begin(session, dialogue, roster.subject, chosen, actor, open_to=able)
    write_event(session, dialogue, people[0], epoch, "replaced", people[1].id)
    invite_waiting(session, people, epoch, actor, base_url=base_url)
    queue_notices(session, dialogue, people[0], base_url=base_url)
    return dialogue


def _present(session: Session, taking: Taking) -> _Present:
    people = participants_of(session, taking.dialogue.id)
    changed = changed_participants(session, people)
    ended = with_ended_accounts(session, people)
    staying = [person for person in people if person.state in STAYING]
    return _Present(
        [person for person in staying if person.id not in changed | ended | {taking.me.id}],
        [
            person
            for person in people
            if person.state == ParticipantState.CHANGED or (person in staying and person.id in changed)
        ],
    )


def _renewed(found: Candidates, person: Participant, email: str | None, phone: str | None) -> Chosen:
    subject_id = person.employee_id or person.contact_person_id
    assert subject_id is not None  # noqa: S101 - the data of users are no reason to replace them
    wanted = NewParticipant(ParticipantKind(person.kind), subject_id, email, phone)
    return choose(found.all, [wanted])[0]


def _close(session: Session, taking: Taking, person: Participant, actor: Actor) -> None:
    epoch = settle(session, taking, actor)
    write_event(session, taking.dialogue, taking.me, epoch, "replaced", person.id)
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

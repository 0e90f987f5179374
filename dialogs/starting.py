"""*Nieuwe dialoog*: starting one with exactly the right people (D-02, D-05, D-07, D-12)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from dialogs.attachments import attach_files
from dialogs.candidates import candidates, find_to_talk_about, require_employer_in_view
from dialogs.choosing import Chosen, NewParticipant, add_participant_row, choose, entries_of
from dialogs.contents import Content, Entry, Roster
from dialogs.dossier_content import begin_content
from dialogs.epochs import OpenEpoch, open_first_epoch
from dialogs.errors import FieldFault, InvalidDialogue
from dialogs.invitations import invite_participant
from dialogs.messages import write_message
from dialogs.models import Dialogue, DialogueState, Participant, ParticipantKind, ParticipantState
from dialogs.notices import queue_notices
from dialogs.posting import check_text
from dialogs.recording import record_act
from keys.check_words import require_compared
from organisation.employer_fields import N_

__all__ = ["NewDialogue", "NewParticipant", "start_dialogue"]

LONGEST_SUBJECT = 120
MOST_PARTICIPANTS = 50


@dataclass(frozen=True)
class NewDialogue:
    """What somebody typed to start a dialogue, about an employee, about an employer, or about neither."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    employee_id: UUID | None
    employer_id: UUID | None
    participants: tuple[NewParticipant, ...]
    file_ids: tuple[UUID, ...]
    request_id: UUID


def start_dialogue(session: Session, draft: NewDialogue, actor: Actor, *, base_url: str) -> Dialogue:
    """Start a dialogue with its first message; the same `request_id` gives the dialogue that is there.

    Users take part at once, contact persons and the employee are invited by mail; whether somebody has an account is
    never looked up (design 2.6). Raises `PermissionDenied`, `NotFound` for whom or what the actor does not see,
    `vault.errors.NotShared` on the arbo side (D-rule 23), `InvalidDialogue`, and as `begin`.
    """
    actor.require(Permission.DIALOGUE_START)
    dialogue_id = id_of_request(actor.person_id, draft.request_id)
    # Two requests of one person come one after the other, so that the second finds what the first has started.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True))
    started_before = session.get(Dialogue, dialogue_id)
    if started_before is not None:
        return started_before
    _require_in_view(session, draft, actor)
    subject, text = _check(draft)
    dialogue = new_dialogue(session, dialogue_id, actor, employee_id=draft.employee_id, employer_id=draft.employer_id)
    record_act(session, Action.DIALOGUE_START, dialogue, actor, {"participants": len(draft.participants)})
    found = candidates(session, actor, employee_id=draft.employee_id, employer_id=draft.employer_id)
    chosen = choose(found.all, draft.participants)
    people, epoch = begin(session, dialogue, subject, [chosen_self(actor), *chosen], actor)
    message = write_message(session, dialogue, people[0], epoch, Content(text=text), draft.request_id)
    attach_files(session, message, epoch.row, draft.file_ids, actor)
    invite_waiting(session, people, epoch, actor, base_url=base_url)
    queue_notices(session, dialogue, people[0], base_url=base_url)
    return dialogue


def begin(
    session: Session,
    dialogue: Dialogue,
    subject: str,
    chosen: list[Chosen],
    actor: Actor,
    *,
    open_to: Collection[UUID] | None = None,
) -> tuple[list[Participant], OpenEpoch]:
    """Write a dialogue with its participants, the starter first, and open its first epoch.

    Of those with a login who are not among `open_to` the key was renewed since: they wait to be let in. Without
    `open_to` all are new, and a renewed key needs its check words compared: raises `keys.errors.CheckWordsNotCompared`.
    """
    if open_to is None:
        for one in chosen:
            if one.person_id is not None and one.person_id != actor.person_id:
                require_compared(session, one.person_id, one.compared)
    session.add(dialogue)
    session.flush()
    people = [add_participant_row(session, dialogue, one, from_epoch=1, added_by=actor.person_id) for one in chosen]
    for person in people:
        if open_to is not None and person.person_id and person.person_id not in open_to:
            person.from_epoch = dialogue.epoch_number + 1
    begin_content(session, dialogue)
    epoch = open_first_epoch(session, dialogue, people, Roster(subject, entries_of(people, chosen)), actor)
    return people, epoch


def invite_waiting(
    session: Session, people: list[Participant], epoch: OpenEpoch, actor: Actor, *, base_url: str
) -> None:
    """Send an invitation to each of some participants who has no login in this dialogue yet."""
    holders = {epoch.row.holder_id: epoch.secret}
    for person in people:
        if person.state == ParticipantState.INVITED:
            invite_participant(session, person, holders, base_url=base_url, by=actor.who, language=actor.language)


def new_dialogue(
    session: Session,
    dialogue_id: UUID,
    actor: Actor,
    *,
    employee_id: UUID | None,
    employer_id: UUID | None,
    replaces_id: UUID | None = None,
) -> Dialogue:
    """A dialogue that the actor starts now; the caller adds it to the session once the log has been told."""
    now = session.source.now()
    return Dialogue(
        id=dialogue_id,
        organisation_id=actor.organisation_id,
        employee_id=employee_id,
        employer_id=employer_id if employee_id is None else None,
        started_by=actor.person_id,
        started_at=now,
        state=DialogueState.OPEN.value,
        last_message_at=now,
        message_count=0,
        epoch_number=1,
        epoch_due=False,
        replaces_id=replaces_id,
    )


def chosen_self(actor: Actor) -> Chosen:
    """The actor as a participant of the own dialogue."""
    entry = Entry(actor.person_name, actor.organisation_name, ParticipantKind.USER.value)
    return Chosen(entry, ParticipantKind.USER, actor.person_id)


def id_of_request(person_id: UUID, request_id: UUID) -> UUID:
    """The id of the dialogue that somebody starts with a request, so that a repeat of it finds the same one."""
    return UUID(bytes=hashlib.sha256(person_id.bytes + request_id.bytes).digest()[:16], version=4)


def check_subject(subject: str) -> str:
    """The subject as it is kept. Raises `InvalidDialogue`."""
    clean = " ".join(subject.replace("\0", "").split())
    if not clean:
        raise InvalidDialogue([FieldFault("subject", N_("Vul in waar de dialoog over gaat."))])
    if len(clean) > LONGEST_SUBJECT:
        raise InvalidDialogue([FieldFault("subject", N_("Gebruik ten hoogste 120 tekens."))])
    return clean


def _require_in_view(session: Session, draft: NewDialogue, actor: Actor) -> None:
    if draft.employee_id is not None:
        find_to_talk_about(session, actor, draft.employee_id)
    elif draft.employer_id is not None:
        require_employer_in_view(session, actor, draft.employer_id)


def _check(draft: NewDialogue) -> tuple[str, str]:
    faults: list[FieldFault] = []
    subject = text = ""
    try:
        subject = check_subject(draft.subject)
    except InvalidDialogue as refusal:
        faults += refusal.faults
    try:
        text = check_text(draft.text, needed=not draft.file_ids)
    except InvalidDialogue as refusal:
        faults += refusal.faults
    if not draft.participants:
        faults.append(FieldFault("participants", N_("Kies minstens één deelnemer.")))
    if len(draft.participants) > MOST_PARTICIPANTS:
        faults.append(FieldFault("participants", N_("Kies ten hoogste 50 deelnemers.")))
    if faults:
        raise InvalidDialogue(faults)
    return subject, text

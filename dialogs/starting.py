"""*Nieuwe dialoog*: starting one with exactly the right people (D-02, D-05, D-07, D-12)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from dialogs.attachments import attach_files
from dialogs.candidates import Candidate, candidates
from dialogs.contents import Content, Entry, Roster
from dialogs.epochs import open_first_epoch
from dialogs.errors import FieldFault, InvalidDialogue, NotFound
from dialogs.messages import write_message
from dialogs.models import Dialogue, DialogueState, Participant, ParticipantKind, ParticipantState
from dialogs.posting import check_text
from dialogs.recording import record_act
from organisation.employer_fields import N_

LONGEST_SUBJECT = 120


@dataclass(frozen=True)
class NewParticipant:
    """Somebody to take part: the id of a person, of a contact person or of an employee, by kind.

    Mail address and mobile number are asked for where the record has none. With `with_history` whoever is added to a
    running dialogue can also open what was said before.
    """

    kind: ParticipantKind
    id: UUID
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    with_history: bool = True


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

    Raises `PermissionDenied`, `NotFound` for whoever is not to be found by the actor, `InvalidDialogue`.
    """
    actor.require(Permission.DIALOGUE_START)
    dialogue_id = id_of_request(actor.person_id, draft.request_id)
    started_before = session.get(Dialogue, dialogue_id)
    if started_before is not None:
        return started_before
    subject, text = _check(draft)
    dialogue = _new_dialogue(session, dialogue_id, draft, actor)
    record_act(session, Action.DIALOGUE_START, dialogue, actor, {"participants": len(draft.participants)})
    chosen = _choose(session, draft, actor)
    session.add(dialogue)
    session.flush()
    me = _add_participant(session, dialogue, _self(actor), actor)
    others = [_add_participant(session, dialogue, candidate, actor) for candidate in chosen]
    people = [me, *others]
    entries = {
        person.id: Entry(candidate.name, candidate.label, candidate.kind.value)
        for person, candidate in zip(people, [_self(actor), *chosen], strict=True)
    }
    epoch = open_first_epoch(session, dialogue, people, Roster(subject, entries), actor)
    message = write_message(session, dialogue, me, epoch, Content(text=text), draft.request_id)
    attach_files(session, message, epoch.row, draft.file_ids, actor)
    return dialogue


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
    if faults:
        raise InvalidDialogue(faults)
    return subject, text


def _new_dialogue(session: Session, dialogue_id: UUID, draft: NewDialogue, actor: Actor) -> Dialogue:
    now = session.source.now()
    return Dialogue(
        id=dialogue_id,
        organisation_id=actor.organisation_id,
        employee_id=draft.employee_id,
        employer_id=draft.employer_id,
        started_by=actor.person_id,
        started_at=now,
        state=DialogueState.OPEN.value,
        last_message_at=now,
        message_count=0,
        epoch_number=1,
        epoch_due=False,
    )


def _choose(session: Session, draft: NewDialogue, actor: Actor) -> list[Candidate]:
    found = candidates(session, actor, employee_id=draft.employee_id, employer_id=draft.employer_id)
    known = {(candidate.kind, candidate.id): candidate for candidate in found.all}
    wanted = dict.fromkeys((participant.kind, participant.id) for participant in draft.participants)
    if not wanted.keys() <= known.keys():
        raise NotFound
    return [known[key] for key in wanted]


def _self(actor: Actor) -> Candidate:
    return Candidate(actor.person_id, actor.person_name, actor.organisation_name, ParticipantKind.USER)


def _add_participant(session: Session, dialogue: Dialogue, candidate: Candidate, actor: Actor) -> Participant:
    now = session.source.now()
    participant = Participant(
        id=session.source.new_id(),
        dialogue_id=dialogue.id,
        organisation_id=dialogue.organisation_id,
        kind=candidate.kind.value,
        state=ParticipantState.TAKING_PART.value,
        person_id=candidate.id,
        from_epoch=1,
        added_by=actor.person_id,
        added_at=now,
        joined_at=now,
        read_up_to=0,
    )
    session.add(participant)
    session.flush()
    return participant

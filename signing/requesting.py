"""*Ondertekening via sms*: asking others to sign, in a dialogue that is started for it (G-03, G-04, D-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from dialogs.choosing import Chosen, NewParticipant, choose
from dialogs.contents import LONGEST_TEXT, Content
from dialogs.errors import InvalidDialogue
from dialogs.messages import write_message
from dialogs.models import Dialogue, Participant, ParticipantKind
from dialogs.recording import record_act as record_dialogue
from dialogs.starting import LONGEST_SUBJECT, begin, chosen_self, id_of_request, new_dialogue
from documents.finding import find_document
from documents.kinds import FileKind
from documents.models import Audience, Document, DocumentKind
from documents.opening import open_version
from organisation.employer_fields import N_
from signing.beginning import (
    Offered,
    SignerRole,
    add_signer,
    keep_request,
    new_request,
    require_no_running_request,
)
from signing.candidates import roles_of, signer_candidates
from signing.ending import end_what_ran_out
from signing.entries import SignerEntry
from signing.errors import FieldFault, InvalidRequest, NotSignable
from signing.events import EventKind, add_event
from signing.models import SigningKind, SigningRequest
from signing.recording import record_act

DAYS = 14
MOST_DAYS = 60
MOST_SIGNERS = 12
LONGEST_CAPACITY = 80


@dataclass(frozen=True)
class NewSigner:
    """Somebody who is to sign, *namens* whom; the actor is one by the own id as a user."""

    participant: NewParticipant
    capacity: str = field(repr=False)

    @property
    def id(self) -> UUID:
        """The id of the user, the contact person or the employee."""
        return self.participant.id


@dataclass(frozen=True)
class NewRequest:
    """What somebody typed to have a document signed.

    The signers are in the order in which they sign where it is `in_order`, else all are asked at once. It runs for
    `days`; `text` is the first message of the dialogue.
    """

    document_id: UUID
    kind: SigningKind
    signers: tuple[NewSigner, ...]
    in_order: bool
    request_id: UUID
    days: int = DAYS
    text: str = field(default="", repr=False)


def find_signable(session: Session, document_id: UUID, actor: Actor, *, lock: bool = False) -> Document:
    """A document that the actor may have signed.

    Raises as `documents.finding.find_document`, and `NotSignable` for a medical one, which goes by SMS to nobody, and
    for the evidence of a signature.
    """
    document = find_document(session, document_id, actor, permission=Permission.SIGNING_REQUEST, lock=lock)
    if document.audience == Audience.MEDICAL:
        raise NotSignable("medical")
    if document.kind == DocumentKind.EVIDENCE:
        raise NotSignable("evidence")
    return document


def offer_version(session: Session, document: Document, actor: Actor) -> Offered:
    """The newest version of a document, to be signed; the caller has told the log. Raises `NotSignable`, `NotFound`."""
    opened = open_version(session, document, document.version, actor)
    if opened.about.kind is not FileKind.PDF or opened.about.is_protected:
        raise NotSignable("not_pdf")
    return Offered(opened.row, opened.key, opened.about.name)


def request_signatures(session: Session, new: NewRequest, actor: Actor) -> SigningRequest:
    """Ask others to sign a document by SMS; the same `request_id` gives the request that is there.

    A dialogue is started, of which nobody hears before it is that person's turn (G-10): the request is `preparing`,
    and `completing.prepare` goes on with it. What the PDF itself is like was checked before (`pades.check_signable`).
    Raises `PermissionDenied`, as `find_signable` and `dialogs.candidates.candidates`, `AlreadyRequested`,
    `InvalidRequest`, `keys.errors.CheckWordsNotCompared`.
    """
    actor.require(Permission.SIGNING_REQUEST)
    request_id = id_of_request(actor.person_id, new.request_id)
    # Two requests of one person come one after the other, so that the second finds what the first has started.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True))
    asked_before = session.get(SigningRequest, request_id)
    if asked_before is not None:
        return asked_before
    document = find_signable(session, new.document_id, actor, lock=True)
    end_what_ran_out(session, document, actor)
    require_no_running_request(session, document.id)
    _check(new)
    request = new_request(
        session, request_id, document, new.kind, actor, in_order=new.in_order, lifetime=timedelta(days=new.days)
    )
    record_act(session, Action.SIGNING_REQUEST, request, actor, {"kind": new.kind.value, "signers": len(new.signers)})
    offered = offer_version(session, document, actor)
    chosen = _choose(session, new, document, actor)
    people = _start_dialogue(session, request, new, offered, chosen, actor)
    secret = keep_request(session, request, offered, actor)
    users = roles_of(session, [one.person_id for one in chosen if one.person_id])
    for position, (signer, one) in enumerate(zip(new.signers, chosen, strict=True), 1):
        add_signer(
            session,
            request,
            secret,
            entry_of(one, signer.capacity),
            position=position,
            role=role_of(one, users.get(one.person_id) if one.person_id else None),
            person_id=one.person_id,
            participant_id=people[signer.id].id,
        )
    add_event(session, request, EventKind.REQUESTED, actor=actor, details={"signers": len(new.signers)})
    return request


def entry_of(chosen: Chosen, capacity: str) -> SignerEntry:
    """What is sealed of somebody who is to sign."""
    return SignerEntry(chosen.entry.name, chosen.entry.label, clean_capacity(capacity))


def role_of(chosen: Chosen, of_user: SignerRole | None) -> SignerRole:
    """On which side somebody signs; a contact person is the employer's."""
    if chosen.kind is ParticipantKind.EMPLOYEE:
        return SignerRole.EMPLOYEE
    return of_user or SignerRole.EMPLOYER


def clean_capacity(typed: str) -> str:
    """*Ondertekening namens* as it is kept."""
    return " ".join(typed.replace("\0", "").split())


def faults_of_capacity(signer: NewSigner) -> list[FieldFault]:
    """What is wrong with what was typed of one signer."""
    clean = clean_capacity(signer.capacity)
    if not clean:
        return [FieldFault(f"capacity {signer.id}", N_("Vul in namens wie deze persoon ondertekent."))]
    if len(clean) > LONGEST_CAPACITY:
        return [FieldFault(f"capacity {signer.id}", N_("Gebruik ten hoogste 80 tekens."))]
    return []


def _check(new: NewRequest) -> None:
    faults = [fault for signer in new.signers for fault in faults_of_capacity(signer)]
    if not new.signers:
        faults.append(FieldFault("signers", N_("Kies minstens één ondertekenaar.")))
    if len(new.signers) > MOST_SIGNERS:
        faults.append(FieldFault("signers", N_("Kies ten hoogste 12 ondertekenaars.")))
    if len({signer.id for signer in new.signers}) != len(new.signers):
        faults.append(FieldFault("signers", N_("Kies elke ondertekenaar één keer.")))
    if not 1 <= new.days <= MOST_DAYS:
        faults.append(FieldFault("days", N_("Kies een termijn van 1 tot en met 60 dagen.")))
    if not new.text.strip():
        faults.append(FieldFault("text", N_("Schrijf een bericht aan de ondertekenaars.")))
    if len(new.text) > LONGEST_TEXT:
        faults.append(FieldFault("text", N_("Gebruik ten hoogste 10.000 tekens.")))
    if faults:
        raise InvalidRequest(faults)


def _choose(session: Session, new: NewRequest, document: Document, actor: Actor) -> list[Chosen]:
    """The signers among those who may be asked, in the order in which they were chosen."""
    found = signer_candidates(session, document, actor)
    try:
        chosen = choose(found.all, [signer.participant for signer in new.signers])
    except InvalidDialogue as refusal:
        raise InvalidRequest(refusal.faults) from None
    return chosen


def _start_dialogue(
    session: Session,
    request: SigningRequest,
    new: NewRequest,
    offered: Offered,
    chosen: Sequence[Chosen],
    actor: Actor,
) -> dict[UUID, Participant]:
    """Start the dialogue of a request; nobody is invited yet. Returns who takes part, by the id that was chosen."""
    dialogue: Dialogue = new_dialogue(
        session,
        session.source.new_id(),
        actor,
        employee_id=request.employee_id,
        employer_id=None if request.employee_id else request.employer_id,
    )
    others = [one for one in chosen if one.person_id != actor.person_id]
    record_dialogue(session, Action.DIALOGUE_START, dialogue, actor, {"participants": len(others)})
    subject = offered.title[:LONGEST_SUBJECT]
    people, epoch = begin(session, dialogue, subject, [chosen_self(actor), *others], actor)
    text = new.text.replace("\r\n", "\n").replace("\0", "").strip()
    write_message(session, dialogue, people[0], epoch, Content(text=text), new.request_id)
    request.dialogue_id = dialogue.id
    by_chosen = {actor.person_id: people[0]}
    for one, person in zip(others, people[1:], strict=True):
        by_chosen[one.person_id or one.employee_id or one.contact_person_id or person.id] = person
    return by_chosen

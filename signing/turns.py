"""Whose turn it is to sign: who is next is invited or told; who comes later hears nothing before (G-10).

Somebody with a login gets a mail that says nothing but that there is something to sign; somebody without one gets the
invitation of the dialogue, once it is his or her turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.people import notify
from audit.actions import Action
from database.session import Session
from delivery.outbox import MailKind
from dialogs.asking_anew import secrets_to_read
from dialogs.changes import changed_participants
from dialogs.invitations import invite_participant
from dialogs.models import Dialogue, DialogueState, Participant, ParticipantState
from dialogs.notices import reachable_people
from organisation.models import Organisation
from signing.events import EventKind, add_event
from signing.finding import present, signers_of
from signing.models import RequestState, Signer, SignerState, SigningRequest
from signing.recording import record_act

PATH = "/ondertekeningen"


def begin_turns(session: Session, request: SigningRequest, actor: Actor, *, base_url: str) -> None:
    """Ask everybody whose turn has come and who was not asked yet; the caller has locked the request.

    Where the signers have an order that is the next one, after whoever comes before has signed. Somebody whose mail
    address or number changed meanwhile is asked nothing: the requester replaces such a signer (D-08). What the actor
    lacks a key for waits for the next visit of somebody who has it.
    """
    if request.state != RequestState.RUNNING or request.dialogue_id is None:
        return
    due = _due(signers_of(session, request), in_order=request.in_order)
    if not due:
        return
    people = _people(session, due)
    changed = changed_participants(session, people.values())
    for signer in due:
        person = people.get(signer.participant_id) if signer.participant_id else None
        if person is not None and person.id not in changed:
            _ask(session, request, signer, person, actor, base_url)


def is_somebody_due(session: Session, request: SigningRequest) -> bool:
    """Tell whether a visit could ask somebody to sign who was not asked yet."""
    running = request.state == RequestState.RUNNING and request.dialogue_id is not None
    return running and bool(_due(signers_of(session, request), in_order=request.in_order))


def address_of(request: SigningRequest, base_url: str) -> str:
    """Where a signer with a login reads and signs."""
    return f"{base_url.rstrip('/')}{PATH}/{request.id}"


def _due(signers: list[Signer], *, in_order: bool) -> list[Signer]:
    open_ones = [signer for signer in present(signers) if signer.state != SignerState.SIGNED]
    if in_order:
        open_ones = open_ones[:1]
    return [signer for signer in open_ones if signer.state == SignerState.WAITING]


def _people(session: Session, due: list[Signer]) -> Mapping[UUID, Participant]:
    statement = select(Participant).where(Participant.id.in_([signer.participant_id for signer in due]))
    return {person.id: person for person in session.scalars(statement.execution_options(populate_existing=True))}


def _ask(
    session: Session, request: SigningRequest, signer: Signer, person: Participant, actor: Actor, base_url: str
) -> None:
    if person.state == ParticipantState.INVITED:
        _invite(session, request, signer, person, actor, base_url)
    elif person.state == ParticipantState.TAKING_PART:
        record_act(session, Action.SIGNING_INVITE, request, actor, signer_id=signer.id)
        _note_asked(session, request, signer, actor, _tell(session, request, person, actor, base_url))


def _invite(
    session: Session, request: SigningRequest, signer: Signer, person: Participant, actor: Actor, base_url: str
) -> None:
    dialogue = session.get_one(Dialogue, person.dialogue_id, with_for_update=True, populate_existing=True)
    if dialogue.state != DialogueState.OPEN:
        # Nobody joins a closed dialogue; once it is opened again the next visit asks.
        return
    holders = secrets_to_read(session, dialogue, person, actor)
    if holders is None:
        # Somebody who has read along from the beginning will do it.
        return
    record_act(session, Action.SIGNING_INVITE, request, actor, signer_id=signer.id)
    invitation = invite_participant(session, person, holders, base_url=base_url, by=actor.who, language=actor.language)
    _note_asked(session, request, signer, actor, invitation.message_id)


def _tell(session: Session, request: SigningRequest, person: Participant, actor: Actor, base_url: str) -> UUID | None:
    """Queue the mail to somebody with a login; nobody tells the actor, who is here, or an account that has ended."""
    reachable = reachable_people(session, [person.person_id] if person.person_id else [], MailKind.SIGNING_TURN)
    if not reachable or person.person_id == actor.person_id:
        return None
    organisation = session.get_one(Organisation, request.organisation_id)
    values = {"link": address_of(request, base_url), "organisation": organisation.name}
    return notify(session, reachable[0], MailKind.SIGNING_TURN, values).id


def _note_asked(
    session: Session, request: SigningRequest, signer: Signer, actor: Actor, message_id: UUID | None
) -> None:
    signer.state, signer.asked_at, signer.message_id = SignerState.ASKED.value, session.source.now(), message_id
    add_event(session, request, EventKind.ASKED, signer=signer, actor=actor)

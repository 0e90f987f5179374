"""Another signer instead of one who has not signed: always a new participant (signing.md 7.5; D-rule 29, D-08, D-09).

The dialogue is closed and started anew without the one who is replaced, and the request gets another key: whoever reads
what was sent to the old address opens nothing of what comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action
from crypto.sealing import seal
from crypto.secret import Secret
from database.session import Session
from dialogs.choosing import Chosen, choose
from dialogs.errors import InvalidDialogue
from dialogs.models import Participant, ParticipantState
from dialogs.notices import queue_notices
from dialogs.replacing import Anew, start_anew
from dialogs.starting import invite_waiting
from documents.models import Document
from documents.sweeping import destroy_files
from organisation.employer_fields import N_
from signing.beginning import add_signer
from signing.candidates import roles_of, signer_candidates
from signing.codes import end_codes
from signing.errors import FieldFault, InvalidRequest, NotFound, NothingToReplace, NotTheRequester, OthersSigned
from signing.events import EventKind, add_event
from signing.finding import OPEN, find_request, present, require_running, signers_of
from signing.models import RequestState, Signer, SignerState, SigningRequest
from signing.places import place_in_request
from signing.recording import record_act
from signing.request_keys import open_request, rekey
from signing.requesting import NewSigner, entry_of, faults_of_capacity, find_signable, offer_version, role_of
from signing.turns import begin_turns

_SETTLED = frozenset({SignerState.AGREED.value, SignerState.SIGNED.value})


def replace_signer(
    session: Session, request_id: UUID, signer_id: UUID, new: NewSigner, actor: Actor, *, base_url: str
) -> Signer:
    """Let another sign instead of somebody, or the same person by the contact data of now; return the new signer.

    Before anybody has agreed the document is sealed anew, with the new name in it (`completing.prepare`). Afterwards
    only the same person can come instead, for the name stands in the document. Raises as `find_request`,
    `NotTheRequester`, `RequestEnded`, `NotFound`, `NothingToReplace`, `OthersSigned`, `InvalidRequest`, `LockedOut`,
    and as `requesting.find_signable` and `dialogs.replacing.start_anew`.
    """
    place = find_request(session, request_id, actor, lock=True)
    request = place.request
    if request.requested_by != actor.person_id or request.dialogue_id is None:
        raise NotTheRequester
    require_running(session, place, RequestState.PREPARING)
    signers = present(signers_of(session, request))
    old = _to_replace(signers, signer_id)
    has_begun = any(signer.state in _SETTLED for signer in signers)
    if has_begun and not _is_same(session, old, new):
        raise OthersSigned
    document = find_signable(session, request.document_id, actor)
    record_act(session, Action.SIGNING_REPLACE, request, actor, signer_id=old.id)
    chosen = _choose(session, document, new, actor)
    secret = open_request(session, request, actor)
    anew = start_anew(session, request.dialogue_id, _participant_of(old), chosen, actor)
    if any(signer.participant_id == anew.newcomer.id for signer in _follow(session, signers, old, anew)):
        raise InvalidRequest([FieldFault("signers", N_("Kies iemand die niet al een ondertekenaar is."))])
    request.dialogue_id = anew.dialogue.id
    session.flush()
    secret = rekey(session, request, secret, actor)
    signer = _put_in_place(session, request, secret, old, chosen, new, anew.newcomer)
    add_event(session, request, EventKind.REPLACED, signer=old, actor=actor, details={"by": str(signer.id)})
    if not has_begun:
        _offer_anew(session, request, document, secret, signers, actor)
    _invite_others(session, anew, signers, signer, actor, base_url)
    begin_turns(session, request, actor, base_url=base_url)
    return signer


def _to_replace(signers: list[Signer], signer_id: UUID) -> Signer:
    old = next((signer for signer in signers if signer.id == signer_id), None)
    if old is None:
        raise NotFound
    if old.state not in OPEN:
        raise NothingToReplace
    return old


def _participant_of(signer: Signer) -> UUID:
    assert signer.participant_id is not None  # noqa: S101 - by SMS everybody takes part in the dialogue
    return signer.participant_id


def _is_same(session: Session, old: Signer, new: NewSigner) -> bool:
    """Whether it is the same person, who is reached otherwise by now."""
    person = session.get_one(Participant, _participant_of(old))
    if person.employee_id is not None or person.contact_person_id is not None:
        return new.id in {person.employee_id, person.contact_person_id}
    return new.id == person.person_id


def _choose(session: Session, document: Document, new: NewSigner, actor: Actor) -> Chosen:
    faults = faults_of_capacity(new)
    if faults:
        raise InvalidRequest(faults)
    try:
        (chosen,) = choose(signer_candidates(session, document, actor).all, [new.participant])
    except InvalidDialogue as refusal:
        raise InvalidRequest(refusal.faults) from None
    return chosen


def _follow(session: Session, signers: list[Signer], old: Signer, anew: Anew) -> list[Signer]:
    """Let the other signers be those of the new dialogue; who was invited and did not come yet is asked again.

    Somebody whose own data have changed is not in it, and has to be replaced as well.
    """
    others = [signer for signer in signers if signer.id != old.id]
    for signer in others:
        person = anew.places.get(_participant_of(signer))
        if person is None:
            continue
        signer.participant_id = person.id
        if person.state == ParticipantState.INVITED and signer.state in OPEN:
            signer.state, signer.asked_at = SignerState.WAITING.value, None
    session.flush()
    return others


def _put_in_place(
    session: Session,
    request: SigningRequest,
    secret: Secret,
    old: Signer,
    chosen: Chosen,
    new: NewSigner,
    newcomer: Participant,
) -> Signer:
    """Let the newcomer sign in the place and the field of the one who is replaced."""
    field_name = old.field_name
    end_codes(session, old.id)
    old.state, old.ended_at = SignerState.REPLACED.value, session.source.now()
    old.field_name = f"Replaced{old.id.hex[:24]}"
    session.flush()
    users = roles_of(session, [chosen.person_id] if chosen.person_id else [])
    return add_signer(
        session,
        request,
        secret,
        entry_of(chosen, new.capacity),
        position=old.position,
        role=role_of(chosen, users.get(chosen.person_id) if chosen.person_id else None),
        person_id=newcomer.person_id,
        participant_id=newcomer.id,
        field_name=field_name,
        replaces_id=old.id,
    )


def _offer_anew(
    session: Session,
    request: SigningRequest,
    document: Document,
    secret: Secret,
    signers: list[Signer],
    actor: Actor,
) -> None:
    """Go back to the document as it lies in the dossier: it is sealed anew, and whoever had read it reads it again."""
    offered = offer_version(session, document, actor)
    sealed_before = {request.base_file_id, request.latest_file_id} - {offered.row.id, None}
    request.state, request.base_file_id = RequestState.PREPARING.value, offered.row.id
    request.base_key_sealed = seal(secret, offered.key.reveal(), place_in_request(request, "base_key_sealed"))
    request.base_sha256 = request.latest_file_id = request.latest_key_sealed = None
    request.revision += 1
    session.flush()
    destroy_files(session, [file_id for file_id in sealed_before if file_id is not None])
    for signer in signers:
        if signer.state == SignerState.READ:
            signer.state, signer.read_at = SignerState.ASKED.value, None
            signer.pages_seen = signer.seconds_seen = 0
    session.flush()


def _invite_others(
    session: Session, anew: Anew, signers: list[Signer], signer: Signer, actor: Actor, base_url: str
) -> None:
    """Invite who was invited and is no signer, and tell those who take part that there is another dialogue."""
    asked_by_turn = {one.participant_id for one in signers} | {signer.participant_id}
    others: Mapping[UUID, Participant] = anew.places
    waiting = [person for person in others.values() if person.id not in asked_by_turn]
    invite_waiting(session, waiting, anew.epoch, actor, base_url=base_url)
    me = next(person for person in others.values() if person.person_id == actor.person_id)
    queue_notices(session, anew.dialogue, me, base_url=base_url)

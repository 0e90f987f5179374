"""The end of a signing request: the last seal, the evidence, and both in the dossier (G-02, G-13; signing.md 9.2, 9.4).

A request that ends without all signatures gets its evidence too, but no signed document.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from sqlalchemy import exists, select

from accounts.models import AccountState, Person
from audit.actions import Action, Detail
from audit.recording import record
from crypto.secret import Secret
from database.session import Session
from dialogs.changes import changed_participants
from dialogs.models import Participant, ParticipantState
from documents.adding import add_version, new_document, put_document
from documents.dossiers import DossierPlace
from documents.finding import holders_of
from documents.models import Document, DocumentKind, DocumentLabel, DocumentState
from documents.storing import Upload
from documents.sweeping import destroy_files
from keys.public_keys import with_key
from organisation.models import Organisation
from signing.events import EventKind, add_event, newest_event
from signing.evidence import WholeRecord, build_record, with_document
from signing.evidence_page import draw_evidence
from signing.finding import present, signers_of
from signing.models import RequestState, SignerState, SigningEvent, SigningRequest
from signing.pades import certificates_of_people, close, seal_record
from signing.recording import OBJECT
from signing.signed_words import EVIDENCE_NAME
from signing.working_files import (
    Overtaken,
    Seen,
    Visit,
    WorkingFile,
    go_on,
    keep,
    open_latest,
    receive,
    replace_latest,
    write_step,
)
from vault.models import Vault

ENDED_WITHOUT = frozenset(
    {
        RequestState.DECLINED.value,
        RequestState.WITHDRAWN.value,
        RequestState.EXPIRED.value,
        RequestState.VOIDED.value,
    }
)


def has_seal(session: Session, request_id: UUID) -> bool:
    """Tell whether the document has its last seal."""
    sealed = exists().where(SigningEvent.request_id == request_id, SigningEvent.kind == EventKind.SEALED.value)
    return bool(session.scalar(select(sealed)))


def needs_evidence(request: SigningRequest) -> bool:
    """Tell whether a request ended without all signatures after it was offered, and the evidence was not made yet."""
    return request.state in ENDED_WITHOUT and request.base_sha256 is not None and request.evidence_id is None


def set_last_seal(visit: Visit, request: SigningRequest, secret: Secret) -> None:
    """Close the document: the last seal, the proof that no certificate was withdrawn, and a timestamp over it all."""
    session, seen, latest = visit.session, Seen.of(request), open_latest(visit.session, request, secret)
    workshop = visit.workshop
    visit.release()
    signed = latest.read(visit)
    closed = close(signed, workshop.authority, workshop.timestamper, certificates_of_people(signed))
    upload = receive(visit, request.organisation_id, closed)
    with write_step(visit, upload):
        request = go_on(session, seen)
        replace_latest(visit, request, secret, upload, latest)
        noted: dict[str, str | int] = {"sha256": sha256(closed).hexdigest(), "bytes": len(closed)}
        add_event(session, request, EventKind.SEALED, actor=visit.actor, details=noted)


def finish(visit: Visit, request: SigningRequest, secret: Secret) -> None:
    """Make the evidence, and put it in the dossier with the signed document, for those who may open that and signers.

    Both get the label of the document. What was signed is destroyed where not all did.
    """
    session, seen, latest = visit.session, Seen.of(request), open_latest(visit.session, request, secret)
    record = build_record(session, request, secret, visit.workshop, latest.about.name)
    visit.release()
    evidence = _evidence(visit, record, latest)
    upload = receive(visit, request.organisation_id, evidence)
    with write_step(visit, upload):
        document = session.get_one(Document, request.document_id, populate_existing=True)
        _tell_logs(visit, request, document, record["events_head"])
        request = go_on(session, seen)
        newest = newest_event(session, request.id)
        if newest is None or newest.hash.hex() != record["events_head"]:
            # The evidence tells all that happened, or it is made anew.
            raise Overtaken
        _put_in_dossier(visit, request, document, latest, upload)


def _evidence(visit: Visit, record: WholeRecord, latest: WorkingFile) -> bytes:
    whole = with_document(record, latest.read(visit)) if record["expected_signatures"] else record
    return seal_record(draw_evidence(whole), visit.workshop.authority, visit.workshop.timestamper)


def _put_in_dossier(
    visit: Visit, request: SigningRequest, document: Document, latest: WorkingFile, upload: Upload
) -> None:
    session, by = visit.session, replace(visit.actor.who, organisation_id=request.organisation_id)
    signers = _holders_of_signers(session, request)
    is_signed = request.state == RequestState.CLOSING
    working = {request.base_file_id, request.latest_file_id}
    if is_signed:
        version = add_version(
            session,
            document,
            latest.row,
            latest.key,
            by=by,
            keys=visit.actor.keys,
            state=DocumentState.SIGNED,
            signing_id=request.id,
            signers=signers,
        )
        request.state, request.ended_at = RequestState.DONE.value, session.source.now()
        request.signed_version = version.number
        working.discard(latest.row.id)
    place = DossierPlace(document.employee_id, document.employer_id)
    label = session.get_one(DocumentLabel, document.label_id)
    made = new_document(session, place, label, DocumentKind.EVIDENCE, by, organisation_id=document.organisation_id)
    file = keep(visit, upload, EVIDENCE_NAME.format(name=latest.about.name))
    put_document(session, made, file, upload.key, by=by, keys=visit.actor.keys, signers=signers)
    request.evidence_id = made.id
    request.base_file_id = request.base_key_sealed = request.latest_file_id = request.latest_key_sealed = None
    session.flush()
    destroy_files(session, filter(None, working))


def _holders_of_signers(session: Session, request: SigningRequest) -> tuple[UUID, ...]:
    """The holders of those who signed, or were to sign and still take part, and have an account that is open."""
    signers = [signer for signer in present(signers_of(session, request)) if signer.person_id]
    places = select(Participant).where(Participant.id.in_([one.participant_id for one in signers]))
    people = list(session.scalars(places.execution_options(populate_existing=True)))
    changed = changed_participants(session, people)
    gone = {one.id for one in people if one.state != ParticipantState.TAKING_PART or one.id in changed}
    has_right = (one for one in signers if one.state == SignerState.SIGNED or one.participant_id not in gone)
    ids = [signer.person_id for signer in has_right]
    is_open = select(Person.id).where(Person.id.in_(ids), Person.state == AccountState.ACTIVE.value)
    return tuple(sorted(with_key(session, session.scalars(is_open))))


def _tell_logs(visit: Visit, request: SigningRequest, document: Document, events_head: str) -> None:
    """Write the head of the chain of events in the log of every side that may open the document, and of the actor's.

    The checkpoints of a log leave the database, so that no request can vanish unseen with its evidence.
    """
    session, actor = visit.session, visit.actor
    organisations = {request.organisation_id, actor.organisation_id, *_sides(session, document)}
    details: dict[str, Detail] = {"events_head": events_head}
    if request.state == RequestState.CLOSING:
        details["version"] = document.version + 1
    for organisation_id in sorted(organisations):
        record(
            session,
            Action.SIGNING_CLOSE,
            by=actor.who,
            organisation_id=organisation_id,
            subjects=[request.employee_id] if request.employee_id else [],
            object_type=OBJECT,
            object_id=request.id,
            details=details,
        )


def _sides(session: Session, document: Document) -> set[UUID]:
    """The organisations whose keys open the document."""
    vault = select(Vault.organisation_id).where(Vault.holder_id.in_(holders_of(session, document)))
    service = select(Organisation.id).where(Organisation.holder_id.in_(holders_of(session, document)))
    return {document.organisation_id, *session.scalars(vault), *session.scalars(service)}

"""*Digitaal ondertekenen*: a host and somebody beside the host sign together on one screen (G-01; signing.md 7.6).

The host has an account, the other need not. Both have the whole document before them; each agrees, types the own name
and draws a signature or not, and may get a code by SMS; then the host states that both were there, and both sign.
Nobody is looked up, and no number of a document of identity is kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from accounts.phones import normalise_phone
from audit.actions import Action
from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.session import Session
from delivery.sms import SmsRules
from dialogs.starting import id_of_request
from documents.models import Document
from organisation.employer_fields import N_
from signing.agreeing import note_agreement, prove_by_code
from signing.beginning import SignerRole, add_signer, keep_request, new_request, require_no_running_request
from signing.codes import Reach, send_to
from signing.ending import end_what_ran_out
from signing.entries import SignerEntry, open_entry
from signing.errors import FieldFault, InvalidRequest, NotAllSeen, NotFound, NotYourTurn
from signing.events import EventKind, add_event
from signing.finding import Place, find_request, present, require_running, signers_of, state_now
from signing.models import RequestState, Signer, SignerState, SigningCode, SigningKind, SigningMethod, SigningRequest
from signing.numbers import masked_number
from signing.places import place_in_request, place_in_signer
from signing.recording import record_act
from signing.request_keys import open_request
from signing.requesting import LONGEST_CAPACITY, find_signable, offer_version
from signing.statements import statement_sha256
from vault.linked_accounts import linked_holders

LIFETIME = timedelta(hours=12)
"""People who sit together are done within a day."""
LONGEST_NAME = 120
OF_HOST = "host"
_MOST_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Beside:
    """Who sits beside the host: the employee of the dossier, or somebody else, by name and *namens* whom."""

    name: str = field(repr=False)
    capacity: str = field(repr=False)
    is_employee: bool


@dataclass(frozen=True)
class NewSitting:
    """What a host typed to sign a document together with somebody."""

    document_id: UUID
    request_id: UUID
    capacity: str = field(repr=False)
    beside: Beside


@dataclass(frozen=True)
class Consent:
    """What somebody typed and drew to agree; `code` only where one was sent."""

    name: str = field(repr=False)
    drawing: bytes | None = field(default=None, repr=False)
    code: str = field(default="", repr=False)


class Step(StrEnum):
    """Where those who sit together are."""

    PREPARING = "preparing"
    READING = "reading"
    AGREEING = "agreeing"
    STATING = "stating"
    """Both agreed; the host has to state that both were there."""
    WAITING = "waiting"
    """Nothing is left to do for them; the signatures or the last seal wait."""
    OVER = "over"


@dataclass(frozen=True)
class Seated:
    """One of those who sit together; `code_until` is until when a code that was sent is good."""

    id: UUID
    name: str = field(repr=False)
    capacity: str = field(repr=False)
    is_host: bool
    number: str
    code_until: datetime | None


@dataclass(frozen=True)
class Sitting:
    """A document that is signed together, where that is, and whose turn it is to agree."""

    id: UUID
    title: str = field(repr=False)
    reference: str
    document_id: UUID
    statement_version: str
    step: Step
    people: tuple[Seated, ...]
    turn: Seated | None


def begin_sitting(session: Session, new: NewSitting, actor: Actor) -> SigningRequest:
    """Ask for the signatures of the host, who acts, and of who sits beside; the same `request_id` gives the same one.

    The request is `preparing`: `completing.prepare` seals the document. Raises `PermissionDenied`, as `find_signable`
    and `offer_version`, `AlreadyRequested`, `InvalidRequest`.
    """
    actor.require(Permission.SIGNING_REQUEST)
    request_id = id_of_request(actor.person_id, new.request_id)
    # Two requests of one person come one after the other, so that the second finds what the first has started.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True))
    begun_before = session.get(SigningRequest, request_id)
    if begun_before is not None:
        return begun_before
    document = find_signable(session, new.document_id, actor, lock=True)
    end_what_ran_out(session, document, actor)
    require_no_running_request(session, document.id)
    _check(new, document)
    request = new_request(session, request_id, document, SigningKind.TOGETHER, actor, in_order=False, lifetime=LIFETIME)
    record_act(session, Action.SIGNING_REQUEST, request, actor, {"kind": request.kind, "signers": 2})
    secret = keep_request(session, request, offer_version(session, document, actor), actor)
    _add_signers(session, request, secret, new, actor)
    add_event(session, request, EventKind.REQUESTED, actor=actor, details={"signers": 2})
    return request


def find_sitting(session: Session, request_id: UUID, actor: Actor, *, lock: bool = False) -> Place:
    """A request of the host, who acts, to sign together. Raises as `find_request`; any other is `NotFound`."""
    actor.require(Permission.SIGNING_REQUEST)
    place = find_request(session, request_id, actor, lock=lock)
    if place.request.kind != SigningKind.TOGETHER or place.request.requested_by != actor.person_id:
        raise NotFound
    return place


def read_sitting(session: Session, request_id: UUID, actor: Actor) -> Sitting:
    """What the host's window shows; the log is told first. Raises as `find_sitting`, `LockedOut`."""
    place = find_sitting(session, request_id, actor)
    request = place.request
    record_act(session, Action.SIGNING_READ, request, actor)
    secret = open_request(session, request, actor)
    people = present(signers_of(session, request))
    seated = {signer.id: _seated(session, signer, secret, actor) for signer in people}
    turn = turn_of(people)
    return Sitting(
        id=request.id,
        title=unseal(secret, request.title_sealed, place_in_request(request, "title_sealed")).decode(),
        reference=request.reference,
        document_id=request.document_id,
        statement_version=request.statement_version,
        step=_step(state_now(session, request, place.document), people),
        people=tuple(seated.values()),
        turn=seated[turn.id] if turn else None,
    )


def note_seen(session: Session, request_id: UUID, actor: Actor, page: int) -> None:
    """Count that those who sit together have seen a page; one counts once all before it were seen.

    Raises as `find_sitting`.
    """
    place = find_sitting(session, request_id, actor)
    now = session.source.now()
    present_now = _of(place.request.id)
    session.execute(update(Signer).where(*present_now, Signer.read_at.is_(None)).values(read_at=now))
    session.execute(update(Signer).where(*present_now, Signer.pages_seen == page - 1).values(pages_seen=page))


def finish_reading(session: Session, request_id: UUID, actor: Actor, *, pages: int) -> None:
    """Note that both have read the whole document of so many pages; again it changes nothing.

    Raises as `find_sitting`, `RequestEnded`, and `NotAllSeen` while a page was not shown.
    """
    place = find_sitting(session, request_id, actor, lock=True)
    require_running(session, place)
    for signer in present(signers_of(session, place.request)):
        if signer.state != SignerState.WAITING:
            continue
        if signer.pages_seen < pages:
            raise NotAllSeen
        begun = signer.read_at or session.source.now()
        signer.seconds_seen = min(int((session.source.now() - begun).total_seconds()), _MOST_SECONDS)
        signer.state, signer.read_at = SignerState.READ.value, begun
        noted = {"pages": signer.pages_seen, "seconds": signer.seconds_seen}
        add_event(session, place.request, EventKind.READ, signer=signer, actor=actor, details=noted)


def send_code_beside(
    session: Session, request_id: UUID, signer_id: UUID, typed_number: str, actor: Actor, *, rules: SmsRules
) -> str:
    """Send a code to the number that the host typed, and return what may be shown of that.

    Raises as `find_sitting`, `RequestEnded`, `NotYourTurn`, `accounts.errors.MalformedNumber`, `TooManyCodes`,
    `delivery.errors.TooManySms`.
    """
    place, signer = _find_turn(session, request_id, signer_id, actor)
    reach = Reach(normalise_phone(typed_number), OF_HOST)
    return send_to(session, place.request, signer, reach, actor, rules=rules)


def agree_beside(session: Session, request_id: UUID, signer_id: UUID, consent: Consent, actor: Actor) -> Signer:
    """Let the one whose turn it is agree with the statement; nothing is signed before the host has stated presence.

    Raises as `send_code_beside`, `InvalidRequest` for a name that is not the signer's, and `accounts.errors.WrongCode`
    or `TooManyTries` for a code, which are in the log by then.
    """
    place, signer = _find_turn(session, request_id, signer_id, actor)
    secret = open_request(session, place.request, actor)
    if _folded(consent.name) != _folded(open_entry(signer, secret).name):
        raise InvalidRequest([FieldFault("name", N_("Typ de naam precies zoals die hierboven staat."))])
    method, proof_id = SigningMethod.TOGETHER, session.source.new_id()
    if consent.code:
        method = SigningMethod.TOGETHER_SMS
        proof_id = prove_by_code(session, place.request, signer, consent.code, actor, method).id
    record_act(session, Action.SIGNING_AGREE, place.request, actor, {"method": method.value}, signer_id=signer.id)
    if consent.drawing is not None:
        signer.drawing_sealed = seal(secret, consent.drawing, place_in_signer(signer, "drawing_sealed"))
    signer.agreed_at, signer.agreed_sha256 = session.source.now(), place.request.base_sha256
    signer.statement_sha256 = statement_sha256(place.request.statement_version)
    signer.method, signer.proof_id = method.value, proof_id
    note_agreement(session, place.request, signer, actor)
    return signer


def state_presence(session: Session, request_id: UUID, actor: Actor) -> None:
    """Let the host state that both were there and agreed themselves; from then on both sign. Again it changes nothing.

    Raises as `find_sitting`, `RequestEnded`, and `NotYourTurn` while somebody has not agreed.
    """
    place = find_sitting(session, request_id, actor, lock=True)
    require_running(session, place)
    people = present(signers_of(session, place.request))
    if any(signer.agreed_at is None for signer in people):
        raise NotYourTurn
    ready = [signer for signer in people if signer.state == SignerState.READ]
    if not ready:
        return
    record_act(session, Action.SIGNING_ATTEST, place.request, actor, {"signers": len(ready)})
    host = next(signer for signer in people if signer.person_id == actor.person_id)
    add_event(session, place.request, EventKind.PRESENCE_STATED, signer=host, actor=actor)
    for signer in ready:
        signer.state = SignerState.AGREED.value
    session.flush()


def turn_of(people: list[Signer]) -> Signer | None:
    """Whose turn it is to agree; None before all was read and after all agreed."""
    waiting = [signer for signer in people if signer.agreed_at is None]
    return waiting[0] if waiting and all(signer.state == SignerState.READ for signer in people) else None


def _step(state: RequestState, people: Sequence[Signer]) -> Step:
    if state is RequestState.PREPARING:
        return Step.PREPARING
    if state is RequestState.CLOSING:
        return Step.WAITING
    if state is not RequestState.RUNNING:
        return Step.OVER
    states = {signer.state for signer in people}
    if SignerState.WAITING in states:
        return Step.READING
    if any(signer.agreed_at is None for signer in people):
        return Step.AGREEING
    return Step.STATING if SignerState.READ in states else Step.WAITING


def _seated(session: Session, signer: Signer, secret: Secret, actor: Actor) -> Seated:
    entry, now = open_entry(signer, secret), session.source.now()
    newest = select(func.max(SigningCode.expires_at)).where(
        SigningCode.signer_id == signer.id, SigningCode.used_at.is_(None), SigningCode.expires_at > now
    )
    return Seated(
        id=signer.id,
        name=entry.name,
        capacity=entry.capacity,
        is_host=signer.person_id == actor.person_id,
        number=masked_number(session, signer),
        code_until=session.scalar(newest),
    )


def _find_turn(session: Session, request_id: UUID, signer_id: UUID, actor: Actor) -> tuple[Place, Signer]:
    place = find_sitting(session, request_id, actor, lock=True)
    people = present(signers_of(session, place.request))
    signer = next((one for one in people if one.id == signer_id), None)
    if signer is None:
        raise NotFound
    require_running(session, place)
    turn = turn_of(people)
    if turn is None or turn.id != signer.id:
        raise NotYourTurn
    return place, signer


def _add_signers(session: Session, request: SigningRequest, secret: Secret, new: NewSitting, actor: Actor) -> None:
    own_role = SignerRole.SERVICE if actor.audience == "service" else SignerRole.EMPLOYER
    host = SignerEntry(actor.person_name, actor.organisation_name, _clean(new.capacity))
    add_signer(session, request, secret, host, position=1, role=own_role, person_id=actor.person_id)
    beside = SignerEntry(_clean(new.beside.name), _clean(new.beside.capacity), _clean(new.beside.capacity))
    linked = linked_holders(session, request.employee_id) if request.employee_id and new.beside.is_employee else []
    role = SignerRole.EMPLOYEE if new.beside.is_employee else own_role
    person_id = linked[0] if linked else None
    add_signer(session, request, secret, beside, position=2, role=role, person_id=person_id)


def _check(new: NewSitting, document: Document) -> None:
    faults = [*_faults("capacity", new.capacity, LONGEST_CAPACITY, N_("Vul in namens wie u ondertekent."))]
    who = N_("Vul de naam in van wie naast u zit.")
    faults += _faults("name", new.beside.name, LONGEST_NAME, who)
    whom = N_("Vul in namens wie deze persoon ondertekent.")
    faults += _faults("beside_capacity", new.beside.capacity, LONGEST_CAPACITY, whom)
    if new.beside.is_employee and document.employee_id is None:
        faults.append(FieldFault("who", N_("Dit document is niet van één werknemer. Kies *Iemand anders*.")))
    if faults:
        raise InvalidRequest(faults)


def _faults(name: str, typed: str, longest: int, missing: str) -> list[FieldFault]:
    clean = _clean(typed)
    if not clean:
        return [FieldFault(name, missing)]
    if len(clean) > longest:
        too_long = N_("Gebruik ten hoogste 80 tekens.") if longest == LONGEST_CAPACITY else N_("Houd het korter.")
        return [FieldFault(name, too_long)]
    return []


def _of(request_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Signer.request_id == request_id, Signer.state == SignerState.WAITING.value


def _clean(typed: str) -> str:
    return " ".join(typed.replace("\0", "").split())


def _folded(name: str) -> str:
    return _clean(unicodedata.normalize("NFKC", name)).casefold()

"""Looking at a signing request: where each signer stands, and the document itself, page by page (G-05, G-07, G-09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from audit.actions import Action
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from dialogs.changes import changed_participants
from dialogs.models import Participant
from documents.models import Document
from signing.ending import write_what_ran_out
from signing.entries import SignerEntry, open_entry
from signing.errors import LockedOut, NotFound
from signing.finding import ASKED, OPEN, Place, find_request, signers_of, state_now
from signing.models import RequestState, Signer, SignerState, SigningKind, SigningRequest
from signing.places import place_in_request, place_in_signer
from signing.recording import record_act
from signing.request_keys import open_request, settle_keys
from signing.statuses import LIVE, SigningStatus, mail_statuses, status_of


class SigningAct(StrEnum):
    """What the page offers. Each is refused by its own verb as well."""

    SIGN = "sign"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REPLACE = "replace"


@dataclass(frozen=True)
class SignerView:
    """Somebody who is or was to sign. `refusal` is the reason given for declining."""

    id: UUID
    name: str = field(repr=False)
    label: str = field(repr=False)
    capacity: str = field(repr=False)
    role: str
    position: int
    status: SigningStatus
    is_self: bool
    asked_at: datetime | None
    read_at: datetime | None
    signed_at: datetime | None
    ended_at: datetime | None
    refusal: str | None = field(repr=False)
    can_be_replaced: bool


@dataclass(frozen=True)
class RequestView:
    """A signing request as the actor sees it; `reason` is why it was withdrawn.

    `offers_document` says that the document can be looked at here; once all is done it lies in the dossier.
    """

    id: UUID
    title: str = field(repr=False)
    reference: str
    statement_version: str
    kind: SigningKind
    state: RequestState
    in_order: bool
    dialogue_id: UUID | None
    document_id: UUID
    employee_id: UUID | None
    employer_id: UUID
    requested_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    is_requester: bool
    reason: str | None = field(repr=False)
    signers: tuple[SignerView, ...]
    can: frozenset[SigningAct]
    signed_version: int | None
    evidence_id: UUID | None
    offers_document: bool

    @property
    def present(self) -> tuple[SignerView, ...]:
        """Those who sign, without those who were replaced."""
        return tuple(one for one in self.signers if one.status is not SigningStatus.REPLACED)

    @property
    def is_pending(self) -> bool:
        """Whether somebody may still be asked to sign."""
        return self.state in LIVE

    @property
    def own(self) -> SignerView | None:
        """The actor as a signer."""
        return next((one for one in self.present if one.is_self), None)


@dataclass(frozen=True)
class DocumentSigning:
    """What the page of a document tells of its newest request; whoever takes no part learns no name."""

    id: UUID
    kind: SigningKind
    state: RequestState
    signed: int
    signers: int
    takes_part: bool


def read_request(session: Session, request_id: UUID, actor: Actor) -> RequestView:
    """A request with its signers; the log is told first, and what ran out meanwhile is written down.

    Raises `PermissionDenied`, `NotFound` for whoever takes no part, `LockedOut`.
    """
    place = find_request(session, request_id, actor, lock=True)
    record_act(session, Action.SIGNING_READ, place.request, actor)
    secret = open_request(session, place.request, actor)
    with suppress(LockedOut):
        # Whoever can't open what is new reads what there is.
        secret = settle_keys(session, place.request, secret, actor)
    write_what_ran_out(session, place.request, place.document, actor.who)
    return _view(session, place, secret, actor)


def request_in_dialogue(session: Session, dialogue_id: UUID, actor: Actor) -> RequestView | None:
    """The request that goes by a dialogue which the actor has read, so that the log knows of it; None without one.

    None too for whoever takes no part any more, or can't open what is new.
    """
    held = select(SigningRequest.id).where(SigningRequest.dialogue_id == dialogue_id)
    request_id = session.scalar(held)
    if request_id is None:
        return None
    try:
        place = find_request(session, request_id, actor)
        secret = open_request(session, place.request, actor)
    except (NotFound, LockedOut):
        return None
    return _view(session, place, secret, actor)


def signing_of_document(session: Session, document: Document, actor: Actor) -> DocumentSigning | None:
    """The newest request to sign a document that the actor has found; None where nobody ever asked."""
    newest = (
        select(SigningRequest)
        .where(SigningRequest.document_id == document.id)
        .order_by(SigningRequest.requested_at.desc(), SigningRequest.id)
        .limit(1)
    )
    request = session.scalars(newest.execution_options(populate_existing=True)).first()
    if request is None:
        return None
    states = [one.state for one in signers_of(session, request) if one.state != SignerState.REPLACED]
    return DocumentSigning(
        request.id,
        SigningKind(request.kind),
        state_now(session, request, document),
        signed=states.count(SignerState.SIGNED.value),
        signers=len(states),
        takes_part=_takes_part(session, request, actor),
    )


def _view(session: Session, place: Place, secret: Secret, actor: Actor) -> RequestView:
    request, state = place.request, state_now(session, place.request, place.document)
    signers = signers_of(session, request)
    mails = mail_statuses(session, signers)
    people = _people(session, signers)
    changed = changed_participants(session, people.values())
    is_requester = request.requested_by == actor.person_id
    views = []
    for signer in signers:
        status = status_of(signer, state, people.get(signer.participant_id) if signer.participant_id else None, changed)
        status = mails.get(signer.id, status) if status is SigningStatus.SENT else status
        views.append(_signer(signer, open_entry(signer, secret), status, place, secret, is_requester and state in LIVE))
    return RequestView(
        id=request.id,
        title=unseal(secret, request.title_sealed, place_in_request(request, "title_sealed")).decode(),
        reference=request.reference,
        statement_version=request.statement_version,
        kind=SigningKind(request.kind),
        state=state,
        in_order=request.in_order,
        dialogue_id=request.dialogue_id,
        document_id=request.document_id,
        employee_id=request.employee_id,
        employer_id=request.employer_id,
        requested_at=request.requested_at,
        expires_at=request.expires_at,
        ended_at=request.ended_at,
        is_requester=is_requester,
        reason=_text(request.reason_sealed, secret, request),
        signers=tuple(views),
        can=_can(place, state, is_requester),
        signed_version=request.signed_version,
        evidence_id=request.evidence_id,
        offers_document=(request.latest_file_id or request.base_file_id) is not None,
    )


def _signer(
    signer: Signer, entry: SignerEntry, status: SigningStatus, place: Place, secret: Secret, may_replace: bool
) -> SignerView:
    return SignerView(
        id=signer.id,
        name=entry.name,
        label=entry.label,
        capacity=entry.capacity,
        role=signer.role,
        position=signer.position,
        status=status,
        is_self=place.signer is not None and place.signer.id == signer.id,
        asked_at=signer.asked_at,
        read_at=signer.read_at,
        signed_at=signer.signed_at,
        ended_at=signer.ended_at,
        refusal=_refusal(signer, secret),
        can_be_replaced=may_replace and signer.state in OPEN,
    )


def _people(session: Session, signers: Sequence[Signer]) -> Mapping[UUID, Participant]:
    statement = select(Participant).where(Participant.id.in_([one.participant_id for one in signers]))
    return {person.id: person for person in session.scalars(statement.execution_options(populate_existing=True))}


def _can(place: Place, state: RequestState, is_requester: bool) -> frozenset[SigningAct]:
    acts: set[SigningAct] = set()
    if state is RequestState.RUNNING and place.signer is not None and place.signer.state in ASKED:
        acts |= {SigningAct.SIGN, SigningAct.DECLINE}
    if is_requester and state in LIVE:
        acts |= {SigningAct.WITHDRAW, SigningAct.REPLACE}
    return frozenset(acts)


def _takes_part(session: Session, request: SigningRequest, actor: Actor) -> bool:
    try:
        find_request(session, request.id, actor)
    except (NotFound, PermissionDenied):
        return False
    return True


def _text(sealed: bytes | None, secret: Secret, request: SigningRequest) -> str | None:
    return None if sealed is None else unseal(secret, sealed, place_in_request(request, "reason_sealed")).decode()


def _refusal(signer: Signer, secret: Secret) -> str | None:
    sealed = signer.refusal_sealed
    return None if sealed is None else unseal(secret, sealed, place_in_signer(signer, "refusal_sealed")).decode()

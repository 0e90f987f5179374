"""Finding a signing request: only for who takes part in it, in the query itself (D-rule 28)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from dialogs.authority import without_authority
from dialogs.changes import changed_participants
from dialogs.finding import participants_of
from dialogs.models import Dialogue, Participant, ParticipantState
from documents.models import Document
from signing.errors import NotASigner, NotFound, NotYourTurn, RequestEnded
from signing.models import RequestState, Signer, SignerState, SigningKind, SigningRequest

ASKED = frozenset({SignerState.ASKED.value, SignerState.READ.value})
"""The states of whoever may sign or decline now."""
OPEN = frozenset({SignerState.WAITING.value, *ASKED})
"""The states of whoever has not answered."""


@dataclass(frozen=True)
class Place:
    """A request with its document, and the actor's own place in it; sitting together there is no participant."""

    request: SigningRequest
    document: Document
    participant: Participant | None
    signer: Signer | None

    @property
    def state(self) -> RequestState:
        """Where the request stands, as far as that is written down; `state_now` knows better."""
        return RequestState(self.request.state)


def find_request(session: Session, request_id: UUID, actor: Actor, *, lock: bool = False) -> Place:
    """The request for who takes part in its dialogue now or, sitting together, for the host; nobody else.

    With `lock` whoever acts in it waits until this transaction ends. Raises `PermissionDenied`, `NotFound`.
    """
    actor.require(Permission.DIALOGUE_READ)
    takes_part = and_(
        Participant.dialogue_id == SigningRequest.dialogue_id,
        Participant.person_id == actor.person_id,
        Participant.state == ParticipantState.TAKING_PART.value,
    )
    is_host = and_(SigningRequest.kind == SigningKind.TOGETHER.value, SigningRequest.requested_by == actor.person_id)
    statement = (
        select(SigningRequest, Document, Participant)
        .join(Document, Document.id == SigningRequest.document_id)
        .outerjoin(Participant, takes_part)
        .where(SigningRequest.id == request_id, or_(Participant.id.is_not(None), is_host))
    )
    if lock:
        statement = statement.with_for_update(of=SigningRequest)
    found = session.execute(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    request, document, participant = found
    return Place(request, document, participant, _own_signer(session, request, participant))


def find_to_sign(session: Session, request_id: UUID, actor: Actor, *states: SignerState) -> tuple[Place, Signer]:
    """The request, locked, and the actor as somebody who may act as a signer now, in one of some states.

    Raises as `find_request`, `RequestEnded`, `NotASigner`, and `NotYourTurn` in another state, where other contact
    data of the actor are known by now, so that the requester asks anew (D-08), or where the actor may not see the
    employee any more (D-07).
    """
    place = find_request(session, request_id, actor, lock=True)
    require_running(session, place)
    if place.signer is None or place.signer.state == SignerState.REPLACED:
        raise NotASigner
    if place.signer.state not in {state.value for state in states}:
        raise NotYourTurn
    if place.participant is not None and not _may_still(session, place.participant):
        raise NotYourTurn
    return place, place.signer


def require_running(session: Session, place: Place, *more: RequestState) -> None:
    """Raises `RequestEnded` for a request that takes no acts of signers; those in `more` will do as well."""
    state = state_now(session, place.request, place.document)
    if state not in {RequestState.RUNNING, *more}:
        raise RequestEnded(state)


def state_now(session: Session, request: SigningRequest, document: Document) -> RequestState:
    """Where a request stands at this moment, also where nobody has written down yet that it ran out.

    A document with another version, or that was removed, voids what is pending (D-rule 33). Once everybody has signed
    it stands.
    """
    if request.state not in {RequestState.PREPARING.value, RequestState.RUNNING.value}:
        return RequestState(request.state)
    if document.version != request.version_number or document.removed_at is not None:
        return RequestState.VOIDED
    if request.expires_at <= session.source.now():
        return RequestState.EXPIRED
    return RequestState(request.state)


def signers_of(session: Session, request: SigningRequest) -> list[Signer]:
    """All who are or were to sign, by position; of one position the newest last."""
    statement = select(Signer).where(Signer.request_id == request.id).execution_options(populate_existing=True)
    return sorted(session.scalars(statement), key=lambda signer: (signer.position, signer.state != "replaced"))


def present(signers: Iterable[Signer]) -> list[Signer]:
    """Those who are to sign now, without those who were replaced."""
    return [signer for signer in signers if signer.state != SignerState.REPLACED]


def _may_still(session: Session, person: Participant) -> bool:
    dialogue = session.get_one(Dialogue, person.dialogue_id)
    others = participants_of(session, person.dialogue_id)
    return person.id not in changed_participants(session, [person]) | without_authority(session, dialogue, others)


def _own_signer(session: Session, request: SigningRequest, participant: Participant | None) -> Signer | None:
    if participant is None:
        return None
    own = select(Signer).where(Signer.request_id == request.id, Signer.participant_id == participant.id)
    return session.scalars(own.execution_options(populate_existing=True)).first()

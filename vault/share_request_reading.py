"""What each side sees of deelverzoeken: lists without what they say, and one with what it says (design 2.6)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from audit.recording import record
from crypto.hybrid import open_with
from database.session import Session
from organisation.calendar import today
from organisation.memberships import person_names
from organisation.models import Employee, Employment, Organisation, ServiceAgreement
from organisation.scope import has_not_ended, is_in_view
from organisation.service_agreements import is_running
from vault.fields import Card
from vault.models import Share, ShareRequest, ShareRequestState
from vault.places import place_of_request
from vault.reasons import Reason
from vault.records import open_cards
from vault.share_requests import find_request, require_service, state_now
from vault.sides import is_employer, require_vault
from vault.tree import names

LATEST = 50
"""How many requests a list shows besides those that wait."""
_GENERATIONS = {
    "reason_sealed": "generation",
    "service_reason_sealed": "service_generation",
    "refusal_sealed": "refusal_generation",
    "service_refusal_sealed": "service_refusal_generation",
}
_NEWS = (ShareRequestState.SHARED, ShareRequestState.REFUSED, ShareRequestState.EXPIRED)


@dataclass(frozen=True)
class RequestLine:
    """A request as a list shows it: about whom as a number, and what became of it.

    `name` is there for whom the actor's side may see by name and the list opens. `share_runs` tells whether the share
    that answered it still runs, `is_news` whoever asked that there is an answer that he or she has not looked at.
    """

    id: uuid.UUID
    employee_id: uuid.UUID
    personnel_number: str
    name: str | None
    employer: str
    service: str
    state: ShareRequestState
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    share_runs: bool
    is_news: bool

    @property
    def waits(self) -> bool:
        """Tell whether the employer can still answer."""
        return self.state is ShareRequestState.WAITING


@dataclass(frozen=True)
class RequestView:
    """A request with what it says; the person only for the employer, to whom the record is open.

    `has_left` tells that no employment of the employee runs any more. `reason` is None for a service whose copies were
    destroyed with the agreement, `refusal` where nothing was refused.
    """

    line: RequestLine
    card: Card | None
    has_left: bool
    reason: Reason | None
    refusal: str | None


def requests_to_answer(session: Session, actor: Actor) -> list[RequestLine]:
    """The requests that wait for an answer about employees in the actor's scope, the oldest first; nothing is opened.

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound` for the arbo side.
    """
    _require_employer(session, actor)
    statement = _in_view(session, actor).where(_waits(session)).order_by(ShareRequest.requested_at, ShareRequest.id)
    return _lines(session, actor, statement)


def read_requests(session: Session, actor: Actor) -> list[RequestLine]:
    """*Deelverzoeken* of the employer: those that wait, and the latest that do not, by name; logged as one look.

    Raises as `requests_to_answer`.
    """
    waiting = requests_to_answer(session, actor)
    done = _in_view(session, actor).where(~_waits(session))
    done = done.order_by(ShareRequest.requested_at.desc(), ShareRequest.id).limit(LATEST)
    lines = [*waiting, *_lines(session, actor, done)]
    people = {line.employee_id for line in lines}
    entry = record(session, Action.SHARE_REQUEST_LIST, by=actor.who, subjects=people, details={"count": len(lines)})
    cards = open_cards(session, actor, people, entry=entry) if people else {}
    return [_named(line, cards[line.employee_id].display_name if line.employee_id in cards else None) for line in lines]


def read_request(session: Session, request_id: uuid.UUID, actor: Actor) -> RequestView:
    """One request as the employer answers it; the entry of this look is written before anything opens.

    Raises as `requests_to_answer`, and `organisation.errors.NotFound` for one out of scope.
    """
    holder_id = _require_employer(session, actor)
    request = find_request(session, request_id, actor)
    entry = _record_look(session, request, actor)
    card = open_cards(session, actor, [request.employee_id], entry=entry).get(request.employee_id)
    return _view(session, actor, request, holder_id, card)


def waiting_request(session: Session, employee_id: uuid.UUID, actor: Actor) -> RequestLine | None:
    """The request that waits for an answer about one employee in view; None for whoever may neither answer nor ask."""
    if (Permission.SHARE_MAKE if is_employer(actor) else Permission.SHARE_REQUEST) not in actor.permissions:
        return None
    statement = _in_view(session, actor).where(_waits(session), ShareRequest.employee_id == employee_id)
    return next(iter(_lines(session, actor, statement.order_by(ShareRequest.requested_at, ShareRequest.id))), None)


def open_requests_of_service(session: Session, actor: Actor) -> list[RequestLine]:
    """What the start page of arbo staff shows: what waits, and the answers that the actor has not looked at.

    Raises `PermissionDenied`, `NoVaultAccess`, `organisation.errors.NotFound` for an employer.
    """
    require_service(session, actor)
    statement = _in_view(session, actor).where(or_(_waits(session), _is_news(actor)))
    return _lines(session, actor, statement.order_by(ShareRequest.requested_at, ShareRequest.id))


def requests_of_service(session: Session, actor: Actor) -> list[RequestLine]:
    """*Deelverzoeken* of the service, at the employers in scope, the newest first; names as any list shows them.

    Raises as `open_requests_of_service`.
    """
    require_service(session, actor)
    newest = _in_view(session, actor).order_by(ShareRequest.requested_at.desc(), ShareRequest.id).limit(LATEST)
    lines = _lines(session, actor, newest)
    named = names(session, actor, [line.employee_id for line in lines]) if lines else {}
    return [_named(line, named[line.employee_id]) for line in lines]


def latest_request(session: Session, employee_id: uuid.UUID, actor: Actor) -> RequestView | None:
    """The newest request of the actor's service about one employee, with the answer; the look is logged.

    Raises as `open_requests_of_service`.
    """
    holder_id = require_service(session, actor)
    statement = _in_view(session, actor).where(ShareRequest.employee_id == employee_id)
    newest = session.execute(statement.order_by(ShareRequest.requested_at.desc(), ShareRequest.id).limit(1)).first()
    if newest is None:
        return None
    request: ShareRequest = newest[0]
    _record_look(session, request, actor)
    return _view(session, actor, request, holder_id, None)


def _require_employer(session: Session, actor: Actor) -> uuid.UUID:
    actor.require(Permission.SHARE_MAKE)
    return require_vault(session, actor)


def _in_view(session: Session, actor: Actor) -> Select[ShareRequest, str]:
    own_side = ShareRequest.organisation_id if is_employer(actor) else ShareRequest.service_id
    return (
        select(ShareRequest, Employee.personnel_number)
        .join(Employee, Employee.id == ShareRequest.employee_id)
        .where(own_side == actor.organisation_id, is_in_view(actor, today(session)))
        .execution_options(populate_existing=True)
    )


def _serves(session: Session) -> ColumnElement[bool]:
    return exists().where(
        ServiceAgreement.service_id == ShareRequest.service_id,
        ServiceAgreement.employer_id == ShareRequest.organisation_id,
        is_running(today(session)),
    )


def _waits(session: Session) -> ColumnElement[bool]:
    return and_(
        ShareRequest.state == ShareRequestState.WAITING.value,
        ShareRequest.expires_at > session.source.now(),
        _serves(session),
    )


def _is_news(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor asked, and has not looked at the dossier since the answer.

    Each look is in the log, which so knows by itself what somebody has seen.
    """
    looked = exists().where(
        AuditSubject.organisation_id == actor.organisation_id,
        AuditSubject.subject_id == ShareRequest.employee_id,
        AuditEntry.id == AuditSubject.entry_id,
        AuditEntry.actor_id == actor.person_id,
        AuditEntry.action == Action.EMPLOYEE_READ.value,
        AuditEntry.moment >= ShareRequest.decided_at,
    )
    later = aliased(ShareRequest)
    asked_again = exists().where(
        later.employee_id == ShareRequest.employee_id,
        later.service_id == ShareRequest.service_id,
        later.requested_at > ShareRequest.requested_at,
    )
    return and_(
        ShareRequest.requested_by == actor.person_id,
        ShareRequest.state.in_([state.value for state in _NEWS]),
        ~looked,
        ~asked_again,
    )


def _lines(session: Session, actor: Actor, statement: Select[ShareRequest, str]) -> list[RequestLine]:
    share_runs = exists().where(Share.id == ShareRequest.share_id, Share.ended_at.is_(None))
    found = session.execute(statement.add_columns(_serves(session), share_runs, _is_news(actor))).all()
    requests = [request for request, *_others in found]
    people = person_names(session, [request.requested_by for request in requests])
    organisations = _organisation_names(session, requests)
    now = session.source.now()
    return [
        RequestLine(
            id=request.id,
            employee_id=request.employee_id,
            personnel_number=number,
            name=None,
            employer=organisations[request.organisation_id],
            service=organisations[request.service_id],
            state=state_now(request, now, served=served),
            requested_by=people.get(request.requested_by, ""),
            requested_at=request.requested_at,
            expires_at=request.expires_at,
            decided_at=request.decided_at,
            share_runs=runs,
            is_news=is_news,
        )
        for request, number, served, runs, is_news in found
    ]


def _organisation_names(session: Session, requests: Iterable[ShareRequest]) -> dict[uuid.UUID, str]:
    wanted = {side for request in requests for side in (request.organisation_id, request.service_id)}
    return dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))).all())


def _named(line: RequestLine, name: str | None) -> RequestLine:
    return replace(line, name=name)


def _record_look(session: Session, request: ShareRequest, actor: Actor) -> AuditEntry:
    return record(
        session,
        Action.SHARE_REQUEST_READ,
        by=actor.who,
        subjects=[request.employee_id],
        object_type="share_request",
        object_id=request.id,
    )


def _view(
    session: Session, actor: Actor, request: ShareRequest, holder_id: uuid.UUID, card: Card | None
) -> RequestView:
    (line,) = _lines(session, actor, _in_view(session, actor).where(ShareRequest.id == request.id))
    side = "" if is_employer(actor) else "service_"
    reason = _open(session, actor, request, holder_id, f"{side}reason_sealed")
    refusal = _open(session, actor, request, holder_id, f"{side}refusal_sealed")
    return RequestView(
        line=line,
        card=card,
        has_left=_has_left(session, request),
        reason=Reason.from_bytes(reason) if reason is not None else None,
        refusal=refusal.decode() if refusal is not None else None,
    )


def _has_left(session: Session, request: ShareRequest) -> bool:
    statement = select(Employment.id).where(
        Employment.employee_id == request.employee_id, has_not_ended(today(session))
    )
    return session.scalar(statement.limit(1)) is None


def _open(session: Session, actor: Actor, request: ShareRequest, holder_id: uuid.UUID, column: str) -> bytes | None:
    sealed: bytes | None = getattr(request, column)
    if sealed is None:
        return None
    generation: int = getattr(request, _GENERATIONS[column])
    key_pair = actor.keys.key_pair(session, holder_id, generation)
    return open_with(key_pair, sealed, place_of_request(request, column, generation))

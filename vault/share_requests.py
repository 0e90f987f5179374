"""Deelverzoeken: arbo staff ask the employer to share an employee, and what becomes of that (design 2.6, D-rule 22).

Kind and reason are sealed with HPKE to each side by itself. Every step is one conditional change of a request that
waits, so that of several at once exactly one counts, and has an entry in the log of each side.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import Who, record
from crypto.hybrid import seal_to
from database.session import Session
from delivery.outbox import MailKind
from keys.holders import public_key
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.models import Employee
from organisation.notices import notify_key_holders, notify_person
from organisation.scope import is_in_view
from organisation.service_agreements import serves
from organisation.tree import find_employee
from vault.errors import AlreadyRequested, AlreadyShared, RequestDecided, VaultClosed
from vault.models import CareQuestionKind, Share, ShareRequest, ShareRequestState, Vault
from vault.places import place_of_request
from vault.reasons import Reason, check_reason
from vault.sides import is_employer, keep_generation, require_side

ENDINGS = {
    ShareRequestState.SHARED: Action.SHARE_REQUEST_SHARE,
    ShareRequestState.REFUSED: Action.SHARE_REQUEST_REFUSE,
    ShareRequestState.WITHDRAWN: Action.SHARE_REQUEST_WITHDRAW,
    ShareRequestState.EXPIRED: Action.SHARE_REQUEST_EXPIRE,
}


def request_share(
    session: Session,
    employee_id: uuid.UUID,
    kind: CareQuestionKind,
    explanation: str,
    *,
    lifetime: timedelta,
    actor: Actor,
) -> ShareRequest:
    """*Deling aanvragen*: ask the employer to share somebody whom the arbo side sees as *Anoniem*.

    It waits for `lifetime`. The vault users in whose scope the employee lies get a mail that says nothing (D-rule 26).
    Raises `PermissionDenied`, `NoVaultAccess`, `organisation.errors.NotFound` also for an employer that is not served
    or out of scope, `VaultClosed`, `AlreadyShared`, `AlreadyRequested`, `ExplanationMissing`, `ExplanationTooLong`.
    """
    actor.require(Permission.SHARE_REQUEST)
    service_holder_id = require_service(session, actor)
    reason = check_reason(kind, explanation)
    employee = find_employee(session, actor, employee_id, lock=True)
    vault = session.get(Vault, employee.organisation_id)
    if vault is None:
        raise VaultClosed
    _require_anonymous(session, employee, actor)
    _make_room(session, employee, actor)
    request = _new_request(session, employee, lifetime, actor)
    record_on_both_sides(session, Action.SHARE_REQUEST_MAKE, request, actor.who)
    _seal_reason(session, request, reason, vault.holder_id, service_holder_id)
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError:
        raise AlreadyRequested from None
    notify_key_holders(
        session,
        vault.holder_id,
        employee.organisation_id,
        Permission.SHARE_MAKE,
        MailKind.SHARE_REQUEST,
        about=employee,
    )
    return request


def withdraw_request(session: Session, request_id: uuid.UUID, actor: Actor) -> ShareRequest:
    """*Intrekken*, by whoever asked or a colleague with the employer in scope.

    Raises `PermissionDenied`, `NoVaultAccess`, `organisation.errors.NotFound`, `RequestDecided`.
    """
    actor.require(Permission.SHARE_REQUEST)
    require_service(session, actor)
    request = find_request(session, request_id, actor)
    return decide(session, request, ShareRequestState.WITHDRAWN, by=actor.who)


def expire_requests(session: Session, limit: int = 100) -> int:
    """Let at most `limit` requests run out whose time is up, and tell how many; it takes no key (design 2.7)."""
    statement = (
        select(ShareRequest)
        .where(ShareRequest.state == ShareRequestState.WAITING.value, ShareRequest.expires_at <= session.source.now())
        .order_by(ShareRequest.expires_at, ShareRequest.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    expired = list(session.scalars(statement))
    for request in expired:
        close(session, request, ShareRequestState.EXPIRED, by=Who.system("worker"))
    return len(expired)


def answer_with_share(session: Session, share: Share, actor: Actor) -> ShareRequest | None:
    """Let a share answer the request that waits for it, also where the employer shared by itself; return it.

    The caller has locked the employee's row. A request whose time was up has run out all the same.
    """
    request = _waiting(session, share.employee_id, share.service_id)
    if request is None:
        return None
    if request.expires_at <= share.shared_at:
        return close(session, request, ShareRequestState.EXPIRED, by=Who.system("worker"))
    close(session, request, ShareRequestState.SHARED, by=actor.who, share_id=share.id)
    notify_person(session, request.requested_by, MailKind.SHARE_REQUEST_ANSWERED)
    return request


def find_request(session: Session, request_id: uuid.UUID, actor: Actor) -> ShareRequest:
    """A request of the actor's side about an employee in view. Raises `organisation.errors.NotFound`."""
    own_side = ShareRequest.organisation_id if is_employer(actor) else ShareRequest.service_id
    statement = (
        select(ShareRequest)
        .join(Employee, Employee.id == ShareRequest.employee_id)
        .where(
            ShareRequest.id == request_id,
            own_side == actor.organisation_id,
            is_in_view(actor, today(session)),
        )
        .execution_options(populate_existing=True)
    )
    request = session.scalars(statement).first()
    if request is None:
        raise NotFound
    return request


def state_now(request: ShareRequest, now: datetime, *, served: bool) -> ShareRequestState:
    """What became of a request, also where the worker has not come by since its time was up."""
    state = ShareRequestState(request.state)
    if state is not ShareRequestState.WAITING:
        return state
    if not served:
        return ShareRequestState.ENDED
    return ShareRequestState.EXPIRED if request.expires_at <= now else state


def decide(session: Session, request: ShareRequest, state: ShareRequestState, *, by: Who) -> ShareRequest:
    """End a request that waits, once, with an entry on both sides.

    Raises `RequestDecided` for one that was decided, ran out, or is of a service that serves the employer no more.
    """
    lock_open(session, request)
    return close(session, request, state, by=by)


def lock_open(session: Session, request: ShareRequest) -> None:
    """Keep a request that waits from others until the transaction ends. Raises `RequestDecided`."""
    session.refresh(request, with_for_update=True)
    served = serves(session, request.service_id, request.organisation_id)
    state = state_now(request, session.source.now(), served=served)
    if state is not ShareRequestState.WAITING:
        raise RequestDecided(state)


def close(
    session: Session, request: ShareRequest, state: ShareRequestState, *, by: Who, share_id: uuid.UUID | None = None
) -> ShareRequest:
    """End a request whose row the caller has locked as one that waits, with an entry on both sides."""
    values: dict[str, Any] = {
        "state": state.value,
        "decided_by": by.person_id,
        "decided_at": session.source.now(),
        "share_id": share_id,
    }
    still_waits = ShareRequest.state == ShareRequestState.WAITING.value
    closing = update(ShareRequest).where(ShareRequest.id == request.id, still_waits).values(**values)
    closed = session.scalar(closing.returning(ShareRequest.id).execution_options(synchronize_session=False))
    session.refresh(request)
    if closed is None:
        raise RequestDecided(ShareRequestState(request.state))
    record_on_both_sides(session, ENDINGS[state], request, by)
    return request


def require_service(session: Session, actor: Actor) -> uuid.UUID:
    """The holder of the actor's arbo service. Raises as `vault.sides.require_side`, and `NotFound` for an employer."""
    if is_employer(actor):
        raise NotFound
    return require_side(session, actor)


def record_on_both_sides(session: Session, action: Action, request: ShareRequest, by: Who) -> None:
    """Write what happened to a request in the log of the employer and in that of the service (design 3)."""
    for organisation_id in (request.organisation_id, request.service_id):
        record(
            session,
            action,
            by=by,
            organisation_id=organisation_id,
            subjects=[request.employee_id],
            object_type="share_request",
            object_id=request.id,
        )


def seal_text(
    session: Session, request: ShareRequest, column: str, holder_id: uuid.UUID, plaintext: bytes
) -> tuple[int, bytes]:
    """What a request or its refusal says, sealed to one side for `column`: its generation, and the ciphertext."""
    keep_generation(session, holder_id)
    recipient = public_key(session, holder_id)
    place = place_of_request(request, column, recipient.generation)
    return recipient.generation, seal_to(recipient.value, plaintext, place)


def _require_anonymous(session: Session, employee: Employee, actor: Actor) -> None:
    statement = select(Share.id).where(
        Share.employee_id == employee.id, Share.service_id == actor.organisation_id, Share.ended_at.is_(None)
    )
    if session.scalar(statement) is not None:
        raise AlreadyShared


def _make_room(session: Session, employee: Employee, actor: Actor) -> None:
    """Let a request whose time was up make room for a new one, though the worker has not come by."""
    waiting = _waiting(session, employee.id, actor.organisation_id)
    if waiting is None:
        return
    if waiting.expires_at > session.source.now():
        raise AlreadyRequested
    close(session, waiting, ShareRequestState.EXPIRED, by=Who.system("worker"))


def _waiting(session: Session, employee_id: uuid.UUID, service_id: uuid.UUID) -> ShareRequest | None:
    statement = (
        select(ShareRequest)
        .where(
            ShareRequest.employee_id == employee_id,
            ShareRequest.service_id == service_id,
            ShareRequest.state == ShareRequestState.WAITING.value,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).first()


def _new_request(session: Session, employee: Employee, lifetime: timedelta, actor: Actor) -> ShareRequest:
    now = session.source.now()
    return ShareRequest(
        id=session.source.new_id(),
        employee_id=employee.id,
        organisation_id=employee.organisation_id,
        service_id=actor.organisation_id,
        state=ShareRequestState.WAITING.value,
        requested_by=actor.person_id,
        requested_at=now,
        expires_at=now + lifetime,
    )


def _seal_reason(
    session: Session, request: ShareRequest, reason: Reason, vault_holder_id: uuid.UUID, service_holder_id: uuid.UUID
) -> None:
    text = reason.to_bytes()
    request.generation, request.reason_sealed = seal_text(session, request, "reason_sealed", vault_holder_id, text)
    request.service_generation, request.service_reason_sealed = seal_text(
        session, request, "service_reason_sealed", service_holder_id, text
    )

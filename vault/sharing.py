"""Sharing one employee with the arbo service, ending it, and its history (S-01..S-07, K-27, D-rules 21 and 22).

Sharing hands over the record's key and never reads the data: the row of the service's key is the share (design 2.2).
Its reason is sealed twice and never under that key, which a later service gets as well: once for the vault, which opens
it for ever, and once to the service, whose copy is destroyed at the end of the share.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from crypto.hybrid import open_with, seal_to
from crypto.sealing import seal, unseal
from database.session import Session
from keys.holders import current_generation, has_key, public_key
from organisation.errors import NoServiceAgreement, NotFound, NotFoundedYet
from organisation.memberships import person_names
from organisation.models import Employee, Organisation
from organisation.service_agreements import running_service, serves
from organisation.tree import find_employee
from vault.errors import (
    AlreadyEnded,
    AlreadyShared,
    ContentBegan,
    NotShared,
    NoVaultAccess,
)
from vault.following import tell_begun, tell_ended
from vault.models import CareQuestionKind, Share, ShareRequest
from vault.places import place_of_reason, place_of_service_reason
from vault.reasons import Reason, check_reason
from vault.record_keys import destroy, keys_of_data, mark_stale, send
from vault.share_requests import answer_with_share
from vault.sides import is_employer, keep_generation, require_side, require_vault


@dataclass(frozen=True)
class ShareView:
    """An act of sharing as the history shows it (S-06).

    `can_end` tells whether *Deling intrekken* is offered: it runs and has no content that the employer can see (S-07).
    `requested_at` is when the service asked for it, of a share that answered a request. An ended share without
    `ended_by` ended with the agreement between employer and service.
    """

    id: uuid.UUID
    service: str
    reason: Reason
    shared_by: str
    shared_at: datetime
    requested_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    can_end: bool


def share_record(
    session: Session,
    employee_id: uuid.UUID,
    kind: CareQuestionKind,
    explanation: str,
    actor: Actor,
    *,
    service_id: uuid.UUID | None = None,
) -> Share:
    """*Dossier delen*: hand this one record's key to the service that serves the employer today (S-02..S-04).

    With `service_id` to that one, where it serves the employer. A request that waits for it is answered thereby. Both
    organisations' logs get an entry, before any key is opened. Raises `PermissionDenied`, `VaultClosed`,
    `NoVaultAccess`, `organisation.errors.NotFound`, `organisation.errors.NoServiceAgreement`,
    `organisation.errors.NotFoundedYet`, `AlreadyShared`, `ExplanationMissing`, `ExplanationTooLong`.
    """
    actor.require(Permission.SHARE_MAKE)
    holder_id = require_vault(session, actor)
    reason = check_reason(kind, explanation)
    employee = find_employee(session, actor, employee_id, lock=True)
    service = _service(session, employee, service_id)
    service_holder_id = _holder_of(session, service)
    if running_share(session, employee.id) is not None:
        raise AlreadyShared
    share = _new_share(session, employee, service, actor)
    _record_on_both_sides(session, Action.SHARE_MAKE, share, actor)
    for key in keys_of_data(session, employee, holder_id, actor):
        send(session, employee, key, service_holder_id)
    _seal_for_vault(session, reason, share, holder_id, actor)
    _seal_for_service(session, reason, share, service_holder_id)
    _insert(session, share)
    tell_begun(session, share, actor)
    answer_with_share(session, share, actor)
    return share


def end_share(session: Session, share_id: uuid.UUID, actor: Actor) -> Share:
    """*Deling intrekken*: destroy the service's keys of this record and its copy of the reason (S-07, S-15).

    The record's next change makes a new key.

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound`, `ContentBegan`,
    `AlreadyEnded`.
    """
    actor.require(Permission.SHARE_END)
    holder_id = require_vault(session, actor)
    share, employee = _find(session, share_id, actor)
    _end_once(session, share, actor)
    _record_on_both_sides(session, Action.SHARE_END, share, actor)
    service = session.get_one(Organisation, share.service_id)
    if service.holder_id is not None:
        destroy(session, employee, service.holder_id)
    tell_ended(session, [share])
    mark_stale(session, employee, holder_id)
    return share


def share_history(session: Session, employee_id: uuid.UUID, actor: Actor) -> list[ShareView]:
    """*Deelgeschiedenis* of an employee, the newest act first (S-06).

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound` also for the arbo side,
    which sees the running share on its dossier page.
    """
    actor.require(Permission.SHARE_READ)
    require_vault(session, actor)
    employee = find_employee(session, actor, employee_id)
    statement = select(Share).where(Share.employee_id == employee.id).order_by(Share.shared_at.desc(), Share.id)
    shares = list(session.scalars(statement))
    entry = record(session, Action.SHARE_HISTORY, by=actor.who, subjects=[employee.id], details={"count": len(shares)})
    return views_of(session, actor, shares, entry=entry)


def running_share(session: Session, employee_id: uuid.UUID) -> Share | None:
    """The share of an employee that runs now; the caller found the employee in view."""
    statement = select(Share).where(Share.employee_id == employee_id, Share.ended_at.is_(None))
    return session.scalars(statement.order_by(Share.id)).first()


def require_share(session: Session, employee_id: uuid.UUID, actor: Actor) -> Share:
    """The running share, without which nothing may be begun for an employee on either side (S-08, D-rule 23).

    Raises `NotShared`, `organisation.errors.NotFound`, `PermissionDenied`.
    """
    employee = find_employee(session, actor, employee_id)
    share = running_share(session, employee.id)
    if share is None or (not is_employer(actor) and share.service_id != actor.organisation_id):
        raise NotShared
    return share


def begin_dossier_content(session: Session, share_id: uuid.UUID, visible_to_employer: bool) -> None:
    """Note that a dossier gets content: called by each package before it adds any (design 2.7).

    Only content that the employer can see stands in the way of *Deling intrekken*; other content leaves no trace here
    (S-07, D-rule 7). Raises `NotShared` for a share that has ended or never was (D-rule 23).
    """
    running = select(Share).where(Share.id == share_id, Share.ended_at.is_(None))
    share = session.scalars(running.with_for_update().execution_options(populate_existing=True)).first()
    if share is None:
        raise NotShared
    if visible_to_employer and share.content_began_at is None:
        share.content_began_at = session.source.now()
        session.flush()


def views_of(session: Session, actor: Actor, shares: list[Share], *, entry: AuditEntry) -> list[ShareView]:
    """The shares of an employee with their reasons opened; `entry` is the log entry of this look.

    Raises as `vault.sides.require_side`; a service has the reason of its own running share only.
    """
    holder_id = require_side(session, actor)
    names = person_names(session, [*(share.shared_by for share in shares), *(share.ended_by for share in shares)])
    services, requested = _service_names(session, shares), _requests(session, shares)
    return [
        _view(
            share,
            services[share.service_id],
            names,
            requested.get(share.id),
            _open_reason(session, share, holder_id, actor),
        )
        for share in shares
    ]


def _service(session: Session, employee: Employee, service_id: uuid.UUID | None) -> Organisation:
    if service_id is None:
        return running_service(session, employee.organisation_id)
    if not serves(session, service_id, employee.organisation_id):
        raise NoServiceAgreement
    return session.get_one(Organisation, service_id)


def _holder_of(session: Session, service: Organisation) -> uuid.UUID:
    if service.holder_id is None or not has_key(session, service.holder_id):
        raise NotFoundedYet
    return service.holder_id


def _new_share(session: Session, employee: Employee, service: Organisation, actor: Actor) -> Share:
    return Share(
        id=session.source.new_id(),
        employee_id=employee.id,
        organisation_id=employee.organisation_id,
        service_id=service.id,
        shared_by=actor.person_id,
        shared_at=session.source.now(),
    )


def _seal_for_vault(session: Session, reason: Reason, share: Share, holder_id: uuid.UUID, actor: Actor) -> None:
    keep_generation(session, holder_id)
    share.generation = current_generation(session, holder_id)
    wrap_key = actor.keys.wrap_key(session, holder_id, share.generation)
    share.reason_sealed = seal(wrap_key, reason.to_bytes(), place_of_reason(share))


def _seal_for_service(session: Session, reason: Reason, share: Share, holder_id: uuid.UUID) -> None:
    recipient = public_key(session, holder_id)
    share.service_generation = recipient.generation
    share.service_reason_sealed = seal_to(recipient.value, reason.to_bytes(), place_of_service_reason(share))


def _open_reason(session: Session, share: Share, holder_id: uuid.UUID, actor: Actor) -> Reason:
    if is_employer(actor):
        wrap_key = actor.keys.wrap_key(session, holder_id, share.generation)
        return Reason.from_bytes(unseal(wrap_key, share.reason_sealed, place_of_reason(share)))
    if share.service_reason_sealed is None:
        raise NoVaultAccess
    key_pair = actor.keys.key_pair(session, holder_id, share.service_generation)
    return Reason.from_bytes(open_with(key_pair, share.service_reason_sealed, place_of_service_reason(share)))


def _insert(session: Session, share: Share) -> None:
    try:
        with session.begin_nested():
            session.add(share)
    except IntegrityError:
        raise AlreadyShared from None


def _find(session: Session, share_id: uuid.UUID, actor: Actor) -> tuple[Share, Employee]:
    share = session.get(Share, share_id)
    if share is None or share.organisation_id != actor.organisation_id:
        raise NotFound
    return share, find_employee(session, actor, share.employee_id, lock=True)


def _end_once(session: Session, share: Share, actor: Actor) -> None:
    ending = (
        update(Share)
        .where(Share.id == share.id, Share.ended_at.is_(None), Share.content_began_at.is_(None))
        .values(ended_at=session.source.now(), ended_by=actor.person_id, service_reason_sealed=None)
        .returning(Share.id)
        .execution_options(synchronize_session=False)
    )
    ended = session.scalar(ending)
    session.refresh(share)
    if ended is None:
        raise AlreadyEnded if share.ended_at is not None else ContentBegan


def _record_on_both_sides(session: Session, action: Action, share: Share, actor: Actor) -> None:
    for organisation_id in (share.organisation_id, share.service_id):
        record(
            session,
            action,
            by=actor.who,
            organisation_id=organisation_id,
            subjects=[share.employee_id],
            ground=str(share.id),
            object_type="share",
            object_id=share.id,
        )


def _service_names(session: Session, shares: list[Share]) -> dict[uuid.UUID, str]:
    wanted = {share.service_id for share in shares}
    return dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))).all())


def _requests(session: Session, shares: list[Share]) -> dict[uuid.UUID | None, datetime]:
    """When each of those shares was asked for that answered a request."""
    answered = select(ShareRequest.share_id, ShareRequest.requested_at).where(
        ShareRequest.employee_id.in_({share.employee_id for share in shares}),
        ShareRequest.share_id.in_([share.id for share in shares]),
    )
    return dict(session.execute(answered).all())


def _view(
    share: Share, service: str, names: dict[uuid.UUID, str], requested_at: datetime | None, reason: Reason
) -> ShareView:
    return ShareView(
        id=share.id,
        service=service,
        reason=reason,
        shared_by=names.get(share.shared_by, ""),
        shared_at=share.shared_at,
        requested_at=requested_at,
        ended_by=names.get(share.ended_by) if share.ended_by else None,
        ended_at=share.ended_at,
        can_end=share.ended_at is None and share.content_began_at is None,
    )

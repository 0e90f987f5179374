"""Sharing one employee with the arbo service, ending it, and its history (S-01..S-07, K-27, D-rules 21 and 22).

Sharing hands over the record's key and never reads the data: the row of the service's key is the share (design 2.2).
"""

from __future__ import annotations

import json
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
from crypto.sealing import seal, unseal
from database.session import Session
from keys.holders import has_key
from organisation.errors import NotFound, NotFoundedYet
from organisation.memberships import person_names
from organisation.models import Employee, Organisation
from organisation.service_agreements import running_service
from organisation.tree import find_employee
from vault.errors import (
    AlreadyEnded,
    AlreadyShared,
    ContentBegan,
    ExplanationMissing,
    ExplanationTooLong,
    NotShared,
)
from vault.field_checks import clean_explanation
from vault.models import CareQuestionKind, RecordPart, Share
from vault.places import place_of_reason
from vault.record_keys import NumberedKey, destroy, key_for_writing, key_of, mark_stale, send
from vault.sides import is_employer, require_side, require_vault

EXPLANATION_LENGTH = 2000


@dataclass(frozen=True)
class Reason:
    """Why an employee was shared: health data, read by both sides; its repr shows nothing (design 2.2)."""

    kind: CareQuestionKind
    explanation: str

    def __repr__(self) -> str:
        return "Reason()"


@dataclass(frozen=True)
class ShareView:
    """An act of sharing as the history shows it (S-06).

    `can_end` tells whether *Deling intrekken* is offered: it runs and has no content that the employer can see (S-07).
    """

    id: uuid.UUID
    service: str
    reason: Reason
    shared_by: str
    shared_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    can_end: bool


def share_record(
    session: Session, employee_id: uuid.UUID, kind: CareQuestionKind, explanation: str, actor: Actor
) -> Share:
    """*Dossier delen*: hand this one record's key to the service that serves the employer today (S-02..S-04).

    Both organisations' logs get an entry, before any key is opened. Raises `PermissionDenied`, `VaultClosed`,
    `NoVaultAccess`, `organisation.errors.NotFound`, `organisation.errors.NoServiceAgreement`,
    `organisation.errors.NotFoundedYet`, `AlreadyShared`, `ExplanationMissing`, `ExplanationTooLong`.
    """
    actor.require(Permission.SHARE_MAKE)
    holder_id = require_vault(session, actor)
    reason = _checked_reason(kind, explanation)
    employee = find_employee(session, actor, employee_id, lock=True)
    service = running_service(session, employee.organisation_id)
    service_holder_id = _holder_of(session, service)
    if running_share(session, employee.id) is not None:
        raise AlreadyShared
    share = _new_share(session, employee, service, actor)
    _record_on_both_sides(session, Action.SHARE_MAKE, share, actor)
    # Something may be written under the newest key only if nobody knows it from before: the reason is.
    key = key_for_writing(session, employee, holder_id, actor)
    for handed_over in _keys_to_hand_over(session, employee, key, holder_id, actor):
        send(session, employee, handed_over, service_holder_id)
    share.key_number = key.number
    share.reason_sealed = _seal_reason(reason, share, key)
    _insert(session, share)
    return share


def end_share(session: Session, share_id: uuid.UUID, actor: Actor) -> Share:
    """*Deling intrekken*: destroy the service's keys of this record; its next change makes a new one (S-07, S-15).

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
    return views_of(session, actor, employee, shares, entry=entry)


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


def views_of(
    session: Session, actor: Actor, employee: Employee, shares: list[Share], *, entry: AuditEntry
) -> list[ShareView]:
    """The shares of an employee with their reasons opened; `entry` is the log entry of this look.

    Raises as `vault.sides.require_side`.
    """
    holder_id = require_side(session, actor)
    names = person_names(session, [*(share.shared_by for share in shares), *(share.ended_by for share in shares)])
    services = _service_names(session, shares)
    keys = {number: key_of(session, employee, number, holder_id, actor) for number in {s.key_number for s in shares}}
    return [_view(share, services[share.service_id], names, keys[share.key_number]) for share in shares]


def _checked_reason(kind: CareQuestionKind, explanation: str) -> Reason:
    text = clean_explanation(explanation)
    if len(text) > EXPLANATION_LENGTH:
        raise ExplanationTooLong
    if kind is CareQuestionKind.OTHER and not text:
        raise ExplanationMissing
    return Reason(kind, text)


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


def _keys_to_hand_over(
    session: Session, employee: Employee, newest: NumberedKey, holder_id: uuid.UUID, actor: Actor
) -> list[NumberedKey]:
    # The data may still lie under the key before the newest: they are written again only when they change.
    statement = select(RecordPart.key_number).where(
        RecordPart.employee_id == employee.id, RecordPart.version == employee.version
    )
    older = set(session.scalars(statement)) - {newest.number}
    return [newest, *(key_of(session, employee, number, holder_id, actor) for number in sorted(older))]


def _seal_reason(reason: Reason, share: Share, key: NumberedKey) -> bytes:
    plaintext = json.dumps({"kind": reason.kind.value, "explanation": reason.explanation}).encode()
    return seal(key.secret, plaintext, place_of_reason(share.id, share.employee_id, key.number))


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
        .values(ended_at=session.source.now(), ended_by=actor.person_id)
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


def _view(share: Share, service: str, names: dict[uuid.UUID, str], key: NumberedKey) -> ShareView:
    place = place_of_reason(share.id, share.employee_id, share.key_number)
    opened = json.loads(unseal(key.secret, share.reason_sealed, place))
    return ShareView(
        id=share.id,
        service=service,
        reason=Reason(CareQuestionKind(opened["kind"]), opened["explanation"]),
        shared_by=names.get(share.shared_by, ""),
        shared_at=share.shared_at,
        ended_by=names.get(share.ended_by) if share.ended_by else None,
        ended_at=share.ended_at,
        can_end=share.ended_at is None and share.content_began_at is None,
    )

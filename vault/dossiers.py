"""One employee's page, for both sides (K-21, K-24, S-05, S-08; D-rules 17, 23 and 37)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.models import Organisation
from organisation.tree import EmploymentLine, employments_of, find_employee
from vault.errors import BsnUnknown, NotShared
from vault.fields import Card, Details, mask_bsn
from vault.models import Share
from vault.records import open_whole
from vault.sharing import ShareView, running_share, views_of
from vault.sides import is_employer, side_of


class Sight(StrEnum):
    """What of an employee the actor sees, and why not more."""

    OPEN = "open"
    NOT_SHARED = "not_shared"
    NO_KEY = "no_key"


class DossierAction(StrEnum):
    """What the page offers. Each is refused by its own verb as well: hiding a button protects nothing (D-rule 23)."""

    SHARE = "share"
    END_SHARE = "end_share"
    SHARE_HISTORY = "share_history"
    EDIT = "edit"
    ADD_EMPLOYMENT = "add_employment"
    REPORT_LEAVING = "report_leaving"
    READ_BSN = "read_bsn"


@dataclass(frozen=True)
class EmployeePage:
    """What an actor sees of one employee: the employments always, the rest when `sight` is open.

    `details` never holds a BSN; `bsn_masked` is there for whoever may read it (D-rule 37). `is_shared` is None for
    whom the record is not open and who may not see shares; `share`, with its reason, is only for whoever has both.
    `employments` are those in the departments that the actor sees (D-rule 16).
    """

    employee_id: uuid.UUID
    employer_id: uuid.UUID
    employer: str
    personnel_number: str
    version: int
    employments: tuple[EmploymentLine, ...]
    sight: Sight
    is_shared: bool | None
    card: Card | None
    details: Details | None
    bsn_masked: str | None
    share: ShareView | None
    actions: frozenset[DossierAction]


def read_employee(session: Session, employee_id: uuid.UUID, actor: Actor) -> EmployeePage:
    """One employee's page; the log entry of this look is written before anything opens, with the share as its ground.

    The employer's vault user sees the data of everybody in scope (K-18, K-21), arbo staff of whom is shared; everybody
    else the employments only (K-02). Raises `PermissionDenied`, `organisation.errors.NotFound`.
    """
    employee = find_employee(session, actor, employee_id)
    share = running_share(session, employee.id)
    sight = _sight(session, actor, share)
    entry = record(
        session,
        Action.EMPLOYEE_READ,
        by=actor.who,
        subjects=[employee.id],
        ground=_ground(actor, share),
        details={"version": employee.version, "side": actor.audience},
    )
    opened = open_whole(session, actor, employee.id, entry=entry) if sight is Sight.OPEN else None
    lines = tuple(employments_of(session, actor, [employee.id]).get(employee.id, []))
    return EmployeePage(
        employee_id=employee.id,
        employer_id=employee.organisation_id,
        employer=session.get_one(Organisation, employee.organisation_id).name,
        personnel_number=employee.personnel_number,
        version=employee.version,
        employments=lines,
        sight=sight,
        is_shared=_is_shared(actor, share, sight),
        card=opened[0] if opened else None,
        details=opened[1].without_bsn() if opened else None,
        bsn_masked=_masked(actor, opened[1]) if opened else None,
        share=_share_view(session, actor, share, sight, entry),
        actions=_actions(actor, share, sight) | _employment_actions(session, actor, lines, sight),
    )


def read_bsn(session: Session, employee_id: uuid.UUID, actor: Actor) -> str:
    """The BSN of one employee in nine digits, after a log entry of its own (B.7, D-rule 37).

    Raises `PermissionDenied`, `organisation.errors.NotFound`, `NoVaultAccess`, `VaultClosed`, `NotShared`,
    `BsnUnknown`.
    """
    actor.require(Permission.BSN_READ)
    employee = find_employee(session, actor, employee_id)
    share = running_share(session, employee.id)
    if _sight(session, actor, share) is Sight.NOT_SHARED:
        raise NotShared
    entry = record(
        session,
        Action.BSN_READ,
        by=actor.who,
        subjects=[employee.id],
        ground=_ground(actor, share),
        details={"version": employee.version},
    )
    bsn = open_whole(session, actor, employee.id, entry=entry)[1].bsn
    if bsn is None:
        raise BsnUnknown
    return bsn


def _sight(session: Session, actor: Actor, share: Share | None) -> Sight:
    if not is_employer(actor) and (share is None or share.service_id != actor.organisation_id):
        return Sight.NOT_SHARED
    return Sight.OPEN if side_of(session, actor) is not None else Sight.NO_KEY


def _is_shared(actor: Actor, share: Share | None, sight: Sight) -> bool | None:
    if sight is not Sight.OPEN and Permission.SHARE_READ not in actor.permissions:
        return None
    return share is not None


def _ground(actor: Actor, share: Share | None) -> str | None:
    return None if share is None or is_employer(actor) else str(share.id)


def _masked(actor: Actor, details: Details) -> str | None:
    if Permission.BSN_READ not in actor.permissions or details.bsn is None:
        return None
    return mask_bsn(details.bsn)


def _share_view(
    session: Session, actor: Actor, share: Share | None, sight: Sight, entry: AuditEntry
) -> ShareView | None:
    may_see = Permission.SHARE_READ in actor.permissions or not is_employer(actor)
    if share is None or sight is not Sight.OPEN or not may_see:
        return None
    return views_of(session, actor, [share], entry=entry)[0]


def _actions(actor: Actor, share: Share | None, sight: Sight) -> frozenset[DossierAction]:
    if sight is not Sight.OPEN:
        return frozenset()
    offered = {DossierAction.READ_BSN: Permission.BSN_READ}
    if is_employer(actor):
        offered |= {DossierAction.EDIT: Permission.EMPLOYEE_WRITE, DossierAction.SHARE_HISTORY: Permission.SHARE_READ}
        if share is None:
            offered[DossierAction.SHARE] = Permission.SHARE_MAKE
        elif share.content_began_at is None:
            offered[DossierAction.END_SHARE] = Permission.SHARE_END
    return frozenset(action for action, permission in offered.items() if permission in actor.permissions)


def _employment_actions(
    session: Session, actor: Actor, lines: tuple[EmploymentLine, ...], sight: Sight
) -> frozenset[DossierAction]:
    """What may be done with the employments (E-14, E-15); leaving can be reported while one of them has not ended."""
    if sight is not Sight.OPEN or not is_employer(actor) or Permission.EMPLOYEE_WRITE not in actor.permissions:
        return frozenset()
    day = today(session)
    runs = any(line.ends_on is None or line.ends_on >= day for line in lines)
    return frozenset({DossierAction.ADD_EMPLOYMENT} | ({DossierAction.REPORT_LEAVING} if runs else set()))

"""Which employers somebody of an arbo service administers (O-01, O-23, O-24, U-31); every verb of Beheer starts here.

It is those that the service placed in its tree, as far as they are in scope; with a part of the tree in scope those in
it, and no employer that waits to be published, which lies nowhere yet. What one service keeps, another never sees.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, false, func, or_, select

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.employer_models import EmployerFolder, EmployerPlacement, EmployerProfile
from organisation.errors import NotFound
from organisation.models import Organisation, OrganisationKind, ServiceAgreement
from organisation.scope import folders_below

PAGE_SIZE = 50


@dataclass(frozen=True)
class AdministeredEmployer:
    """An employer as the lists of Beheer show it."""

    id: uuid.UUID
    name: str
    code: str | None
    folder: str | None
    is_published: bool
    is_served: bool


@dataclass(frozen=True)
class EmployerList:
    """A page (50) of employers, and how many there are in all."""

    employers: list[AdministeredEmployer]
    total: int


@dataclass(frozen=True)
class Placed:
    """An employer with its place in the tree of the actor's service.

    `is_served` is false once the service has no agreement with it that runs or is still to begin.
    """

    employer: Organisation
    placement: EmployerPlacement
    is_served: bool


def require_whole_scope(actor: Actor) -> None:
    """Raises `PermissionDenied` for whoever sees a part only: new employers and folders concern the whole service."""
    actor.require(Permission.EMPLOYER_ADMINISTER)
    if actor.audience != OrganisationKind.SERVICE or not actor.scope.whole:
        raise PermissionDenied(Permission.EMPLOYER_ADMINISTER)


def list_administered(session: Session, actor: Actor, search: str = "", page: int = 1) -> EmployerList:
    """The employers that the actor administers, by name; `search` is part of a name, or the first signs of a code.

    Raises `PermissionDenied`.
    """
    actor.require(Permission.EMPLOYER_ADMINISTER)
    conditions = [_is_administered(actor), *matching(search)]
    joined = (
        select(Organisation)
        .join(EmployerPlacement, EmployerPlacement.employer_id == Organisation.id)
        .outerjoin(EmployerProfile, EmployerProfile.organisation_id == Organisation.id)
        .outerjoin(EmployerFolder, EmployerFolder.id == EmployerPlacement.folder_id)
        .where(*conditions)
    )
    columns = joined.with_only_columns(
        Organisation.id,
        Organisation.name,
        EmployerProfile.code,
        EmployerFolder.name,
        EmployerPlacement.published_at.is_not(None),
        _has_agreement(actor, today(session)),
    )
    rows = columns.order_by(Organisation.name, Organisation.id).limit(PAGE_SIZE).offset((max(page, 1) - 1) * PAGE_SIZE)
    total = session.scalar(joined.with_only_columns(func.count()))
    return EmployerList([AdministeredEmployer(*row) for row in session.execute(rows)], total or 0)


def matching(search: str) -> list[ColumnElement[bool]]:
    """The conditions of a search by name or code, on `Organisation` and `EmployerProfile`."""
    text = " ".join(search.split())
    if not text:
        return []
    return [
        or_(
            Organisation.name.icontains(text, autoescape=True),
            EmployerProfile.code.istartswith(text, autoescape=True),
        )
    ]


def find_administered(
    session: Session,
    actor: Actor,
    employer_id: uuid.UUID,
    permission: Permission = Permission.EMPLOYER_ADMINISTER,
    *,
    served: bool = True,
    lock: bool = False,
) -> Placed:
    """An employer that the actor administers; with `served` not one whose last agreement with the service has ended.

    With `lock` the employer is kept from others until the transaction ends. Raises `NotFound` for what is not of the
    actor's service or not in scope, `PermissionDenied`.
    """
    actor.require(permission)
    statement = (
        select(Organisation, EmployerPlacement, _has_agreement(actor, today(session)))
        .join(EmployerPlacement, EmployerPlacement.employer_id == Organisation.id)
        .where(Organisation.id == employer_id, _is_administered(actor))
    )
    if lock:
        statement = statement.with_for_update(of=Organisation).execution_options(populate_existing=True)
    found = session.execute(statement).first()
    if found is None or (served and not found[2]):
        raise NotFound
    return Placed(*found)


def record_for_both(
    session: Session,
    action: Action,
    actor: Actor,
    employer_id: uuid.UUID,
    *,
    object_type: str,
    object_id: uuid.UUID,
    details: dict[str, Detail] | None = None,
) -> None:
    """Write what a service does about an employer in the logs of the two."""
    for organisation_id in (employer_id, actor.organisation_id):
        record(
            session,
            action,
            by=actor.who,
            organisation_id=organisation_id,
            object_type=object_type,
            object_id=object_id,
            details=details or {},
        )


def _is_administered(actor: Actor) -> ColumnElement[bool]:
    if actor.audience != OrganisationKind.SERVICE:
        return false()
    own = EmployerPlacement.service_id == actor.organisation_id
    if actor.scope.whole:
        return own
    in_folder = EmployerPlacement.folder_id.in_(folders_below(actor.scope.units))
    in_scope = or_(EmployerPlacement.employer_id.in_(actor.scope.units), in_folder)
    return own & in_scope & EmployerPlacement.published_at.is_not(None)


def _has_agreement(actor: Actor, on: date) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            ServiceAgreement.service_id == actor.organisation_id,
            ServiceAgreement.employer_id == EmployerPlacement.employer_id,
            or_(ServiceAgreement.ends_on.is_(None), ServiceAgreement.ends_on >= on),
        )
        .correlate(EmployerPlacement)
    )

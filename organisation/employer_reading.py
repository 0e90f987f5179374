"""The master data of an employer as those who do not administer it read them (O-29..O-32).

The arbo side sees the published employers that it serves in scope, an employer itself only.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from organisation.calendar import today
from organisation.contact_persons import ContactLine, contacts_of, record_reading
from organisation.employer_access import PAGE_SIZE, matching
from organisation.employer_models import EmployerPlacement, EmployerProfile, Site
from organisation.employer_profiles import StoredProfile, stored_profile
from organisation.employer_publishing import case_manager_of
from organisation.errors import NotFound
from organisation.memberships import Member, active_members
from organisation.models import Organisation, OrganisationKind, ServiceAgreement
from organisation.scope import organisations_in_view
from organisation.service_agreements import is_running
from organisation.sites import sites_of


@dataclass(frozen=True)
class EmployerLine:
    """An employer in view, as a list shows it."""

    id: uuid.UUID
    name: str
    code: str | None


@dataclass(frozen=True)
class EmployerDossier:
    """What is on the page of an employer.

    `agreements` are those that run today: for the arbo side its own; `services` says with whom, to the employer itself.
    `case_manager` is for the arbo side; None is *..... volgt*.
    """

    employer_id: uuid.UUID
    stored: StoredProfile
    sites: list[Site]
    contacts: list[ContactLine]
    agreements: list[ServiceAgreement]
    services: dict[uuid.UUID, str]
    case_manager: Member | None


def list_employers(session: Session, actor: Actor, search: str = "", page: int = 1) -> tuple[list[EmployerLine], int]:
    """A page (50) of the employers in view by name, and how many there are; searched as in Beheer.

    Raises `PermissionDenied`.
    """
    actor.require(Permission.EMPLOYER_READ)
    found = (
        select(Organisation)
        .outerjoin(EmployerProfile, EmployerProfile.organisation_id == Organisation.id)
        .where(Organisation.id.in_(organisations_in_view(actor, today(session))), *matching(search))
    )
    rows = (
        found.with_only_columns(Organisation.id, Organisation.name, EmployerProfile.code)
        .order_by(Organisation.name, Organisation.id)
        .limit(PAGE_SIZE)
        .offset((max(page, 1) - 1) * PAGE_SIZE)
    )
    total = session.scalar(found.with_only_columns(func.count())) or 0
    return [EmployerLine(*row) for row in session.execute(rows)], total


def find_employer(session: Session, employer_id: uuid.UUID, actor: Actor) -> Organisation:
    """An employer in view. Raises `PermissionDenied`, `NotFound`."""
    actor.require(Permission.EMPLOYER_READ)
    statement = select(Organisation).where(
        Organisation.id == employer_id, Organisation.id.in_(organisations_in_view(actor, today(session)))
    )
    employer = session.scalars(statement).first()
    if employer is None:
        raise NotFound
    return employer


def read_employer(session: Session, employer_id: uuid.UUID, actor: Actor) -> EmployerDossier:
    """Everything on the page of an employer, told in the reader's log since people to call are among it (O-29, O-32).

    Raises `PermissionDenied`, `NotFound`.
    """
    employer = find_employer(session, employer_id, actor)
    record_reading(session, employer_id, actor)
    agreements = _running_agreements(session, employer_id, actor)
    return EmployerDossier(
        employer_id=employer_id,
        stored=stored_profile(session, employer),
        sites=sites_of(session, employer_id),
        contacts=contacts_of(session, employer_id),
        agreements=agreements,
        services=_names(session, agreements),
        case_manager=_case_manager(session, employer_id, actor),
    )


def _running_agreements(session: Session, employer_id: uuid.UUID, actor: Actor) -> list[ServiceAgreement]:
    statement = select(ServiceAgreement).where(ServiceAgreement.employer_id == employer_id, is_running(today(session)))
    if actor.audience == OrganisationKind.SERVICE:
        statement = statement.where(ServiceAgreement.service_id == actor.organisation_id)
    return list(session.scalars(statement.order_by(ServiceAgreement.starts_on, ServiceAgreement.id)))


def _names(session: Session, agreements: list[ServiceAgreement]) -> dict[uuid.UUID, str]:
    services = {agreement.service_id for agreement in agreements}
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(services))
    return dict(session.execute(statement).all())


def _case_manager(session: Session, employer_id: uuid.UUID, actor: Actor) -> Member | None:
    if actor.audience != OrganisationKind.SERVICE:
        return None
    placement = session.get(EmployerPlacement, (actor.organisation_id, employer_id))
    assigned = placement.case_manager_id if placement is not None else None
    return case_manager_of(active_members(session, actor.organisation_id), assigned) if assigned else None

"""Whom one administers: one condition, in the query of every loader (U-02, U-04, U-18; D-rules 16, 18 and 30).

Somebody of an arbo service administers the groups and users of the own service, and those of the employers in scope
that it serves today, published or not; somebody of an employer those of the own organisation only. Whatever else there
is does not exist: the answer is the same as for an unknown id.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from accounts.models import AccountState, Person
from accounts.permissions import Permission
from accounts.standing import Reason
from database.session import Session
from organisation.calendar import today
from organisation.employer_models import EmployerPlacement
from organisation.errors import NotFound
from organisation.models import Membership, Organisation, OrganisationKind, ServiceAgreement, UserGroup
from organisation.scope import is_in_employer_scope
from organisation.service_agreements import is_running

ADMINISTERING = frozenset(
    {Permission.AUTHORISATION_ADMINISTER, Permission.SESSION_SETTING_ADMINISTER, Permission.USER_ADMINISTER}
)
"""Whoever has one of these sees the tree of groups and users; what may be changed there is each verb's question."""


@dataclass(frozen=True)
class AdministeredGroup:
    """A group of users that the actor administers, with its organisation."""

    group: UserGroup
    organisation: Organisation


@dataclass(frozen=True)
class AdministeredUser:
    """Somebody whose account the actor administers, with the place in the organisation."""

    person: Person
    membership: Membership
    organisation: Organisation


def require_administering(actor: Actor) -> None:
    """Raises `PermissionDenied` unless the actor administers groups or users in some way."""
    if not actor.permissions & ADMINISTERING:
        raise PermissionDenied(", ".join(sorted(ADMINISTERING)))


def organisations_administered(session: Session, actor: Actor) -> Select[uuid.UUID]:
    """The ids of the organisations whose groups and users the actor administers, as a part of a query."""
    own = Organisation.id == actor.organisation_id
    if actor.audience != OrganisationKind.SERVICE:
        return select(Organisation.id).where(own)
    return select(Organisation.id).where(or_(own, Organisation.id.in_(_employers_served(session, actor))))


def find_administered_organisation(session: Session, organisation_id: uuid.UUID, actor: Actor) -> Organisation:
    """An organisation whose groups and users the actor administers. Raises `NotFound`, `PermissionDenied`."""
    require_administering(actor)
    statement = select(Organisation).where(
        Organisation.id == organisation_id, Organisation.id.in_(organisations_administered(session, actor))
    )
    organisation = session.scalars(statement).first()
    if organisation is None:
        raise NotFound
    return organisation


def find_group(session: Session, group_id: uuid.UUID, actor: Actor) -> AdministeredGroup:
    """A group that the actor administers. Raises `NotFound`, `PermissionDenied`."""
    require_administering(actor)
    statement = (
        select(UserGroup, Organisation)
        .join(Organisation, Organisation.id == UserGroup.organisation_id)
        .where(UserGroup.id == group_id, Organisation.id.in_(organisations_administered(session, actor)))
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).first()
    if found is None:
        raise NotFound
    return AdministeredGroup(*found)


def find_user(session: Session, person_id: uuid.UUID, actor: Actor, *, lock: bool = False) -> AdministeredUser:
    """Somebody whose account the actor administers; with `lock` it is kept from others until the transaction ends.

    An account that was removed is gone. Raises `NotFound`, `PermissionDenied`.
    """
    require_administering(actor)
    statement = (
        select(Person, Membership, Organisation)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Person.id == person_id,
            Organisation.id.in_(organisations_administered(session, actor)),
            or_(Person.state != AccountState.INACTIVE.value, Person.state_reason != Reason.REMOVED.value),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Person).execution_options(populate_existing=True)
    found = session.execute(statement).first()
    if found is None:
        raise NotFound
    return AdministeredUser(*found)


def _employers_served(session: Session, actor: Actor) -> Select[uuid.UUID]:
    served = (
        select(ServiceAgreement.employer_id)
        .outerjoin(
            EmployerPlacement,
            and_(
                EmployerPlacement.service_id == ServiceAgreement.service_id,
                EmployerPlacement.employer_id == ServiceAgreement.employer_id,
            ),
        )
        .where(ServiceAgreement.service_id == actor.organisation_id, is_running(today(session)))
    )
    return served if actor.scope.whole else served.where(is_in_employer_scope(actor))

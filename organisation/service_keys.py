"""The keys of an arbo service to which its members are admitted: its own and its medical circle's (design 2.1)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from keys.models import HolderKind
from organisation.errors import NotFound, NotFoundedYet
from organisation.models import Circle, Organisation, OrganisationKind


@dataclass(frozen=True)
class ServiceKey:
    """A key of a service: who makes it, who may have it, who may hand it out, and how the log calls that."""

    holder_id: uuid.UUID
    first_member_id: uuid.UUID | None
    needed: Permission
    decides: Permission
    requested: Action
    granted: Action
    refused: Action


def service_key(session: Session, actor: Actor) -> ServiceKey:
    """The key of the actor's arbo service. Raises `NotFound` for an actor of another kind of organisation."""
    service = session.get(Organisation, actor.organisation_id)
    if service is None or service.kind != OrganisationKind.SERVICE or service.holder_id is None:
        raise NotFound
    return ServiceKey(
        service.holder_id,
        service.first_member_id,
        needed=Permission.DOSSIER_READ,
        decides=Permission.ADMISSION_DECIDE,
        requested=Action.ADMISSION_REQUEST,
        granted=Action.ADMISSION_GRANT,
        refused=Action.ADMISSION_REFUSE,
    )


def medical_key(session: Session, actor: Actor) -> ServiceKey:
    """The key of the medical circle of the actor's arbo service (U-10).

    Raises `NotFoundedYet` when the operator has named nobody yet who makes it, `NotFound` outside an arbo service.
    """
    service_key(session, actor)
    circle = session.get(Circle, (actor.organisation_id, HolderKind.MEDICAL.value), populate_existing=True)
    if circle is None:
        raise NotFoundedYet
    return ServiceKey(
        circle.holder_id,
        circle.first_member_id,
        needed=Permission.MEDICAL_READ,
        decides=Permission.MEDICAL_GRANT,
        requested=Action.CIRCLE_REQUEST,
        granted=Action.CIRCLE_ADMIT,
        refused=Action.CIRCLE_REFUSE,
    )

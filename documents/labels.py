"""Kenmerken, which are also the Submap of an upload: which there are to choose (DOC-05, DOC-18, DOC-21)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, func, or_, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit import PLATFORM_ID
from database.session import Session
from documents.dossiers import DossierPlace
from documents.models import Audience, DocumentLabel
from documents.reach import OF_EMPLOYER, OF_SERVICE, is_in_medical_circle
from keys.public_keys import has_key
from organisation.calendar import today
from organisation.errors import NotFound, NotFoundedYet
from organisation.models import ServiceAgreement
from organisation.service_agreements import is_running
from organisation.service_keys import medical_key
from vault.sides import is_employer


def labels_for(session: Session, actor: Actor, place: DossierPlace) -> tuple[DocumentLabel, ...]:
    """The labels that the actor can give a new document in a dossier, by name.

    A medical one needs its own authorisation (DOC-21) and a medical circle to seal to; one for few at the employer is
    for those who see such documents (DOC-04).
    """
    return _choose(session, actor, place, with_medical=_may_add_medical(session, actor))


def labels_to_move_to(session: Session, actor: Actor, place: DossierPlace) -> tuple[DocumentLabel, ...]:
    """The labels that the actor can give a document that is there; a medical one only inside the circle (D-rule 34)."""
    return _choose(session, actor, place, with_medical=is_in_medical_circle(session, actor))


def find_label(session: Session, label_id: UUID, actor: Actor, place: DossierPlace) -> DocumentLabel:
    """One of those labels. Raises `organisation.errors.NotFound`."""
    for label in labels_for(session, actor, place):
        if label.id == label_id:
            return label
    raise NotFound


def _choose(session: Session, actor: Actor, place: DossierPlace, *, with_medical: bool) -> tuple[DocumentLabel, ...]:
    audiences: tuple[str, ...] = OF_EMPLOYER if is_employer(actor) else OF_SERVICE
    if with_medical and place.employee_id is not None:
        audiences = (*audiences, Audience.MEDICAL.value)
    statement = _present(session, actor, place).where(DocumentLabel.audience.in_(audiences))
    if is_employer(actor) and Permission.DOCUMENT_READ_ALL not in actor.permissions:
        statement = statement.where(~DocumentLabel.is_limited)
    return tuple(session.scalars(statement))


def _present(session: Session, actor: Actor, place: DossierPlace) -> Select[DocumentLabel]:
    """Those of the platform and of the actor's service; at an employer, of the services that serve it today."""
    serving = select(ServiceAgreement.service_id).where(
        ServiceAgreement.employer_id == place.employer_id, is_running(today(session))
    )
    of_services = (
        DocumentLabel.organisation_id.in_(serving)
        if is_employer(actor)
        else DocumentLabel.organisation_id == actor.organisation_id
    )
    return (
        select(DocumentLabel)
        .where(
            or_(DocumentLabel.organisation_id == PLATFORM_ID, of_services),
            DocumentLabel.of_employer == (place.employee_id is None),
            DocumentLabel.retired_at.is_(None),
        )
        .order_by(func.lower(DocumentLabel.name), DocumentLabel.id)
    )


def _may_add_medical(session: Session, actor: Actor) -> bool:
    if Permission.MEDICAL_DOCUMENT_UPLOAD not in actor.permissions:
        return False
    try:
        return has_key(session, medical_key(session, actor).holder_id)
    except NotFoundedYet:
        return False

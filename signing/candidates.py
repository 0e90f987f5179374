"""Who can be asked to sign a document: those who may talk about its dossier, and whom its label lets see it (G-04)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from database.session import Session
from dialogs.candidates import Candidate, Candidates, candidates
from dialogs.models import ParticipantKind
from documents.models import Audience, Document
from organisation.models import Organisation, OrganisationKind
from signing.beginning import SignerRole


def signer_candidates(session: Session, document: Document, actor: Actor) -> Candidates:
    """Whom the actor may ask to sign a document that the caller has found; the actor first.

    A document for the employer alone is signed by nobody of the service, and the other way round; the employee may
    sign either. Raises as `dialogs.candidates.candidates`.
    """
    employer_id = document.employer_id if document.employee_id is None else None
    found = candidates(session, actor, employee_id=document.employee_id, employer_id=employer_id)
    own = Candidate(actor.person_id, actor.person_name, actor.organisation_name, ParticipantKind.USER)
    users = (own, *found.users)
    audience = Audience(document.audience)
    roles = roles_of(session, [user.id for user in users])
    return replace(
        found,
        users=tuple(user for user in users if _may_see(audience, roles[user.id])),
        contact_persons=found.contact_persons if _may_see(audience, SignerRole.EMPLOYER) else (),
    )


def roles_of(session: Session, person_ids: list[UUID]) -> Mapping[UUID, SignerRole]:
    """On which side each of some users signs."""
    statement = (
        select(Person.id, Organisation.kind)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.id.in_(person_ids))
    )
    return {
        person_id: SignerRole.SERVICE if kind == OrganisationKind.SERVICE.value else SignerRole.EMPLOYER
        for person_id, kind in session.execute(statement)
    }


def _may_see(audience: Audience, role: SignerRole) -> bool:
    if audience is Audience.EMPLOYER:
        return role is SignerRole.EMPLOYER
    if audience is Audience.SERVICE:
        return role is SignerRole.SERVICE
    return audience is Audience.BOTH

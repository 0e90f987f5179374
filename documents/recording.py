"""An act on a document, in the log: ids and numbers, never a word of its title or of what it says (design 3)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action, Detail
from audit.recording import record
from database.session import Session
from documents.dossiers import DossierPlace
from documents.models import Document
from vault.sharing import running_share
from vault.sides import is_employer

OBJECT = "document"


def record_document(
    session: Session, action: Action, document: Document, actor: Actor, details: Mapping[str, Detail] | None = None
) -> None:
    """Write an act on a document in the log of the actor's organisation, with the share as its ground (LOG6).

    Raises `audit.errors.LogUnavailable`.
    """
    record(
        session,
        action,
        by=actor.who,
        subjects=_subjects(session, document.employee_id, actor),
        object_type=OBJECT,
        object_id=document.id,
        details=details,
    )


def record_dossier(
    session: Session, action: Action, place: DossierPlace, actor: Actor, details: Mapping[str, Detail]
) -> None:
    """Write a look at the documents of a dossier in the log of the actor's organisation."""
    record(
        session,
        action,
        by=actor.who,
        subjects=_subjects(session, place.employee_id, actor),
        object_type="organisation" if place.employee_id is None else None,
        object_id=place.employer_id if place.employee_id is None else None,
        details=details,
    )


def _subjects(session: Session, employee_id: UUID | None, actor: Actor) -> dict[UUID, str | None]:
    if employee_id is None:
        return {}
    share = None if is_employer(actor) else running_share(session, employee_id)
    return {employee_id: None if share is None else str(share.id)}

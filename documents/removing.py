"""Removing a document with all its versions; what is signed, or is being signed, stays (design 2.2, signing.md 9).

Keys and rows go at once. What a file held, which nobody opens any more, the caller or the next sweep takes away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from documents.errors import BeingSigned, OfOtherSide, SignedStays
from documents.finding import find_document
from documents.models import Document, DocumentState, DocumentVersion
from documents.recording import record_document
from documents.sweeping import destroy_files

Check = Callable[[Session, UUID], bool]

_checks: list[Check] = []


@dataclass(frozen=True)
class RemovalConsequences:
    """What goes with a document: so many versions, the first of them made at `since`."""

    versions: int
    since: datetime


def keep_while(is_needed: Check) -> None:
    """Let a package that this one does not know hold documents: `is_needed` tells whether one with that id stays."""
    if is_needed not in _checks:
        _checks.append(is_needed)


def is_held(session: Session, document_id: UUID) -> bool:
    """Tell whether another package needs a document as it is."""
    return any(is_needed(session, document_id) for is_needed in _checks)


def removal_consequences(session: Session, document_id: UUID, actor: Actor) -> RemovalConsequences:
    """What would go with a document. Raises as `remove_document` does; nothing is changed."""
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT)
    _require_removable(session, document, actor)
    statement = select(func.count(), func.min(DocumentVersion.made_at)).where(
        DocumentVersion.document_id == document.id
    )
    return RemovalConsequences(*session.execute(statement).one())


def remove_document(session: Session, document_id: UUID, actor: Actor) -> tuple[UUID, ...]:
    """Destroy the keys and files of a document, and return the ids of what lies in the store; the log is told first.

    Raises `PermissionDenied`, `organisation.errors.NotFound`, `OfOtherSide` for a document that another organisation
    put there, `SignedStays`, `BeingSigned`.
    """
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT, lock=True)
    _require_removable(session, document, actor)
    record_document(session, Action.DOCUMENT_REMOVE, document, actor, {"versions": document.version})
    of_document = DocumentVersion.document_id == document.id
    files = tuple(session.scalars(select(DocumentVersion.file_id).where(of_document)))
    session.execute(delete(DocumentVersion).where(of_document))
    destroy_files(session, files)
    document.removed_at, document.removed_by = session.source.now(), actor.person_id
    session.flush()
    return files


def _require_removable(session: Session, document: Document, actor: Actor) -> None:
    if document.organisation_id != actor.organisation_id:
        raise OfOtherSide
    signed = select(DocumentVersion.number).where(
        DocumentVersion.document_id == document.id, DocumentVersion.state == DocumentState.SIGNED.value
    )
    if session.scalar(signed.limit(1)) is not None:
        raise SignedStays
    if is_held(session, document.id):
        raise BeingSigned

"""All versions of a document, the newest first: each stays what it is (DOC-12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session
from documents.models import Document, DocumentState, DocumentVersion, StoredFile
from organisation.memberships import person_names
from organisation.models import EMPLOYEES_ID, Organisation


@dataclass(frozen=True)
class VersionLine:
    """A version; `by` is who made it where that is a colleague, else the organisation, and None for an employee."""

    number: int
    state: DocumentState
    size: int
    made_at: datetime
    by: str | None = field(repr=False)


def versions_of(session: Session, document: Document, actor: Actor) -> tuple[VersionLine, ...]:
    """The versions of a document that the caller has found; nothing is opened to tell them."""
    statement = (
        select(DocumentVersion, StoredFile.size)
        .join(StoredFile, StoredFile.id == DocumentVersion.file_id)
        .where(DocumentVersion.document_id == document.id)
        .order_by(DocumentVersion.number.desc())
    )
    rows = session.execute(statement).all()
    own = [version.made_by for version, _size in rows if version.organisation_id == actor.organisation_id]
    people = person_names(session, own)
    others = {version.organisation_id for version, _size in rows} - {EMPLOYEES_ID}
    names = dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(others))).all())
    return tuple(
        VersionLine(
            version.number,
            DocumentState(version.state),
            size,
            version.made_at,
            people.get(version.made_by) or names.get(version.organisation_id),
        )
        for version, size in rows
    )

"""*Trajectendossier*: the documents of a dossier, by kind, label, state and words of their titles (DOC-01..DOC-04).

Titles lie sealed: a search opens all that the filter leaves, up to 1,000, and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from documents.dossiers import DossierPlace, require_dossier
from documents.keys import FileKeyOpener
from documents.kinds import FileKind
from documents.models import (
    Audience,
    Document,
    DocumentKind,
    DocumentLabel,
    DocumentState,
    DocumentVersion,
    FileKey,
    StoredFile,
)
from documents.reach import reachable
from documents.recording import record_dossier
from documents.storing import read_about
from organisation.models import Organisation
from vault.name_matching import normalise_name

PAGE_SIZE = 50
MOST_COMPARED = 1000
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class DocumentFilter:
    """What a list is narrowed to. `words` are looked for in the titles and stand in no address and no log."""

    kind: DocumentKind | None = None
    label_id: UUID | None = None
    state: DocumentState | None = None
    words: str = field(default="", repr=False)

    @property
    def parts(self) -> str:
        """Which parts it has, for the log."""
        given = {"kind": self.kind, "label": self.label_id, "state": self.state, "words": self.words}
        return " ".join(name for name, value in given.items() if value)


@dataclass(frozen=True)
class DocumentLine:
    """A document as a list shows it; `of` is the organisation that put it there."""

    id: UUID
    title: str = field(repr=False)
    file_kind: FileKind
    kind: DocumentKind
    label: str
    audience: Audience
    state: DocumentState
    version: int
    size: int
    changed_at: datetime
    of: str


@dataclass(frozen=True)
class DocumentPage:
    """A page (50) of documents, the newest first, of `total` in `pages`.

    `labels` are those that the documents of the dossier have. With `is_too_many` there are more than 1,000 to compare
    with the words, so that nothing was opened.
    """

    lines: tuple[DocumentLine, ...]
    total: int
    number: int
    labels: tuple[DocumentLabel, ...]
    is_too_many: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def list_documents(
    session: Session, place: DossierPlace, actor: Actor, wanted: DocumentFilter, number: int = 1
) -> DocumentPage:
    """A page of the documents in a dossier that the actor reaches; the log is told before their titles open.

    What is not reached is not counted either (D-rule 35). Raises `PermissionDenied`, and as
    `documents.dossiers.require_dossier` does.
    """
    actor.require(Permission.DOCUMENT_READ)
    require_dossier(session, place, actor)
    in_dossier = _in_dossier(session, place, actor)
    labels = _labels(session, in_dossier)
    found = _filtered(in_dossier, wanted)
    total = session.scalar(found.with_only_columns(func.count())) or 0
    if wanted.words and total > MOST_COMPARED:
        return DocumentPage((), total, 1, labels, is_too_many=True)
    ordered = found.order_by(Document.changed_at.desc(), Document.id)
    if not wanted.words:
        ordered = ordered.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    rows = list(session.execute(ordered))
    details = {"count": len(rows), "filter": wanted.parts, "page": number, "total": total}
    record_dossier(session, Action.DOCUMENT_LIST, place, actor, details)
    lines = _opened(session, rows, labels, actor)
    if not wanted.words:
        return DocumentPage(tuple(lines), total, number, labels)
    fitting = [line for line in lines if _fits(line.title, wanted.words)]
    shown = fitting[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return DocumentPage(tuple(shown), len(fitting), number, labels)


def _in_dossier(
    session: Session, place: DossierPlace, actor: Actor
) -> Select[Document, DocumentVersion, StoredFile, FileKey]:
    found = reachable(session, actor)
    if place.employee_id is not None:
        return found.where(Document.employee_id == place.employee_id)
    return found.where(Document.employer_id == place.employer_id, Document.employee_id.is_(None))


def _filtered(
    found: Select[Document, DocumentVersion, StoredFile, FileKey], wanted: DocumentFilter
) -> Select[Document, DocumentVersion, StoredFile, FileKey]:
    if wanted.kind is not None:
        found = found.where(Document.kind == wanted.kind.value)
    if wanted.label_id is not None:
        found = found.where(Document.label_id == wanted.label_id)
    if wanted.state is not None:
        found = found.where(Document.state == wanted.state.value)
    return found


def _labels(
    session: Session, in_dossier: Select[Document, DocumentVersion, StoredFile, FileKey]
) -> tuple[DocumentLabel, ...]:
    used = in_dossier.with_only_columns(Document.label_id)
    statement = select(DocumentLabel).where(DocumentLabel.id.in_(used))
    return tuple(session.scalars(statement.order_by(func.lower(DocumentLabel.name), DocumentLabel.id)))


def _opened(
    session: Session,
    rows: Sequence[Row[Document, DocumentVersion, StoredFile, FileKey]],
    labels: Iterable[DocumentLabel],
    actor: Actor,
) -> list[DocumentLine]:
    opener = FileKeyOpener(session, actor.keys)
    names = {label.id: label.name for label in labels}
    makers = {document.organisation_id for document, _version, _file, _key in rows}
    of = dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(makers))).all())
    lines = []
    for document, _version, stored, key in rows:
        about = read_about(stored, opener.open(key))
        lines.append(
            DocumentLine(
                id=document.id,
                title=about.name,
                file_kind=about.kind,
                kind=DocumentKind(document.kind),
                label=names[document.label_id],
                audience=Audience(document.audience),
                state=DocumentState(document.state),
                version=document.version,
                size=stored.size,
                changed_at=document.changed_at,
                of=of[document.organisation_id],
            )
        )
    opener.renew()
    return lines


def _fits(title: str, words: str) -> bool:
    """Whether each of the words stands in a title, whatever its case and accents."""
    plain = normalise_name(title)
    return all(normalise_name(word) in plain for word in words[:LONGEST_SEARCH].split())

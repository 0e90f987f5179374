"""*Kenmerk bewerken*: another label, and with it others whose keys open a document (DOC-05, DOC-09; D-rule 34)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, delete, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from crypto.secret import Secret
from database.planning import Unindexed
from database.session import Session
from documents.adding import begin_content
from documents.dossiers import DossierPlace
from documents.errors import BeingSigned, OfOtherSide
from documents.finding import find_document, holders_for
from documents.keys import FileKeyOpener, hand_file_keys
from documents.labels import labels_to_move_to
from documents.models import Audience, Document, DocumentLabel, DocumentVersion, FileKey
from documents.reach import reach_of
from documents.recording import record_document
from documents.removing import is_held
from keys.models import Holder, HolderKind
from organisation.errors import NotFound
from organisation.models import Organisation


@dataclass(frozen=True)
class KeyHolder:
    """Whoever can open a document as a side: a vault, a service or a medical circle, of that organisation."""

    kind: HolderKind
    organisation: str


@dataclass(frozen=True)
class LabelChange:
    """What another label does: who can open the document from then on, and who can no more."""

    label: DocumentLabel
    gains: tuple[KeyHolder, ...]
    loses: tuple[KeyHolder, ...]


def labels_to_choose(session: Session, document: Document, actor: Actor) -> tuple[DocumentLabel, ...]:
    """The labels that the actor can give a document instead of its own.

    Into the medical ones, and out of them, moves only a member of the circle (D-rule 34). Raises `OfOtherSide`.
    """
    if document.organisation_id != actor.organisation_id:
        raise OfOtherSide
    place = DossierPlace(document.employee_id, document.employer_id)
    return tuple(label for label in labels_to_move_to(session, actor, place) if label.id != document.label_id)


def describe_change(session: Session, document_id: UUID, label_id: UUID, actor: Actor) -> LabelChange:
    """What a label would change, for whom. Raises as `relabel_document` does; nothing is changed or opened."""
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT)
    return _allowed(session, document, _change(session, document, _label(session, document, label_id, actor)))


def relabel_document(session: Session, document_id: UUID, label_id: UUID, actor: Actor) -> LabelChange:
    """Give a document another label: hand the keys of all its versions to whom it is for, and destroy the others'.

    Whoever signed a version keeps the key to it. The log is told first. Raises `PermissionDenied`,
    `organisation.errors.NotFound` for a label that is not the actor's to give, `OfOtherSide` for a document that
    another organisation put there, `BeingSigned` where somebody would lose a document that is being signed.
    """
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT, lock=True)
    label = _label(session, document, label_id, actor)
    change = _allowed(session, document, _change(session, document, label))
    details = {"old": str(document.label_id), "new": str(label.id)}
    record_document(session, Action.DOCUMENT_RELABEL, document, actor, details)
    keys = _keys_of_versions(session, document, actor)
    wanted = holders_for(session, document, Audience(label.audience))
    held = _held(session, document)
    for holder_id in wanted:
        lacking = {file_id: key for file_id, key in keys.items() if (file_id, holder_id) not in held}
        hand_file_keys(session, lacking, holder_id, actor.keys, actor.who)
    _destroy_others(session, set(keys), set(wanted))
    document.label_id, document.audience = label.id, label.audience
    session.flush()
    begin_content(session, document, actor.who)
    return change


def _label(session: Session, document: Document, label_id: UUID, actor: Actor) -> DocumentLabel:
    for label in labels_to_choose(session, document, actor):
        if label.id == label_id:
            return label
    raise NotFound


def _allowed(session: Session, document: Document, change: LabelChange) -> LabelChange:
    """The change, unless it takes a document away from under those who sign it, who read it by the request."""
    if change.loses and is_held(session, document.id):
        raise BeingSigned
    return change


def _change(session: Session, document: Document, label: DocumentLabel) -> LabelChange:
    held = {holder_id for file_id, holder_id in _held(session, document)}
    wanted = set(holders_for(session, document, Audience(label.audience)))
    sides = _sides(session, held | wanted)
    return LabelChange(
        label,
        gains=tuple(side for holder_id, side in sides.items() if holder_id in wanted - held),
        loses=tuple(side for holder_id, side in sides.items() if holder_id in held - wanted),
    )


def _sides(session: Session, holder_ids: set[UUID]) -> dict[UUID, KeyHolder]:
    statement = (
        select(Holder.id, Holder.kind, Organisation.name)
        .join(Organisation, Organisation.id == Holder.organisation_id)
        .where(Holder.id.in_(holder_ids), Holder.kind != HolderKind.PERSON.value)
        .order_by(Organisation.name, Holder.id)
    )
    return {holder_id: KeyHolder(HolderKind(kind), name) for holder_id, kind, name in session.execute(statement)}


def _held(session: Session, document: Document) -> set[tuple[UUID, UUID]]:
    """Each file of the document with each holder that has its key."""
    statement = select(FileKey.file_id, FileKey.holder_id).where(FileKey.file_id.in_(_files(document)))
    return set(session.execute(statement))


def _keys_of_versions(session: Session, document: Document, actor: Actor) -> dict[UUID, Secret]:
    holder_id = reach_of(session, actor).holder_of(document.audience)
    own = select(FileKey).where(FileKey.file_id.in_(_files(document)), Unindexed(FileKey.holder_id) == holder_id)
    opener = FileKeyOpener(session, actor.keys)
    return {row.file_id: opener.open(row) for row in session.scalars(own.execution_options(populate_existing=True))}


def _destroy_others(session: Session, file_ids: set[UUID], holder_ids: set[UUID]) -> None:
    signers = select(Holder.id).where(Holder.kind == HolderKind.PERSON.value)
    others = delete(FileKey).where(
        FileKey.file_id.in_(file_ids),
        FileKey.holder_id.not_in(holder_ids),
        FileKey.holder_id.not_in(signers),
    )
    session.execute(others.execution_options(synchronize_session=False))


def _files(document: Document) -> Select[UUID]:
    return select(DocumentVersion.file_id).where(DocumentVersion.document_id == document.id)

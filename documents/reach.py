"""What an actor reaches of the documents of dossiers, as one query; every loader of them begins here.

Who can open a document is told by the rows of its keys, and nothing else (design 2). So what nobody handed to the
actor's side is not found, not counted and not missed: a medical document does not exist for whoever is not in the
medical circle, nor does it make any query another one (DOC-09, D-rules 34 and 35).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.planning import Unindexed
from database.session import Session
from documents.models import Audience, Document, DocumentLabel, DocumentVersion, FileKey, StoredFile
from organisation.calendar import today
from organisation.errors import NotFoundedYet
from organisation.models import Employee
from organisation.scope import is_in_view, organisations_in_view
from organisation.service_keys import medical_key
from vault.models import Share
from vault.sides import is_employer, side_of

OF_EMPLOYER = (Audience.BOTH.value, Audience.EMPLOYER.value)
OF_SERVICE = (Audience.BOTH.value, Audience.SERVICE.value)


@dataclass(frozen=True)
class Reach:
    """Through which holders the actor opens documents: the own vault or service, and its medical circle.

    Without the first nothing is reached; without the second no medical document is.
    """

    side_id: UUID | None
    medical_id: UUID | None

    def holder_of(self, audience: str) -> UUID | None:
        """The holder through which a document for `audience` is opened; None where there is no such way."""
        return self.medical_id if audience == Audience.MEDICAL else self.side_id


def reach_of(session: Session, actor: Actor) -> Reach:
    """Through which holders the actor opens documents now; it takes the same queries whatever documents there are."""
    side_id = side_of(session, actor)
    return Reach(side_id, _medical_holder(session, actor) if side_id is not None else None)


def is_in_medical_circle(session: Session, actor: Actor) -> bool:
    """Whether the actor has the right and the key of the medical circle of the own service."""
    return reach_of(session, actor).medical_id is not None


def reachable(session: Session, actor: Actor) -> Select[Document, DocumentVersion, StoredFile, FileKey]:
    """The documents that the actor reaches, each with its newest version, that one's file, and the key of that."""
    reach = reach_of(session, actor)
    return (
        select(Document, DocumentVersion, StoredFile, FileKey)
        .outerjoin(Employee, Employee.id == Document.employee_id)
        .join(
            DocumentVersion,
            and_(DocumentVersion.document_id == Document.id, DocumentVersion.number == Document.version),
        )
        .join(StoredFile, StoredFile.id == DocumentVersion.file_id)
        .join(FileKey, and_(FileKey.file_id == StoredFile.id, _is_openable(reach, actor)))
        .where(Document.removed_at.is_(None), _is_in_view(session, actor), _is_not_for_few(actor))
    )


def _medical_holder(session: Session, actor: Actor) -> UUID | None:
    if is_employer(actor) or Permission.MEDICAL_READ not in actor.permissions:
        return None
    try:
        holder_id = medical_key(session, actor).holder_id
    except NotFoundedYet:
        return None
    return holder_id if actor.keys.can_open(session, holder_id) else None


def _is_openable(reach: Reach, actor: Actor) -> ColumnElement[bool]:
    """The condition that a key is one of the actor's, for a document of an audience to which that holder belongs."""
    ways: list[ColumnElement[bool]] = []
    if reach.side_id is not None:
        audiences = OF_EMPLOYER if is_employer(actor) else OF_SERVICE
        ways.append(and_(Document.audience.in_(audiences), Unindexed(FileKey.holder_id) == reach.side_id))
    if reach.medical_id is not None:
        is_medical = Document.audience == Audience.MEDICAL.value
        ways.append(and_(is_medical, Unindexed(FileKey.holder_id) == reach.medical_id))
    return or_(false(), *ways)


def _is_in_view(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The condition that the dossier is in scope and, on the arbo side, that its employee is shared (D-rule 23)."""
    day = today(session)
    places: list[ColumnElement[bool]] = []
    listing = Permission.EMPLOYEE_LIST if is_employer(actor) else Permission.DOSSIER_READ
    if listing in actor.permissions:
        of_employee = and_(Document.employee_id.is_not(None), is_in_view(actor, day))
        places.append(of_employee if is_employer(actor) else and_(of_employee, _is_shared(actor)))
    if Permission.EMPLOYER_READ in actor.permissions:
        in_view = Document.employer_id.in_(organisations_in_view(actor, day))
        places.append(and_(Document.employee_id.is_(None), in_view))
    return or_(false(), *places)


def _is_shared(actor: Actor) -> ColumnElement[bool]:
    shared = select(Share.employee_id).where(
        Share.employee_id == Document.employee_id, Share.service_id == actor.organisation_id, Share.ended_at.is_(None)
    )
    return shared.correlate(Document).exists()


def _is_not_for_few(actor: Actor) -> ColumnElement[bool]:
    """Some labels are at the employer for those only who see all documents (DOC-04)."""
    if not is_employer(actor) or Permission.DOCUMENT_READ_ALL in actor.permissions:
        return ~false()
    return Document.label_id.not_in(select(DocumentLabel.id).where(DocumentLabel.is_limited))

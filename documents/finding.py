"""Finding one document, and to whom the keys of its next version go (DOC-03..DOC-05, DOC-09; D-rules 23, 34, 35)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from documents.models import Audience, Document
from documents.reach import reachable
from keys.models import HolderKind
from keys.public_keys import has_key
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.models import Circle, Organisation, ServiceAgreement
from organisation.service_agreements import is_running
from vault.models import Vault
from vault.record_keys import sharing_holders


def find_document(
    session: Session,
    document_id: UUID,
    actor: Actor,
    *,
    permission: Permission = Permission.DOCUMENT_READ,
    lock: bool = False,
) -> Document:
    """A document that the actor reaches; with `lock` others who change it wait until this transaction ends.

    One out of scope, of an employee who is not shared, for few, of the other side, or medical for whoever is not in
    the circle is as one that does not exist: all raise `organisation.errors.NotFound`. Raises `PermissionDenied` for
    whoever may not read documents, or not do what takes `permission`.
    """
    actor.require(Permission.DOCUMENT_READ)
    actor.require(permission)
    statement = reachable(session, actor).with_only_columns(Document).where(Document.id == document_id)
    if lock:
        statement = statement.with_for_update(of=Document)
    document = session.scalars(statement.execution_options(populate_existing=True)).first()
    if document is None:
        raise NotFound
    return document


def holders_of(session: Session, document: Document) -> tuple[UUID, ...]:
    """To whom the key of the document's next version goes."""
    return holders_for(session, document, Audience(document.audience))


def holders_for(session: Session, document: Document, audience: Audience) -> tuple[UUID, ...]:
    """To whom the keys of the document go when it is for `audience`; whoever has no key yet is left out.

    What a service put there goes to no other service, and to none with which the employee is not shared now.
    """
    if audience is Audience.MEDICAL:
        circle = session.get(Circle, (document.organisation_id, HolderKind.MEDICAL.value))
        return _with_key(session, [circle.holder_id if circle else None])
    if audience is Audience.SERVICE:
        return _with_key(session, [session.get_one(Organisation, document.organisation_id).holder_id])
    vault = session.get(Vault, document.employer_id)
    side = [vault.holder_id if vault else None]
    if audience is Audience.EMPLOYER:
        return _with_key(session, side)
    return _with_key(session, side + _services(session, document))


def serving_holders(session: Session, employer_id: UUID) -> list[UUID]:
    """The holders of the services that serve an employer today."""
    statement = (
        select(Organisation.holder_id)
        .join(ServiceAgreement, ServiceAgreement.service_id == Organisation.id)
        .where(ServiceAgreement.employer_id == employer_id, is_running(today(session)))
        .order_by(Organisation.id)
    )
    return [holder_id for holder_id in session.scalars(statement) if holder_id is not None]


def _services(session: Session, document: Document) -> list[UUID | None]:
    """The services that have to do with the dossier now; of what one of them put there, that one only."""
    if document.employee_id is None:
        present = serving_holders(session, document.employer_id)
    else:
        present = sharing_holders(session, document.employee_id)
    if document.organisation_id == document.employer_id:
        return list(present)
    own = session.get_one(Organisation, document.organisation_id).holder_id
    return [holder_id for holder_id in present if holder_id == own]


def _with_key(session: Session, holder_ids: list[UUID | None]) -> tuple[UUID, ...]:
    wanted = dict.fromkeys(holder_id for holder_id in holder_ids if holder_id is not None)
    return tuple(holder_id for holder_id in wanted if has_key(session, holder_id))

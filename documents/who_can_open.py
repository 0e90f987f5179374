"""*Wie kan dit openen?* of a document, from the rows of its keys and never from a guess (design 2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from accounts.actor import Actor
from accounts.models import Person
from database.session import Session
from documents.finding import find_document
from documents.models import Document, DocumentVersion, FileKey
from keys.grants import count_recipients
from keys.models import Holder, HolderKind
from organisation.calendar import today
from organisation.models import Employee, Membership, Organisation
from organisation.seeing import members_who_see, members_who_see_employer
from vault.models import Share
from vault.sides import is_employer
from vault.who_can_open import (
    PersonWhoCanOpen,
    SheetThatCanOpen,
    SideThatCanOpen,
    WhoCanOpen,
    people_who_can_open,
    sheets_that_can_open,
)

OWN = {HolderKind.VAULT.value, HolderKind.SERVICE.value}


@dataclass(frozen=True)
class SignerWhoCanOpen:
    """Somebody who signed the document, and so has a key of the own."""

    name: str = field(repr=False)
    since: datetime


@dataclass(frozen=True)
class DocumentOpeners:
    """Who can open the newest version of a document; `circle` are members of the medical circle."""

    sides: WhoCanOpen
    circle: tuple[PersonWhoCanOpen, ...] = ()
    signers: tuple[SignerWhoCanOpen, ...] = ()


def who_can_open_document(session: Session, document_id: UUID, actor: Actor) -> DocumentOpeners:
    """Who can open a document that the actor reaches; nothing is opened to tell it.

    Of the other side no people are named. Raises `PermissionDenied`, `organisation.errors.NotFound`.
    """
    document = find_document(session, document_id, actor)
    made_at = session.scalars(_newest(document).with_only_columns(DocumentVersion.made_at)).one()
    holders = {holder.id: holder for holder in session.scalars(_holders(document))}
    own = [holder.id for holder in holders.values() if holder.organisation_id == actor.organisation_id]
    seeing = _seeing(session, document, actor)
    people: list[PersonWhoCanOpen] = []
    circle: list[PersonWhoCanOpen] = []
    sheets: tuple[SheetThatCanOpen, ...] = ()
    for holder_id in own:
        if holders[holder_id].kind == HolderKind.MEDICAL:
            circle += _since(people_who_can_open(session, holder_id, actor, seeing), made_at)
        elif holders[holder_id].kind in OWN:
            people += _since(people_who_can_open(session, holder_id, actor, seeing), made_at)
            sheets = sheets_that_can_open(session, holder_id, actor)
    others = _other_sides(session, document, [holder for holder in holders.values() if holder.id not in own], made_at)
    signers = _signers(session, [holder.id for holder in holders.values() if holder.kind == HolderKind.PERSON], made_at)
    return DocumentOpeners(WhoCanOpen(tuple(people), others, sheets), tuple(circle), signers)


def _newest(document: Document) -> Select[DocumentVersion]:
    return select(DocumentVersion).where(
        DocumentVersion.document_id == document.id, DocumentVersion.number == document.version
    )


def _holders(document: Document) -> Select[Holder]:
    file_id = _newest(document).with_only_columns(DocumentVersion.file_id).scalar_subquery()
    return select(Holder).join(FileKey, FileKey.holder_id == Holder.id).where(FileKey.file_id == file_id)


def _seeing(session: Session, document: Document, actor: Actor) -> Select[UUID]:
    """The members of the actor's organisation in whose scope the dossier lies."""
    if document.employee_id is not None:
        employee = session.get_one(Employee, document.employee_id)
        return members_who_see(actor.organisation_id, employee, today(session))
    if is_employer(actor):
        return select(Membership.person_id).where(Membership.organisation_id == actor.organisation_id)
    return members_who_see_employer(actor.organisation_id, document.employer_id)


def _since(people: tuple[PersonWhoCanOpen, ...], made_at: datetime) -> list[PersonWhoCanOpen]:
    """Nobody could open a document before there was one."""
    return [replace(person, since=max(person.since, made_at)) for person in people]


def _other_sides(
    session: Session, document: Document, holders: list[Holder], made_at: datetime
) -> tuple[SideThatCanOpen, ...]:
    sides = {holder.organisation_id: holder for holder in holders if holder.kind in OWN}
    found = session.scalars(select(Organisation).where(Organisation.id.in_(list(sides))).order_by(Organisation.name))
    return tuple(
        SideThatCanOpen(
            organisation.id,
            organisation.name,
            count_recipients(session, sides[organisation.id].id)
            if sides[organisation.id].kind == HolderKind.SERVICE
            else None,
            max(made_at, _shared_at(session, document, organisation.id) or made_at),
        )
        for organisation in found
    )


def _shared_at(session: Session, document: Document, service_id: UUID) -> datetime | None:
    return session.scalar(
        select(Share.shared_at).where(
            Share.employee_id == document.employee_id, Share.service_id == service_id, Share.ended_at.is_(None)
        )
    )


def _signers(session: Session, person_ids: list[UUID], made_at: datetime) -> tuple[SignerWhoCanOpen, ...]:
    statement = select(Person.display_name).where(Person.id.in_(person_ids)).order_by(Person.display_name, Person.id)
    return tuple(SignerWhoCanOpen(name, made_at) for name in session.scalars(statement))

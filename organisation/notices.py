"""Telling people by mail that something waits for them; such a mail names nobody and says nothing (N-01, D-rule 26)."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from accounts.models import AccountState, Person
from accounts.muted_notices import wants
from accounts.people import notify
from accounts.permissions import Permission
from database.session import Session
from delivery.outbox import MailKind
from keys.grants import recipients
from organisation.calendar import today
from organisation.effective_roles import people_with_permission
from organisation.memberships import active_members, members_with_permission
from organisation.models import Employee, Membership
from organisation.seeing import members_who_see


def notify_key_holders(
    session: Session,
    holder_id: uuid.UUID,
    organisation_id: uuid.UUID,
    permission: Permission,
    kind: MailKind,
    *,
    about: Employee | None = None,
) -> None:
    """Queue a mail to each active member who holds the key of a vault or service and has that permission.

    Whoever does without such mails gets none (N-03).
    With `about` only to whoever has that employee in scope.
    """
    able = {grant.recipient_id for grant in recipients(session, holder_id)}
    statement = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Person.state == AccountState.ACTIVE,
            Person.id.in_(able),
            Person.id.in_(people_with_permission(permission)),
            wants(kind),
        )
        .order_by(Person.id)
    )
    if about is not None:
        statement = statement.where(Person.id.in_(members_who_see(organisation_id, about, today(session))))
    for person in session.scalars(statement):
        notify(session, person, kind)


def notify_concerned(
    session: Session,
    holder_id: uuid.UUID,
    organisation_id: uuid.UUID,
    permission: Permission,
    kind: MailKind,
    *others: uuid.UUID,
) -> None:
    """Queue a mail to each active member who holds the key of a vault or service, or has that permission; and `others`.

    It is for what all should know of, whoever's password may be lost or stolen.
    """
    concerned = {grant.recipient_id for grant in recipients(session, holder_id)} | set(others)
    concerned |= {member.person_id for member in members_with_permission(session, organisation_id, permission)}
    members = {member.person_id for member in active_members(session, organisation_id)}
    for person in session.scalars(select(Person).where(Person.id.in_(members & concerned)).order_by(Person.id)):
        notify(session, person, kind)


def notify_person(session: Session, person_id: uuid.UUID, kind: MailKind) -> None:
    """Queue a mail to a person with an active account, unless that person does without it (N-03)."""
    statement = select(Person).where(Person.id == person_id, Person.state == AccountState.ACTIVE, wants(kind))
    person = session.scalar(statement)
    if person is not None:
        notify(session, person, kind)

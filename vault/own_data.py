"""Letting an employee see the own record: linking the own account is an act of someone with its key (design 2.2).

The account gets the record's key as a service does to whom it is shared, and so sees later changes too. Which account
is the employee's, the caller knows from a dialogue of this employer that was joined as this employee: nobody is looked
up here, so that an account somewhere else shows to no employer (design 2.6).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import AccountState, Person
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from keys.check_words import require_compared
from keys.holders import has_key
from organisation.errors import NotFound
from organisation.memberships import person_names
from organisation.models import EMPLOYEES_ID, Employee
from organisation.tree import find_employee
from vault.errors import AlreadyLinked, LinkEnded
from vault.linked_accounts import linked_holders, running_link
from vault.models import OwnDataLink
from vault.record_keys import keys_of_data, send
from vault.sides import require_vault
from vault.unlinking import end_link


@dataclass(frozen=True)
class LinkView:
    """Since when an employee sees the own record, and who let it."""

    linked_at: datetime
    linked_by: str


def link_own_data(
    session: Session, employee_id: uuid.UUID, person_id: uuid.UUID, actor: Actor, *, compared: int | None = None
) -> OwnDataLink:
    """Hand this one record's key to the employee's own account (*Mijn gegevens*).

    To a renewed key only when its check words were compared: `compared` is the generation whose they were. A link that
    does not count any more is ended first. Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`,
    `organisation.errors.NotFound`, also for an account that is no employee's, `keys.errors.CheckWordsNotCompared`,
    `AlreadyLinked`.
    """
    actor.require(Permission.OWN_DATA_LINK)
    holder_id = require_vault(session, actor)
    employee = find_employee(session, actor, employee_id, lock=True)
    _require_account(session, person_id)
    if linked_holders(session, employee.id):
        raise AlreadyLinked
    require_compared(session, person_id, compared)
    former = running_link(session, employee.id)
    if former is not None:
        end_link(session, former, by=actor.who)
    record(
        session,
        Action.OWN_DATA_LINK,
        by=actor.who,
        subjects=[employee.id],
        object_type="person",
        object_id=person_id,
    )
    link = _add(session, employee, person_id, actor)
    for key in keys_of_data(session, employee, holder_id, actor):
        send(session, employee, key, person_id)
    return link


def unlink_own_data(session: Session, employee_id: uuid.UUID, actor: Actor) -> None:
    """Take the record's key from the employee's own account at once.

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound`, `LinkEnded`.
    """
    actor.require(Permission.OWN_DATA_LINK)
    require_vault(session, actor)
    employee = find_employee(session, actor, employee_id, lock=True)
    link = running_link(session, employee.id)
    if link is None:
        raise LinkEnded
    end_link(session, link, by=actor.who)


def own_data_link(session: Session, employee_id: uuid.UUID, actor: Actor) -> LinkView | None:
    """Since when the employee sees the own record; None for who does not.

    Only who may link is told. Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`,
    `organisation.errors.NotFound`.
    """
    actor.require(Permission.OWN_DATA_LINK)
    require_vault(session, actor)
    employee = find_employee(session, actor, employee_id)
    link = running_link(session, employee.id)
    if link is None or not linked_holders(session, employee.id):
        return None
    return LinkView(link.linked_at, person_names(session, [link.linked_by]).get(link.linked_by, ""))


def _require_account(session: Session, person_id: uuid.UUID) -> None:
    account = select(Person.id).where(
        Person.id == person_id,
        Person.organisation_id == EMPLOYEES_ID,
        Person.state == AccountState.ACTIVE.value,
    )
    if session.scalar(account) is None or not has_key(session, person_id):
        raise NotFound


def _add(session: Session, employee: Employee, person_id: uuid.UUID, actor: Actor) -> OwnDataLink:
    link = OwnDataLink(
        id=session.source.new_id(),
        employee_id=employee.id,
        organisation_id=employee.organisation_id,
        person_id=person_id,
        linked_by=actor.person_id,
        linked_at=session.source.now(),
    )
    session.add(link)
    session.flush()
    return link

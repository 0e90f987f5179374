"""*Wie kan dit openen?*: who can open a record, from the key rows themselves and never from a guess (design 2)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from keys.grants import GrantView, count_recipients, recipients
from organisation.calendar import today
from organisation.memberships import person_names
from organisation.models import Employee, Membership, Organisation
from organisation.seeing import members_who_see
from organisation.tree import find_employee
from vault.linked_accounts import linked_holders, running_link
from vault.models import RecordKey, Share, Vault
from vault.recovery_sheets import valid_sheet
from vault.sides import is_employer, may_know_shares, side_of


@dataclass(frozen=True)
class PersonWhoCanOpen:
    """Someone of the actor's own organisation, since when and by whose hand."""

    person_id: uuid.UUID
    name: str
    since: datetime
    granted_by: str


@dataclass(frozen=True)
class SideThatCanOpen:
    """The other side, as a whole: how many of its people hold the key where that may be told, and since when."""

    organisation_id: uuid.UUID
    name: str
    people: int | None
    since: datetime


@dataclass(frozen=True)
class SheetThatCanOpen:
    """A printed recovery sheet, which opens together with the login of the person whom it names."""

    named: str
    since: datetime
    made_by: str


@dataclass(frozen=True)
class AccountThatCanOpen:
    """The employee's own account, since when and by whose hand (*Mijn gegevens*)."""

    since: datetime
    linked_by: str


@dataclass(frozen=True)
class WhoCanOpen:
    """Who can open a record, as the actor may know it."""

    people: tuple[PersonWhoCanOpen, ...]
    other_sides: tuple[SideThatCanOpen, ...]
    sheets: tuple[SheetThatCanOpen, ...] = ()
    own_account: AccountThatCanOpen | None = None


def who_can_open(session: Session, employee_id: uuid.UUID, actor: Actor) -> WhoCanOpen:
    """Who can open the record of an employee in view; nothing is opened to tell it.

    The employer sees the vault's users in whose scope the employee lies and the service by name and number, never its
    staff; the arbo side, once it is shared, its own members and *de werkgever*. What would tell that it is shared is
    for whom records are open and who may see shares; that the employee can open it, only those know who may link, or
    end it. Raises `PermissionDenied`, `organisation.errors.NotFound`.
    """
    employee = find_employee(session, actor, employee_id)
    holders = _holders(session, employee)
    if is_employer(actor):
        vault = session.get(Vault, employee.organisation_id)
        own = vault.holder_id if vault is not None else None
        others = _services(session, employee, holders) if may_know_shares(session, actor) else ()
    else:
        service = session.get_one(Organisation, actor.organisation_id)
        own = service.holder_id if may_know_shares(session, actor) else None
        others = _employer(session, employee, holders) if own in holders else ()
    if own is None or own not in holders:
        return WhoCanOpen((), others)
    sheets = sheets_that_can_open(session, own, actor)
    return WhoCanOpen(
        people_who_can_open(session, own, actor, members_who_see(actor.organisation_id, employee, today(session))),
        others,
        sheets,
        _own_account(session, employee, holders, actor),
    )


def people_who_can_open(
    session: Session, holder_id: uuid.UUID, actor: Actor, seeing: Select[uuid.UUID]
) -> tuple[PersonWhoCanOpen, ...]:
    """Who of the actor's organisation has the key of a holder, and is among those `seeing` what lies under it."""
    grants = recipients(session, holder_id)
    in_scope = set(session.scalars(seeing.where(Membership.person_id.in_([grant.recipient_id for grant in grants]))))
    shown = [grant for grant in grants if grant.recipient_id in in_scope]
    names = person_names(session, _people_in(shown))
    return tuple(
        PersonWhoCanOpen(
            grant.recipient_id, names.get(grant.recipient_id, ""), grant.since, names.get(grant.granted_by, "")
        )
        for grant in shown
    )


def sheets_that_can_open(session: Session, holder_id: uuid.UUID, actor: Actor) -> tuple[SheetThatCanOpen, ...]:
    """The recovery sheet that can open a holder of the actor's organisation now, if there is one."""
    sheet = valid_sheet(session, holder_id, actor)
    return () if sheet is None else (SheetThatCanOpen(sheet.named, sheet.made_at, sheet.made_by),)


def _holders(session: Session, employee: Employee) -> set[uuid.UUID]:
    """The holders that have a key of the record."""
    statement = select(RecordKey.holder_id).where(RecordKey.employee_id == employee.id)
    return set(session.scalars(statement))


def _people_in(grants: Iterable[GrantView]) -> list[uuid.UUID]:
    return [person_id for grant in grants for person_id in (grant.recipient_id, grant.granted_by)]


def _own_account(
    session: Session, employee: Employee, holders: set[uuid.UUID], actor: Actor
) -> AccountThatCanOpen | None:
    may_link = is_employer(actor) and Permission.OWN_DATA_LINK in actor.permissions
    if not may_link or side_of(session, actor) is None:
        return None
    link = running_link(session, employee.id)
    if link is None or link.person_id not in holders or not linked_holders(session, employee.id):
        return None
    return AccountThatCanOpen(link.linked_at, person_names(session, [link.linked_by]).get(link.linked_by, ""))


def _services(session: Session, employee: Employee, holders: set[uuid.UUID]) -> tuple[SideThatCanOpen, ...]:
    statement = (
        select(Organisation, Share.shared_at)
        .join(Share, Share.service_id == Organisation.id)
        .where(Share.employee_id == employee.id, Share.ended_at.is_(None), Organisation.holder_id.in_(holders))
        .order_by(Organisation.name, Organisation.id)
    )
    return tuple(
        SideThatCanOpen(service.id, service.name, count_recipients(session, service.holder_id), since)
        for service, since in session.execute(statement)
        if service.holder_id is not None
    )


def _employer(session: Session, employee: Employee, holders: set[uuid.UUID]) -> tuple[SideThatCanOpen, ...]:
    vault = session.get(Vault, employee.organisation_id)
    if vault is None or vault.holder_id not in holders:
        return ()
    employer = session.get_one(Organisation, employee.organisation_id)
    return (SideThatCanOpen(employer.id, employer.name, None, employee.created_at),)

"""*Mijn gegevens*: what an employee sees of the own records, through the own account (AVG art. 15; design 2.2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.recording import record
from crypto.sealing import unseal
from crypto.secret import Secret
from database.planning import Unindexed
from database.session import Session
from organisation.errors import NotFound
from organisation.models import Employee, Organisation
from organisation.tree import EmploymentLine, all_employments_of
from vault.errors import BsnUnknown, NoVaultAccess
from vault.fields import Card, Details, mask_bsn
from vault.linked_accounts import link_counts
from vault.models import OwnDataLink, Part, RecordKey, RecordPart, Share
from vault.places import place_of_part
from vault.record_keys import RecordKeyOpener


@dataclass(frozen=True)
class SharedWith:
    """An arbo service that can open the record, since when."""

    service: str
    since: datetime


@dataclass(frozen=True)
class OwnRecord:
    """What one employer holds about the actor in its vault; `details` never has a BSN.

    `changed_at` is when the employer last wrote it.
    """

    employee_id: uuid.UUID
    employer_id: uuid.UUID
    employer: str
    personnel_number: str = field(repr=False)
    card: Card
    details: Details
    bsn_masked: str | None = field(repr=False)
    employments: tuple[EmploymentLine, ...] = field(repr=False)
    changed_at: datetime
    linked_at: datetime
    shared_with: tuple[SharedWith, ...]


@dataclass(frozen=True)
class OwnCopy:
    """A record with the BSN, to be taken away whole."""

    record: OwnRecord
    bsn: str | None = field(repr=False)


@dataclass(frozen=True)
class OwnLink:
    """The record of an employer that the actor's account is linked to."""

    link: OwnDataLink
    employee: Employee
    employer: Organisation


def own_links(session: Session, actor: Actor) -> list[OwnLink]:
    """The records that the actor's own account is linked to now, by employer. Raises `PermissionDenied`."""
    actor.require(Permission.OWN_DATA_READ)
    return [OwnLink(*row) for row in session.execute(_own(actor).order_by(Organisation.name, Employee.id))]


def read_own_data(session: Session, actor: Actor) -> list[OwnRecord]:
    """What the vaults hold about the actor, by employer; the log of each employer tells of this look first.

    Raises `PermissionDenied`, `NoVaultAccess` when a record lies under a key that the account was not handed.
    """
    links = own_links(session, actor)
    record_for_employers(session, Action.OWN_DATA_READ, links, actor)
    return [copy.record for copy in _read(session, links, actor)]


def copy_own_data(session: Session, actor: Actor, file_format: str) -> list[OwnCopy]:
    """The same with the BSN, for a file that the actor takes away (AVG art. 20). Raises as `read_own_data`."""
    links = own_links(session, actor)
    record_for_employers(session, Action.OWN_DATA_EXPORT, links, actor, {"format": file_format})
    return _read(session, links, actor)


def read_own_bsn(session: Session, employee_id: uuid.UUID, actor: Actor) -> str:
    """The own BSN as one employer has it, in nine digits, after an entry of its own in both logs (D-rule 37).

    Raises `PermissionDenied`, `organisation.errors.NotFound`, `NoVaultAccess`, `BsnUnknown`.
    """
    link = find_own_link(session, employee_id, actor)
    record_for_employers(session, Action.BSN_READ, [link], actor)
    bsn = _open(session, [link], actor)[employee_id].details.bsn
    if bsn is None:
        raise BsnUnknown
    return bsn


def find_own_link(session: Session, employee_id: uuid.UUID, actor: Actor) -> OwnLink:
    """The actor's link to one record. Raises `PermissionDenied`, `organisation.errors.NotFound`."""
    actor.require(Permission.OWN_DATA_READ)
    row = session.execute(_own(actor).where(Employee.id == employee_id)).first()
    if row is None:
        raise NotFound
    return OwnLink(*row)


def record_for_employers(
    session: Session,
    action: Action,
    links: Sequence[OwnLink],
    actor: Actor,
    details: dict[str, Detail] | None = None,
) -> None:
    """Write an act with the own data in the actor's log, and in that of each employer: of its own record only."""
    subjects = [found.employee.id for found in links]
    record(session, action, by=actor.who, subjects=subjects, details=details)
    for found in links:
        record(
            session,
            action,
            by=actor.who,
            organisation_id=found.employer.id,
            subjects=[found.employee.id],
            details=details,
        )


@dataclass
class _Opened:
    card: Card
    details: Details
    written_at: datetime


def _read(session: Session, links: Sequence[OwnLink], actor: Actor) -> list[OwnCopy]:
    opened = _open(session, links, actor)
    ids = [found.employee.id for found in links]
    employments, shares = all_employments_of(session, ids), _shares(session, ids)
    return [
        _copy(
            found, opened[found.employee.id], employments.get(found.employee.id, []), shares.get(found.employee.id, [])
        )
        for found in links
    ]


def _copy(found: OwnLink, opened: _Opened, employments: list[EmploymentLine], shares: list[SharedWith]) -> OwnCopy:
    record = OwnRecord(
        employee_id=found.employee.id,
        employer_id=found.employer.id,
        employer=found.employer.name,
        personnel_number=found.employee.personnel_number,
        card=opened.card,
        details=opened.details.without_bsn(),
        bsn_masked=_masked(opened.details.bsn),
        employments=tuple(employments),
        changed_at=opened.written_at,
        linked_at=found.link.linked_at,
        shared_with=tuple(shares),
    )
    return OwnCopy(record, opened.details.bsn)


def _own(actor: Actor) -> Select[OwnDataLink, Employee, Organisation]:
    return (
        select(OwnDataLink, Employee, Organisation)
        .join(Employee, Employee.id == OwnDataLink.employee_id)
        .join(Organisation, Organisation.id == OwnDataLink.organisation_id)
        .where(OwnDataLink.person_id == actor.person_id, link_counts())
    )


def _open(session: Session, links: Sequence[OwnLink], actor: Actor) -> dict[uuid.UUID, _Opened]:
    opener = RecordKeyOpener(session, actor.keys, actor.person_id)
    found: dict[uuid.UUID, dict[str, tuple[RecordPart, bytes]]] = {link.employee.id: {} for link in links}
    keys: dict[tuple[uuid.UUID, int], Secret] = {}
    statement = (
        select(RecordPart, RecordKey)
        .join(Employee, (Employee.id == RecordPart.employee_id) & (Employee.version == RecordPart.version))
        .join(
            RecordKey,
            (RecordKey.employee_id == RecordPart.employee_id) & (RecordKey.key_number == RecordPart.key_number),
        )
        .where(RecordPart.employee_id.in_(found), Unindexed(RecordKey.holder_id) == actor.person_id)
        .execution_options(populate_existing=True)
    )
    for part, key_row in session.execute(statement).all():
        place = (part.employee_id, part.key_number)
        key = keys.get(place) or opener.open(key_row)
        keys[place] = key
        plaintext = unseal(key, part.sealed, place_of_part(part.employee_id, part.part, part.version, part.key_number))
        found[part.employee_id][part.part] = part, plaintext
    return {employee_id: _both_parts(parts) for employee_id, parts in found.items()}


def _both_parts(parts: dict[str, tuple[RecordPart, bytes]]) -> _Opened:
    if parts.keys() != {part.value for part in Part}:
        raise NoVaultAccess
    row, details = parts[Part.DETAILS.value]
    return _Opened(Card.from_bytes(parts[Part.CARD.value][1]), Details.from_bytes(details), row.written_at)


def _masked(bsn: str | None) -> str | None:
    return None if bsn is None else mask_bsn(bsn)


def _shares(session: Session, employee_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[SharedWith]]:
    statement = (
        select(Share.employee_id, Organisation.name, Share.shared_at)
        .join(Organisation, Organisation.id == Share.service_id)
        .where(Share.employee_id.in_(employee_ids), Share.ended_at.is_(None))
        .order_by(Organisation.name, Share.id)
    )
    shares: dict[uuid.UUID, list[SharedWith]] = {}
    for employee_id, service, since in session.execute(statement):
        shares.setdefault(employee_id, []).append(SharedWith(service, since))
    return shares

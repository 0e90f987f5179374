"""Making, changing and opening records (E-02, E-03, K-21, K-26; design 2.2)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from crypto.sealing import unseal
from crypto.secret import Secret
from database.planning import Unindexed
from database.session import Session
from organisation.calendar import today
from organisation.employments import (
    EMPLOYMENT,
    EmploymentData,
    add_employee,
    change_personnel_number,
    correct_employment,
)
from organisation.models import Employee, Employment
from organisation.scope import is_in_view
from organisation.tree import find_employee
from vault.blind_index import make_indexer
from vault.contact_changes import is_contact_changed
from vault.errors import EditConflict, NoVaultAccess
from vault.field_checks import check_employment, check_record, clean_personnel_number
from vault.fields import Card, Details
from vault.indexing import leave_indexing
from vault.models import Part, RecordIndex, RecordKey, RecordPart
from vault.places import place_of_part
from vault.record_keys import NumberedKey, RecordKeyOpener, key_for_writing
from vault.record_sealing import make_sealer, seal_parts
from vault.sides import require_side, require_vault
from vault.unlinking import Ended, end_link_of_employee


def create_record(
    session: Session, *, personnel_number: str, card: Card, details: Details, employment: EmploymentData, actor: Actor
) -> Employee:
    """Add an employee with a first employment, sealed under a record key of its own (E-02, K-26).

    Raises `PermissionDenied`, `VaultClosed` (D-rule 19), `NoVaultAccess`, `InvalidFields`,
    `organisation.errors.NotFound` for a department out of view, `organisation.errors.PersonnelNumberTaken`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    sealer = make_sealer(session, actor)
    checked_card, checked_details = check_record(card, details, today(session))
    checked_employment = check_employment(employment, today(session))
    employee = add_employee(session, actor, clean_personnel_number(personnel_number), checked_employment)
    record(
        session,
        Action.EMPLOYEE_CREATE,
        by=actor.who,
        subjects=[employee.id],
        object_type=EMPLOYMENT,
        object_id=session.scalar(select(Employment.id).where(Employment.employee_id == employee.id)),
        details={"version": employee.version},
    )
    sealed = sealer.seal(employee.id, checked_card, checked_details)
    session.execute(insert(RecordKey), sealed.key)
    session.execute(insert(RecordPart), list(sealed.parts))
    session.execute(insert(RecordIndex), sealed.index)
    return employee


def update_record(
    session: Session,
    employee_id: uuid.UUID,
    *,
    card: Card,
    details: Details,
    expected_version: int,
    actor: Actor,
    remove_bsn: bool = False,
    personnel_number: str | None = None,
    employment_id: uuid.UUID | None = None,
    employment: EmploymentData | None = None,
    employment_version: int = 0,
) -> Employee:
    """Write the next version of a record, and correct its number and one employment where they are given (E-05, E-11).

    `employment_version` is that in which the employment was read. Whoever edits need not see the BSN: without one in
    `details` the present one stays, unless `remove_bsn`. A key that existed at a withdrawal is replaced (design 2.1).
    Of two changes from one version the second raises `EditConflict`.
    Further raises as `create_record`, `organisation.errors.EmploymentExists` and
    `organisation.errors.EmploymentConflict`.
    """
    actor.require(Permission.EMPLOYEE_WRITE)
    holder_id = require_vault(session, actor)
    employee = find_employee(session, actor, employee_id)
    checked_card, checked_details = check_record(card, details, today(session))
    version = _next_version(session, employee, expected_version)
    entry = record(session, Action.EMPLOYEE_UPDATE, by=actor.who, subjects=[employee.id], details={"version": version})
    present = open_whole(session, actor, employee.id, entry=entry, version=expected_version)[1]
    if checked_details.bsn is None and not remove_bsn:
        checked_details = replace(checked_details, bsn=present.bsn)
    contact_changed_at = _date_contact_change(session, employee, expected_version, present, checked_details, actor)
    key = key_for_writing(session, employee, holder_id, actor)
    _write_version(session, employee, key, checked_card, checked_details, contact_changed_at, actor)
    _index_version(session, employee, holder_id, checked_card, checked_details, actor)
    if personnel_number is not None:
        change_personnel_number(session, actor, employee, clean_personnel_number(personnel_number))
    if employment_id is not None and employment is not None:
        checked = check_employment(employment, today(session))
        correct_employment(session, actor, employee, employment_id, checked, expected_version=employment_version)
    return employee


def open_cards(
    session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID], *, entry: AuditEntry
) -> dict[uuid.UUID, Card]:
    """The cards of those employees in view whose key the actor's side has, in one query.

    `entry` is the log entry of this look, which so has been written before anything opens (design 3). Raises as
    `vault.sides.require_side`, and `crypto.errors.UnsealError` for a row that was moved or changed.
    """
    return {
        part.employee_id: Card.from_bytes(plaintext)
        for part, plaintext in _open(session, actor, employee_ids, [Part.CARD])
    }


def fitting_cards(
    session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID], fits: Callable[[Card], bool]
) -> dict[uuid.UUID, Card]:
    """The cards, of those employees in view whose key the actor's side has, that fit what is looked for.

    A look without an entry before it: whom the entry of a search names is known when the cards have been
    compared. The search writes it before anything leaves this package. Raises as `open_cards`.
    """
    opened = (
        (part.employee_id, Card.from_bytes(plaintext))
        for part, plaintext in _open(session, actor, employee_ids, [Part.CARD])
    )
    return {employee_id: card for employee_id, card in opened if fits(card)}


def employees_with_bsn(session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID], bsn: str) -> set[uuid.UUID]:
    """Who of those employees in view has this BSN, in nine digits: a look without an entry, as `fitting_cards`.

    Raises `PermissionDenied` for whoever may not read a BSN, and as `open_cards`.
    """
    actor.require(Permission.BSN_READ)
    opened = _open(session, actor, employee_ids, [Part.DETAILS])
    return {part.employee_id for part, plaintext in opened if Details.from_bytes(plaintext).bsn == bsn}


def open_whole(
    session: Session, actor: Actor, employee_id: uuid.UUID, *, entry: AuditEntry, version: int | None = None
) -> tuple[Card, Details]:
    """The card and the details of one employee in view, BSN and all: what leaves this package goes without it.

    `version` is that of the parts where they are about to be replaced, else the present one. Raises as `open_cards`,
    and `NoVaultAccess` when the actor's side has no key of this record.
    """
    opened = {
        Part(part.part): plaintext for part, plaintext in _open(session, actor, [employee_id], list(Part), version)
    }
    if opened.keys() != set(Part):
        raise NoVaultAccess
    return Card.from_bytes(opened[Part.CARD]), Details.from_bytes(opened[Part.DETAILS])


def open_many(
    session: Session, actor: Actor, employee_ids: Iterable[uuid.UUID], *, entry: AuditEntry
) -> dict[uuid.UUID, tuple[Card, Details]]:
    """The card and the details, BSN and all, of those employees in view whose key the actor's side has, in one query.

    `entry` and what is raised are as with `open_cards`.
    """
    cards: dict[uuid.UUID, Card] = {}
    details: dict[uuid.UUID, Details] = {}
    for part, plaintext in _open(session, actor, employee_ids, list(Part)):
        if part.part == Part.CARD:
            cards[part.employee_id] = Card.from_bytes(plaintext)
        else:
            details[part.employee_id] = Details.from_bytes(plaintext)
    return {employee_id: (card, details[employee_id]) for employee_id, card in cards.items()}


def _open(
    session: Session,
    actor: Actor,
    employee_ids: Iterable[uuid.UUID],
    parts: Iterable[Part],
    version: int | None = None,
) -> Iterator[tuple[RecordPart, bytes]]:
    holder_id = require_side(session, actor)
    opener = RecordKeyOpener(session, actor.keys, holder_id)
    statement = (
        select(RecordPart, RecordKey)
        .join(Employee, Employee.id == RecordPart.employee_id)
        .join(
            RecordKey,
            (RecordKey.employee_id == RecordPart.employee_id) & (RecordKey.key_number == RecordPart.key_number),
        )
        .where(
            RecordPart.employee_id.in_(set(employee_ids)),
            is_in_view(actor, today(session)),
            RecordPart.part.in_([part.value for part in parts]),
            RecordPart.version == (Employee.version if version is None else version),
            Unindexed(RecordKey.holder_id) == holder_id,
        )
        .execution_options(populate_existing=True)
    )
    opened: dict[tuple[uuid.UUID, int], Secret] = {}
    for part, key_row in session.execute(statement).all():
        # Both parts of a version lie under one key.
        key = opened.get((part.employee_id, part.key_number)) or opener.open(key_row)
        opened[(part.employee_id, part.key_number)] = key
        place = place_of_part(part.employee_id, part.part, part.version, part.key_number)
        yield part, unseal(key, part.sealed, place)


def _next_version(session: Session, employee: Employee, expected_version: int) -> int:
    """Claim the next version, and with it the row, until this transaction ends."""
    claim = (
        update(Employee)
        .where(Employee.id == employee.id, Employee.version == expected_version)
        .values(version=Employee.version + 1)
        .returning(Employee.version)
        .execution_options(synchronize_session=False)
    )
    version = session.scalar(claim)
    if version is None:
        raise EditConflict
    session.refresh(employee)
    return version


def _date_contact_change(
    session: Session, employee: Employee, version: int, before: Details, after: Details, actor: Actor
) -> datetime | None:
    """Now, when mail address or mobile number become others (D-08); else what the version before carries along.

    Whoever linked the own account by the former ones has to be linked anew.
    """
    if is_contact_changed(before, after):
        end_link_of_employee(session, employee.id, Ended.CONTACT_CHANGED, by=actor.who)
        return session.source.now()
    former = select(RecordPart.contact_changed_at).where(
        RecordPart.employee_id == employee.id, RecordPart.part == Part.DETAILS.value, RecordPart.version == version
    )
    return session.scalar(former)


def _write_version(
    session: Session,
    employee: Employee,
    key: NumberedKey,
    card: Card,
    details: Details,
    contact_changed_at: datetime | None,
    actor: Actor,
) -> None:
    rows = seal_parts(
        key,
        employee_id=employee.id,
        organisation_id=employee.organisation_id,
        version=employee.version,
        card=card,
        details=details,
        written_by=actor.person_id,
        written_at=session.source.now(),
        contact_changed_at=contact_changed_at,
    )
    # What was corrected is not kept (AVG art. 5): the log says who changed a record when, not what it was before. An
    # import that waits to change this record too finds its own version gone, and is refused.
    session.execute(
        delete(RecordPart).where(RecordPart.employee_id == employee.id).execution_options(synchronize_session=False)
    )
    session.execute(insert(RecordPart), list(rows))


def _index_version(
    session: Session, employee: Employee, holder_id: uuid.UUID, card: Card, details: Details, actor: Actor
) -> None:
    """Index the new version for the vault; the service indexes it when somebody comes by with its key (design 2.7)."""
    session.execute(
        delete(RecordIndex)
        .where(RecordIndex.employee_id == employee.id, RecordIndex.holder_id == holder_id)
        .execution_options(synchronize_session=False)
    )
    indexer = make_indexer(session, actor, holder_id)
    row = indexer.row(employee.id, employee.organisation_id, employee.version, card, details)
    session.execute(insert(RecordIndex), row)
    leave_indexing(session, [employee.id])

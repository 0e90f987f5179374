"""The people who are in the vault already, by personnel number, hundreds at once (X-22, E-14)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from accounts.actor import Actor
from crypto.sealing import unseal
from database.planning import Unindexed
from database.session import Session
from organisation.employments import EmploymentData
from organisation.models import Employee, Employment
from organisation.scope import is_visible
from vault.errors import NoVaultAccess
from vault.fields import Card, Details
from vault.models import Part, RecordKey, RecordPart
from vault.places import place_of_part
from vault.record_keys import NumberedKey, RecordKeyOpener


@dataclass(frozen=True)
class PresentEmployment:
    """An employment as it is now, with the version that a change of it starts from."""

    id: uuid.UUID
    version: int
    data: EmploymentData


@dataclass(frozen=True)
class PresentPerson:
    """Someone as the vault has him or her now; the repr shows nothing personal.

    Attributes:
        version: that of the record from which a change starts.
        contact_changed_at: when mail address or mobile number last became others (D-08).
        key: the record key under which both parts lie.
        employments: by the day they start.
    """

    employee_id: uuid.UUID
    version: int
    contact_changed_at: datetime | None
    key: NumberedKey
    card: Card
    details: Details
    employments: Mapping[date, PresentEmployment] = field(repr=False)


@dataclass(frozen=True)
class SealedPeople:
    """What a query gave of some people, still sealed: to be opened when the transaction has ended."""

    numbers: Mapping[uuid.UUID, str] = field(repr=False)
    parts: Mapping[uuid.UUID, Mapping[str, RecordPart]] = field(repr=False)
    keys: Mapping[tuple[uuid.UUID, int], RecordKey] = field(repr=False)
    employments: Mapping[uuid.UUID, list[Employment]] = field(repr=False)
    opener: RecordKeyOpener

    def open(self) -> dict[str, PresentPerson]:
        """Each person by personnel number; it needs no database.

        Raises `NoVaultAccess` when the vault has no key of one of them, `crypto.errors.UnsealError`.
        """
        return {number: self._open(employee_id) for employee_id, number in self.numbers.items()}

    def _open(self, employee_id: uuid.UUID) -> PresentPerson:
        parts = self.parts.get(employee_id, {})
        if parts.keys() != {part.value for part in Part}:
            raise NoVaultAccess
        card, details = parts[Part.CARD.value], parts[Part.DETAILS.value]
        key_row = self.keys.get((employee_id, card.key_number))
        if key_row is None or details.key_number != card.key_number:
            raise NoVaultAccess
        secret = self.opener.open(key_row)
        opened = {
            part.part: unseal(secret, part.sealed, place_of_part(employee_id, part.part, part.version, part.key_number))
            for part in (card, details)
        }
        return PresentPerson(
            employee_id=employee_id,
            version=card.version,
            contact_changed_at=details.contact_changed_at,
            key=NumberedKey(card.key_number, secret),
            card=Card.from_bytes(opened[Part.CARD.value]),
            details=Details.from_bytes(opened[Part.DETAILS.value]),
            employments={item.starts_on: _present(item) for item in self.employments.get(employee_id, [])},
        )


def fetch_people(session: Session, holder_id: uuid.UUID, numbers: Collection[str], actor: Actor) -> SealedPeople:
    """Those of the actor's employer who have one of these numbers, in four queries; the caller has logged the look.

    A batch that is not visible does not exist. Raises `keys.errors.NoKey`.
    """
    people = select(Employee.id, Employee.personnel_number).where(
        Employee.organisation_id == actor.organisation_id, Employee.personnel_number.in_(numbers), is_visible()
    )
    found = dict(session.execute(people).all())
    own_keys = select(RecordKey).where(RecordKey.employee_id.in_(found), Unindexed(RecordKey.holder_id) == holder_id)
    keys = list(session.scalars(own_keys))
    opener = RecordKeyOpener(session, actor.keys, holder_id)
    opener.prepare(keys)
    return SealedPeople(
        numbers=found,
        parts=_parts(session, found),
        keys={(row.employee_id, row.key_number): row for row in keys},
        employments=_employments(session, found),
        opener=opener,
    )


def _parts(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, RecordPart]]:
    statement = (
        select(RecordPart)
        .join(Employee, (Employee.id == RecordPart.employee_id) & (Employee.version == RecordPart.version))
        .where(RecordPart.employee_id.in_(ids))
    )
    parts: dict[uuid.UUID, dict[str, RecordPart]] = {}
    for part in session.scalars(statement):
        parts.setdefault(part.employee_id, {})[part.part] = part
    return parts


def _employments(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Employment]]:
    employments: dict[uuid.UUID, list[Employment]] = {}
    for employment in session.scalars(select(Employment).where(Employment.employee_id.in_(ids))):
        employments.setdefault(employment.employee_id, []).append(employment)
    return employments


def _present(employment: Employment) -> PresentEmployment:
    data = EmploymentData(
        department_id=employment.department_id,
        starts_on=employment.starts_on,
        function_group=employment.function_group,
        function=employment.function,
        kind=employment.kind,
        site=employment.site,
        hours=employment.hours,
        ends_on=employment.ends_on,
    )
    return PresentEmployment(employment.id, employment.version, data)

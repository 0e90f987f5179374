"""Comparing checked rows with the people who are in the vault already: new, changed or the same (X-22, E-14).

An empty cell leaves what is there: exports are often incomplete. Two values go with another one, since alone they would
be wrong: of another last name the tussenvoegsel, of another house number its addition. A BSN is never taken away.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from itertools import islice
from typing import Any, TypeGuard, TypeVar

from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session, SessionFactory
from organisation.employments import EmploymentData
from organisation.models import Employee
from organisation.scope import is_visible
from vault.blind_index import RecordIndexer, make_indexer
from vault.fields import Card, Details
from vault.importing.checking import GoodRow, RowFault
from vault.importing.headings import Headings
from vault.importing.jobs import require_import
from vault.importing.people import PresentEmployment, PresentPerson, SealedPeople, fetch_people
from vault.importing.table import Row
from vault.models import RecordIndex

ROWS_AT_ONCE = 500
Values = TypeVar("Values", Card, Details, EmploymentData)


class Kind(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class FieldChange:
    """One field that would change, or be filled; `old` is None for what was empty. Its repr shows no value."""

    name: str
    old: Any = field(repr=False)
    new: Any = field(repr=False)


@dataclass(frozen=True)
class Compared:
    """A row beside what is there.

    Attributes:
        present: the person as the vault has him or her; None for somebody new.
        card: the card as it would become, and `details` likewise.
        employment: the employment as it would become.
        present_employment: the one that starts on the same day; None for a further one, and for somebody new.
    """

    row: GoodRow
    present: PresentPerson | None
    card: Card
    details: Details
    employment: EmploymentData = field(repr=False)
    present_employment: PresentEmployment | None = field(repr=False)

    @property
    def kind(self) -> Kind:
        """What the row would do."""
        if self.present is None:
            return Kind.NEW
        return Kind.CHANGED if self.changes_person or self.changes_employment else Kind.UNCHANGED

    @property
    def changes_person(self) -> bool:
        """Whether personal data of somebody who is there would change."""
        return self.present is not None and (self.card, self.details) != (self.present.card, self.present.details)

    @property
    def changes_employment(self) -> bool:
        """Whether an employment of somebody who is there would change, or be added."""
        return self.present is not None and (
            self.present_employment is None or self.present_employment.data != self.employment
        )

    @property
    def is_further(self) -> bool:
        """Whether somebody who is there gets a further employment (E-14)."""
        return self.present is not None and self.present_employment is None

    def changes(self) -> list[FieldChange]:
        """Each field that would change, in the order of the forms; of a further employment every field is new."""
        if self.present is None:
            return []
        old = asdict(self.present_employment.data) if self.present_employment else {}
        return [
            *_differences(asdict(self.present.card), asdict(self.card)),
            *_differences(asdict(self.present.details), asdict(self.details)),
            *_differences(old, asdict(self.employment)),
        ]


@dataclass(frozen=True)
class Comparer:
    """Compares the rows of one file, some hundreds at a time, each time in a short transaction of its own."""

    factory: SessionFactory
    actor: Actor
    headings: Headings
    import_id: uuid.UUID

    def compare_all(
        self, rows: Iterable[tuple[Row, GoodRow | list[RowFault]]]
    ) -> Iterator[tuple[Row, Compared | GoodRow | list[RowFault]]]:
        """Each row with what was found; one that waits for its department stays as it is. Raises as `compare`."""
        left = iter(rows)
        while some := list(islice(left, ROWS_AT_ONCE)):
            ready = [found for _, found in some if is_ready(found)]
            compared = dict(zip((row.number for row in ready), self.compare(ready), strict=True))
            for row, found in some:
                yield row, compared.get(row.number, found)

    def compare(self, rows: Sequence[GoodRow]) -> list[Compared | list[RowFault]]:
        """Each row, whose department is known, beside what is there, or what is wrong with it there.

        The caller has logged the look. Raises as `jobs.require_import`, `NoVaultAccess` when a record has no key.
        """
        if not rows:
            return []
        with self.factory() as session, session.begin():
            holder_id = require_import(session, self.actor)
            sealed = fetch_people(session, holder_id, {row.personnel_number for row in rows}, self.actor)
            elsewhere = _numbers_elsewhere(session, self.import_id, rows, self.actor)
            owners = _owners_of_bsns(session, make_indexer(session, self.actor, holder_id), rows)
        people = sealed.open()
        known = {**people, **self._open_owners(owners, people)}
        return [
            self._faults(row, elsewhere, owners, known)
            or _compare(row, people.get(row.personnel_number), self.headings)
            for row in rows
        ]

    def _open_owners(self, owners: dict[int, list[str]], people: dict[str, PresentPerson]) -> dict[str, PresentPerson]:
        """Those who may have the BSN of another row: digests say may, what lies in the vault says whether."""
        numbers = {number for found in owners.values() for number in found} - people.keys()
        if not numbers:
            return {}
        with self.factory() as session, session.begin():
            found: SealedPeople = fetch_people(session, require_import(session, self.actor), numbers, self.actor)
        return found.open()

    def _faults(
        self, row: GoodRow, elsewhere: set[str], owners: dict[int, list[str]], known: dict[str, PresentPerson]
    ) -> list[RowFault]:
        if row.personnel_number in elsewhere:
            return [self._fault(row, "personnel_number", "waiting_number")]
        holders = (known[number] for number in owners.get(row.number, ()) if number in known)
        if any(person.details.bsn == row.details.bsn for person in holders):
            return [self._fault(row, "bsn", "known_bsn")]
        return []

    def _fault(self, row: GoodRow, name: str, code: str) -> RowFault:
        return RowFault(row.number, self.headings.written[name], self.headings.places[name], code)


def is_ready(found: GoodRow | list[RowFault]) -> TypeGuard[GoodRow]:
    """Tell whether a row is good and its department is there."""
    return isinstance(found, GoodRow) and found.department_id is not None


def _compare(row: GoodRow, present: PresentPerson | None, headings: Headings) -> Compared:
    employment = row.employment()
    if present is None:
        return Compared(row, None, row.card, row.details, employment, None)
    beside = present.employments.get(employment.starts_on)
    if beside is not None:
        employment = _filled(beside.data, employment)
    # Of the rows of one person the first tells who it is; the others are the same.
    card, details = (present.card, present.details) if row.repeats else _person(row, present, headings)
    return Compared(row, present, card, details, employment, beside)


def _person(row: GoodRow, present: PresentPerson, headings: Headings) -> tuple[Card, Details]:
    card, details = _filled(present.card, row.card), _filled(present.details, row.details)
    if card.last_name != present.card.last_name and "prefix" in headings.places:
        card = replace(card, prefix=row.card.prefix)
    if details.house_number != present.details.house_number:
        details = replace(details, house_number_addition=row.details.house_number_addition)
    return card, details


def _filled(old: Values, new: Values) -> Values:
    given = {item.name: value for item in fields(new) if (value := getattr(new, item.name)) is not None}
    return replace(old, **given)


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[FieldChange]:
    return [FieldChange(name, old.get(name), value) for name, value in new.items() if old.get(name) != value]


def _numbers_elsewhere(session: Session, import_id: uuid.UUID, rows: Iterable[GoodRow], actor: Actor) -> set[str]:
    """The numbers that lie in another batch which is not visible yet."""
    statement = select(Employee.personnel_number).where(
        Employee.organisation_id == actor.organisation_id,
        Employee.personnel_number.in_({row.personnel_number for row in rows}),
        Employee.batch_id != import_id,
        ~is_visible(),
    )
    return set(session.scalars(statement))


def _owners_of_bsns(session: Session, indexer: RecordIndexer, rows: Iterable[GoodRow]) -> dict[int, list[str]]:
    """For each row the numbers, other than its own, under which its BSN may stand in the vault."""
    digests = {row.number: indexer.bsn_digest(row.details.bsn) for row in rows if row.details.bsn}
    if not digests:
        return {}
    statement = (
        select(RecordIndex.bsn, Employee.personnel_number)
        .join(Employee, (Employee.id == RecordIndex.employee_id) & (Employee.version == RecordIndex.version))
        .where(RecordIndex.holder_id == indexer.holder_id, RecordIndex.bsn.in_(set(digests.values())), is_visible())
    )
    found: dict[bytes, list[str]] = {}
    for digest, number in session.execute(statement):
        found.setdefault(digest, []).append(number)
    own = {row.number: row.personnel_number for row in rows}
    return {
        row: others
        for row, digest in digests.items()
        if (others := [number for number in found.get(digest, ()) if number != own[row]])
    }

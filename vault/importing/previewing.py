"""What an import would do: row by row what is new, changed, the same or wrong, and who is not in the file (X-22)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import exists, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session, SessionFactory
from organisation.calendar import today
from organisation.models import Department, Employee, Employment
from organisation.scope import has_not_ended, is_visible
from vault.fields import mask_bsn
from vault.importing.checking import GoodRow, RowFault, fold_department
from vault.importing.comparing import ROWS_AT_ONCE, Compared, Comparer, FieldChange, Kind
from vault.importing.jobs import require_import
from vault.importing.opening import OpenedImport, open_import

PAGE_SIZE = 50
SHOWN_ROWS = 5
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Pages:
    """Which page of each list is wanted, from 1."""

    faults: int = 1
    changes: int = 1
    absent: int = 1


@dataclass(frozen=True)
class Listed(Generic[_Item]):
    """A page of a list, with how many there are in all; its repr shows nothing of them."""

    items: tuple[_Item, ...] = field(repr=False)
    total: int
    page: int = 1

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True)
class Checked:
    """How far the checking of a file is: rows looked at, of at most `total`."""

    rows: int
    total: int


@dataclass(frozen=True)
class ChangedRow:
    """What a row changes of somebody who is there; `is_further` for one who gets a further employment (E-14).

    A BSN is masked, and for whoever may not read it both its values are None.
    """

    number: int
    personnel_number: str = field(repr=False)
    name: str = field(repr=False)
    is_further: bool
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Preview:
    """What an import would do; the counts are of all rows, the lists are pages of fifty.

    Attributes:
        total: rows with something in them, headings not counted.
        new, changed, unchanged: rows of people who are new; rows that change or add something; rows that do neither.
        waiting: rows that only miss their department.
        faulty: rows with a fault.
        new_departments: the departments that the employer does not have, as the file names them.
        faults: of the faulty rows.
        changes: of the changed rows.
        absent: the personnel numbers of people in service who are not in the file; nothing happens to them.
        ignored: headings of columns that are not used.
        first_rows: the first good rows, without a BSN, to see whether the columns were understood.
        doubtful_words: as `table.Table` has them, for somebody to say whether the letters are right.
    """

    total: int
    new: int
    changed: int
    unchanged: int
    waiting: int
    faulty: int
    new_departments: tuple[str, ...]
    faults: Listed[RowFault]
    changes: Listed[ChangedRow]
    absent: Listed[str]
    ignored: tuple[str, ...]
    first_rows: tuple[GoodRow, ...] = field(repr=False)
    doubtful_words: tuple[str, ...] = field(default=(), repr=False)

    @property
    def good(self) -> int:
        """How many rows would bring something now."""
        return self.new + self.changed


def preview(factory: SessionFactory, import_id: uuid.UUID, actor: Actor, pages: Pages | None = None) -> Preview:
    """What the import would do. Raises as `opening.open_import` and `examine`."""
    with factory() as session, session.begin():
        opened = open_import(session, import_id, actor)
    return examine(factory, opened, actor, pages)


def examine(factory: SessionFactory, opened: OpenedImport, actor: Actor, pages: Pages | None = None) -> Preview:
    """What `examine_by_steps` finds, without its steps. Raises as it."""
    steps = examine_by_steps(factory, opened, actor, pages)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Preview = end.value
            return found


def examine_by_steps(
    factory: SessionFactory, opened: OpenedImport, actor: Actor, pages: Pages | None = None
) -> Generator[Checked, None, Preview]:
    """Check every row and compare it with who is there, and tell after each five hundred rows how far it is.

    No transaction is held for longer than that. Whose present data are shown is in the log before this returns. Raises
    `FileRefused`, also while columns are missing or chosen twice, and as `comparing.Comparer.compare`.
    """
    found = _Found(pages or Pages())
    checking = opened.check_rows()
    comparer = Comparer(factory, actor, checking.headings, opened.id)
    for rows, (_, judged) in enumerate(comparer.compare_all(checking.rows), 1):
        found.add(judged)
        if rows % ROWS_AT_ONCE == 0:
            yield Checked(rows, max(rows, checking.total))
    with factory() as session, session.begin():
        require_import(session, actor)
        changes = _shown_changes(session, opened.id, found, actor)
        _find_absent(session, checking.checker.numbers, found, actor)
    return replace(found.preview(changes, checking.headings.ignored), doubtful_words=checking.table.doubtful_words)


class _Collected(Generic[_Item]):
    """A list of which one page is kept."""

    def __init__(self, page: int) -> None:
        self.page = max(1, page)
        self.total = 0
        self.items: list[_Item] = []

    def extend(self, items: Iterable[_Item]) -> None:
        first = (self.page - 1) * PAGE_SIZE
        for item in items:
            if first <= self.total < first + PAGE_SIZE:
                self.items.append(item)
            self.total += 1

    def listed(self) -> Listed[_Item]:
        return Listed(tuple(self.items), self.total, self.page)


class _Found:
    """What was found in the rows so far."""

    def __init__(self, pages: Pages) -> None:
        self.counts = dict.fromkeys((Kind.NEW, Kind.CHANGED, Kind.UNCHANGED), 0)
        self.waiting = self.faulty = 0
        self.new_departments: dict[str, str] = {}
        self.faults = _Collected[RowFault](pages.faults)
        self.changed = _Collected[Compared](pages.changes)
        self.absent = _Collected[str](pages.absent)
        self.first_rows: list[GoodRow] = []

    def add(self, judged: Compared | GoodRow | list[RowFault]) -> None:
        if isinstance(judged, list):
            self.faulty += 1
            self.faults.extend(judged)
        elif isinstance(judged, Compared):
            self.counts[judged.kind] += 1
            if judged.kind is Kind.CHANGED:
                self.changed.extend([judged])
            self._show(judged.row)
        else:
            self.waiting += 1
            self.new_departments.setdefault(fold_department(judged.department), judged.department)
            self._show(judged)

    def _show(self, row: GoodRow) -> None:
        if len(self.first_rows) < SHOWN_ROWS:
            self.first_rows.append(replace(row, details=row.details.without_bsn()))

    def preview(self, changes: Listed[ChangedRow], ignored: tuple[str, ...]) -> Preview:
        return Preview(
            total=sum(self.counts.values()) + self.waiting + self.faulty,
            new=self.counts[Kind.NEW],
            changed=self.counts[Kind.CHANGED],
            unchanged=self.counts[Kind.UNCHANGED],
            waiting=self.waiting,
            faulty=self.faulty,
            new_departments=tuple(self.new_departments.values()),
            faults=self.faults.listed(),
            changes=changes,
            absent=self.absent.listed(),
            ignored=ignored,
            first_rows=tuple(self.first_rows),
        )


def _shown_changes(session: Session, import_id: uuid.UUID, found: _Found, actor: Actor) -> Listed[ChangedRow]:
    changed = found.changed.listed()
    if not changed.items:
        return Listed((), changed.total, changed.page)
    record(
        session,
        Action.IMPORT_COMPARE,
        by=actor.who,
        subjects={row.present.employee_id for row in changed.items if row.present},
        object_type="employee_import",
        object_id=import_id,
        details={"count": changed.total},
    )
    own = select(Department.id, Department.name).where(Department.organisation_id == actor.organisation_id)
    departments = dict(session.execute(own).all())
    may_read_bsn = Permission.BSN_READ in actor.permissions
    items = tuple(_changed_row(row, departments, may_read_bsn) for row in changed.items)
    return Listed(items, changed.total, changed.page)


def _changed_row(row: Compared, departments: Mapping[uuid.UUID, str], may_read_bsn: bool) -> ChangedRow:
    def shown(name: str, value: Any) -> Any:
        if value is None:
            return None
        if name == "bsn":
            return mask_bsn(value) if may_read_bsn else None
        return departments.get(value) if name == "department_id" else value

    changes = (
        FieldChange(change.name, shown(change.name, change.old), shown(change.name, change.new))
        for change in row.changes()
    )
    return ChangedRow(row.row.number, row.row.personnel_number, row.card.list_name, row.is_further, tuple(changes))


def _find_absent(session: Session, numbers: Collection[str], found: _Found, actor: Actor) -> None:
    in_service = exists().where(Employment.employee_id == Employee.id, has_not_ended(today(session)))
    statement = select(Employee.personnel_number).where(
        Employee.organisation_id == actor.organisation_id, is_visible(), in_service
    )
    statement = statement.order_by(Employee.personnel_number).execution_options(yield_per=1_000)
    with session.scalars(statement) as in_order:
        found.absent.extend(number for number in in_order if number not in numbers)

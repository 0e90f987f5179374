"""What is measured: each act as a request does it, in a transaction of its own that is committed durably."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from bench.staff import SEED, personnel_number
from bench.town import Town, make_town
from database.session import Session
from organisation.memberships import actor_for
from organisation.models import Employee
from portal.demo.draws import Draws
from portal.demo.names import draw_name
from tests.people import ACCESS_POINT
from vault.dossiers import read_employee
from vault.exporting.columns import Cell
from vault.exporting.people import Export, ExportChoice, begin_export
from vault.exporting.workbook import write_workbook
from vault.importing.jobs import keep_upload, make_departments, read_upload
from vault.importing.opening import open_import
from vault.importing.previewing import examine
from vault.importing.writing import write_rows
from vault.models import CareQuestionKind
from vault.search import SearchWords, search
from vault.sharing import share_record
from vault.tree import names

REPEATED = 60
PAGE = 100
EXPORTED = 10_000


def measure_all(folder: Path, workbook: Path, people: int) -> dict[str, float]:
    """Milliseconds of each act in a vault with `people` employees, and what the import added to the memory in MB."""
    town = make_town(folder)
    before = resident_megabytes()
    found = _import(town, workbook, people)
    found["memory, added by the import"] = resident_megabytes(highest=True) - before
    ids = _some_employees(town)
    found |= _find(town, people)
    found["a page of 100 names"] = median_of(town, (_page_of(chosen) for chosen in _pages(ids)))
    found["opening one dossier"] = median_of(town, (_reading(employee_id) for employee_id in ids))
    found["exporting, a person"] = _export(town)
    found["one share"] = median_of(town, (_sharing(employee_id) for employee_id in ids))
    return found


def resident_megabytes(*, highest: bool = False) -> float:
    """The memory of this process in MB: now, or the most it ever was (Linux tells both)."""
    wanted = "VmHWM:" if highest else "VmRSS:"
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(wanted)) / 1024


Act = Callable[[Session, Actor], object]


def _import(town: Town, workbook: Path, people: int) -> dict[str, float]:
    started = time.perf_counter()
    with workbook.open("rb") as stream:
        read = read_upload(stream)
    with town.visit("Anna") as (session, actor):
        import_id = keep_upload(session, read, actor).id
    del read
    with town.visit("Anna") as (session, actor):
        opened = open_import(session, import_id, actor)
    preview = examine(town.factory, opened, actor)
    del opened
    with town.visit("Anna") as (session, actor):
        make_departments(session, import_id, preview.new_departments, actor)
    checked = time.perf_counter()
    for _step in write_rows(town.factory, import_id, actor):
        pass
    done = time.perf_counter()
    return {
        "import, from file to visible": (done - started) * 1000 / people,
        "import, writing only": (done - checked) * 1000 / people,
    }


def _some_employees(town: Town) -> list[UUID]:
    with town.visit("Anna") as (session, _actor):
        ids = list(session.scalars(select(Employee.id).order_by(Employee.personnel_number).limit(20_000)))
    return Random(SEED).sample(ids, min(len(ids), REPEATED * 10))


def _find(town: Town, people: int) -> dict[str, float]:
    draw = Random(SEED)
    last_names = [draw_name(Draws(f"bench/{number}"), 50).last_name for number in range(REPEATED)]
    numbers = [personnel_number(draw.randrange(people)) for _ in range(REPEATED)]
    return {
        "search by last name": median_of(town, (_searching(SearchWords(last_name=name)) for name in last_names)),
        "lookup by number": median_of(town, (_searching(SearchWords(personnel_number=one)) for one in numbers)),
    }


def _export(town: Town) -> float:
    """Milliseconds a person of an .xlsx with at most the first 10,000."""
    anna = town.people["Anna"]
    started, people = time.perf_counter(), 0

    def actor_of(session: Session) -> Actor:
        return actor_for(session, anna.id, ACCESS_POINT, anna.keys())

    def some(export: Export) -> Iterator[list[list[Cell]]]:
        nonlocal people
        for batch in export.batches:
            yield [export.columns.cells(row) for row in batch]
            people += len(batch)
            if people >= EXPORTED:
                return

    export = begin_export(town.factory, actor_of, ExportChoice("xlsx"))
    for _piece in write_workbook(export.columns.headings, some(export)):
        pass
    return (time.perf_counter() - started) * 1000 / people


def _pages(ids: list[UUID]) -> Iterator[list[UUID]]:
    draw = Random(SEED)
    return (draw.sample(ids, min(PAGE, len(ids))) for _ in range(REPEATED))


def _page_of(chosen: list[UUID]) -> Act:
    return lambda session, actor: names(session, actor, chosen)


def _searching(words: SearchWords) -> Act:
    return lambda session, actor: search(session, actor, words)


def _reading(employee_id: UUID) -> Act:
    return lambda session, actor: read_employee(session, employee_id, actor)


def _sharing(employee_id: UUID) -> Act:
    kind = CareQuestionKind.SICK_REPORT
    return lambda session, actor: share_record(session, employee_id, kind, "Belt morgen zelf", actor)


def median_of(town: Town, acts: Iterator[Act], name: str = "Anna") -> float:
    """Milliseconds of an act in the middle of many, each in a request of its own; the first only warms up."""
    durations = []
    for act in islice(acts, REPEATED):
        started = time.perf_counter()
        with town.visit(name) as (session, actor):
            act(session, actor)
        durations.append((time.perf_counter() - started) * 1000)
    return median(durations[1:])

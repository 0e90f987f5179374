"""Writing a confirmed import: all at once or nothing, whatever happens in between (X-22, design 2.2 and 5)."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select

from accounts.actor import Actor
from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from audit.recording import record
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import SessionFactory
from organisation.employments import EmploymentData, known_words
from organisation.models import Batch, Department, Employee, Employment
from organisation.tree import departments_in_scope
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, Rows, row, workbook
from tests.vault.importing.test_jobs import count, keep, shown
from vault.access import approve, request_access, waiting_requests, withdraw_access
from vault.errors import NoVaultAccess
from vault.fields import Card, Details, Gender
from vault.importing.checking import GoodRow, RowFault
from vault.importing.comparing import ROWS_AT_ONCE, Compared, Comparer
from vault.importing.errors import (
    ImportGone,
    ImportInterrupted,
    NothingToImport,
    NumberTaken,
    OtherImportRunning,
)
from vault.importing.jobs import claim_import, discard, upload, waiting_imports
from vault.importing.writing import Phase, Progress, write_rows
from vault.models import EmployeeImport, ImportChunk, ImportState, RecordKey, RecordPart
from vault.records import create_record, open_cards, open_whole, update_record

MANY: Rows = [HEADINGS, *(row(number=f"N{n}", bsn="", last_name=f"Dijk{'abcdefghij'[n % 10]}") for n in range(1_200))]


def actor_of(house: House) -> Actor:
    with house.factory() as session, session.begin():
        return house.actor(session)


def import_all(house: House, rows: Rows) -> list[Progress]:
    """Let Anna upload and confirm."""
    return list(write_rows(house.factory, keep(house, rows), actor_of(house)))


def visible_people(house: House) -> int:
    """How many people the employer's tree shows."""
    with house.factory() as session, session.begin():
        return sum(department.count for department in departments_in_scope(session, house.actor(session)))


def employee_id(house: House, number: str) -> UUID:
    with house.factory() as session:
        found = session.scalar(select(Employee.id).where(Employee.personnel_number == number))
        assert found is not None
        return found


def test_what_was_imported_opens_like_what_was_typed_in(house: House) -> None:
    """Names with their accents, an Excel date, a BSN and a phone number that lost their leading zero."""
    names = ["Çelik", "Müller-Lüdenscheidt", "O’Neill", "'t Hoën", "Ğüneş", "Øster", "Łukaszewski", "Nuñez"]
    rows = [row(number=f"N{n}", bsn="", last_name=name) for n, name in enumerate(names)]
    rows.append(
        row(
            number="007", bsn="", mobile=612345678, birth_date=date(1985, 2, 28), starts_on=date(2021, 5, 1),
            house_number="12a", hours=36.5, prefix="van der", first_name="Zoë",
        )
    )  # fmt: skip
    rows[-1][HEADINGS.index("BSN")] = "99999019"
    with house.factory() as session, session.begin():
        kept = upload(session, io.BytesIO(workbook([HEADINGS, *rows])), house.actor(session))
    faults = shown(house, kept.id).faults.items
    assert [(fault.column, fault.code) for fault in faults] == [("BSN", "bsn_check")]
    rows[-1][HEADINGS.index("BSN")] = 999990019
    assert import_all(house, [HEADINGS, *rows])[-1] == Progress(9, 9, Phase.DONE, 9)
    with house.factory() as session, session.begin():
        actor = house.actor(session)
        employees = {e.personnel_number: e.id for e in session.scalars(select(Employee))}
        entry = record(session, Action.EMPLOYEE_LIST, by=actor.who, subjects=employees.values())
        cards = open_cards(session, actor, employees.values(), entry=entry)
        assert [cards[employees[f"N{n}"]].last_name for n in range(len(names))] == names
        card, details = open_whole(session, actor, employees["007"], entry=entry)
        assert card == Card("Dijk", date(1985, 2, 28), "van der", "Zoë", "A.", "3511AB")
        assert details == Details(
            gender=Gender.FEMALE, bsn="999990019", email="anna@voorbeeld.nl", phone_mobile="0612345678",
            house_number="12", house_number_addition="a", city="Utrecht",
        )  # fmt: skip
        employment = session.scalars(select(Employment).where(Employment.employee_id == employees["007"])).one()
        assert (employment.hours, employment.starts_on) == (Decimal("36.50"), date(2021, 5, 1))


def test_an_imported_record_is_edited_like_any_other(house: House) -> None:
    import_all(house, [HEADINGS, row()])
    some_id = employee_id(house, "MS003")
    with house.factory() as session, session.begin():
        update_record(
            session,
            some_id,
            card=Card("Nieuw", date(1990, 1, 1)),
            details=Details(),
            expected_version=1,
            actor=house.actor(session),
        )
        entry = record(session, Action.EMPLOYEE_READ, by=house.actor(session).who, subjects=[some_id])
        card, details = open_whole(session, house.actor(session), some_id, entry=entry)
        assert (card.last_name, details.bsn) == ("Nieuw", "999990019")


def test_rows_with_a_fault_or_without_a_department_are_left_out(house: House) -> None:
    rows = [HEADINGS, row(), row(number="B", bsn="123456789"), row(number="C", bsn="", department="Onbekend")]
    assert import_all(house, rows)[-1] == Progress(3, 3, Phase.DONE, 1)
    assert count(house.factory, Employee) == count(house.factory, Employment) == 1
    assert count(house.factory, Department) == 3


def test_nothing_is_visible_until_the_last_step_and_then_everything(house: House) -> None:
    import_id = keep(house, MANY)
    seen = [
        (progress, visible_people(house), count(house.factory, Employee))
        for progress in write_rows(house.factory, import_id, actor_of(house))
    ]
    assert seen == [
        (Progress(500, 1200, Phase.WRITE, 500), 0, 500),
        (Progress(1000, 1200, Phase.WRITE, 1000), 0, 1000),
        (Progress(1200, 1200, Phase.WRITE, 1200), 0, 1200),
        (Progress(1200, 1200, Phase.SHOW, 1200), 0, 1200),
        (Progress(1200, 1200, Phase.DONE, 1200), 1200, 1200),
    ]


def test_the_words_of_a_batch_are_offered_when_it_is_visible(house: House) -> None:
    """Design 2.2: until then it does not exist, in the lists to choose from either (E-07)."""
    running = write_rows(house.factory, keep(house, [HEADINGS, row(function="Proefdrukker")]), actor_of(house))
    next(running)

    def words() -> tuple[str, ...]:
        with house.factory() as session, session.begin():
            return known_words(session, house.actor(session)).functions

    assert words() == ()
    list(running)
    assert words() == ("Proefdrukker",)


def test_the_log_entry_names_the_batch_and_how_many_and_nobody(house: House) -> None:
    """D-rule 20."""
    import_id = keep(house, [HEADINGS, row()])
    steps = write_rows(house.factory, import_id, actor_of(house))
    next(steps)
    with house.factory() as session:
        confirmed = select(AuditEntry).where(AuditEntry.action == Action.IMPORT_CONFIRM.value)
        assert session.scalars(confirmed).all() == []
    list(steps)
    with house.factory() as session:
        entry = session.scalars(confirmed).one()
        assert (entry.object_type, entry.object_id, entry.details) == ("batch", import_id, {"count": 1, "updated": 0})
        assert entry.actor_id == house.anna.id
        assert not {b"Dijk", b"MS003"} & {entry.mac}
        subjects = session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id)).all()
        assert subjects == []


def test_the_file_is_destroyed_when_the_import_is_done(house: House) -> None:
    import_id = keep(house, [HEADINGS, row()])
    list(write_rows(house.factory, import_id, actor_of(house)))
    assert count(house.factory, ImportChunk) == 0
    with house.factory() as session, session.begin():
        kept = session.get_one(EmployeeImport, import_id)
        assert kept.state == ImportState.DONE
        with pytest.raises(ImportGone):
            discard(session, import_id, house.actor(session))
        assert waiting_imports(session, house.actor(session)) == []
    with pytest.raises(ImportGone):
        next(write_rows(house.factory, import_id, actor_of(house)))
    assert visible_people(house) == 1


def test_a_run_that_stopped_is_gone_on_with_by_the_next(house: House) -> None:
    import_id = keep(house, MANY)
    stopped = write_rows(house.factory, import_id, actor_of(house))
    next(stopped)
    stopped.close()
    with house.factory() as session, session.begin():
        assert [kept.state for kept in waiting_imports(session, house.actor(session))] == [ImportState.WRITING]
    assert shown(house, import_id).good == 1_200
    assert list(write_rows(house.factory, import_id, actor_of(house)))[-1].finished
    assert visible_people(house) == count(house.factory, RecordKey) == 1_200
    assert count(house.factory, RecordPart) == 2_400


def test_a_run_that_stopped_is_discarded_without_a_trace(house: House) -> None:
    import_id = keep(house, MANY)
    next(write_rows(house.factory, import_id, actor_of(house)))
    with house.factory() as session, session.begin():
        discard(session, import_id, house.actor(session))
    for table in (Employee, Employment, RecordKey, RecordPart, Batch, ImportChunk):
        assert count(house.factory, table) == 0


@pytest.mark.parametrize("after", [0, 1])
def test_of_two_runs_at_once_no_mixture_becomes_visible(house: House, after: int) -> None:
    import_id = keep(house, MANY)
    first = write_rows(house.factory, import_id, actor_of(house))
    next(first)
    second = write_rows(house.factory, import_id, actor_of(house))
    for _ in range(1 + after):
        next(second)
    with pytest.raises(ImportInterrupted):
        list(first)
    assert visible_people(house) == 0
    assert list(second)[-1].finished
    assert visible_people(house) == 1_200


def test_a_run_notices_that_its_import_was_discarded(house: House) -> None:
    import_id = keep(house, MANY)
    running = write_rows(house.factory, import_id, actor_of(house))
    next(running)
    with house.factory() as session, session.begin():
        discard(session, import_id, house.actor(session))
    with pytest.raises(ImportInterrupted):
        list(running)
    assert count(house.factory, Employee) == 0


def test_of_two_imports_that_are_claimed_at_once_one_is_written(house: House) -> None:
    """Otherwise each would stand in the way of the other for a day."""
    first, second = keep(house, [HEADINGS, row()]), keep(house, [HEADINGS, row(number="B", bsn="")])
    refused: list[type[Exception]] = []

    def claim_second() -> None:
        try:
            with house.factory() as session, session.begin():
                claim_import(session, second, house.actor(session))
        except OtherImportRunning as refusal:
            refused.append(type(refusal))

    claiming = Thread(target=claim_second)
    with house.factory() as session, session.begin():
        claim_import(session, first, house.actor(session))
        claiming.start()
        claiming.join(1)
    claiming.join()
    assert refused == [OtherImportRunning]


def test_while_one_import_is_written_another_of_the_employer_waits(house: House) -> None:
    first, second = keep(house, MANY), keep(house, [HEADINGS, row()])
    running = write_rows(house.factory, first, actor_of(house))
    next(running)
    with pytest.raises(OtherImportRunning):
        next(write_rows(house.factory, second, actor_of(house)))
    assert list(running)[-1].finished
    assert list(write_rows(house.factory, second, actor_of(house)))[-1].finished


def type_in(house: House, number: str) -> None:
    """Let Anna add somebody by hand."""
    with house.factory() as session, session.begin():
        own = select(Department.id).where(Department.organisation_id == house.employer_id).limit(1)
        create_record(
            session,
            personnel_number=number,
            card=Card("Vroeg", date(1990, 1, 1)),
            details=Details(),
            employment=EmploymentData(session.scalars(own).one(), date(2019, 1, 1), "Techniek", "Monteur", "Vast"),
            actor=house.actor(session),
        )


def test_a_number_that_is_taken_just_before_it_is_written_stops_the_import_with_nothing_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = keep(house, MANY)
    running = write_rows(house.factory, import_id, actor_of(house))
    next(running)
    compare = Comparer.compare

    def compare_and_be_overtaken(comparer: Comparer, rows: Sequence[GoodRow]) -> list[Compared | list[RowFault]]:
        compared = compare(comparer, rows)
        if rows[0].personnel_number == "N1000":
            type_in(house, "N1100")
        return compared

    monkeypatch.setattr(Comparer, "compare", compare_and_be_overtaken)
    with pytest.raises(NumberTaken) as refused:
        list(running)
    assert "N1100" not in str(refused.value)
    assert refused.value.__suppress_context__
    assert count(house.factory, Employee) == 1
    with house.factory() as session, session.begin():
        assert [kept.state for kept in waiting_imports(session, house.actor(session))] == [ImportState.UPLOADED]


def test_a_file_without_a_good_row_writes_nothing_and_blocks_nobody(house: House) -> None:
    import_id = keep(house, [HEADINGS, row(bsn="1")])
    with pytest.raises(NothingToImport):
        list(write_rows(house.factory, import_id, actor_of(house)))
    assert count(house.factory, Batch) == 0
    assert import_all(house, [HEADINGS, row()])[-1].finished


@pytest.mark.parametrize("steps", [1, 3])
def test_whoever_loses_access_half_way_does_not_get_further(house: House, steps: int) -> None:
    """K-16: the withdrawal counts at the next step, also when all rows are written and only have to be shown."""
    second = house.employ("Wim", house.employer_id, ["datakluisbeheerder"])
    with house.factory() as session, session.begin():
        request_access(session, house.actor(session, second))
    with house.factory() as session, session.begin():
        approve(session, waiting_requests(session, house.actor(session))[0].admission_id, house.actor(session))
    with house.factory() as session, session.begin():
        actor = house.actor(session, second)
    import_id = keep(house, MANY)
    running = write_rows(house.factory, import_id, actor)
    written = [next(running).written for _ in range(steps)]
    with house.factory() as session, session.begin():
        withdraw_access(session, second.id, house.actor(session))
    with pytest.raises(NoVaultAccess):
        list(running)
    assert count(house.factory, Employee) == written[-1]
    assert visible_people(house) == 0
    assert list(write_rows(house.factory, import_id, actor_of(house)))[-1].finished


@pytest.mark.parametrize("statement", [3, 6, 8, 13])
def test_a_server_killed_in_the_middle_of_a_transaction_leaves_nothing_visible(
    house: House, database_url: str, statement: int
) -> None:
    """kill -9 at several places, also inside the step that makes the rows visible; then the import is resumed."""
    import_id, actor = keep(house, MANY), actor_of(house)
    house.factory.engine.dispose()
    child = os.fork()
    if child == 0:
        _run_until_killed(house, database_url, import_id, actor, statement)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert visible_people(house) == 0
    assert count(house.factory, Employee) % ROWS_AT_ONCE in {0, 200}
    assert count(house.factory, Employee) == count(house.factory, RecordKey) == count(house.factory, Employment)
    assert list(write_rows(house.factory, import_id, actor_of(house)))[-1].finished
    assert visible_people(house) == 1_200


def _run_until_killed(house: House, url: str, import_id: UUID, actor: Actor, statement: int) -> None:
    try:
        engine = make_engine(url)
        _kill_at_write(engine, statement)
        factory = SessionFactory(engine, SeededSource("child", house.factory.source.now()), house.factory.package_keys)
        list(write_rows(factory, import_id, actor))
    finally:
        os._exit(1)


def _kill_at_write(engine: Engine, statement: int) -> None:
    writes = iter(range(1, 1_000))

    def count_writes(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        named = ("INSERT INTO employee", "INSERT INTO employment", "INSERT INTO record", "UPDATE batch")
        if text.startswith(named) and next(writes) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "after_cursor_execute", count_writes)

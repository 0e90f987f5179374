"""What happens while an import changes people: others act, keys come and go, the server dies (X-22, design 2.1)."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from threading import Thread, get_ident
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, update

from accounts.actor import Actor
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import Session, SessionFactory
from keys.due_work import add_due_work
from keys.models import DueWork
from organisation.calendar import today
from organisation.models import Employee, Employment, ServiceAgreement, StagedEmployment
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, row
from tests.vault.importing.test_changing import (
    contents,
    edit,
    employments,
    move_vault_on,
    opened,
    share,
    unshare,
)
from tests.vault.importing.test_jobs import count, keep
from tests.vault.importing.test_writing import actor_of, employee_id, import_all, visible_people
from vault.ending_agreements import end_shares
from vault.importing.comparing import ROWS_AT_ONCE
from vault.importing.errors import ImportInterrupted, PeopleChanged
from vault.importing.jobs import discard
from vault.importing.writing import write_rows
from vault.indexing import index_records
from vault.models import RecordIndex, RecordKey, RecordPart, StagedRecordKey, StaleRecordKey, Vault
from vault.renewing import RENEW, renew_batch


def edit_one(house: House) -> None:
    edit(house, "B")


def change_employment(house: House) -> None:
    with house.factory() as session, session.begin():
        some = Employment.employee_id == employee_id(house, "C")
        session.execute(update(Employment).where(some).values(version=Employment.version + 1, function="Chef"))


def add_employment(house: House) -> None:
    with house.factory() as session, session.begin():
        present = session.scalars(select(Employment).where(Employment.employee_id == employee_id(house, "D"))).one()
        values = {name: getattr(present, name) for name in Employment.__table__.columns.keys()}  # noqa: SIM118
        session.add(Employment(**{**values, "id": session.source.new_id(), "starts_on": date(2025, 9, 1)}))


def share_and_end(house: House) -> None:
    unshare(house, share(house, "B"))


@pytest.mark.parametrize("act", [edit_one, change_employment, add_employment, share_and_end, move_vault_on])
def test_what_somebody_does_meanwhile_refuses_the_import_whole(staff: House, act: Callable[[House], None]) -> None:
    rows = [
        HEADINGS,
        row(city="Delft"),
        row(number="B", bsn="", city="Delft"),
        row(number="C", bsn="", last_name="Bakker", function="Voorman"),
        row(number="D", bsn="", starts_on="1-9-2025"),
        row(number="E", bsn=""),
    ]
    import_id = keep(staff, rows)
    running = write_rows(staff.factory, import_id, actor_of(staff))
    next(running)
    act(staff)
    before = opened(staff, "B"), opened(staff, "MS003")
    with pytest.raises(PeopleChanged):
        list(running)
    assert (opened(staff, "B"), opened(staff, "MS003")) == before
    assert visible_people(staff) == 4
    assert count(staff.factory, StagedEmployment) == 0
    with staff.factory() as session:
        assert session.scalar(select(func.count()).where(RecordPart.version > 2)) == 0
    assert list(write_rows(staff.factory, import_id, actor_of(staff)))[-1].finished
    assert opened(staff, "B")[1].city == "Delft"


def test_a_share_that_began_meanwhile_with_the_same_key_does_not_stand_in_the_way(staff: House) -> None:
    running = write_rows(staff.factory, keep(staff, [HEADINGS, row(city="Delft")]), actor_of(staff))
    next(running)
    share(staff, "MS003")
    assert list(running)[-1].finished
    with staff.factory() as session:
        assert session.scalar(select(func.count()).where(DueWork.object_id == employee_id(staff, "MS003"))) == 1


def test_a_key_that_somebody_may_still_know_is_replaced_for_all_who_remain(staff: House) -> None:
    """Design 2.1: of a share that ended, and of a generation that was left behind."""
    unshare(staff, share(staff, "B"))
    share(staff, "C")
    move_vault_on(staff)
    rows = [HEADINGS, row(number="B", bsn="", city="Delft"), row(number="C", bsn="", city="Delft")]
    import_all(staff, rows)
    for number, holders in (("B", 1), ("C", 2)):
        some_id = employee_id(staff, number)
        with staff.factory() as session:
            part = session.scalars(select(RecordPart).where(RecordPart.employee_id == some_id)).first()
            assert part is not None
            assert part.key_number == 2
            keys = select(RecordKey).where(RecordKey.employee_id == some_id, RecordKey.key_number == 2)
            assert len(session.scalars(keys).all()) == holders
            assert session.scalars(select(StaleRecordKey).where(StaleRecordKey.employee_id == some_id)).all() == []
    assert count(staff.factory, StagedRecordKey) == 0
    assert opened(staff, "C")[1].city == "Delft"


@pytest.mark.parametrize("act", ["begin", "end"])
def test_a_share_that_comes_or_goes_while_a_fresh_key_waits_refuses_the_import(staff: House, act: str) -> None:
    running_share = share(staff, "B") if act == "end" else None
    move_vault_on(staff)
    import_id = keep(staff, [HEADINGS, row(number="B", bsn="", city="Delft")])
    running = write_rows(staff.factory, import_id, actor_of(staff))
    next(running)
    if running_share:
        unshare(staff, running_share)
    else:
        share(staff, "B")
    with pytest.raises(PeopleChanged):
        list(running)
    assert list(write_rows(staff.factory, import_id, actor_of(staff)))[-1].finished
    with staff.factory() as session:
        newest = select(RecordKey.holder_id).where(
            RecordKey.employee_id == employee_id(staff, "B"), RecordKey.key_number == 2
        )
        assert len(session.scalars(newest).all()) == (1 if act == "end" else 2)


def test_a_share_that_ends_takes_the_key_that_waits_for_an_import_along(staff: House) -> None:
    """S-15: what the import would bring is not the service's to open, with a copy of the database either."""
    running_share = share(staff, "B")
    move_vault_on(staff)
    import_id = keep(staff, [HEADINGS, row(number="B", bsn="", city="Delft")])
    running = write_rows(staff.factory, import_id, actor_of(staff))
    next(running)
    assert count(staff.factory, StagedRecordKey) == 2
    unshare(staff, running_share)
    with staff.factory() as session:
        holder_id = session.get_one(Vault, staff.employer_id).holder_id
        assert list(session.scalars(select(StagedRecordKey.holder_id))) == [holder_id]
    with pytest.raises(PeopleChanged):
        list(running)
    share(staff, "B")
    assert list(write_rows(staff.factory, import_id, actor_of(staff)))[-1].finished


def test_an_agreement_that_ends_while_a_fresh_key_waits_refuses_the_import_once(staff: House) -> None:
    """The mark of the key that was thrown away does not stand in the way of the next, of the same number."""
    share(staff, "B")
    move_vault_on(staff)
    import_id = keep(staff, [HEADINGS, row(number="B", bsn="", city="Delft")])
    running = write_rows(staff.factory, import_id, actor_of(staff))
    next(running)
    with staff.factory() as session, session.begin():
        day = today(session)
        ended = update(ServiceAgreement).where(ServiceAgreement.employer_id == staff.employer_id)
        session.execute(ended.values(starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1)))
        assert end_shares(session) == 1
    with pytest.raises(PeopleChanged):
        list(running)
    assert list(write_rows(staff.factory, import_id, actor_of(staff)))[-1].finished
    assert opened(staff, "B")[1].city == "Delft"


def test_a_batch_that_is_destroyed_leaves_the_mark_of_a_key_that_is_there(staff: House) -> None:
    """Somebody edited meanwhile, and the key of that edit, of the same number, is known to who may know no more."""
    move_vault_on(staff)
    import_id = keep(staff, [HEADINGS, row(number="B", bsn="", city="Delft")])
    next(write_rows(staff.factory, import_id, actor_of(staff)))
    edit(staff, "B")
    unshare(staff, share(staff, "B"))
    with staff.factory() as session, session.begin():
        discard(session, import_id, staff.actor(session))
        assert list(session.scalars(select(StaleRecordKey.key_number))) == [2]


def test_indexing_what_is_there_leaves_the_index_of_what_waits(staff: House) -> None:
    """Design 2.5: otherwise somebody who was changed would not be found any more."""
    some_id = employee_id(staff, "MS003")
    running = write_rows(staff.factory, keep(staff, [HEADINGS, row(city="Delft")]), actor_of(staff))
    next(running)
    with staff.factory() as session, session.begin():
        holder_id = session.get_one(Vault, staff.employer_id).holder_id
        index_records(session, staff.actor(session), holder_id, [some_id])
    list(running)
    with staff.factory() as session:
        versions = session.scalars(select(RecordIndex.version).where(RecordIndex.employee_id == some_id)).all()
    assert versions == [2]


def test_a_run_that_goes_on_does_not_write_twice(staff: House) -> None:
    filler = [row(number=f"N{index}", bsn="") for index in range(ROWS_AT_ONCE)]
    import_id = keep(staff, [HEADINGS, row(city="Delft"), row(starts_on="1-9-2025", city="Delft"), *filler])
    stopped = write_rows(staff.factory, import_id, actor_of(staff))
    next(stopped)
    stopped.close()
    again = write_rows(staff.factory, import_id, actor_of(staff))
    first = next(again)
    assert first.written > ROWS_AT_ONCE
    last = list(again)[-1]
    assert (last.added, last.changed) == (ROWS_AT_ONCE, 1)
    assert len(employments(staff, "MS003")) == 2


def test_of_two_who_go_on_one_is_told_so(staff: House) -> None:
    filler = [row(number=f"N{index}", bsn="") for index in range(2 * ROWS_AT_ONCE)]
    import_id = keep(staff, [HEADINGS, row(city="Delft"), *filler])
    first = write_rows(staff.factory, import_id, actor_of(staff))
    next(first)
    second = write_rows(staff.factory, import_id, actor_of(staff))
    next(second)
    with pytest.raises(ImportInterrupted):
        list(first)
    assert list(second)[-1].finished
    assert opened(staff, "MS003")[1].city == "Delft"


def test_who_edits_while_a_change_is_being_staged_waits_for_that(staff: House) -> None:
    """Design 2.2: both would write the same version; the one to be refused is the import, for the right reason."""
    import_id, actor = keep(staff, [HEADINGS, row(city="Delft")]), actor_of(staff)
    running = write_rows(staff.factory, import_id, actor)
    with_meanwhile(staff, "INSERT INTO record_part", lambda: edit(staff, "MS003"), lambda: next(running))
    with pytest.raises(PeopleChanged):
        list(running)
    assert opened(staff, "MS003")[0].last_name == "Anders"


def test_what_is_staged_while_a_renewal_begins_gets_no_other_key_of_the_same_number(staff: House) -> None:
    """Design 2.1: the renewal waits until the import is done, though it had begun to look what is due."""
    some_id = employee_id(staff, "B")
    unshare(staff, share(staff, "B"))
    with staff.factory() as session, session.begin():
        holder_id = session.get_one(Vault, staff.employer_id).holder_id
        add_due_work(session, organisation_id=staff.employer_id, holder_id=holder_id, kind=RENEW, object_ids=[some_id])
    import_id, actor = keep(staff, [HEADINGS, row(number="B", bsn="", city="Delft")]), actor_of(staff)
    running = write_rows(staff.factory, import_id, actor)

    def renew() -> None:
        with staff.factory() as session, session.begin():
            renew_batch(session, staff.actor(session))

    with_meanwhile(staff, "SELECT employee.id, employee.organisation_id", lambda: next(running), renew)
    assert list(running)[-1].finished
    assert opened(staff, "B")[1].city == "Delft"


def test_the_last_step_waits_for_people_in_the_order_in_which_all_do(staff: House) -> None:
    """Otherwise an import and a service that indexes would each wait for the other."""
    numbers = ["MS003", "B", "C", "D"]
    rows = [row(number=number, bsn="", city="Delft") for number in numbers]
    running = write_rows(staff.factory, keep(staff, [HEADINGS, *rows]), actor_of(staff))
    next(running)
    lowest, *others = sorted(employee_id(staff, number) for number in numbers)
    finishing = Thread(target=list, args=(running,))
    with staff.factory() as session, session.begin():
        keep_rows(session, [lowest])
        finishing.start()
        finishing.join(1)
        assert finishing.is_alive()
        keep_rows(session, others)
    finishing.join()
    assert opened(staff, "D")[1].city == "Delft"


def keep_rows(session: Session, employee_ids: list[UUID]) -> None:
    """Keep these people from others, at once or not at all."""
    rows = select(Employee.id).where(Employee.id.in_(employee_ids)).with_for_update(nowait=True)
    session.execute(rows)


def with_meanwhile(house: House, statement: str, other: Callable[[], object], act: Callable[[], object]) -> None:
    """Run `act`, and `other` at the same time from the first statement of `act` that begins so."""
    acting, beginning = get_ident(), Thread(target=other)

    def begin(_connection: object, _cursor: object, present: str, *_rest: object) -> None:
        if get_ident() == acting and beginning.ident is None and present.startswith(statement):
            beginning.start()
            beginning.join(1)

    event.listen(house.factory.engine, "before_cursor_execute", begin)
    try:
        act()
    finally:
        event.remove(house.factory.engine, "before_cursor_execute", begin)
    beginning.join()


STEPS = (
    "INSERT INTO record_part",
    "INSERT INTO record_index",
    "INSERT INTO staged_record_key",
    "INSERT INTO staged_employment",
    "UPDATE employee SET",
    "INSERT INTO record_key (employee_id",
    "DELETE FROM record_part",
    "UPDATE employment SET",
    "INSERT INTO employment (id",
    "UPDATE batch",
)


@pytest.mark.parametrize("statement", STEPS)
def test_a_server_killed_while_people_are_changed_leaves_them_as_they_were(
    staff: House, database_url: str, statement: str
) -> None:
    """kill -9 in each statement that stages a change or puts it in place; then the import is resumed, or discarded."""
    unshare(staff, share(staff, "B"))
    rows = [HEADINGS, row(city="Delft"), row(starts_on="1-9-2025", city="Delft"), row(number="E", bsn="")]
    rows.append(row(number="B", bsn="", last_name="Çelik", city="Delft", function="Voorman"))
    before = opened(staff, "MS003"), opened(staff, "B"), visible_people(staff), contents(staff)
    import_id, actor = keep(staff, rows), actor_of(staff)
    killed_at(staff, database_url, statement, import_id, actor)
    assert (opened(staff, "MS003"), opened(staff, "B"), visible_people(staff)) == before[:3]
    assert list(write_rows(staff.factory, import_id, actor_of(staff)))[-1].finished
    assert opened(staff, "B")[1].city == opened(staff, "MS003")[1].city == "Delft"
    assert [item.function for item in employments(staff, "B")] == ["Voorman"]
    assert (len(employments(staff, "MS003")), visible_people(staff)) == (2, 5)


@pytest.mark.parametrize("statement", ["INSERT INTO staged_employment", "UPDATE batch"])
def test_what_a_killed_server_left_is_discarded_without_a_trace(
    staff: House, database_url: str, statement: str
) -> None:
    before = contents(staff)
    import_id, actor = (
        keep(staff, [HEADINGS, row(city="Delft", function="Voorman"), row(number="E", bsn="")]),
        actor_of(staff),
    )
    killed_at(staff, database_url, statement, import_id, actor)
    with staff.factory() as session, session.begin():
        discard(session, import_id, staff.actor(session))
    assert contents(staff) == before


def killed_at(house: House, url: str, statement: str, import_id: UUID, actor: Actor) -> None:
    """Let another process write the import until it is killed after a statement that begins so."""
    house.factory.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            engine = make_engine(url)
            event.listen(engine, "after_cursor_execute", partial(_kill_after, statement))
            factory = SessionFactory(
                engine, SeededSource("child", house.factory.source.now()), house.factory.package_keys
            )
            list(write_rows(factory, import_id, actor))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _kill_after(wanted: str, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    if statement.startswith(wanted):
        os.kill(os.getpid(), signal.SIGKILL)

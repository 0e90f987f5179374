"""An import from upload to end: who may, what it shows, what it leaves behind (X-22, D-rules 16, 19, 20)."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from accounts.actor import Scope
from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from crypto.errors import UnsealError
from crypto.source import SeededSource
from database.session import SessionFactory
from organisation.errors import NotFound
from organisation.models import Batch, Department, Employee
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, Rows, row, text_file, workbook
from vault.errors import NoVaultAccess, VaultClosed
from vault.importing.errors import FileRefused, ImportGone, TooManyDepartments
from vault.importing.jobs import (
    discard,
    expire,
    make_departments,
    upload,
    waiting_imports,
)
from vault.importing.opening import open_import
from vault.importing.previewing import Preview, preview
from vault.importing.sealed_file import PIECE_BYTES
from vault.importing.writing import write_rows
from vault.models import EmployeeImport, ImportChunk, ImportState

GOOD: Rows = [HEADINGS, row(), row(number="MS004", last_name="Çelik", bsn="")]


def keep(house: House, rows: Rows) -> UUID:
    """Let Anna upload a file with these rows; the answer is the id of the import."""
    with house.factory() as session, session.begin():
        return upload(session, io.BytesIO(text_file(rows)), house.actor(session)).id


def shown(house: House, import_id: UUID) -> Preview:
    """What Anna's preview of an import shows."""
    with house.factory() as session, session.begin():
        actor = house.actor(session)
    return preview(house.factory, import_id, actor)


def actions(factory: SessionFactory, employer_id: UUID) -> list[str]:
    with factory() as session:
        statement = select(AuditEntry.action).where(
            AuditEntry.organisation_id == employer_id, AuditEntry.action.like("import:%")
        )
        return sorted(session.scalars(statement))


def count(factory: SessionFactory, table: type) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_preview_counts_the_good_rows_and_names_each_fault_by_row_and_column(house: House) -> None:
    rows = [*GOOD, row(number="MS003"), row(number="MS005", bsn="123456789", birth_date="31-12-90")]
    import_id = keep(house, rows)
    found = shown(house, import_id)
    assert (found.total, found.new, found.good, found.faulty, found.waiting) == (4, 2, 2, 2, 0)
    assert [(fault.row, fault.column, fault.code) for fault in found.faults.items] == [
        (4, "Personeelsnummer", "double_number"),
        (5, "Geboortedatum", "date_short_year"),
        (5, "BSN", "bsn_check"),
    ]
    first = found.faults.items[0]
    assert first.what % first.parameters == "Dit personeelsnummer staat met dezelfde startdatum ook in rij 2."
    assert [good.card.last_name for good in found.first_rows] == ["Dijk", "Çelik"]
    assert [good.details.bsn for good in found.first_rows] == [None, None]


def test_an_unknown_department_is_made_with_one_step_and_its_rows_become_good(house: House) -> None:
    rows = [*GOOD, row(number="5", bsn="", department="Magazijn"), row(number="6", bsn="", department="  magazijn ")]
    import_id = keep(house, rows)
    found = shown(house, import_id)
    assert (found.good, found.waiting, found.new_departments) == (2, 2, ("Magazijn",))
    with house.factory() as session, session.begin():
        assert make_departments(session, import_id, found.new_departments, house.actor(session)) == 1
    found = shown(house, import_id)
    assert (found.good, found.waiting, found.new_departments) == (4, 0, ())
    with house.factory() as session:
        names = session.scalars(select(Department.name).where(Department.organisation_id == house.employer_id))
        assert sorted(names) == ["HR", "Magazijn", "Productie"]


def test_a_column_of_other_things_makes_no_departments(house: House) -> None:
    import_id = keep(house, [HEADINGS, *(row(number=str(n), bsn="", department=f"Straat {n}") for n in range(301))])
    found = shown(house, import_id).new_departments
    with house.factory() as session, session.begin(), pytest.raises(TooManyDepartments):
        make_departments(session, import_id, found, house.actor(session))
    assert count(house.factory, Department) == 3


def test_every_step_is_in_the_log_before_anything_opens(house: House) -> None:
    import_id = keep(house, GOOD)
    shown(house, import_id)
    with house.factory() as session, session.begin():
        discard(session, import_id, house.actor(session))
    assert actions(house.factory, house.employer_id) == ["import:discard", "import:preview", "import:upload"]


def test_a_file_in_many_pieces_comes_back_whole(house: House) -> None:
    rows = [HEADINGS, *(row(number=str(n), bsn="", city=f"Plaats {'x' * 90}") for n in range(2500))]
    import_id = keep(house, rows)
    assert count(house.factory, ImportChunk) == len(text_file(rows)) // PIECE_BYTES + 1 > 1
    assert shown(house, import_id).good == 2500


@pytest.mark.parametrize("harm", ["swap", "cut", "cut with its size", "flip"])
def test_a_piece_that_was_moved_cut_off_or_changed_does_not_open(house: House, harm: str) -> None:
    rows = [HEADINGS, *(row(number=str(n), bsn="", city=f"Plaats {'x' * 90}") for n in range(2500))]
    import_id = keep(house, rows)
    with house.factory() as session, session.begin():
        pieces = list(session.scalars(select(ImportChunk).order_by(ImportChunk.number)))
        if harm == "swap":
            pieces[0].sealed, pieces[1].sealed = pieces[1].sealed, pieces[0].sealed
        elif harm.startswith("cut"):
            session.delete(pieces[-1])
            kept = session.get_one(EmployeeImport, import_id)
            kept.size = PIECE_BYTES * (len(pieces) - 1) if harm == "cut with its size" else kept.size
        else:
            pieces[0].sealed = pieces[0].sealed[:-1] + bytes([pieces[0].sealed[-1] ^ 1])
    with pytest.raises(UnsealError):
        shown(house, import_id)


def test_a_refused_file_leaves_nothing(house: House) -> None:
    with house.factory() as session, session.begin(), pytest.raises(FileRefused):
        upload(session, io.BytesIO(b"%PDF-1.7"), house.actor(session))
    assert count(house.factory, EmployeeImport) == count(house.factory, ImportChunk) == 0
    assert actions(house.factory, house.employer_id) == []


def test_before_the_vault_is_opened_nothing_is_kept(house: House) -> None:
    """D-rule 19."""
    bram = house.employ("Bram", house.other_employer_id, ["datakluisbeheerder"])
    with house.factory() as session, session.begin(), pytest.raises(VaultClosed):
        upload(session, io.BytesIO(text_file(GOOD)), house.actor(session, bram))
    assert count(house.factory, EmployeeImport) == 0


def test_an_administrator_without_the_key_cannot_import(house: House) -> None:
    """D-rule 17."""
    waiting = house.employ("Wim", house.employer_id, ["datakluisbeheerder"])
    with house.factory() as session, session.begin(), pytest.raises(NoVaultAccess):
        upload(session, io.BytesIO(text_file(GOOD)), house.actor(session, waiting))


def test_whoever_sees_only_a_part_of_the_employer_cannot_import(house: House) -> None:
    with house.factory() as session, session.begin():
        departments = select(Department.id).where(Department.organisation_id == house.employer_id)
        narrow = replace(house.actor(session), scope=Scope(False, frozenset(session.scalars(departments))))
        with pytest.raises(PermissionDenied):
            upload(session, io.BytesIO(text_file(GOOD)), narrow)


def test_without_the_permission_nobody_imports(house: House) -> None:
    user = house.employ("Ursula", house.employer_id, ["datakluisgebruiker"])
    with house.factory() as session, session.begin(), pytest.raises(PermissionDenied):
        upload(session, io.BytesIO(text_file(GOOD)), house.actor(session, user))


def test_the_import_of_another_employer_does_not_exist(house: House) -> None:
    """D-rule 16: a foreign id gives the answer of an unknown one."""
    import_id = keep(house, GOOD)
    bram = house.employ("Bram", house.other_employer_id, ["datakluisbeheerder"])
    house.open_vault_as(bram)
    with house.factory() as session, session.begin():
        actor = house.actor(session, bram)
        for some_id in (import_id, uuid4()):
            for verb in (open_import, discard):
                with pytest.raises(NotFound):
                    verb(session, some_id, actor)
            with pytest.raises(NotFound):
                make_departments(session, some_id, ["Magazijn"], actor)
        assert waiting_imports(session, actor) == []
        assert [kept.id for kept in waiting_imports(session, house.actor(session))] == [import_id]
    with pytest.raises(NotFound):
        next(write_rows(house.factory, import_id, actor))


def test_what_was_discarded_is_gone(house: House) -> None:
    import_id = keep(house, GOOD)
    with house.factory() as session, session.begin():
        discard(session, import_id, house.actor(session))
        for verb in (open_import, discard):
            with pytest.raises(ImportGone):
                verb(session, import_id, house.actor(session))
        assert waiting_imports(session, house.actor(session)) == []
    assert count(house.factory, ImportChunk) == 0


def test_after_a_day_the_worker_destroys_the_file_and_what_was_half_written(house: House, source: SeededSource) -> None:
    rows = [HEADINGS, *(row(number=str(n), bsn="") for n in range(600))]
    import_id, other = keep(house, rows), keep(house, GOOD)
    with house.factory() as session, session.begin():
        actor = house.actor(session)
    next(write_rows(house.factory, import_id, actor))
    with house.factory() as session, session.begin():
        assert expire(session) == 0
    source.advance(timedelta(hours=24))
    with pytest.raises(ImportGone):
        shown(house, other)
    with house.factory() as session, session.begin():
        assert expire(session) == 2
        assert expire(session) == 0
    assert count(house.factory, ImportChunk) == count(house.factory, Employee) == count(house.factory, Batch) == 0
    assert actions(house.factory, house.employer_id).count("import:discard") == 2


def test_the_worker_leaves_finished_imports_alone(house: House, source: SeededSource) -> None:
    import_id = keep(house, GOOD)
    with house.factory() as session, session.begin():
        actor = house.actor(session)
    list(write_rows(house.factory, import_id, actor))
    source.advance(timedelta(days=3))
    with house.factory() as session, session.begin():
        assert expire(session) == 0
    assert count(house.factory, Employee) == 2


def test_a_state_that_the_database_holds_decides_not_the_one_that_was_read(house: House) -> None:
    """Of two that end one import, one succeeds (one conditional UPDATE)."""
    import_id = keep(house, GOOD)
    with house.factory() as session, session.begin():
        session.execute(
            update(EmployeeImport).where(EmployeeImport.id == import_id).values(state=ImportState.DONE.value)
        )
        with pytest.raises(ImportGone):
            discard(session, import_id, house.actor(session))


def test_a_workbook_is_kept_like_a_text(house: House) -> None:
    with house.factory() as session, session.begin():
        kept = upload(session, io.BytesIO(workbook(GOOD)), house.actor(session))
    assert (kept.kind, shown(house, kept.id).good) == ("xlsx", 2)

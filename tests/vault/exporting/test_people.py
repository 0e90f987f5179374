"""Whom an export holds, for whom, and that nothing of it leaves before the log has it (D-rules 16, 17, 37, 43, 46)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, event, select

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from audit import recording
from audit.errors import LogUnavailable
from audit.models import AuditEntry, AuditSubject
from database.session import Session, SessionFactory
from keys.models import Grant
from organisation.errors import NotFound
from organisation.memberships import take_role
from organisation.models import Batch, Employee, Employment
from tests.world import OPERATOR, TEST_BSN, World, card, details, make_world
from vault.errors import NoVaultAccess
from vault.exporting import people
from vault.exporting.columns import Cell
from vault.exporting.people import Export, ExportChoice, begin_export
from vault.exporting.separated import write_separated
from vault.exporting.workbook import write_workbook
from vault.importing.jobs import keep_upload, read_upload
from vault.importing.previewing import preview
from vault.records import update_record
from vault.sharing import end_share

Writer = Callable[[Sequence[str], Iterable[Iterable[Sequence[Cell]]]], Iterator[bytes]]

CSV = ExportChoice("csv")


@pytest.fixture
def town(session_factory: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> World:
    """Seven people at Bakkerij Mulder, one at Drukkerij Visser; batches of three, and nobody's transaction open."""
    monkeypatch.setattr(people, "PEOPLE_A_BATCH", 3)
    with session_factory() as session:
        world = make_world(session)
        world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever", "bsn_inzage")
        world.hire_vault_user("Wim", "datakluisgebruiker", "werkgever", scope=world.scope("Oven"))
        world.hire("Koos", world.employer, "werkgever")
        for number in range(6):
            world.employ(f"WK{number:03}", f"Naam{'abcdef'[number]}")
        world.employ("OV001", "Bakker", "Oven")
        world.employ("PE001", "Persman", "Pers", by="Bram")
        session.commit()
    return world


def export(world: World, factory: SessionFactory, name: str, choice: ExportChoice = CSV) -> Export:
    return begin_export(factory, lambda session: world.actor(name, session), choice)


def table(exported: Export) -> list[dict[str, str]]:
    """The rows of an export as its file holds them."""
    batches = ([exported.columns.cells(row) for row in batch] for batch in exported.batches)
    data = b"".join(write_separated(exported.columns.headings, batches))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def logged(factory: SessionFactory) -> list[tuple[AuditEntry, dict[UUID, str | None]]]:
    """The entries of exports, each with its subjects and their grounds."""
    with factory() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "employee:export")).all()
        return [
            (
                entry,
                dict(
                    session.execute(
                        select(AuditSubject.subject_id, AuditSubject.ground).where(AuditSubject.entry_id == entry.id)
                    ).all()
                ),
            )
            for entry in sorted(found, key=lambda entry: int(entry.details["part"]))
        ]


def find(factory: SessionFactory, world: World, number: str) -> Employment:
    with factory() as session:
        statement = select(Employment).join(Employee).where(Employee.personnel_number == number)
        return session.scalars(statement).one()


def test_a_vault_user_gets_everybody_in_scope_by_number(town: World, session_factory: SessionFactory) -> None:
    rows = table(export(town, session_factory, "Anna"))
    assert [row["Personeelsnummer"] for row in rows] == ["OV001", *(f"WK{number:03}" for number in range(6))]
    first = rows[1]
    assert (first["Achternaam"], first["Geboortedatum"], first["Postcode"]) == ("Naama", "31-12-1990", "3511 AB")
    assert (first["Afdeling"], first["Aantal uren"], first["Startdatum"]) == ("Winkel", "36,00", "01-01-2020")
    assert "Persman" not in str(rows)
    assert [row["Personeelsnummer"] for row in table(export(town, session_factory, "Wim"))] == ["OV001"]


def test_each_person_of_each_batch_is_in_the_log(town: World, session_factory: SessionFactory) -> None:
    """LOG1: an entry a batch, a subject a person."""
    table(export(town, session_factory, "Anna"))
    entries = logged(session_factory)
    assert [(entry.details["part"], entry.details["count"]) for entry, _ in entries] == [(1, 3), (2, 3), (3, 1)]
    assert sum(len(subjects) for _, subjects in entries) == 7
    assert {entry.actor_id for entry, _ in entries} == {town.people["Anna"].id}


def test_a_batch_is_in_the_log_before_it_leaves(town: World, session_factory: SessionFactory) -> None:
    batches = export(town, session_factory, "Anna").batches
    for number, _rows in enumerate(batches, 1):
        # Read in a transaction of its own: the entry has been committed.
        assert len(logged(session_factory)) == number


def test_without_its_entry_a_batch_does_not_leave(
    town: World, session_factory: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No log, no service, also in the middle (design 3)."""
    batches = export(town, session_factory, "Anna").batches
    assert len(next(batches)) == 3
    opened: list[object] = []
    monkeypatch.setattr(people, "open_many", lambda *_arguments, **_values: opened.append(1))

    def fail(*_arguments: object) -> None:
        raise LogUnavailable

    monkeypatch.setattr(recording, "_write", fail)
    with pytest.raises(LogUnavailable):
        next(batches)
    assert opened == []
    assert len(logged(session_factory)) == 1


Withdrawal = Callable[[World, Session], object]


def _take_the_key(world: World, session: Session) -> None:
    session.execute(delete(Grant).where(Grant.recipient_id == world.people["Ilse"].id))


@pytest.mark.parametrize(
    ("withdraw", "refusal"),
    [
        (lambda world, session: take_role(session, world.people["Ilse"].id, "werkgever", OPERATOR), PermissionDenied),
        (_take_the_key, NoVaultAccess),
        (lambda world, session: take_role(session, world.people["Ilse"].id, "bsn_inzage", OPERATOR), PermissionDenied),
    ],
)
def test_a_right_that_is_withdrawn_stops_an_export_that_runs(
    town: World, session_factory: SessionFactory, withdraw: Withdrawal, refusal: type[Exception]
) -> None:
    """D-rule 17: at once, not at the next export."""
    batches = export(town, session_factory, "Ilse", ExportChoice("csv", with_bsn=True)).batches
    assert len(next(batches)) == 3
    with session_factory() as session, session.begin():
        withdraw(town, session)
    with pytest.raises(refusal):
        next(batches)


def test_the_bsn_is_in_no_export_without_its_right(town: World, session_factory: SessionFactory) -> None:
    """D-rule 37: not in the file, not in what the file is made from."""
    exported = export(town, session_factory, "Ilse")
    for batch in exported.batches:
        assert all(row.details is not None and row.details.bsn is None for row in batch)
    assert "BSN" not in exported.columns.headings
    assert TEST_BSN not in str(table(export(town, session_factory, "Ilse")))
    with pytest.raises(PermissionDenied):
        export(town, session_factory, "Anna", ExportChoice("csv", with_bsn=True))
    rows = table(export(town, session_factory, "Ilse", ExportChoice("csv", with_bsn=True)))
    assert {row["BSN"] for row in rows} == {TEST_BSN}
    assert logged(session_factory)[-1][0].details["bsn"] == "yes"


def test_without_a_key_there_are_employments_and_nobody(town: World, session_factory: SessionFactory) -> None:
    """D-rule 17, K-02."""
    exported = export(town, session_factory, "Koos")
    assert "Achternaam" not in exported.columns.headings
    rows = table(exported)
    assert [row["Personeelsnummer"] for row in rows][:2] == ["OV001", "WK000"]
    assert "Naama" not in str(rows)


def test_the_arbo_side_gets_names_of_whom_is_shared_only(town: World, session_factory: SessionFactory) -> None:
    """K-02, K-19; the share is the ground (LOG6)."""
    with session_factory() as session, session.begin():
        town.session = session
        employee_id = find(session_factory, town, "WK002").employee_id
        share_id = town.share(employee_id).id
    rows = table(export(town, session_factory, "Carla"))
    assert {row["Werkgever"] for row in rows} == {"Bakkerij Mulder"}
    named = {row["Personeelsnummer"]: row["Achternaam"] for row in rows}
    assert named.pop("WK002") == "Naamc"
    assert set(named.values()) == {"Anoniem"}
    anonymous = next(row for row in rows if row["Personeelsnummer"] == "WK001")
    assert not any(anonymous[name] for name in ("Voornaam", "Geboortedatum", "Postcode", "Straat", "E-mail"))
    grounds = {subject: ground for _, subjects in logged(session_factory) for subject, ground in subjects.items()}
    assert grounds.pop(employee_id) == str(share_id)
    assert set(grounds.values()) == {None}

    with session_factory() as session, session.begin():
        end_share(session, share_id, town.actor("Anna", session))
    assert "Naamc" not in str(table(export(town, session_factory, "Carla")))
    assert table(export(town, session_factory, "Dirk"))[0]["Personeelsnummer"] == "PE001"


def test_who_left_and_what_is_over_come_along_when_asked_for(town: World, session_factory: SessionFactory) -> None:
    """E-09."""
    employment = find(session_factory, town, "WK003")
    with session_factory() as session, session.begin():
        session.get_one(Employment, employment.id).ends_on = date(2021, 12, 31)
    present = [row["Personeelsnummer"] for row in table(export(town, session_factory, "Anna"))]
    assert "WK003" not in present
    assert sum(len(subjects) for _, subjects in logged(session_factory)) == len(present)
    rows = table(export(town, session_factory, "Anna", ExportChoice("csv", former=True)))
    assert len(rows) == len(present) + 1
    assert next(row for row in rows if row["Personeelsnummer"] == "WK003")["Einddatum"] == "31-12-2021"
    assert len([entry for entry, _ in logged(session_factory) if entry.details["former"] == "yes"]) == 3


def test_one_department_or_employer_can_be_chosen_in_scope_only(town: World, session_factory: SessionFactory) -> None:
    """D-rules 16 and 43."""
    oven, shop = town.departments["Oven"].id, town.departments["Winkel"].id
    rows = table(export(town, session_factory, "Anna", ExportChoice("csv", department_id=oven)))
    assert [row["Personeelsnummer"] for row in rows] == ["OV001"]
    for name, choice in (
        ("Wim", ExportChoice("csv", department_id=shop)),
        ("Anna", ExportChoice("csv", department_id=town.departments["Pers"].id)),
        ("Carla", ExportChoice("csv", employer_id=town.other_employer.id)),
    ):
        with pytest.raises(NotFound):
            export(town, session_factory, name, choice)
    chosen = ExportChoice("csv", employer_id=town.employer.id)
    assert len(table(export(town, session_factory, "Carla", chosen))) == 7


def test_what_is_still_being_imported_is_not_exported(town: World, session_factory: SessionFactory) -> None:
    """Design 2.2: a batch that is not visible does not exist."""
    employee_id = find(session_factory, town, "WK003").employee_id
    with session_factory() as session, session.begin():
        batch = Batch(id=session.source.new_id(), organisation_id=town.employer.id, visible_at=None)
        session.add(batch)
        session.flush()
        session.get_one(Employee, employee_id).batch_id = batch.id
    assert "WK003" not in [row["Personeelsnummer"] for row in table(export(town, session_factory, "Anna"))]


def test_whoever_may_not_export_does_not(town: World, session_factory: SessionFactory) -> None:
    with session_factory() as session, session.begin():
        town.session = session
        town.hire_vault_user("Frits", "datakluisgebruiker", "leidinggevende")
    with pytest.raises(PermissionDenied):
        export(town, session_factory, "Frits")


@pytest.mark.parametrize("write", [write_separated, write_workbook])
def test_an_export_is_an_import_again(town: World, session_factory: SessionFactory, write: Writer) -> None:
    """The import recognises every heading, and finds everybody unchanged: foreign phone numbers, ended employments."""
    employee_id = find(session_factory, town, "WK003").employee_id
    ended = find(session_factory, town, "WK004")
    with session_factory() as session, session.begin():
        update_record(
            session,
            employee_id,
            card=card("O'Brien-Çelik", prefix="van 't", postcode="B-1000"),
            details=details(phone_work="+3224701234", country="BE", house_number_addition="bis"),
            expected_version=1,
            actor=town.actor("Anna", session),
        )
        session.get_one(Employment, ended.id).ends_on = date(2021, 12, 31)
    exported = export(town, session_factory, "Anna", ExportChoice("csv", former=True))
    batches = ([exported.columns.cells(row) for row in batch] for batch in exported.batches)
    data = b"".join(write(exported.columns.headings, batches))
    with session_factory() as session, session.begin():
        anna = town.actor("Anna", session)
        import_id = keep_upload(session, read_upload(io.BytesIO(data)), anna).id
    shown = preview(session_factory, import_id, anna)
    assert shown.unchanged == 7
    assert (shown.changes.total, shown.faults.total, shown.absent.total, shown.ignored) == (0, 0, 0, ())


def test_a_batch_takes_few_queries(town: World, session_factory: SessionFactory) -> None:
    """No query in a loop: as many for three people as for one."""
    statements: list[str] = []
    engine = session_factory.engine
    actors: list[Actor] = []

    def actor_of(session: Session) -> Actor:
        actors.append(town.actor("Anna", session))
        statements.clear()
        return actors[-1]

    event.listen(engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    counts = []
    for _rows in begin_export(session_factory, actor_of, CSV).batches:
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2] < 20

"""An entry is there before anything happens, with the fields of NEN 7513; without it nothing happens (design 3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit import PLATFORM_ID
from audit.actions import Action
from audit.chaining import seal_pending
from audit.encoding import encode_entry
from audit.errors import EventFieldError, LogUnavailable
from audit.models import AuditEntry, AuditPending, AuditSubject
from audit.recording import Outcome, Who, record
from crypto.errors import MacError
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import Session, SessionFactory
from keys.models import Holder
from tests.audit.intruder import Intruder
from tests.audit.people import ANNA, EMPLOYER, EVA, FINN, OTHER_EMPLOYER

SHARE = UUID("50000000-0000-4000-8000-000000000005")


def test_an_entry_has_the_fields_of_the_norm(factory: SessionFactory, source: SeededSource) -> None:
    """LOG3, LOG4, LOG5, LOG6."""
    acting_for = Who(ANNA.person_id, EMPLOYER, ANNA.roles, ANNA.access_point, responsible_id=FINN)
    with factory() as session:
        record(
            session,
            Action.EMPLOYEE_READ,
            by=acting_for,
            subjects=[EVA],
            ground=f"share:{SHARE}",
            object_type="share",
            object_id=SHARE,
            details={"version": 3},
            outcome=Outcome.REFUSED,
        )
        session.commit()

    with factory() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.outcome, entry.moment) == ("employee:read", "refused", source.now())
        assert (entry.organisation_id, entry.actor_id, entry.actor_organisation_id) == (
            EMPLOYER,
            ANNA.person_id,
            EMPLOYER,
        )
        assert (entry.actor_roles, entry.responsible_id) == ("datakluisgebruiker bsn_inzage", FINN)
        assert (entry.access_point, entry.ground) == ("192.0.2.10", f"share:{SHARE}")
        assert (entry.object_type, entry.object_id, entry.details) == ("share", SHARE, {"version": 3})
        assert session.scalars(select(AuditSubject.subject_id)).all() == [EVA]
        assert session.scalars(select(AuditPending.entry_id)).all() == [entry.id]


def test_an_entry_is_in_the_database_before_the_verb_goes_on(session: Session) -> None:
    entry = record(session, Action.EMPLOYEE_LIST, by=ANNA, subjects=[EVA, FINN])

    count = session.execute(text("SELECT count(*) FROM audit_entry")).scalar_one()
    assert count == 1
    assert session.get(AuditEntry, entry.id) is not None


def test_an_entry_goes_with_the_transaction_that_wrote_it(factory: SessionFactory) -> None:
    with factory() as session:
        record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[EVA])
        session.rollback()

    with factory() as session:
        for model in (AuditEntry, AuditSubject, AuditPending):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def test_the_other_side_gets_an_entry_of_its_own(session: Session) -> None:
    record(session, Action.SHARE_MAKE, by=ANNA, subjects=[EVA], organisation_id=OTHER_EMPLOYER)

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.organisation_id, entry.actor_organisation_id) == (OTHER_EMPLOYER, EMPLOYER)
    assert session.scalars(select(AuditSubject.organisation_id)).all() == [OTHER_EMPLOYER]


def test_a_person_shown_twice_is_one_subject(session: Session) -> None:
    record(session, Action.EMPLOYEE_SEARCH, by=ANNA, subjects=[EVA, FINN, EVA], details={"fields": "name", "count": 2})

    assert set(session.scalars(select(AuditSubject.subject_id))) == {EVA, FINN}


def test_each_subject_has_a_ground_of_its_own_where_that_is_given(session: Session) -> None:
    """LOG6: the share of one is not that of another."""
    grounds = {FINN: None, EVA: str(SHARE)}
    entry = record(session, Action.EMPLOYEE_LIST, by=ANNA, subjects=grounds)

    assert dict(session.execute(select(AuditSubject.subject_id, AuditSubject.ground)).all()) == grounds
    values = {column.name: getattr(entry, column.name) for column in AuditEntry.__table__.columns}
    session.package_key("audit").check_mac(encode_entry(values, grounds), entry.mac)
    assert entry.ground is None


def test_the_operator_acts_for_the_platform_and_not_as_a_person(session: Session) -> None:
    entry = record(session, Action.ORGANISATION_CREATE, by=Who.system("create-employer"), details={"kind": "employer"})

    assert (entry.organisation_id, entry.actor_id, entry.access_point) == (PLATFORM_ID, None, "command create-employer")


def test_the_code_of_an_entry_is_made_with_the_key_of_the_log(session: Session) -> None:
    entry = record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[EVA])
    values = {column.name: getattr(entry, column.name) for column in AuditEntry.__table__.columns}

    session.package_key("audit").check_mac(encode_entry(values, {EVA: None}), entry.mac)
    with pytest.raises(MacError):
        session.package_key("audit").check_mac(encode_entry(values, {FINN: None}), entry.mac)


def test_a_field_that_does_not_fit_is_a_mistake_of_the_caller_and_not_of_the_log(session: Session) -> None:
    far = Who(ANNA.person_id, EMPLOYER, (), "x" * 61)

    with pytest.raises(EventFieldError, match="access_point"):
        record(session, Action.EMPLOYEE_READ, by=far)
    with pytest.raises(EventFieldError, match="ground"):
        record(session, Action.EMPLOYEE_READ, by=ANNA, ground="a\0b")
    with pytest.raises(EventFieldError, match="ground"):
        record(session, Action.EMPLOYEE_READ, by=ANNA, subjects={EVA: "x" * 81})
    with pytest.raises(EventFieldError, match="unknown"):
        record(session, Action.EMPLOYEE_READ, by=ANNA, details={"name": "Eva"})


@pytest.mark.parametrize("table", ["audit_entry", "audit_subject", "audit_pending"])
def test_when_any_part_cannot_be_inserted_there_is_no_service(
    engine: Engine, factory: SessionFactory, table: str
) -> None:
    """Goal D: the refusal comes from the database itself."""
    _refuse_inserts(engine, table)

    with factory() as session, pytest.raises(LogUnavailable):
        record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[EVA])

    with factory() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_disk_that_is_really_full_ends_the_service_and_room_brings_it_back(
    sqlite_url: str, source: SeededSource, factory: SessionFactory
) -> None:
    """Goal D: SQLite itself finds no room for another page."""
    engine = make_engine(sqlite_url)
    small = SessionFactory(engine, source, factory.package_keys)
    with small() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(LogUnavailable):
            fill(session)
        session.rollback()
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0
        session.connection().exec_driver_sql("PRAGMA max_page_count = 100000")
        record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[EVA])
        session.commit()
    engine.dispose()


def test_a_database_that_another_keeps_locked_ends_the_service(
    sqlite_url: str, source: SeededSource, factory: SessionFactory
) -> None:
    engine = make_engine(sqlite_url)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 50"))
    with engine.connect() as other, SessionFactory(engine, source, factory.package_keys)() as session:
        other.execute(text("SELECT 1"))
        with pytest.raises(LogUnavailable):
            record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[EVA])
    engine.dispose()


def test_an_error_of_a_change_that_waited_is_not_taken_for_a_log_out_of_order(session: Session) -> None:
    number = session.source.new_id()
    moment = session.source.now()
    session.add_all([Holder(id=number, kind="vault", organisation_id=number, created_at=moment)])
    session.flush()
    session.expunge_all()
    session.add(Holder(id=number, kind="vault", organisation_id=number, created_at=moment))

    with pytest.raises(IntegrityError):
        record(session, Action.EMPLOYEE_READ, by=ANNA)


_CHANGES = [
    "UPDATE audit_entry SET outcome = 'failed'",
    "UPDATE audit_subject SET subject_id = entry_id",
    "UPDATE audit_subject SET ground = 'share'",
    "UPDATE audit_seal SET number = 9",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_subject",
    "DELETE FROM audit_seal",
]


@pytest.mark.parametrize("statement", _CHANGES)
def test_the_database_refuses_to_change_or_delete_the_log(engine: Engine, sealed_log: None, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match="insert-only"):
        connection.execute(text(statement))


@pytest.mark.parametrize("table", ["audit_entry", "audit_subject", "audit_seal"])
def test_the_database_refuses_to_empty_or_replace_the_log(engine: Engine, sealed_log: None, table: str) -> None:
    statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608 - a name of this test
    if engine.dialect.name == "postgresql":
        statement = f"TRUNCATE {table}"

    with engine.connect() as connection, pytest.raises(DBAPIError, match="insert-only"):
        connection.execute(text(statement))


def test_the_database_refuses_to_replace_a_seal_through_its_entry(sqlite_url: str) -> None:
    """On SQLite a row can be replaced through any unique column, here that of the entry."""
    engine = make_engine(sqlite_url)
    insertion = "INSERT OR REPLACE INTO audit_seal (organisation_id, number, entry_id, hash) VALUES ('a', :n, 'e', 'h')"
    with engine.connect() as connection:
        connection.execute(text(insertion), {"n": 1})
        with pytest.raises(DBAPIError, match="insert-only"):
            connection.execute(text(insertion), {"n": 2})
    engine.dispose()


def test_time_goes_on_and_entries_follow_it(session: Session, source: SeededSource) -> None:
    first = record(session, Action.LOGOUT_DO, by=ANNA)
    source.advance(timedelta(seconds=1))

    assert record(session, Action.LOGOUT_DO, by=ANNA).moment - first.moment == timedelta(seconds=1)


def fill(session: Session) -> None:
    for _ in range(1000):
        record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[EVA])


def _refuse_inserts(engine: Engine, table: str) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(
                f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
            return
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
        )


@pytest.fixture
def sealed_log(factory: SessionFactory) -> None:
    """An entry with a subject and a seal."""
    with factory() as session:
        record(session, Action.EMPLOYEE_READ, by=ANNA, subjects=[EVA])
        session.commit()
    with factory() as session:
        seal_pending(session)
        session.commit()


def test_with_the_triggers_out_of_the_way_the_intruder_of_these_tests_does_get_through(
    intruder: Intruder, sealed_log: None
) -> None:
    """Else the tests of verification would prove nothing."""
    assert intruder.do("UPDATE audit_entry SET outcome = 'failed'") == 1

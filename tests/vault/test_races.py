"""Several people at the same moment: each one-time act happens once (style.md; ASVS 15.4.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select

from database.session import Session, SessionFactory
from keys.grants import recipients
from organisation.errors import PersonnelNumberTaken
from organisation.models import Employee, Employment
from tests.world import World, card, details, make_world
from vault.access import approve, request_access, waiting_requests, withdraw_access
from vault.agreements import register_signatory
from vault.dossiers import Sight, read_employee
from vault.employments import change_employment, correct_employment, end_employments
from vault.errors import AlreadyEnded, AlreadyShared, EditConflict, VaultAlreadyOpen
from vault.models import CareQuestionKind, RecordKey, Share
from vault.opening import open_vault
from vault.records import create_record, update_record
from vault.sharing import end_share, share_record
from vault.sides import find_vault

Act = Callable[[Session], object]


def at_once(factory: SessionFactory, acts: list[Act]) -> list[str]:
    """Do each act in a transaction and thread of its own, all let go together; how each ended, sorted."""
    outcomes: list[str] = []
    barrier = Barrier(len(acts))

    def run(act: Act) -> None:
        barrier.wait()
        with factory() as session:
            try:
                act(session)
                session.commit()
                outcomes.append("done")
            except Exception as error:
                session.rollback()
                outcomes.append(type(error).__name__)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.fixture
def committed(session_factory: SessionFactory) -> World:
    """A world that others see, with Hans as a second administrator and nobody's transaction open."""
    with session_factory() as session:
        world = make_world(session)
        world.hire_vault_user("Hans", "datakluisbeheerder", "werkgever")
        session.commit()
    return world


def employ(world: World, factory: SessionFactory) -> UUID:
    """Add an employee that others see."""
    with factory() as session:
        world.session = session
        employee_id = world.employ("MS001", "Yılmaz")
        session.commit()
    return employee_id


def test_eight_who_share_at_once_make_one_share(committed: World, session_factory: SessionFactory) -> None:
    """S-01: one running share, one key for the service."""
    employee_id = employ(committed, session_factory)

    def share(session: Session) -> None:
        actor = committed.actor("Anna", session)
        share_record(session, employee_id, CareQuestionKind.SICK_REPORT, "x", actor)

    assert at_once(session_factory, [share] * 8) == [AlreadyShared.__name__] * 7 + ["done"]
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Share)) == 1
        of_service = select(func.count()).where(RecordKey.holder_id == committed.service.holder_id)
        assert session.scalar(of_service) == 1


def test_of_two_who_change_one_record_at_once_one_is_refused(committed: World, session_factory: SessionFactory) -> None:
    """EditConflict, not the last one wins."""
    employee_id = employ(committed, session_factory)

    def change(last_name: str, name: str) -> Act:
        def act(session: Session) -> None:
            update_record(
                session,
                employee_id,
                card=card(last_name),
                details=details(),
                expected_version=1,
                actor=committed.actor(name, session),
            )

        return act

    assert at_once(session_factory, [change("Bos", "Anna"), change("Dijk", "Hans")]) == [EditConflict.__name__, "done"]


def test_of_two_who_add_one_personnel_number_at_once_one_is_told_so(
    committed: World, session_factory: SessionFactory
) -> None:
    """Design 2.2: unique per employer; the other is not sent to a page that says that nothing works."""

    def add(name: str) -> Act:
        def act(session: Session) -> None:
            create_record(
                session,
                personnel_number="MS001",
                card=card("Bos"),
                details=details(),
                employment=committed.employment(),
                actor=committed.actor(name, session),
            )

        return act

    for _ in range(3):
        outcomes = at_once(session_factory, [add("Anna"), add("Hans"), add("Anna"), add("Hans")])
        assert set(outcomes) <= {"done", PersonnelNumberTaken.__name__}
    with session_factory() as session:
        assert session.scalar(select(func.count()).where(Employee.personnel_number == "MS001")) == 1


def test_of_two_administrators_who_withdraw_each_other_at_once_one_stays(
    committed: World, session_factory: SessionFactory
) -> None:
    """K-16, D-rule 18: exactly one wins, and somebody can still open the vault."""

    def withdraw(by: str, of: str) -> Act:
        return lambda session: withdraw_access(session, committed.people[of].id, committed.actor(by, session))

    outcomes = at_once(session_factory, [withdraw("Anna", "Hans"), withdraw("Hans", "Anna")])
    assert outcomes in (["NoVaultAccess", "done"], ["PermissionDenied", "done"])
    with session_factory() as session:
        left = next(name for name in ("Anna", "Hans") if "datakluisbeheerder" in committed.actor(name, session).roles)
        holder_id = find_vault(session, committed.actor(left, session)).holder_id
        assert [grant.recipient_id for grant in recipients(session, holder_id)] == [committed.people[left].id]
        assert committed.actor(left, session).keys.secret(session, holder_id)


def test_a_share_and_a_change_at_once_leave_the_service_a_key_that_opens(
    committed: World, session_factory: SessionFactory
) -> None:
    """S-13: also when the change replaces the key at that moment."""
    employee_id = employ(committed, session_factory)
    with session_factory() as session:
        committed.session = session
        end_share(session, committed.share(employee_id).id, committed.actor("Anna"))
        session.commit()

    def share(session: Session) -> None:
        share_record(session, employee_id, CareQuestionKind.SICK_REPORT, "x", committed.actor("Anna", session))

    def change(session: Session) -> None:
        update_record(
            session,
            employee_id,
            card=card("Bos"),
            details=details(),
            expected_version=1,
            actor=committed.actor("Hans", session),
        )

    assert at_once(session_factory, [share, change]) == ["done", "done"]
    with session_factory() as session:
        page = read_employee(session, employee_id, committed.actor("Carla", session))
        assert page.sight is Sight.OPEN
        assert page.card is not None
        assert page.card.last_name == "Bos"


def test_a_share_is_ended_once(committed: World, session_factory: SessionFactory) -> None:
    """S-07: one conditional UPDATE."""
    employee_id = employ(committed, session_factory)
    with session_factory() as session:
        committed.session = session
        share_id = committed.share(employee_id).id
        session.commit()

    def end(session: Session) -> None:
        end_share(session, share_id, committed.actor("Anna", session))

    assert at_once(session_factory, [end] * 4) == [AlreadyEnded.__name__] * 3 + ["done"]


def test_a_request_is_approved_once(committed: World, session_factory: SessionFactory) -> None:
    """K-14."""
    with session_factory() as session:
        committed.session = session
        committed.hire("Frits", committed.employer, "datakluisgebruiker")
        request_access(session, committed.actor("Frits"))
        (request,) = waiting_requests(session, committed.actor("Anna"))
        session.commit()

    def decide(name: str) -> Act:
        return lambda session: approve(session, request.admission_id, committed.actor(name, session))

    outcomes = at_once(session_factory, [decide("Anna"), decide("Hans"), decide("Anna")])
    assert outcomes == ["AlreadyDecided", "AlreadyDecided", "done"]


def test_a_vault_is_opened_once(session_factory: SessionFactory) -> None:
    """K-07: two keys for one vault would each hide what the other sealed."""
    with session_factory() as session:
        world = make_world(session, vault_open=False)
        world.hire("Hans", world.employer, "datakluisbeheerder")
        register_signatory(session, name="D", email="d@example.org", actor=world.actor("Anna"))
        session.commit()

    def open_it(name: str) -> Act:
        return lambda session: open_vault(session, world.actor(name, session))

    outcomes = at_once(session_factory, [open_it("Anna"), open_it("Hans"), open_it("Anna")])
    assert outcomes == [VaultAlreadyOpen.__name__] * 2 + ["done"]


def test_who_is_withdrawn_while_writing_leaves_nothing_that_the_old_key_opens(
    committed: World, session_factory: SessionFactory
) -> None:
    """Design 2.1: a withdrawal waits for what is being written, or what is written uses the next generation."""
    employee_id = employ(committed, session_factory)

    def change(session: Session) -> None:
        update_record(
            session,
            employee_id,
            card=card("Bos"),
            details=details(),
            expected_version=1,
            actor=committed.actor("Anna", session),
        )

    def withdraw(session: Session) -> None:
        withdraw_access(session, committed.people["Hans"].id, committed.actor("Anna", session))

    assert at_once(session_factory, [change, withdraw]) == ["done", "done"]
    with session_factory() as session:
        page = read_employee(session, employee_id, committed.actor("Anna", session))
        assert page.card is not None
        assert page.card.last_name == "Bos"


@pytest.mark.parametrize("other", ["correct", "change", "leave"])
def test_of_two_changes_of_one_employment_at_once_one_wins(
    committed: World, session_factory: SessionFactory, other: str
) -> None:
    """E-11, E-15: two people had the same page open; nothing is overwritten unseen."""
    with session_factory() as session:
        committed.session = session
        employee_id = committed.employ("MS001", "Yılmaz")
        employment_id = session.scalars(select(Employment.id).where(Employment.employee_id == employee_id)).one()
        session.commit()

    def correct(session: Session, name: str) -> None:
        corrected = committed.employment(function=f"Chef van {name}")
        actor = committed.actor(name, session)
        correct_employment(session, employee_id, employment_id, corrected, expected_version=1, actor=actor)

    def change(session: Session, name: str) -> None:
        following = committed.employment(starts_on=date(2025, 1, 1), function="Chef")
        actor = committed.actor(name, session)
        change_employment(session, employee_id, employment_id, following, expected_version=1, actor=actor)

    def leave(session: Session, name: str) -> None:
        actor = committed.actor(name, session)
        end_employments(session, employee_id, {employment_id: 1}, date(2030, 1, 1), actor)

    second = {"correct": correct, "change": change, "leave": leave}[other]
    outcomes = at_once(
        session_factory, [lambda session: correct(session, "Anna"), lambda session: second(session, "Hans")]
    )

    assert outcomes == ["EmploymentConflict", "done"]
    with session_factory() as session:
        rows = session.scalars(select(Employment).where(Employment.employee_id == employee_id)).all()
        assert max(row.version for row in rows) == 2
